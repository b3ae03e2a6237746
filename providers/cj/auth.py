"""
Getting tokens: one login for all processes, ahead of time, inside the same budget as every other call.

The seam. A read that is answered from the cache needs no token, and only the pipeline knows whether an
exchange will happen; but a token call needs budget itself, so it must not be made from inside an exchange,
which has its budget already: the login would push the call past its moment, and CJ would see two calls in one
second. Hence three places, each doing what it alone can:

- `Exchange` (below the budget) takes the token at hand. If there is none, or CJ refuses it, it raises
  `NeedsToken`, having asked `Keychain.wanted` for another, and the flight ends.
- `Login` (beside the pipeline) fetches a pair by ordinary calls through the same upstream, in the highest
  lane, while nobody holds budget. A lease in the shared store lets one process do it; the others watch the
  store.
- `WithToken` (above the cache) sees `NeedsToken`, waits for that login until the caller's deadline, and
  fetches once more. A refused call did nothing, so that is safe for writes too. When the login fails it asks
  the cache alone, so that a CJ which lets nobody in empties no page.

Ordinarily nobody meets the seam: `start` logs in before the first request, and tokens are renewed well before
their end.
"""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, Final, TypeVar

import structlog

from providers import errors
from providers.cj.errors import PROVIDER, NeedsToken, TokenRefused
from providers.cj.tokens import LOGIN, Keychain, again
from providers.clock import Clock
from providers.upstream import Ask, Call, CallPolicy, Fetched, KeyValueStore, Lane, Limits, Source, Upstream

T = TypeVar("T")
log = structlog.get_logger(__name__)

_ATTEMPT: Final = 20.0
"""Seconds one token call may take, waiting for budget included."""
_LEASE: Final = 5.0
"""Seconds after which a process that died while logging in is given up; nobody can read anything so long."""
_RENEW: Final = 1.5
"""Seconds between renewals of the lease; two may be missed."""
_PATIENCE: Final = 60.0
"""Seconds the others wait for a process that is alive and logging in: two attempts and some."""
_ROUNDS: Final = 3
_LOOK: Final = 0.1
"""Seconds between looks at the store while another process logs in."""
_REFUSED: Final = 60.0
_FAILED: Final = 3.0
"""Seconds before the next attempt when the credentials were refused, and when something else went wrong."""


class Login:
    """Fetches pairs for a keychain, one attempt at a time."""

    def __init__(
        self,
        keychain: Keychain,
        upstream: Upstream,
        store: KeyValueStore,
        clock: Clock,
        policies: tuple[CallPolicy, CallPolicy],
    ) -> None:
        self._keychain = keychain
        self._upstream = upstream
        self._store = store
        self._clock = clock
        self._login, self._refresh = policies
        self._attempt: asyncio.Task[errors.ProviderError | None] | None = None
        keychain.wanted = self.begin

    def begin(self) -> asyncio.Task[errors.ProviderError | None]:
        """Start getting a fresh pair, unless that is under way already; waits for nothing."""
        if self._attempt is None or self._attempt.done():
            self._attempt = asyncio.create_task(self._run(), name="cj login")
        return self._attempt

    async def ensure(self, deadline: float) -> None:
        """
        Wait until there is a token.

        Raises:
            ProviderError: The attempt under way failed, or has not ended by the deadline (monotonic seconds).
        """
        attempt = self.begin()
        sleeper = asyncio.ensure_future(self._clock.sleep(deadline - self._clock.monotonic()))
        try:
            await asyncio.wait({attempt, sleeper}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeper.cancel()
        if not attempt.done():
            raise errors.Unavailable(
                "Logging in to CJ takes longer than this request can wait.",
                retry_after=1.0,
                provider=PROVIDER,
            )
        failure = attempt.result()
        if failure is not None and not self._keychain.is_usable:
            raise again(failure)

    async def close(self) -> None:
        """Stop an attempt under way."""
        if self._attempt is not None and not self._attempt.done():
            self._attempt.cancel()
            await asyncio.wait({self._attempt})

    async def _run(self) -> errors.ProviderError | None:
        await self._keychain.load()
        if self._keychain.is_fresh:
            return None
        if self._keychain.trouble is not None:
            return self._keychain.trouble
        try:
            await self._get_pair()
        except errors.ProviderError as error:
            refused = isinstance(error, errors.AuthenticationFailed)
            pause = getattr(error, "retry_after", None) or (_REFUSED if refused else _FAILED)
            self._keychain.note(error, pause)
            log.warning("cj.login_failed", error=str(error), retry_in_seconds=pause)
            return error
        return None

    async def _get_pair(self) -> None:
        holder = uuid.uuid4().hex
        give_up = self._clock.monotonic() + _PATIENCE
        while True:
            await self._keychain.load()
            if self._keychain.is_fresh:
                return
            if await self._store.acquire(self._keychain.lease, holder, _LEASE):
                break
            if self._clock.monotonic() > give_up:
                raise errors.Unavailable(
                    "Another process has been logging in to CJ for too long.", provider=PROVIDER
                )
            await self._clock.sleep(_LOOK)
        async with self._holding(holder):
            # Whoever held the lease before may have stored a pair between our look and now.
            await self._keychain.load()
            if not self._keychain.is_fresh:
                await self._ask_for_pair()

    @contextlib.asynccontextmanager
    async def _holding(self, holder: str) -> AsyncIterator[None]:
        """Keep the lease while the block runs, give it back at its end."""
        renewing = asyncio.create_task(self._renew(holder), name="cj login lease")
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)
            await self._store.release(self._keychain.lease, holder)

    async def _renew(self, holder: str) -> None:
        while True:
            await self._clock.sleep(_RENEW)
            await self._store.acquire(self._keychain.lease, holder, _LEASE)

    async def _ask_for_pair(self) -> None:
        refresh = await self._keychain.refresh_token()
        # A token that was refused before its end usually died with its refresh token (logout); the key knows
        # no doubt.
        if refresh and not (self._keychain.was_refused and self._keychain.has_key):
            try:
                self._keychain.choose_refresh(refresh)
                await self._send(self._refresh, "/authentication/refreshAccessToken")
            except errors.RateLimited:
                raise
            except errors.ProviderError as error:
                if not self._keychain.has_key:
                    if isinstance(error, errors.AuthenticationFailed):
                        advice = "Set CJ_API_KEY, or a new CJ_ACCESS_TOKEN and CJ_REFRESH_TOKEN."
                        raise _advise(error, advice) from error
                    raise
                log.info("cj.refresh_failed", error=str(error))
            else:
                return
        if not self._keychain.has_key:
            raise errors.AuthenticationFailed(
                "CJ refused CJ_ACCESS_TOKEN and nothing renews it. Set CJ_API_KEY, or CJ_REFRESH_TOKEN too.",
                provider=PROVIDER,
                operation=LOGIN,
            )
        try:
            await self._send(self._login, "/authentication/getAccessToken")
        except errors.AuthenticationFailed as error:
            raise _advise(error, "Check CJ_API_KEY.") from error

    async def _send(self, policy: CallPolicy, path: str) -> None:
        # Its own meter: no client pays for a login. The highest lane: everything else waits for it.
        ask = Ask(
            deadline=self._clock.monotonic() + _ATTEMPT,
            lane=Lane.PAYMENT,
            facts=frozenset(),
            accept_stale=False,
        )
        await self._upstream.fetch(Call(policy, "POST", path, read=_nothing), ask)


