"""Pricing parcels through the adapter: what the simulator charges, and how many calls and points it takes."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from providers.cj.provider import CJProvider
from providers.cj.simulator import freight
from providers.cj.simulator.catalogue.goods import Product
from providers.cj.simulator.faults import Fault
from providers.cj.simulator.simulator import Simulator
from providers.errors import Delisted, MalformedResponse, NotFound
from providers.shipping import (
    Certainty,
    CostKind,
    Destination,
    Parcel,
    ParcelLine,
    ParcelOptions,
    ShippingOption,
)
from providers.upstream import Fact
from tests.cj.direct import adapter, asking
from tests.cj.world import simulated

CALCULATE, TIP = "/logistic/freightCalculate", "/logistic/freightCalculateTip"
MAKERS = "/logistic/getSupplierLogisticsTemplate"
GERMANY, FRANCE, USA = Destination("DE"), Destination("FR"), Destination("US")
CORSICA, ALASKA = Destination("FR", "20090"), Destination("US", "99501")
NOWHERE = Destination("AQ")


def _sold(sim: Simulator, *countries: str, kind: str = "ORDINARY_PRODUCT", free: bool = False) -> Product:
    """A light product on sale that lies in these countries."""
    return next(
        product
        for product in sim.world.products
        if not product.taken_down
        and (product.product_type, product.free_shipping) == (kind, free)
        and product.grams[1] < 400
        and product.leaf.group.property == "COMMON"
        and set(countries) <= set(product.stock)
    )


async def _line(provider: CJProvider, product: Product, quantity: int = 1) -> ParcelLine:
    found = (await provider.product(product.pid, asking())).value
    return ParcelLine(found, found.variants[0], quantity)


async def _price(provider: CJProvider, *parcels: Parcel) -> tuple[ParcelOptions, ...]:
    return (await provider.shipping_options(parcels, asking(Fact.FREIGHT))).value


def _kinds(option: ShippingOption) -> dict[CostKind, Decimal]:
    kinds: dict[CostKind, Decimal] = {}
    for cost in option.costs:
        if cost.amount:
            kinds[cost.kind] = kinds.get(cost.kind, Decimal()) + cost.amount.amount
    return kinds


def _named(options: ParcelOptions) -> dict[str, dict[CostKind, Decimal]]:
    return {option.method: _kinds(option) for option in options.options}


def _totals(options: ParcelOptions) -> dict[str, Decimal]:
    return {method: sum(kinds.values(), Decimal()) for method, kinds in _named(options).items()}


async def test_a_basket_is_one_call() -> None:
    """Several lines are one parcel with one price for each carrier: 1 call, 10 points."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        first = _sold(sim, "CN")
        second = _sold(sim, "CN", "US")
        lines = (await _line(provider, first, 2), await _line(provider, second))
        sim.ledger.clear()
        ask = asking(Fact.FREIGHT)
        [told] = (await provider.shipping_options((Parcel(lines, "CN", GERMANY),), ask)).value
    assert (sim.ledger.count("/logistic/*"), sim.ledger.points()) == (1, 10)
    assert (ask.meter.of("cj").calls, ask.meter.of("cj").points) == (1, 10)
    sent = [(sim.world.variants(product)[0], number) for product, number in ((first, 2), (second, 1))]
    routes = list(freight.routes(sim.world, freight.Parcel("CN", "DE", sent)))
    assert _totals(told) == {route.carrier.name: Decimal(route.total) / 100 for route in routes}
    assert all(option.transit for option in told.options)


async def test_three_origins_are_one_call() -> None:
    """The same basket from every country that has it is 1 call of 10 points, and each parcel has its own."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        line = await _line(provider, _sold(sim, "CN", "DE", "US"))
        sim.ledger.clear()
        china, germany, america = await _price(
            provider, *(Parcel((line,), origin, USA) for origin in ("CN", "DE", "US"))
        )
    assert (sim.ledger.count(TIP), sim.ledger.points()) == (1, 10)
    assert "CJPacket Ordinary" in _named(china)
    assert germany == ParcelOptions(())
    assert "US Ground+" in _named(america)


async def test_both_calls_charge_the_same() -> None:
    """A parcel costs the same by the same carriers, whether it is asked for alone or with others."""
    app, sim = simulated()
    sold = [each for each in sim.world.products if not each.taken_down and "SHIPPED" not in each.product_type]
    async with adapter(app=app) as provider:
        for number, product in enumerate(sold[:40:4], start=1):
            line = await _line(provider, product, number % 4 + 1)
            for destination in (USA, FRANCE):
                parcels = [Parcel((line,), origin, destination) for origin in product.stock]
                # A second parcel, so that there is one call for all.
                parcels.append(replace(parcels[0], lines=(replace(line, quantity=9),)))
                together = await _price(provider, *parcels)
                alone = [(await _price(provider, parcel))[0] for parcel in parcels]
                assert [_totals(each) for each in together] == [_totals(each) for each in alone]


@pytest.mark.parametrize("unclear", [{"tip_answers_uid": False}, {"tip_reads": "first"}])
async def test_a_cj_that_does_not_tell_parcels_apart(unclear: dict[str, Any]) -> None:
    """Then each parcel is asked for alone, and has the price that it has otherwise."""
    prices = []
    settings: list[dict[str, Any]] = [{}, unclear]
    for options in settings:
        app, sim = simulated(**options)
        async with adapter(app=app) as provider:
            line = await _line(provider, _sold(sim, "CN", "DE"))
            sim.ledger.clear()
            told = await _price(provider, *(Parcel((line,), origin, FRANCE) for origin in ("CN", "DE")))
        prices.append([_totals(each) for each in told])
        calls = sim.ledger.count(TIP), sim.ledger.count(CALCULATE)
    assert prices[0] == prices[1]
    assert all(prices[0])
    assert calls == ((1, 2) if "tip_answers_uid" in unclear else (1, 1))


async def test_an_answer_that_nobody_can_read() -> None:
    """When the long call cannot be read the plain one prices the parcels; when that cannot, it fails."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        line = await _line(provider, _sold(sim, "CN", "DE"))
        parcels = [Parcel((line,), origin, CORSICA) for origin in ("CN", "DE")]
        sim.faults.add(Fault("truncated", TIP))
        told = await _price(provider, *parcels)
        assert all("remote" in (option.note or "") for each in told for option in each.options)
        assert all(each.options for each in told)
        sim.faults.add(Fault("truncated", CALCULATE))
        with pytest.raises(MalformedResponse):
            await _price(provider, parcels[0])


