"""
Everything the simulated CJ sells, from one seed, and what has changed since: stock sold, prices moved.

Products are made at once, variants and texts when they are asked for. All accounts see the same world.
"""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

from providers.cj.simulator.catalogue.details import make_variants
from providers.cj.simulator.catalogue.goods import Held, Product, Variant
from providers.cj.simulator.catalogue.making import make_products, vid_of
from providers.cj.simulator.catalogue.reviews import Review, make_reviews
from providers.cj.simulator.catalogue.search import Index
from providers.cj.simulator.catalogue.taxonomy import Leaf

KEPT_VARIANTS: Final = 600
"""Products whose variants stay in memory; making them again takes a tenth of a millisecond."""


class World:
    """
    The catalogue and its present state.

    Args:
        seed: Decides everything; equal seeds give equal worlds on every machine.
        products: How many. The first 200 fill every shelf once.
    """

    def __init__(self, seed: int = 2026, products: int = 2400) -> None:
        self.seed = seed
        self.products: list[Product] = list(make_products(seed, products))
        self.by_pid = {product.pid: product for product in self.products}
        self.by_sku = {product.sku: product for product in self.products}
        self.leaves: tuple[Leaf, ...] = tuple(
            {product.leaf.id: product.leaf for product in self.products}.values()
        )
        self.index = Index(self.products)
        self._vids = {
            vid_of(product, number): product
            for product in self.products
            for number in range(product.variant_count + product.has_gone_variant)
        }
        self._variants: OrderedDict[str, tuple[Variant, ...]] = OrderedDict()
        self._drawn: dict[tuple[str, str], int] = {}
        self._drawn_of: dict[tuple[str, str], int] = {}
        self._factors: dict[str, float] = {}
        self._shelved: dict[str, bool] = {}

    # What there is

    def variants(self, product: Product, *, gone: bool = False) -> tuple[Variant, ...]:
        """A product's variants on sale; with `gone`, those off the shelves too."""
        made = self._variants.get(product.pid)
        if made is None:
            made = self._variants[product.pid] = make_variants(product)
            if len(self._variants) > KEPT_VARIANTS:
                self._variants.popitem(last=False)
        else:
            self._variants.move_to_end(product.pid)
        return made if gone else tuple(variant for variant in made if not variant.gone)

    def variant(self, vid: str) -> Variant | None:
        """The variant with this id, even when it is off the shelves."""
        product = self._vids.get(vid)
        if product is None:
            return None
        return next(variant for variant in self.variants(product, gone=True) if variant.vid == vid)

    def variant_by_sku(self, sku: str) -> Variant | None:
        """The variant with this SKU, even when it is off the shelves."""
        product = self.by_sku.get(sku[:11])
        if product is None:
            return None
        return next((variant for variant in self.variants(product, gone=True) if variant.sku == sku), None)

    def reviews(self, product: Product) -> list[Review]:
        """A product's reviews, newest first."""
        return make_reviews(product)

    # Prices

    def factor(self, product: Product) -> float:
        """What the product's prices are multiplied with at present."""
        return self._factors.get(product.pid, self._factors.get("*", 1.0))

    def price(self, variant: Variant) -> int:
        """The variant's present price, US cents."""
        return round(variant.cents * self.factor(variant.product))

    def price_range(self, product: Product) -> tuple[int, int]:
        """The product's cheapest and dearest present price, US cents."""
        factor = self.factor(product)
        return round(product.low_cents * factor), round(product.high_cents * factor)

    def change_price(self, factor: float, pid: str = "*") -> None:
        """Multiply the original prices of one product, or of all that have no factor of their own."""
        self._factors[pid] = factor

    # Stock

    def stock(self, variant: Variant, country: str) -> dict[str, Held]:
        """A variant's present stock in a country by warehouse id: CJ's own goes first, then the factory's."""
        drawn = self._drawn.get((variant.vid, country), 0)
        houses = {
            house: Held(held.cj, held.factory) for house, held in variant.stock.get(country, {}).items()
        }
        if drawn < 0:
            first = next(iter(houses.values()))
            first.cj -= drawn
            return houses
        for part in ("cj", "factory"):
            for held in houses.values():
                taken = min(drawn, getattr(held, part))
                setattr(held, part, getattr(held, part) - taken)
                drawn -= taken
        return houses

    def total(self, variant: Variant, country: str) -> Held:
        """A variant's present stock in a country."""
        return add_up(self.stock(variant, country).values())

    def product_total(self, product: Product, country: str) -> Held:
        """The sum over a product's variants in a country, cheap while nothing was sold there."""
        if (product.pid, country) in self._drawn_of:
            return add_up(self.total(variant, country) for variant in self.variants(product))
        held = product.stock.get(country, Held())
        return Held(held.cj, held.factory)

    def inventory(self, product: Product) -> int:
        """Units of a product in all countries."""
        return sum(self.product_total(product, country).total for country in product.stock)

    def take(self, variant: Variant, country: str, quantity: int) -> bool:
        """Take units out of a country's stock, all or none; a negative quantity puts them back."""
        if country not in variant.stock or quantity > self.total(variant, country).total:
            return False
        self._draw(variant, country, quantity)
        return True

    def set_stock(self, variant: Variant, country: str, units: int) -> None:
        """Make a country's stock of a variant this many units, if it is stored there at all."""
        if country in variant.stock:
            self._draw(variant, country, self.total(variant, country).total - units)

    # Shelves

    def take_down(self, product: Product, *, back: bool = False) -> None:
        """Take a product off the shelves, or put it back."""
        self._shelved.setdefault(product.pid, product.taken_down)
        product.taken_down = not back

    def restore(self) -> None:
        """Undo all sales, price changes and removals."""
        for pid, was_down in self._shelved.items():
            self.by_pid[pid].taken_down = was_down
        self._shelved.clear()
        self._drawn.clear()
        self._drawn_of.clear()
        self._factors.clear()

    def _draw(self, variant: Variant, country: str, quantity: int) -> None:
        for ledger, key in ((self._drawn, variant.vid), (self._drawn_of, variant.product.pid)):
            ledger[key, country] = ledger.get((key, country), 0) + quantity


def add_up(parts: Iterable[Held]) -> Held:
    """The sum of several holdings."""
    whole = Held()
    for held in parts:
        whole.cj += held.cj
        whole.factory += held.factory
    return whole
