"""Which call prices which parcel, and what happens to parcels that an answer leaves open."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from structlog.testing import capture_logs

from providers.cj.limits import policies
from providers.cj.parcels import ParcelPricing
from providers.errors import (
    Delisted,
    InvalidRequest,
    MalformedResponse,
    NotFound,
    ProviderError,
    QuotaExhausted,
    Rejected,
)
from providers.model import DayRange
from providers.shipping import Certainty, LeftOut, Parcel, ParcelOptions
from providers.upstream import Call, Fetched, Source
from tests.unit.providers.cj.parcels import VARIANT, line, parcel

T = TypeVar("T")
NOW = datetime(2026, 11, 23, tzinfo=UTC)
CALCULATE, TIP, MAKERS = "freight.calculate", "freight.tip", "freight.makers"
Answer = Callable[[Any], Any]


class CJ:
    """Answers every call as it is told to, and remembers what was asked."""

    def __init__(self, *, tip: Answer | ProviderError | None = None, price: Any = "5") -> None:
        self.asked: list[Call[Any]] = []
        self._tip = tip
        self._price = price

    async def fetch(self, call: Call[T]) -> Fetched[T]:
        """The answer, read."""
        self.asked.append(call)
        return Fetched(call.read(self._answer(call)), NOW, None, Source.LIVE)

    @property
    def operations(self) -> list[str]:
        """Which calls were made, in their order."""
        return [call.policy.operation for call in self.asked]

    def _answer(self, call: Call[Any]) -> Any:
        if call.policy.operation == CALCULATE:
            return [{"logisticName": f"from {call.body['startCountryCode']}", "logisticPrice": self._price}]
        if call.policy.operation == TIP:
            if isinstance(self._tip, ProviderError):
                raise self._tip
            return (self._tip or every)(call.body["reqDTOS"])
        line_ = {"logisticsName": "Post", "postage": "3", "startCountryCode": "US", "destCountryCode": "DE"}
        return [{"skuList": call.body["skuList"], "logisticsInfoList": [line_]}]


def row(entry: Any, uid: str | None = None) -> Any:
    """A carrier's row for an entry of the request."""
    return {
        "uid": entry["uid"] if uid is None else uid,
        "option": {"enName": f"tip from {entry['srcAreaCode']}"},
        "totalPostageFee": "5",
    }


def every(entries: Sequence[Any]) -> Any:
    """A row for every entry."""
    return [row(entry) for entry in entries]


async def _price(cj: CJ, *parcels: Parcel) -> list[ParcelOptions]:
    return [each.options for each in await ParcelPricing(cj.fetch, policies(15)).price(parcels)]


async def _methods(cj: CJ, *parcels: Parcel) -> list[list[str]]:
    return [[option.method for option in each.options] for each in await _price(cj, *parcels)]


async def test_one_parcel() -> None:
    """One parcel to a country is the plain call, one to a postal code the long one."""
    plain, long = CJ(), CJ()
    assert await _methods(plain, parcel()) == [["from US"]]
    assert await _methods(long, parcel(postal_code=" d-28195 ")) == [["tip from US"]]
    assert (plain.operations, long.operations) == ([CALCULATE], [TIP])
    assert long.asked[0].body["reqDTOS"][0]["zip"] == "D-28195"


async def test_several_origins_are_one_call() -> None:
    """Parcels to one destination are one call in one order, China last, whatever order they come in."""
    one, two = CJ(), CJ()
    parcels = [parcel(origin=origin) for origin in ("CN", "US", "FR")]
    assert await _methods(one, *parcels) == [["tip from CN"], ["tip from US"], ["tip from FR"]]
    assert await _methods(two, *parcels[::-1]) == [["tip from FR"], ["tip from US"], ["tip from CN"]]
    assert one.operations == two.operations == [TIP]
    assert one.asked[0].identity() == two.asked[0].identity()
    assert [each["srcAreaCode"] for each in one.asked[0].body["reqDTOS"]] == ["FR", "US", "CN"]


async def test_each_destination_is_a_call() -> None:
    """Several destinations are asked for one by one, each as it needs."""
    cj = CJ()
    parcels = [parcel(country="FR"), parcel(), parcel(origin="CN"), parcel(country="FR", postal_code="20000")]
    await _price(cj, *parcels)
    assert sorted(cj.operations) == [CALCULATE, TIP, TIP]


async def test_equal_parcels_are_asked_for_once() -> None:
    """The same goods twice are one question, also in another order of lines or spelling of the code."""
    cj = CJ()
    one, two = line(2), line(variant=replace(VARIANT, id="09"))
    twice = [parcel(one, two, postal_code="b1 1aa"), parcel(two, one, postal_code="B1  1AA ")]
    first, second = await _price(cj, *twice)
    assert first == second
    assert len(cj.asked[0].body["reqDTOS"]) == 1


async def test_many_parcels_are_several_calls() -> None:
    """More than twenty entries are split."""
    cj = CJ()
    told = await _methods(cj, *(parcel(line(number)) for number in range(1, 46)))
    assert told == [["tip from US"]] * 45
    assert [len(call.body["reqDTOS"]) for call in cj.asked] == [20, 20, 5]


async def test_what_cannot_be_asked_together() -> None:
    """A parcel that lacks a figure is asked for alone; a postal code then cannot say what is remote."""
    cj = CJ()
    nameless = line(variant=replace(VARIANT, sku=None))
    parcels = [parcel(nameless, postal_code="1"), parcel(origin="CN", postal_code="1")]
    alone, together = await _price(cj, *parcels)
    assert sorted(cj.operations) == [CALCULATE, TIP]
    assert next(call.body["zip"] for call in cj.asked if call.policy.operation == CALCULATE) == "1"
    assert "remote" in (alone.options[0].note or "")
    assert together.options[0].note is None


