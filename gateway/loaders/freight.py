"""Ways to send parcels, gathered: every basket of one product to one destination is one question."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from gateway.loaders import checks
from gateway.loaders.asking import answer_of
from gateway.loaders.batching import GroupLoader
from gateway.services import Supplier
from providers.clock import Clock
from providers.shipping import Destination, Parcel, ParcelOptions
from providers.upstream import Ask, Fact, Fetched, Lane

_FREIGHT = frozenset({Fact.FREIGHT})


@dataclass(frozen=True, slots=True)
class FreightKey:
    """Some parcels whose ways of sending are wanted together."""

    provider: str
    lane: Lane
    destination: Destination
    contents: tuple[tuple[str, tuple[tuple[str, str, int], ...]], ...]
    """Of each parcel its origin and what is in it: two keys with equal contents ask the same."""
    parcels: tuple[Parcel, ...] = field(compare=False)

    @classmethod
    def of(cls, parcels: tuple[Parcel, ...], lane: Lane) -> "FreightKey":
        """The key of some parcels, at least one, to one destination."""
        return cls(
            provider=parcels[0].lines[0].product.provider,
            lane=lane,
            destination=parcels[0].destination,
            contents=tuple(
                (
                    parcel.origin,
                    tuple((line.product.id, line.variant.id, line.quantity) for line in parcel.lines),
                )
                for parcel in parcels
            ),
            parcels=parcels,
        )

    @property
    def products(self) -> frozenset[str]:
        """Which products they carry."""
        return frozenset(product for _, lines in self.contents for product, _, _ in lines)


_Group = tuple[str, Lane, Destination, frozenset[str]]


class FreightLoaders:
    """The loaders of one request. `ask` makes its Asks, by kind of fact."""

    def __init__(
        self, suppliers: Mapping[str, Supplier], clock: Clock, ask: Callable[[frozenset[Fact]], Ask]
    ) -> None:
        self._suppliers = suppliers
        self._clock = clock
        self._ask = ask
        # Baskets of different products stay apart, so that what was asked about one product is found in
        # the cache again whatever else a later query compares it with.
        self.options: GroupLoader[
            FreightKey, _Group, dict[FreightKey, Fetched[tuple[ParcelOptions, ...]]]
        ] = GroupLoader(lambda key: (key.provider, key.lane, key.destination, key.products), self._answer)

    async def load(self, parcels: tuple[Parcel, ...], lane: Lane) -> Fetched[tuple[ParcelOptions, ...]]:
        """
        The ways to send each of these parcels of one supplier to one destination, in their order.

        Raises:
            ProviderError: The supplier could not be asked.
        """
        key = FreightKey.of(parcels, lane)
        return (await self.options.load(key))[key]

    async def _answer(
        self, of: _Group, keys: list[FreightKey]
    ) -> dict[FreightKey, Fetched[tuple[ParcelOptions, ...]]]:
        code, lane, _, _ = of
        ask = replace(self._ask(_FREIGHT), lane=lane)
        everything = tuple(parcel for key in keys for parcel in key.parcels)
        answer = await answer_of(
            self._suppliers[code],
            "shipping options",
            ask,
            self._clock,
            lambda provider: provider.shipping_options(everything, ask),
            check=checks.shipping(len(everything)),
        )
        by_key, start = {}, 0
        for key in keys:
            end = start + len(key.parcels)
            by_key[key] = replace(answer, value=answer.value[start:end])
            start = end
        return by_key
