"""What the running gateway consists of, as one value that `wiring` builds and everything else is handed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from gateway.orders.book import LedgerReader
from gateway.orders.office import Office
from gateway.orders.policy import OrderPolicy
from gateway.quoting.quotes import Pricing
from gateway.redis_link import RedisLink
from gateway.settings import Settings
from gateway.upstream.breaker import Health
from gateway.upstream.budget import BudgetState
from providers.clock import Clock
from providers.declaring import Declaration, Mode
from providers.port import Provider


class Outlook(Protocol):
    """What the pipeline of one supplier tells about itself."""

    async def budget_state(self) -> BudgetState:
        """What is left of the quota, and how long the queue is."""
        ...

    def health(self) -> Health:
        """How the supplier has been answering."""
        ...


@dataclass(frozen=True, slots=True)
class Supplier:
    """One enabled supplier."""

    provider: Provider
    outlook: Outlook | None
    """None without a pipeline of ours: sample data, or a provider that has another way out."""

    @property
    def declaration(self) -> Declaration:
        """What the provider says about itself."""
        return self.provider.declaration

    @property
    def can_rehearse(self) -> bool:
        """Whether a rehearsal may ask it: our pipeline lets nothing leave then, and a sample never does."""
        return self.outlook is not None or self.declaration.mode is Mode.SAMPLE


@dataclass(frozen=True, slots=True)
class Services:
    """The parts that requests use; opened and closed by `wiring.open_services`."""

    settings: Settings
    clock: Clock
    redis: RedisLink | None
    """None: this process keeps everything in memory."""
    suppliers: Mapping[str, Supplier]
    """By code, in the order they were configured: the order in which equals are listed."""
    pricing: Pricing
    """What turns ways to send goods into quotes."""
    office: Office
    """What can be done with orders."""
    policy: OrderPolicy = field(default_factory=OrderPolicy)
    """What of it the gateway does by itself."""
    ledger: LedgerReader | None = None
    """The ledger to look at, where there is one of ours behind the office."""
