"""
Processes of the tests' own that begin at once: a server imports what takes long, and forks each of them.

It serves the whole run, so what it imports is named here for all who use it.
"""

from multiprocessing import get_context
from typing import Final

FORKS: Final = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.e2e.hasty_gateway", "tests.storage.worker"])