class WithToken:
    """An `Upstream` whose calls wait for a token where they turn out to need one."""

    def __init__(self, upstream: Upstream, login: Login, clock: Clock) -> None:
        self._upstream = upstream
        self._login = login
        self._clock = clock

    async def fetch(self, call: Call[T], ask: Ask) -> Fetched[T]:
        """As `Upstream.fetch`; AuthenticationFailed only after a new token was tried."""
        problem: NeedsToken
        refusals = 0
        # At most: no token yet, then one out of CJ's own cache that it does not accept, then a good one.
        for _ in range(_ROUNDS):
            try:
                fetched = await self._upstream.fetch(call, ask)
            except NeedsToken as error:
                problem = error
            else:
                # What a background reading stumbled over is being mended, and no news to anybody.
                return replace(fetched, trouble=None) if isinstance(fetched.trouble, NeedsToken) else fetched
            refusals += isinstance(problem, TokenRefused)
            if refusals > 1:
                break
            try:
                await self._login.ensure(ask.deadline)
            except errors.ProviderError as trouble:
                return await self._last_known(call, ask, trouble)
        raise errors.AuthenticationFailed(
            f"CJ does not accept the token it has just given. {problem.message}",
            provider=PROVIDER,
            operation=call.policy.operation,
            request_id=problem.request_id,
            code=problem.code,
        ) from problem

    async def _last_known(self, call: Call[T], ask: Ask, trouble: errors.ProviderError) -> Fetched[T]:
        """What the cache has, however much the caller would like something newer; otherwise the trouble."""
        # A deadline of now: the pipeline serves what it keeps, and sends nothing.
        now = replace(ask, accept_stale=True, deadline=self._clock.monotonic())
        try:
            kept = await self._upstream.fetch(call, now)
        except errors.ProviderError:
            raise trouble from None
        return replace(kept, trouble=trouble) if kept.source is Source.STALE else kept

    async def limit(self, limits: Limits) -> None:
        """As `Upstream.limit`."""
        await self._upstream.limit(limits)

    async def evict(self, call: Call[Any]) -> None:
        """As `Upstream.evict`."""
        await self._upstream.evict(call)


def _advise(error: errors.AuthenticationFailed, advice: str) -> errors.AuthenticationFailed:
    """The same failure, saying what an operator can do."""
    return errors.AuthenticationFailed(
        f"{error.message} {advice}",
        provider=PROVIDER,
        operation=error.operation,
        request_id=error.request_id,
        code=error.code,
    )


def _nothing(payload: Any) -> None:
    """Token answers are read where they arrive, see `wire`."""
