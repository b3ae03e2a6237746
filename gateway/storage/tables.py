"""
What the ledger's database holds. Migrations make it so; a test compares the two.

    orders          what was meant, written before anybody is asked, and how it stands; never deleted
    order_names     every name that a supplier gave an order; several orders may share one
    order_events    what happened, in order; the database itself refuses to change or delete one
    requests        idempotency keys and the answers given for them
    reservations    one payment each: held, spent, or given back
    spending        per account, currency and UTC day: the sum of those, which caps are held against
    leases          who works on what, and until when
    secrets         what processes make for themselves and have to share, such as what signs quote ids
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from gateway.storage.columns import SUM_DIGITS, Document, Exact, Utc

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_by_%(column_0_N_name)s",
        "uq": "%(table_name)s_one_%(column_0_N_name)s",
        "ck": "%(table_name)s_%(constraint_name)s",
        "fk": "%(table_name)s_%(column_0_name)s",
        "pk": "%(table_name)s_key",
    }
)

orders = Table(
    "orders",
    metadata,
    Column("id", Text, primary_key=True),
    Column("supplier", Text, nullable=False),
    Column("account", Text, nullable=False),  # of the supplier; a gateway of another one leaves it alone
    Column("number", Text, nullable=False, unique=True),  # ours, as the supplier is told; never used again
    Column("client_reference", Text, nullable=False),
    # What was meant.
    Column("fingerprint", Text, nullable=False),
    Column("lines", Document, nullable=False),
    Column("origin", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("is_sandbox", Boolean, nullable=False),
    Column("quoted_amount", Exact),
    Column("quoted_currency", Text),
    Column("max_amount", Exact),
    Column("max_currency", Text),
    # Personal; the only columns that can be emptied.
    Column("address", Document),
    Column("note", Text),
    # How it stands, as the events say.
    Column("status", Text, nullable=False),
    Column("creation", Text, nullable=False),
    Column("payment", Text, nullable=False),
    Column("cancellation", Text, nullable=False),
    Column("heard", Document),  # the supplier's last word, whole
    Column("version", Integer, nullable=False),  # the number of its events
    Column("created_at", Utc, nullable=False),
    Column("changed_at", Utc, nullable=False),  # when it last came to stand otherwise
    Column("heard_at", Utc),
    Column("paid_at", Utc),
    Column("shipped_at", Utc),
    Column("delivered_at", Utc),
    Column("look_at", Utc),  # when somebody should look after it; empty when nothing more can come
    UniqueConstraint("supplier", "client_reference"),
    CheckConstraint("length(number) <= 40", "number_fits"),
    CheckConstraint("(quoted_amount IS NULL) = (quoted_currency IS NULL)", "quoted_whole"),
    CheckConstraint("(max_amount IS NULL) = (max_currency IS NULL)", "max_whole"),
    Index(None, "created_at", "id"),
    Index(None, "look_at"),
    Index(None, "client_reference"),
)

order_names = Table(
    "order_names",
    metadata,
    Column("supplier", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
)

order_events = Table(
    "order_events",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("token", Text, nullable=False),  # the teller's own id of it, so that it is kept once
    Column("kind", Text, nullable=False),
    Column("said_by", Text, nullable=False),
    Column("at", Utc, nullable=False),
    Column("move", Text, nullable=False),
    Column("status", Text, nullable=False),  # after it
    Column("payload", Document, nullable=False),  # never an address
    UniqueConstraint("order_id", "token"),
)

requests = Table(
    "requests",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("order_id", ForeignKey("orders.id")),
    Column("holder", Text),
    Column("held_until", Utc),
    Column("answer", Document),
    Column("created_at", Utc, nullable=False),
    Column("done_at", Utc),  # empty: still running
)

reservations = Table(
    "reservations",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("account", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("amount", Exact, nullable=False),
    Column("currency", Text, nullable=False),
    Column("state", Text, nullable=False),
)

spending = Table(
    "spending",
    metadata,
    Column("account", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("reserved", Exact(SUM_DIGITS), nullable=False),
    Column("spent", Exact(SUM_DIGITS), nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("held_until", Utc, nullable=False),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
