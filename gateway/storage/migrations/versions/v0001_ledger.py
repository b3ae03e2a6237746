"""
The ledger: orders, their events, idempotency keys, spending, leases.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

# Written out here and not imported: a step must do the same for ever, whatever becomes of the types.
_EXACT = sa.Numeric().with_variant(sa.Text(), "sqlite")
_UTC = sa.DateTime(timezone=True)
_DOCUMENT = JSONB().with_variant(sa.JSON(), "sqlite")

_APPEND_ONLY = {
    "sqlite": (
        """
        CREATE TRIGGER order_events_keep_update BEFORE UPDATE ON order_events
        BEGIN SELECT RAISE(ABORT, 'events are never changed'); END
        """,
        """
        CREATE TRIGGER order_events_keep_delete BEFORE DELETE ON order_events
        BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END
        """,
        # INSERT OR REPLACE deletes without asking the trigger above, depending on the connection.
        """
        CREATE TRIGGER order_events_keep_replace BEFORE INSERT ON order_events
        WHEN EXISTS (
            SELECT 1 FROM order_events WHERE order_id = NEW.order_id
            AND (sequence = NEW.sequence OR token = NEW.token)
        )
        BEGIN SELECT RAISE(ABORT, 'events are never replaced'); END
        """,
    ),
    "postgresql": (
        """
        CREATE FUNCTION order_events_keep() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'events are never changed or deleted' USING ERRCODE = 'restrict_violation';
        END $$
        """,
        """
        CREATE TRIGGER order_events_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON order_events
        FOR EACH STATEMENT EXECUTE FUNCTION order_events_keep()
        """,
    ),
}


def upgrade() -> None:
    """Make all of it."""
    _orders()
    _events()
    _money()
    op.create_table(
        "secrets",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="secrets_key"),
    )
    op.create_table(
        "requests",
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("order_id", sa.Text),
        sa.Column("holder", sa.Text),
        sa.Column("held_until", _UTC),
        sa.Column("answer", _DOCUMENT),
        sa.Column("created_at", _UTC, nullable=False),
        sa.Column("done_at", _UTC),
        sa.PrimaryKeyConstraint("scope", "key", name="requests_key"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="requests_order_id"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("held_until", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("name", name="leases_key"),
    )
    for statement in _APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("supplier", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("client_reference", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("lines", _DOCUMENT, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("is_sandbox", sa.Boolean, nullable=False),
        sa.Column("quoted_amount", _EXACT),
        sa.Column("quoted_currency", sa.Text),
        sa.Column("max_amount", _EXACT),
        sa.Column("max_currency", sa.Text),
        sa.Column("address", _DOCUMENT),
        sa.Column("note", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("creation", sa.Text, nullable=False),
        sa.Column("payment", sa.Text, nullable=False),
        sa.Column("cancellation", sa.Text, nullable=False),
        sa.Column("heard", _DOCUMENT),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", _UTC, nullable=False),
        sa.Column("changed_at", _UTC, nullable=False),
        sa.Column("heard_at", _UTC),
        sa.Column("paid_at", _UTC),
        sa.Column("shipped_at", _UTC),
        sa.Column("delivered_at", _UTC),
        sa.Column("look_at", _UTC),
        sa.PrimaryKeyConstraint("id", name="orders_key"),
        sa.UniqueConstraint("number", name="orders_one_number"),
        sa.UniqueConstraint("supplier", "client_reference", name="orders_one_supplier_client_reference"),
        sa.CheckConstraint("length(number) <= 40", name=op.f("orders_number_fits")),
        sa.CheckConstraint(
            "(quoted_amount IS NULL) = (quoted_currency IS NULL)", name=op.f("orders_quoted_whole")
        ),
        sa.CheckConstraint("(max_amount IS NULL) = (max_currency IS NULL)", name=op.f("orders_max_whole")),
    )
    op.create_index("orders_by_created_at_id", "orders", ["created_at", "id"])
    op.create_index("orders_by_look_at", "orders", ["look_at"])
    op.create_index("orders_by_client_reference", "orders", ["client_reference"])
    op.create_table(
        "order_names",
        sa.Column("supplier", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("supplier", "name", "order_id", name="order_names_key"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="order_names_order_id"),
    )


def _events() -> None:
    op.create_table(
        "order_events",
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("said_by", sa.Text, nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.Column("move", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("payload", _DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("order_id", "sequence", name="order_events_key"),
        sa.UniqueConstraint("order_id", "token", name="order_events_one_order_id_token"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="order_events_order_id"),
    )


def _money() -> None:
    op.create_table(
        "reservations",
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("amount", _EXACT, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("order_id", name="reservations_key"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="reservations_order_id"),
    )
    op.create_table(
        "spending",
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("reserved", _EXACT, nullable=False),
        sa.Column("spent", _EXACT, nullable=False),
        sa.PrimaryKeyConstraint("account", "day", "currency", name="spending_key"),
    )
