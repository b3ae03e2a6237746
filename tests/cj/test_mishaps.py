"""A CJ that misbehaves: nothing it does reads as "gone", "none left" or "nothing found"."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from providers import errors
from providers.cj.simulator.faults import Fault, Kind
from providers.cj.simulator.simulator import Simulator
from providers.model import ProductSearch
from providers.upstream import Fact, Fetched
from tests.cj.direct import adapter, asking
from tests.cj.world import simulated

QUERY = "/product/query"


@pytest.mark.parametrize(
    ("kind", "params", "error"),
    [
        ("status", {"status": 500}, errors.Unavailable),
        ("status", {"status": 404}, errors.Unavailable),
        ("status", {"status": 504}, errors.UpstreamTimeout),
        ("not_json", {}, errors.MalformedResponse),
        ("truncated", {}, errors.MalformedResponse),
        ("truncated", {"keep": 0.99}, errors.MalformedResponse),
        ("drop", {}, errors.UpstreamTimeout),
        ("omit", {"keys": ["variants"]}, errors.MalformedResponse),
        ("omit", {"keys": ["pid"]}, errors.MalformedResponse),
        ("omit", {"keys": ["vid"]}, errors.MalformedResponse),
        ("error", {"code": 1600000, "message": "System busy"}, errors.Unavailable),
        ("error", {"code": 1600301, "message": "Read timed out"}, errors.UpstreamTimeout),
        ("error", {"code": 1600100, "message": "Interface is offline"}, errors.Unavailable),
        ("error", {"code": 1609999, "message": "?"}, errors.Unavailable),
    ],
)
async def test_lasting_trouble(
    kind: Kind, params: dict[str, object], error: type[errors.ProviderError]
) -> None:
    """Trouble that lasts is named after three attempts, and never as an absence."""
    app, sim = simulated()
    sim.faults.add(Fault(kind, QUERY, params=params))
    async with adapter(app=app) as provider:
        await provider.categories(asking())
        with pytest.raises(errors.ProviderError) as caught:
            await provider.product(_pid(sim), asking())
    assert type(caught.value) is error
    assert sim.ledger.count(QUERY) == 3


@pytest.mark.parametrize("kind", ["status", "not_json", "truncated", "drop", "empty"])
async def test_passing_trouble(kind: Kind) -> None:
    """Trouble that passes is not seen: the product comes whole at the next attempt."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        whole = (await provider.product(_pid(sim), asking())).value
        sim.faults.add(Fault(kind, QUERY, times=1))
        assert (await provider.product(_pid(sim), asking())).value == whole


@pytest.mark.parametrize(
    "path", ["/product/listV2", "/product/getCategory", "/product/globalWarehouseList", "/product/stock/*"]
)
async def test_one_empty_answer_is_not_believed(path: str) -> None:
    """The first empty answer about things that exist is asked again, whatever it was about."""
    app, sim = simulated(omit_inventories=True)
    async with adapter(app=app) as provider:
        reads: dict[str, Callable[[], Awaitable[Fetched[Any]]]] = {
            "/product/listV2": lambda: provider.search(
                ProductSearch(), 1, with_description=False, ask=asking()
            ),
            "/product/getCategory": lambda: provider.categories(asking()),
            "/product/globalWarehouseList": lambda: provider.warehouses(asking()),
            "/product/stock/*": lambda: provider.product(_pid(sim), asking()),
        }
        whole = (await reads[path]()).value
        sim.faults.add(Fault("empty", path, times=1))
        again = await reads[path]()
    assert again.value == whole
    assert again.trouble is None


async def test_slow_answers_end() -> None:
    """An answer that never comes is given up after the operator's timeout."""
    app, sim = simulated()
    sim.faults.add(Fault("hang", QUERY))
    async with adapter(app=app, environment={"CJ_TIMEOUT_SECONDS": "0.05"}) as provider:
        with pytest.raises(errors.UpstreamTimeout, match=r"0\.05 s"):
            await provider.product(_pid(sim), asking())


@pytest.mark.parametrize(("form", "code"), [("code", "16900500"), ("status", "429")])
async def test_points_run_out(form: str, code: str) -> None:
    """Used-up points are named with the time until enough is back, in both forms CJ has for it."""
    app, sim = simulated(points_refusal=form)
    sim.faults.add(Fault("exhaust_points", QUERY, params={"remaining": 5}))
    async with adapter(app=app) as provider:
        with pytest.raises(errors.QuotaExhausted) as caught:
            await provider.product(_pid(sim), asking())
    assert caught.value.code == code
    assert caught.value.retry_after is not None
    assert 60 <= caught.value.retry_after <= 86_400


@pytest.mark.parametrize("status", [200, 429])
async def test_too_fast(status: int) -> None:
    """A refusal for speed is named with the time to wait, under either status."""
    app, _ = simulated(requests_per_second=0.001, rate_refusal_status=status)
    async with adapter(app=app) as provider:
        with pytest.raises(errors.RateLimited) as caught:
            await provider.categories(asking())
    assert caught.value.retry_after is not None
    assert caught.value.retry_after >= 1


async def test_busy_is_not_already_done() -> None:
    """An import that meets a busy system failed; only CJ's own words mean that it was done before."""
    app, sim = simulated()
    sim.faults.add(
        Fault("error", "/product/addToMyProduct", params={"code": 1600000, "message": "System busy"})
    )
    async with adapter(app=app) as provider:
        with pytest.raises(errors.Unavailable):
            await provider.import_product(_pid(sim), asking())
    assert sim.ledger.count("/product/addToMyProduct") == 1


async def test_points_info_is_read() -> None:
    """Where answers carry `pointsInfo` they are read as any other."""
    app, sim = simulated(points_info=True)
    async with adapter(app=app) as provider:
        assert (await provider.product(_pid(sim), asking(Fact.PRICE))).value.variants


def _pid(sim: Simulator) -> str:
    return next(product.pid for product in sim.world.products if not product.taken_down)