@pytest.mark.parametrize(
    "tip",
    [
        lambda entries: [row(entry, "") for entry in entries],
        lambda entries: [row(entry, "other") for entry in entries],
        MalformedResponse("cut off"),
        InvalidRequest("Param error"),
        Rejected("no", code="1605003"),
    ],
)
async def test_answers_that_tell_nothing(tip: Answer | ProviderError) -> None:
    """Where the long call does not tell parcels apart, or fails, each is asked for by the plain one."""
    cj = CJ(tip=tip)
    with capture_logs() as logs:
        told = await _methods(cj, parcel(origin="CN"), parcel())
    assert told == [["from CN"], ["from US"]]
    assert cj.operations == [TIP, CALCULATE, CALCULATE]
    assert [(entry["event"], entry["parcels"]) for entry in logs] == [("cj.parcels_unpriced", 2)]


async def test_answers_about_the_first_alone() -> None:
    """Rows for the first entry alone leave the others open; rows behind it say that all were read."""
    first, last = CJ(tip=lambda entries: [row(entries[0])]), CJ(tip=lambda entries: [row(entries[-1])])
    parcels = (parcel(origin="CN"), parcel(), parcel(origin="FR"))
    assert await _methods(first, *parcels) == [["from CN"], ["from US"], ["tip from FR"]]
    assert first.operations == [TIP, CALCULATE, CALCULATE]
    assert await _methods(last, *parcels) == [["tip from CN"], [], []]
    assert last.operations == [TIP]


@pytest.mark.parametrize("error", [NotFound("gone"), Delisted("gone"), QuotaExhausted("no points")])
async def test_errors_that_no_other_call_can_mend(error: ProviderError) -> None:
    """Absent goods and a used-up quota are not asked for again another way."""
    cj = CJ(tip=error)
    with pytest.raises(type(error)):
        await _price(cj, parcel(origin="CN"), parcel())
    assert cj.operations == [TIP]


@pytest.mark.parametrize("code", ["1605003", "1605002"])
async def test_shipping_that_is_not_available(code: str) -> None:
    """CJ's "shipping not available" is an answer: no way, and why; another refusal is an error."""

    async def refuse(call: Call[T]) -> Fetched[T]:
        del call
        raise Rejected("CJ says no.", code=code)

    pricing = ParcelPricing(refuse, policies(15))
    if code == "1605003":
        [priced] = await pricing.price([parcel()])
        assert priced.options == ParcelOptions((), (LeftOut(None, "CJ says no."),))
        assert priced.answer is None
    else:
        with pytest.raises(Rejected):
            await pricing.price([parcel()])


async def test_goods_that_makers_send() -> None:
    """Parcels of makers' goods share one call for their price lists, beside the call for all others."""
    cj = CJ()
    made = parcel(line(shipped_by_maker=True))
    other = parcel(line(variant=replace(VARIANT, id="9"), sku="CJAA1", shipped_by_maker=True))
    ordinary = parcel(line(2))
    assert await _methods(cj, made, ordinary, other) == [["Post"], ["from US"], ["Post"]]
    assert sorted(cj.operations) == [CALCULATE, MAKERS]


async def test_what_cannot_share_a_parcel() -> None:
    """A maker's goods and CJ's in one parcel, or makers' goods without a SKU, have no way, and say why."""
    cj = CJ()
    mixed = parcel(
        line(shipped_by_maker=True), line(variant=replace(VARIANT, id="9"), shipped_by_maker=False)
    )
    nameless = parcel(line(sku=None, shipped_by_maker=True))
    for told in await _price(cj, mixed, nameless):
        assert told.options == ()
        assert told.left_out[0].reason
    assert cj.asked == []


@pytest.mark.parametrize(
    ("free", "origin", "certainty"),
    [
        ((True, True), "DE", Certainty.KNOWN),
        ((True, True), "CN", Certainty.UNKNOWN),
        ((True, False), "DE", Certainty.UNKNOWN),
        ((True, None), "DE", Certainty.UNKNOWN),
    ],
)
async def test_a_price_of_zero(free: tuple[bool | None, ...], origin: str, certainty: Certainty) -> None:
    """Zero is believed for goods with free shipping within a country, and unknown otherwise."""
    lines = [
        line(variant=replace(VARIANT, id=str(number)), free_shipping=each) for number, each in enumerate(free)
    ]
    [told] = await _price(CJ(price="0"), parcel(*lines, origin=origin))
    [cost] = told.options[0].costs
    assert cost.certainty is certainty
    assert (cost.amount is None) == (certainty is Certainty.UNKNOWN)


@pytest.mark.parametrize(
    ("days", "processing"),
    [
        ((DayRange(1, 3), DayRange(2, 2)), DayRange(2, 3)),
        ((DayRange(1, 3), None), None),
        ((None, None), None),
    ],
)
async def test_days_to_make_ready(days: tuple[DayRange | None, ...], processing: DayRange | None) -> None:
    """A parcel is ready when the last of its goods is; unknown when one of them does not say."""
    lines = [
        line(variant=replace(VARIANT, id=str(number)), processing=each) for number, each in enumerate(days)
    ]
    [told] = await _price(CJ(), parcel(*lines))
    assert told.options[0].processing == processing


async def test_nothing_to_price() -> None:
    """No parcels cost no call."""
    cj = CJ()
    assert await _price(cj) == []
    assert cj.asked == []