async def test_no_route_and_a_hiccup() -> None:
    """An empty answer is asked for once more: a hiccup passes, and where nothing goes that stands."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        line = await _line(provider, _sold(sim, "CN"))
        sim.ledger.clear()
        sim.faults.preset("no_route_hiccup")
        [told] = await _price(provider, Parcel((line,), "CN", GERMANY))
        assert told.options
        assert sim.ledger.count(CALCULATE) == 2
        assert await _price(provider, Parcel((line,), "CN", NOWHERE)) == (ParcelOptions(()),)
        assert sim.ledger.count(CALCULATE) == 4


async def test_remote_places() -> None:
    """A remote postal code costs more by the carriers that say so, and those that refuse it say why."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        line = await _line(provider, _sold(sim, "CN", "US"))
        near, far = [
            (await _price(provider, Parcel((line,), "CN", Destination("FR", code))))[0]
            for code in ("75001", CORSICA.postal_code)
        ]
        [alaska] = await _price(provider, Parcel((line,), "US", ALASKA))
    handling, usual = (
        {method: kinds.get(CostKind.HANDLING, Decimal()) for method, kinds in _named(each).items()}
        for each in (far, near)
    )
    dearer = {method: handling[method] - usual[method] for method in handling}
    assert dearer["PostEast+ Registered"] == 0
    assert dearer["Swift Air Express"] == 24
    assert _totals(far) == {method: total + dearer[method] for method, total in _totals(near).items()}
    assert "US Ground+" in _named(alaska)
    assert [(each.method, "postal code" in each.reason) for each in alaska.left_out] == [("US Two Day", True)]


async def test_duty_is_told_apart_where_cj_does() -> None:
    """The long call names the duty; in the plain one it is the part of the total that has no name."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        line = await _line(provider, _sold(sim, "CN"))
        plain, long = [
            (await _price(provider, Parcel((line,), "CN", destination)))[0]
            for destination in (FRANCE, CORSICA)
        ]
    named, unnamed = (_named(each)["CJPacket Euro Duty Paid"] for each in (long, plain))
    assert named[CostKind.DUTY] == unnamed[CostKind.OTHER] > 0
    assert {kind: unnamed[kind] for kind in (CostKind.TAX, CostKind.SHIPPING)} == {
        kind: named[kind] for kind in (CostKind.TAX, CostKind.SHIPPING)
    }


async def test_goods_that_their_maker_sends() -> None:
    """They are priced by their maker's list in one call; with goods of CJ in one parcel they are not."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        line = await _line(provider, _sold(sim, "CN", kind="SUPPLIER_SHIPPED_PRODUCT"))
        ordinary = await _line(provider, _sold(sim, "CN"))
        assert (line.product.shipped_by_maker, ordinary.product.shipped_by_maker) == (True, False)
        sim.ledger.clear()
        one, three, elsewhere = await _price(
            provider,
            Parcel((line,), "CN", GERMANY),
            Parcel((replace(line, quantity=3),), "CN", GERMANY),
            Parcel((line,), "CN", Destination("JP")),
        )
        [mixed] = await _price(provider, Parcel((line, ordinary), "CN", GERMANY))
    assert (sim.ledger.count(MAKERS), sim.ledger.points()) == (1, 10)
    [single], [several] = one.options, three.options
    assert (single.costs[0].certainty, several.costs[0].certainty) == (Certainty.KNOWN, Certainty.ESTIMATED)
    assert _kinds(several)[CostKind.SHIPPING] == 3 * _kinds(single)[CostKind.SHIPPING]
    assert elsewhere == ParcelOptions(())
    assert mixed.options == ()
    assert mixed.left_out


async def test_free_shipping() -> None:
    """Zero is a price where all goods are sent for nothing within their country, and not beside others."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        free = await _line(provider, _sold(sim, "US", free=True))
        paid = await _line(provider, _sold(sim, "US"))
        [alone] = await _price(provider, Parcel((free,), "US", USA))
        [both] = await _price(provider, Parcel((free, paid), "US", USA))
    assert _named(alone)["US Ground+"] == {CostKind.SHIPPING: 0}
    assert _named(both)["US Ground+"][CostKind.SHIPPING] > 0


async def test_goods_that_are_gone() -> None:
    """A variant that CJ does not know is NotFound, one off the shelves Delisted, whichever call it is."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        line = await _line(provider, _sold(sim, "CN"))
        unknown = replace(line, variant=replace(line.variant, id="9999999999999999999"))
        sim.world.take_down(sim.world.by_pid[line.product.id])
        try:
            for origins in (("CN",), ("CN", "US")):
                with pytest.raises(NotFound):
                    await _price(provider, *(Parcel((unknown,), origin, USA) for origin in origins))
                with pytest.raises(Delisted):
                    await _price(provider, *(Parcel((line,), origin, USA) for origin in origins))
        finally:
            sim.world.restore()
