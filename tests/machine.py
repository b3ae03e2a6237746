"""What a test needs and a machine may lack: skipped with a word where it is missing, a failure in CI."""

import os
import shutil
from typing import NoReturn

import pytest

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def need_chromium() -> str:
    """The path of this machine's Chromium."""
    return _need(_BROWSERS, "a page is looked at in a real browser (Debian: apt-get install chromium)")


def need_make() -> str:
    """The path of this machine's make."""
    return _need(("make",), "the README's commands are its targets")


def need_npm() -> str:
    """The path of this machine's npm."""
    return _need(("npm",), "GraphiQL's files and Apollo Client come through npm")


def refuse_or_skip(reason: str) -> NoReturn:
    """Skip the test for this reason; in CI let it fail."""
    # In CI a skipped test would say "passed" about something that nobody has looked at.
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def _need(names: tuple[str, ...], why: str) -> str:
    found = [path for name in names if (path := shutil.which(name))]
    if not found:
        refuse_or_skip(f"{names[0]} is not on this machine: {why}")
    return found[0]
