"""A clock that tests move by hand."""

import pytest

from providers.clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()
