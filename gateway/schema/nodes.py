"""From a global id back to the object: what `node` and `nodes` do."""

from collections.abc import Awaitable, Callable, Iterable, Mapping

from gateway.context import GatewayInfo
from gateway.ids import GlobalId, Kind, MalformedId
from gateway.loaders.asking import by_deadline
from gateway.loaders.catalog import ProductKey, WarehouseKey
from gateway.schema.category import Category
from gateway.schema.lookup import variant_of_id
from gateway.schema.node import Node
from gateway.schema.order_queries import order_of_id
from gateway.schema.product import Product
from gateway.schema.selection import selected_facts
from gateway.schema.sourcing import SourcingRequest
from gateway.schema.supplier import Supplier, supplier_of
from gateway.schema.warehouse import Warehouse
from providers import model
from providers.errors import Delisted, NotFound
from providers.upstream import Fact


async def find_node(info: GatewayInfo, text: str) -> Node | None:
    """
    The object that an id names; None for what is not there: unknown, foreign or malformed ids.

    Raises:
        ProviderError: The supplier could not be asked, so nobody knows whether it is there.
    """
    try:
        named = GlobalId.parse(text)
    except MalformedId:
        return None
    if info.context.supplier(named.provider) is None and named.kind is not Kind.ORDER:
        return None
    try:
        return await _FINDERS[named.kind](info, named)
    except (NotFound, Delisted):
        return None


async def _find_supplier(info: GatewayInfo, named: GlobalId) -> Supplier | None:
    return supplier_of(info, named.provider) if named.native == named.provider else None


async def _find_product(info: GatewayInfo, named: GlobalId) -> Product:
    key = ProductKey(named.provider, named.native, selected_facts(info))
    return Product.of(await info.context.loaders.product.load(key))


async def _find_category(info: GatewayInfo, named: GlobalId) -> Category | None:
    tree = (await info.context.loaders.categories.load(named.provider)).value
    found = next((each for each in _flattened(tree) if each.id == named.native), None)
    return Category.from_model(found) if found else None


async def _find_sourcing(info: GatewayInfo, named: GlobalId) -> SourcingRequest | None:
    provider = info.context.services.suppliers[named.provider].provider
    ask = info.context.loaders.ask(frozenset({Fact.ACCOUNT}))
    clock, asked = info.context.services.clock, provider.sourcings((named.native,), ask)
    found = (await by_deadline(named.provider, "sourcing", ask, clock, asked)).value
    return next((SourcingRequest.from_model(each) for each in found), None)


async def _find_warehouse(info: GatewayInfo, named: GlobalId) -> Warehouse | None:
    loaders = info.context.loaders
    areas = (await loaders.warehouses.load(named.provider)).value
    listed = next((area for area in areas if area.id == named.native), None)
    if listed is not None:
        return Warehouse.from_model(listed, complete=True)
    fetched = await loaders.warehouse.load(WarehouseKey(named.provider, named.native))
    return Warehouse.from_model(fetched.value, complete=True)


def _flattened(tree: Iterable[model.Category]) -> Iterable[model.Category]:
    for category in tree:
        yield category
        yield from _flattened(category.children)


_FINDERS: Mapping[Kind, Callable[[GatewayInfo, GlobalId], Awaitable[Node | None]]] = {
    Kind.SUPPLIER: _find_supplier,
    Kind.PRODUCT: _find_product,
    Kind.VARIANT: variant_of_id,
    Kind.CATEGORY: _find_category,
    Kind.WAREHOUSE: _find_warehouse,
    Kind.SOURCING: _find_sourcing,
    Kind.ORDER: order_of_id,
}
