"""Orders to be made at the simulated CJ."""

from dataclasses import replace
from typing import Any

from providers.cj.simulator.catalogue.goods import Variant
from providers.cj.simulator.simulator import Simulator
from providers.orders import Address, OrderDraft, OrderLine

ADDRESS = Address(
    name="Proba Nowak",
    country="DE",
    province="Bremen",
    city="Bremen",
    line1="Probegasse 4",
    postal_code="28195",
    phone="0421000000",
    email="proba@harbour.example",
)


def plain(sim: Simulator, units: int = 50) -> Variant:
    """A variant of ordinary goods with so many pieces in China, light enough for every carrier."""
    return next(
        variant
        for product in sim.world.products
        if not product.taken_down
        and product.product_type == "ORDINARY_PRODUCT"
        and product.leaf.group.property == "COMMON"
        and product.grams[1] < 400
        for variant in sim.world.variants(product)
        if sim.world.total(variant, "CN").total >= units
    )


def draft(sim: Simulator, number: str = "HB-1", **more: Any) -> OrderDraft:
    """Two pieces of one variant to Bremen, by a carrier that takes them."""
    line = OrderLine(plain(sim).vid, 2, reference="L1")
    whole = OrderDraft(number, (line,), "CN", "CJPacket Ordinary", ADDRESS, is_sandbox=False)
    return replace(whole, **more)
