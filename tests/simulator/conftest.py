"""One world for all tests, put back after each; a logged-in caller over it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from providers.cj.simulator import World
from tests.simulator.caller import Caller, make_caller


@pytest.fixture(scope="session")
def built_world() -> World:
    return World()


@pytest.fixture
def world(built_world: World) -> Iterator[World]:
    yield built_world
    built_world.restore()


@pytest.fixture
def make(world: World) -> Callable[..., Caller]:
    """Makes callers with other options."""

    def build(**options: Any) -> Caller:
        return make_caller(world, **options)

    return build


@pytest.fixture
async def cj(world: World) -> Caller:
    """A caller with a token."""
    caller = make_caller(world)
    await caller.log_in()
    return caller
