"""
Where the gateway keeps what must survive a crash: SQLite in a file, or PostgreSQL.

`engine` opens the database and gives transactions, `tables` says what is in it, `columns` how values are
written on both databases, `migrating` brings an older one up to date. What the rows mean is known in
`gateway.orders`.
"""
