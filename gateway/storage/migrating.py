"""
Bringing a database up to date, one process at a time, all of it or nothing.

The steps lie in `migrations/versions` and are ordinary Alembic; there is no `alembic.ini` and no `env.py`,
because the gateway migrates by itself when it starts. A new step is made by hand: what a database holds for
years should have been read by somebody.
"""

from pathlib import Path
from typing import Any

import structlog
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from gateway.variables import ConfigurationError

log = structlog.get_logger(__name__)

_STEPS = Path(__file__).parent / "migrations"
_TABLE = "sourcescout_step"
"""Where the database notes its step; not Alembic's own name, which another application there may use."""
_LOCK = 0x53_43_4F_55_54
"""Of PostgreSQL's advisory locks; any number that nobody else in the database takes."""

_TOO_NEW = (
    "DATABASE_URL leads to a ledger of a newer gateway (step {found}, this one knows up to {known}). Run "
    "that version, or restore the backup from before it: an older gateway would not understand what was "
    "written since."
)


def steps() -> ScriptDirectory:
    """The steps that this version of the gateway has."""
    return ScriptDirectory(str(_STEPS))


def migrate(connection: Connection) -> None:
    """
    Take the steps that are missing, inside the caller's transaction.

    Processes that start together come here one after the other: PostgreSQL has a lock for it, and in SQLite
    the transaction is the lock already.

    Raises:
        ConfigurationError: A newer gateway has written there.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))  # a long step of another is waited for
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    script = steps()
    known = {step.revision for step in script.walk_revisions()}
    heads = MigrationContext.configure(connection, opts={"version_table": _TABLE}).get_current_heads()
    for found in heads:
        if found not in known:
            raise ConfigurationError([_TOO_NEW.format(found=found, known=script.get_current_head())])
    if set(heads) == set(script.get_heads()):
        return

    def missing(revision: Any, _: MigrationContext) -> Any:
        # Alembic's own `command.upgrade` calls this and nothing else. The public way to it leads through an
        # `env.py`, which works when it is imported; so requirements.txt pins Alembic, and 1.20 is known good.
        return script._upgrade_revs("head", revision)  # noqa: SLF001 - see above

    with EnvironmentContext(Config(), script, fn=missing) as environment:
        environment.configure(connection=connection, version_table=_TABLE)
        environment.run_migrations()
    log.info("storage.migrated", before=", ".join(heads) or "empty", now=script.get_current_head())
