"""
Which call prices which parcel, so that the fewest answer for all of them.

| parcels | call, 10 points | how many of them |
|---|---|---|
| of goods that their makers send | the makers' price lists | one for all |
| one to a country | freightCalculate | one |
| several to one destination, or any to a postal code | freightCalculateTip | one for each destination |
| whose goods lack a figure for that, or that its answer says nothing about | freightCalculate | one each |

freightCalculate is what CJ documents well and operators use. The other call is cheaper for several parcels
and alone knows what remote places cost more; whatever goes wrong with it is asked of the first.
"""

import asyncio
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import structlog

from providers.cj.fetching import Fetch
from providers.cj.freight import freight_call
from providers.cj.freight_tip import MOST_ENTRIES, can_tip, tip_call
from providers.cj.makers_freight import MOST_PRODUCTS, fares_call, makers_options, skus_of
from providers.cj.postage import with_doubt_about_zero
from providers.errors import Delisted, MalformedResponse, NotFound, Rejected
from providers.shipping import Destination, LeftOut, Parcel, ParcelOptions, ShippingOption, longest
from providers.upstream import CallPolicy, Fetched

T = TypeVar("T")
V = TypeVar("V")
log = structlog.get_logger(__name__)

_NOT_SHIPPED: Final = "1605003"
"""CJ's code for "shipping not available"."""
_MIXED: Final = "Some of these goods are sent by their maker and some by CJ: they cannot share a parcel."
_NAMELESS: Final = "Its maker sends it, and CJ names no product SKU to ask the maker's prices by."
_NOT_REMOTE: Final = "If the place counts as remote it costs more; CJ does not say so for this parcel."

Key = tuple[bool, str, str, str, tuple[tuple[str, int], ...]]


@dataclass(frozen=True, slots=True)
class Priced:
    """The options of one parcel, and the answer they were read from; None when nothing had to be asked."""

    options: ParcelOptions
    answer: Fetched[Any] | None


