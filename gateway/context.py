"""
What one GraphQL request carries: the running gateway, whose it is, fresh loaders, its deadlines and cost.
"""

from dataclasses import replace

from strawberry.fastapi import BaseContext
from strawberry.types import Info

from gateway.access import NOBODY
from gateway.loaders import CatalogLoaders, FreightLoaders, OrderLoaders
from gateway.orders import office
from gateway.quoting.desk import Desk
from gateway.services import Services, Supplier
from providers.upstream import Ask, Fact, Meter


class RequestContext(BaseContext):
    """Made anew for every request; nothing in it outlives the answer."""

    def __init__(self, services: Services, request_id: str, *, incremental: bool = False) -> None:
        super().__init__()
        self.services = services
        self.request_id = request_id
        self.caller = NOBODY
        """Whose request it is, once the door has looked at the key."""
        self.incremental = incremental
        """Whether the client takes an answer in parts, so that `@defer` counts."""
        self.meter = Meter()
        self._began = services.clock.monotonic()
        self.loaders = CatalogLoaders(services.suppliers, services.clock, self.meter, self.read_deadline)
        freight = FreightLoaders(services.suppliers, services.clock, self.loaders.ask)
        self.desk = Desk(self.loaders, freight, services.pricing)
        self.orders = OrderLoaders(services.office, services.suppliers, services.clock, self.loaders.ask)

    @property
    def search_deadline(self) -> float:
        """Instant on the clock's monotonic scale at which a search answers with what it has."""
        return self._began + self.services.settings.search_deadline_seconds

    @property
    def read_deadline(self) -> float:
        """The same for every other read."""
        return self._began + self.services.settings.read_deadline_seconds

    def begin_deferred(self) -> None:
        """Give deferred work, which begins only now, as much time as the first part had."""
        self._began = self.services.clock.monotonic()
        self.loaders.deadline = self.read_deadline

    def supplier(self, code: str) -> Supplier | None:
        """An enabled supplier, or None."""
        return self.services.suppliers.get(code)

    def rehearse(self) -> Meter:
        """
        Price what this request asks instead of asking it, from now until its end.

        Returns:
            What it would cost, counted as it goes; `meter` stays what it has cost.
        """
        self.incremental = False  # what comes later costs as much
        meter = Meter()
        self.loaders.rehearse(meter)
        return meter

    @property
    def write_deadline(self) -> float:
        """The same for mutations."""
        return self._began + self.services.settings.write_deadline_seconds

    @property
    def writer(self) -> office.Asker:
        """As whom a mutation asks the office of orders."""
        return office.Asker(self.caller.name, self.write_deadline, self.meter)

    def ask_to_write(self) -> Ask:
        """How a mutation wants the supplier's answer."""
        return replace(self.loaders.ask(frozenset({Fact.ACCOUNT})), deadline=self.write_deadline)


GatewayInfo = Info[RequestContext, None]
