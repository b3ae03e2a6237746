"""One question to one supplier: within its time, its answer checked, and in a rehearsal never for real."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from gateway.loaders.batching import bounded
from gateway.loaders.checks import Check, checked
from gateway.services import Supplier
from providers.clock import Clock
from providers.errors import Unsupported
from providers.port import Provider
from providers.upstream import Ask, Fetched

T = TypeVar("T")


async def answer_of(
    supplier: Supplier,
    operation: str,
    ask: Ask,
    clock: Clock,
    question: Callable[[Provider], Awaitable[Fetched[T]]],
    *,
    check: Check[T],
) -> Fetched[T]:
    """
    What a supplier answers.

    Args:
        supplier: Who is asked.
        operation: What is asked, in errors and logs.
        ask: What `question` asks with.
        clock: The one of the ask's deadline.
        question: Calls its provider.
        check: What the answer has to be.

    Raises:
        ProviderError: And nothing else, whatever the provider does.
    """
    code = supplier.declaration.code
    if ask.rehearse and not supplier.can_rehearse:
        usage = ask.meter.of(code)
        usage.unpriced = tuple(dict.fromkeys((*usage.unpriced, operation)))
        raise Unsupported(
            f"{code} cannot be priced ahead: what a question costs there is only known once it was asked.",
            provider=code,
            operation=operation,
        )

    async def asked() -> Fetched[T]:
        # Within what is bounded, because a provider may also fail before it first waits.
        return checked(code, operation, await question(supplier.provider), check)

    return await by_deadline(code, operation, ask, clock, asked())


async def by_deadline(provider: str, operation: str, ask: Ask, clock: Clock, asked: Awaitable[T]) -> T:
    """A provider's answer, within what is left of its ask's time on this clock; see `bounded`."""
    return await bounded(provider, operation, ask.deadline - clock.monotonic(), asked)
