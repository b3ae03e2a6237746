"""
What one GraphQL request carries: the running gateway, fresh loaders, its deadlines, and what it has cost.
"""

from strawberry.fastapi import BaseContext
from strawberry.types import Info

from gateway.loaders import CatalogLoaders
from gateway.services import Services, Supplier
from providers.upstream import Ask, Fact, Lane, Meter


class RequestContext(BaseContext):
    """Made anew for every request; nothing in it outlives the answer."""

    def __init__(self, services: Services, request_id: str) -> None:
        super().__init__()
        self.services = services
        self.request_id = request_id
        self.meter = Meter()
        self._began = services.clock.monotonic()
        settings = services.settings
        self.search_deadline = self._began + settings.search_deadline_seconds
        """Instant on the clock's monotonic scale at which a search answers with what it has."""
        self.loaders = CatalogLoaders(
            services.suppliers, services.clock, self.meter, self._began + settings.read_deadline_seconds
        )

    def supplier(self, code: str) -> Supplier | None:
        """An enabled supplier, or None."""
        return self.services.suppliers.get(code)

    def ask_to_write(self) -> Ask:
        """How a mutation wants the supplier's answer."""
        deadline = self._began + self.services.settings.write_deadline_seconds
        return Ask(
            deadline=deadline, meter=self.meter, lane=Lane.INTERACTIVE, facts=frozenset({Fact.ACCOUNT})
        )


GatewayInfo = Info[RequestContext, None]
