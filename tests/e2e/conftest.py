"""One gateway for all tests of this folder that only look at it."""

from collections.abc import Iterator

import pytest

from tests.serving import Served, serve_gateway


@pytest.fixture(scope="session")
def gateway() -> Iterator[Served]:
    """A gateway with its default configuration: the simulator of CJ and the Alibaba sample."""
    with serve_gateway({}) as served:
        yield served
