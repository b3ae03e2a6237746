"""
Where the gateway keeps what must survive a crash: SQLite in a file, or PostgreSQL.

`opening` opens the database, `engine` gives transactions on it, `file_identity` sees to it that SQLite's file
is still the one that was opened. `tables` says what is in it, `columns` how values are written on both
databases, `migrating` brings an older one up to date. What the rows mean is known in `gateway.orders`.
"""
