"""Tokens and keys are never seen in logs, errors or representations."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from providers.cj.simulator.faults import Fault
from providers.clock import ManualClock
from providers.contract.support import MemoryStore
from providers.errors import ProviderError
from tests.cj.direct import adapter, asking
from tests.cj.tokens import KEY, LOGIN, READ, given
from tests.cj.world import simulated


@pytest.mark.parametrize(
    "misfortune",
    [
        lambda _: None,
        lambda sim: sim.faults.add(
            Fault("error", READ, params={"code": 1600001, "message": f"bad key {KEY}"})
        ),
        lambda sim: sim.faults.add(
            Fault("error", LOGIN, params={"code": 1600004, "message": f"bad key {KEY}"})
        ),
        lambda sim: sim.faults.add(Fault("truncated", LOGIN)),
        lambda sim: sim.faults.add(Fault("omit", LOGIN, params={"keys": ["accessToken"]})),
        lambda sim: sim.faults.add(Fault("revoke_token", READ, times=1)),
    ],
)
async def test_secrets_are_never_seen(
    misfortune: Callable[[Any], None], clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither key nor token appears in a log, an error, a repr, or the name of anything that is stored."""
    app, sim = simulated(clock)
    store = MemoryStore(clock)
    misfortune(sim)
    said: list[str] = []
    caplog.set_level(logging.DEBUG)
    async with adapter(app=app, clock=clock, store=store, environment=given(api_key=KEY)) as provider:
        with capture_logs() as events:
            for _ in range(2):
                try:
                    await provider.categories(asking(clock=clock))
                except ProviderError as error:
                    cause: BaseException | None = error
                    while cause is not None:
                        said.append(f"{cause} {cause!r} {vars(cause)}")
                        cause = cause.__cause__ or cause.__context__
        said += [
            repr(provider._login._keychain._pair),
            repr(provider.declaration),
            *store.values,
            str(events),
            caplog.text,
        ]
        pair = sim.account(KEY).tokens.current
    secrets = {KEY, KEY.partition("@api@")[2], *([pair.access, pair.refresh] if pair else [])}
    assert not [secret for secret in secrets for text in said if secret in text]
