"""Suppliers: what they can, what their quota is, how they have been answering."""

from datetime import datetime

import strawberry

from gateway import ids
from gateway.context import GatewayInfo
from gateway.outcomes import Outcome, OutcomeStatus
from gateway.schema.enums import Circuit, Feature, Mode, Status, Support
from gateway.schema.node import Node
from gateway.schema.scalars import URL
from gateway.schema.warehouse import Warehouse
from gateway.services import Supplier as SupplierService
from gateway.upstream.breaker import Health
from gateway.upstream.budget import BudgetState
from providers import declaring


@strawberry.type(description="Whether one feature of a supplier works through this gateway.")
class Capability:
    """Public form of `declaring.Capability`."""

    feature: Feature = strawberry.field(description="What it is about.")
    support: Support = strawberry.field(description="Whether it works.")
    note: str | None = strawberry.field(description="What a developer should know about it.")


@strawberry.type(description="What people compare when they choose a supplier, each in a short sentence.")
class SupplierTerms:
    """Public form of `declaring.Terms`."""

    api: str = strawberry.field(description="Whether there is an official API.")
    minimum_order: str = strawberry.field(description="Smallest order.")
    fulfilment: str = strawberry.field(description="Who ships to the end customer.")
    warehouses: str = strawberry.field(description="Where goods leave from.")
    shipping_days: str = strawberry.field(description="Usual time to the door.")
    returns: str = strawberry.field(description="What happens with returns.")
    branding: str = strawberry.field(description="Own packaging and labels.")
    payment: str = strawberry.field(description="How orders are paid.")
    webhooks: str = strawberry.field(description="Whether the supplier tells of changes by itself.")

    @classmethod
    def from_model(cls, terms: declaring.Terms) -> "SupplierTerms":
        """The terms as declared."""
        return cls(
            api=terms.api,
            minimum_order=terms.minimum_order,
            fulfilment=terms.fulfilment,
            warehouses=terms.warehouses,
            shipping_days=terms.shipping_days,
            returns=terms.returns,
            branding=terms.branding,
            payment=terms.payment,
            webhooks=terms.webhooks,
        )


@strawberry.type(description="What is left of a supplier's quota, shared by all processes of the gateway.")
class SupplierBudget:
    """Public form of `BudgetState`."""

    requests_per_second: float = strawberry.field(description="Calls the account may make in a second.")
    points_per_day: int | None = strawberry.field(
        description="Points the account may spend in a day; null where calls cost none."
    )
    points_remaining: int | None = strawberry.field(
        description="Points left now; null where calls cost none."
    )
    resets_at: datetime | None = strawberry.field(description="When the points are full again.")
    queue_depth: int = strawberry.field(description="Calls that wait for their turn.")
    estimated_wait_ms: int = strawberry.field(description="Milliseconds a new read would wait for its turn.")

    @classmethod
    def from_state(cls, state: BudgetState) -> "SupplierBudget":
        """The state as it is now."""
        return cls(
            requests_per_second=state.requests_per_second,
            points_per_day=state.points_per_day,
            points_remaining=state.points_remaining,
            resets_at=state.resets_at,
            queue_depth=state.queue_depth,
            estimated_wait_ms=round(state.estimated_wait_seconds * 1000),
        )


@strawberry.type(description="How a supplier has been answering lately.")
class SupplierHealth:
    """Public form of `Health`."""

    status: Status = strawberry.field(description="In one word.")
    last_success_at: datetime | None = strawberry.field(
        description="The last useful answer; null before the first."
    )
    circuit: Circuit = strawberry.field(description="Whether calls are let through.")

    @classmethod
    def from_health(cls, health: Health) -> "SupplierHealth":
        """The health as seen by the process that answers."""
        return cls(status=health.status, last_success_at=health.last_success_at, circuit=health.circuit)


@strawberry.type(description="A company whose products can be found here.")
class Supplier(Node):
    """Public form of an enabled provider."""

    service: strawberry.Private[SupplierService]
    code: str = strawberry.field(
        description='Short stable name, such as "cj"; what `suppliers:` filters take.'
    )
    name: str = strawberry.field(description="Name for people.")
    homepage: URL | None = strawberry.field(description="Its website.")
    mode: Mode = strawberry.field(description="How real its answers are.")
    capabilities: list[Capability] = strawberry.field(description="What works, feature by feature.")
    terms: SupplierTerms = strawberry.field(description="What people compare when they choose.")

    @classmethod
    def from_service(cls, service: SupplierService) -> "Supplier":
        """An enabled supplier as clients see it."""
        declared = service.declaration
        capabilities = [declared.support(feature) for feature in declaring.Feature]
        return cls(
            id=strawberry.ID(ids.supplier_id(declared.code)),
            service=service,
            code=declared.code,
            name=declared.name,
            homepage=URL(declared.homepage) if declared.homepage else None,
            mode=declared.mode,
            capabilities=[
                Capability(feature=each.feature, support=each.support, note=each.note)
                for each in capabilities
            ],
            terms=SupplierTerms.from_model(declared.terms),
        )

    @strawberry.field(description="Areas that goods leave from; null when they cannot be read now.")
    async def warehouses(self, info: GatewayInfo) -> list[Warehouse] | None:
        """Null, with an error, when the supplier does not answer: never an empty list for that."""
        if not self.service.declaration.supports(declaring.Feature.WAREHOUSES):
            return []
        fetched = await info.context.loaders.warehouses.load(self.code)
        return [Warehouse.from_model(warehouse, complete=True) for warehouse in fetched.value]

    @strawberry.field(
        description="What is left of the quota; null for a supplier without one, such as sample data."
    )
    async def budget(self) -> SupplierBudget | None:
        """As all processes see it, unless Redis is away."""
        if self.service.outlook is None:
            return None
        return SupplierBudget.from_state(await self.service.outlook.budget_state())

    @strawberry.field(description="How it has been answering lately.")
    def health(self) -> SupplierHealth:
        """As this process sees it."""
        if self.service.outlook is None:
            return SupplierHealth(status=Status.UP, last_success_at=None, circuit=Circuit.CLOSED)
        return SupplierHealth.from_health(self.service.outlook.health())


def supplier_of(info: GatewayInfo, code: str) -> Supplier:
    """The supplier that an entity belongs to; entities only come from enabled ones."""
    return Supplier.from_service(info.context.services.suppliers[code])


@strawberry.type(description="How asking one supplier went, beside what it gave.")
class SupplierOutcome:
    """Public form of `Outcome`."""

    outcome: strawberry.Private[Outcome]
    status: OutcomeStatus = strawberry.field(description="How it went.")
    message: str | None = strawberry.field(
        description="What happened and what to try, for people; null when all is as it was asked for."
    )
    retry_after_ms: int | None = strawberry.field(
        description="Milliseconds after which asking again makes sense."
    )
    total_count: int | None = strawberry.field(
        description="Results the supplier has in all, where it says so."
    )
    unsupported_filters: list[str] = strawberry.field(
        description="Filters of this search that the supplier does not have; none of its products are "
        "shown then."
    )

    @classmethod
    def from_outcome(cls, outcome: Outcome) -> "SupplierOutcome":
        """The outcome as it is."""
        return cls(
            outcome=outcome,
            status=outcome.status,
            message=outcome.message,
            retry_after_ms=outcome.retry_after_ms,
            total_count=outcome.total,
            unsupported_filters=list(outcome.unsupported_filters),
        )

    @strawberry.field(description="The supplier that was asked.")
    def supplier(self, info: GatewayInfo) -> Supplier:
        """Known by its code."""
        return supplier_of(info, self.outcome.supplier)