class ParcelPricing:
    """The calls that price parcels, through one way of asking."""

    def __init__(self, fetch: Fetch, policies: Mapping[str, CallPolicy]) -> None:
        self._fetch = fetch
        self._policies = policies

    async def price(self, parcels: Sequence[Parcel]) -> list[Priced]:
        """
        The options of each parcel, in order. Equal parcels are asked for once.

        Raises:
            NotFound: CJ does not know one of the variants. Delisted: It does not sell it any more.
            ProviderError: Anything else that left a parcel without an answer.
        """
        asked = {_key(parcel): _tidy(parcel) for parcel in parcels}
        answered: dict[Key, Priced] = {}
        for part in await asyncio.gather(*self._jobs({key: asked[key] for key in sorted(asked)})):
            answered |= part
        found = [(answered[_key(parcel)], parcel) for parcel in parcels]
        return [replace(priced, options=_fitted(priced.options, parcel)) for priced, parcel in found]

    def _jobs(self, asked: Mapping[Key, Parcel]) -> Iterator[Awaitable[dict[Key, Priced]]]:
        """One for each call that has to be made."""
        makers: dict[Key, Parcel] = {}
        alone: dict[Key, Parcel] = {}
        together: dict[Destination, dict[Key, Parcel]] = {}
        for key, parcel in asked.items():
            by_maker = {line.product.shipped_by_maker is True for line in parcel.lines}
            if by_maker == {True}:
                makers[key] = parcel
            elif True in by_maker:
                yield _refused(key, _MIXED)
            elif can_tip(parcel):
                together.setdefault(parcel.destination, {})[key] = parcel
            else:
                alone[key] = parcel
        for destination, parcels in together.items():
            if len(parcels) == 1 and destination.postal_code is None:
                alone |= parcels
            else:
                yield from (self._together(part) for part in _parts(parcels, MOST_ENTRIES))
        yield from (self._alone(key, parcel) for key, parcel in alone.items())
        yield from self._makers(makers)

    async def _alone(self, key: Key, parcel: Parcel) -> dict[Key, Priced]:
        try:
            answer = await self._fetch(freight_call(self._policies["freight.calculate"], parcel))
        except Rejected as error:
            if error.code != _NOT_SHIPPED:
                raise
            return await _refused(key, error.message)
        options = answer.value
        if parcel.destination.postal_code is not None:
            options = replace(
                options, options=tuple(replace(option, note=_NOT_REMOTE) for option in options.options)
            )
        return {key: Priced(options, answer)}

    async def _together(self, parcels: Mapping[Key, Parcel]) -> dict[Key, Priced]:
        priced: dict[Key, Priced] = {}
        reason = "the answer does not say which parcel it is about"
        try:
            answer = await self._fetch(tip_call(self._policies["freight.tip"], tuple(parcels.values())))
        except (NotFound, Delisted):
            raise
        except (MalformedResponse, Rejected) as error:
            # Seen for single products: an answer that nobody can read. And a refusal may be about what only
            # this call wants to know.
            reason = str(error)
        else:
            priced = {
                key: Priced(options, answer)
                for key, options in zip(parcels, answer.value, strict=True)
                if options is not None
            }
        rest = {key: parcel for key, parcel in parcels.items() if key not in priced}
        if rest:
            log.warning("cj.parcels_unpriced", parcels=len(rest), of=len(parcels), reason=reason)
        for part in await asyncio.gather(*(self._alone(key, parcel) for key, parcel in rest.items())):
            priced |= part
        return priced

    def _makers(self, parcels: Mapping[Key, Parcel]) -> Iterator[Awaitable[dict[Key, Priced]]]:
        nameless = {key for key, parcel in parcels.items() if "" in skus_of(parcel)}
        yield from (_refused(key, _NAMELESS) for key in nameless)
        by_goods: dict[tuple[str, ...], dict[Key, Parcel]] = {}
        for key, parcel in parcels.items():
            if key not in nameless:
                by_goods.setdefault(tuple(sorted(skus_of(parcel))), {})[key] = parcel
        for part in _parts(by_goods, MOST_PRODUCTS):
            yield self._by_makers({key: parcel for each in part.values() for key, parcel in each.items()})

    async def _by_makers(self, parcels: Mapping[Key, Parcel]) -> dict[Key, Priced]:
        answer = await self._fetch(fares_call(self._policies["freight.makers"], tuple(parcels.values())))
        return {key: Priced(makers_options(answer.value, parcel), answer) for key, parcel in parcels.items()}


async def _refused(key: Key, reason: str) -> dict[Key, Priced]:
    return {key: Priced(ParcelOptions((), (LeftOut(None, reason),)), None)}


def _tidy(parcel: Parcel) -> Parcel:
    """The parcel with its postal code in one spelling."""
    code = " ".join((parcel.destination.postal_code or "").upper().split())
    return replace(parcel, destination=replace(parcel.destination, postal_code=code or None))


def _key(parcel: Parcel) -> Key:
    """
    What tells parcels apart, and the order in which they are asked for, so that equal sets are equal calls.

    China comes last: nearly everything is sent from there to nearly everywhere, and an answer for the last of
    several shows that CJ has read them all (see `freight_tip`).
    """
    destination = _tidy(parcel).destination
    return (
        parcel.origin == "CN",
        parcel.origin,
        destination.country,
        destination.postal_code or "",
        tuple(sorted((line.variant.id, line.quantity) for line in parcel.lines)),
    )


def _parts(whole: Mapping[T, V], size: int) -> Iterator[dict[T, V]]:
    items = list(whole.items())
    yield from (dict(items[start : start + size]) for start in range(0, len(items), size))


def _fitted(found: ParcelOptions, parcel: Parcel) -> ParcelOptions:
    """What depends on the goods rather than on CJ's answer: days to make ready, and whether 0 can be true."""
    sent_for_nothing = parcel.origin == parcel.destination.country and all(
        line.product.free_shipping for line in parcel.lines
    )
    processing = longest(line.product.processing for line in parcel.lines)

    def fit(option: ShippingOption) -> ShippingOption:
        fitted = option if sent_for_nothing else with_doubt_about_zero(option)
        return fitted if processing is None else replace(fitted, processing=processing)

    return replace(found, options=tuple(map(fit, found.options)))
