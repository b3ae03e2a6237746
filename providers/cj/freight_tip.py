"""
What sending several parcels costs, each on its own, by one call: freightCalculateTip, 10 points for all.

It also tells duty apart, adds what a remote place costs more, and names the rules an address has to meet. In
return it wants to be told what CJ knows already: SKU, weight, volume and properties of every line.

CJ documentation, "Logistic: Freight Calculation Tip", read 2026-11-23. The body is a list of entries, and
every row of the answer has a `uid`. That an entry's uid comes back with its rows is likely and not promised,
so `tip_call` tells what an answer leaves open, and `parcels` asks for that by `freight`.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from pydantic import Field, TypeAdapter

from providers.cj.errors import quoted
from providers.cj.freight import imagined
from providers.cj.parsing import Days, Id, Sent, Text, text_of
from providers.cj.postage import Charges, cost_lines, each_once, is_nothing
from providers.cj.rows import read_rows
from providers.shipping import LeftOut, Parcel, ParcelLine, ParcelOptions, ShippingOption
from providers.upstream import Call, CallPolicy, Json

MOST_ENTRIES: Final = 20
"""Entries of one call. CJ names no bound; this keeps an answer (15 rows of 3 kB each) below a megabyte."""
_CUBIC_MM: Final = 1000
"""In a cubic centimetre, the unit of this call alone; the catalogue has cubic millimetres."""
_LONGEST_NOTE: Final = 200
# "Blocking" and "warning" in CJ's words: with the first an order is refused.
_RULES: Final = (("0", "Required"), ("1", "Advised"))
_FIELDS: Final = {"phone": "phone"}
"""CJ's kinds of rules about what an address may leave out, and what we call that."""


class SentMethod(Sent):
    """The carrier's option; its English name is what an order has to say."""

    name: Id = Field(alias="enName")
    transit: Days = Field(None, alias="arrivalTime")


class SentTip(Sent):
    """One carrier's price for one entry. Amounts stay as they came, see `freight`."""

    uid: Text = None
    method: SentMethod = Field(alias="option")
    transit: Days = Field(None, alias="arrivalTime")
    wrapped: Any = Field(None, alias="wrapPostage")
    discounted: Any = Field(None, alias="discountFee")
    taxes: Any = Field(None, alias="taxesFee")
    clearance: Any = Field(None, alias="clearanceOperationFee")
    tariff: Any = None
    total: Any = Field(None, alias="totalPostageFee")
    remote: Any = Field(None, alias="remoteFee")
    rules: Any = Field(None, alias="ruleTips")
    problem: Text = Field(None, alias="errorEn")
    problem_chinese: Text = Field(None, alias="error")


_TIPS: Final = TypeAdapter(list[SentTip])
_TIP: Final = TypeAdapter(SentTip)

OptionsByEntry = tuple[ParcelOptions | None, ...]
"""One for each entry, in order; None where the answer leaves open what holds for it."""


def can_tip(parcel: Parcel) -> bool:
    """Whether everything is known that this call asks for. What CJ does not tell us it still knows itself."""
    return all(
        line.variant.sku
        and _grams(line) is not None
        and line.variant.dimensions is not None
        and line.product.logistics_properties
        for line in parcel.lines
    )


def tip_call(policy: CallPolicy, parcels: Sequence[Parcel]) -> Call[OptionsByEntry]:
    """
    Ask which carriers take each of some parcels, at most `MOST_ENTRIES`, all of which `can_tip`; 10 points.

    The order of the parcels is part of the call, so bring equal sets in an equal order. When an answer leaves
    open what holds for one of several, see `_by_entry`.
    """
    uids = tuple(f"p{number}" for number in range(1, len(parcels) + 1))
    return Call(
        policy,
        "POST",
        "/logistic/freightCalculateTip",
        read=lambda data: _by_entry(read_rows(_TIPS, _TIP, data, "freight tip"), uids),
        body={"reqDTOS": [_entry(parcel, uid) for parcel, uid in zip(parcels, uids, strict=True)]},
        is_empty=lambda answer: all(each is not None and is_nothing(each) for each in answer),
        imagine=lambda: tuple(imagined() for _ in uids),
    )


def _entry(parcel: Parcel, uid: str) -> dict[str, Json]:
    lines = sorted(parcel.lines, key=lambda line: line.variant.id)
    grams = sum((_grams(line) or 0) * line.quantity for line in lines)
    entry: dict[str, Json] = {
        "uid": uid,
        "srcAreaCode": parcel.origin,
        "destAreaCode": parcel.destination.country,
        "skuList": [line.variant.sku for line in lines],
        "freightTrialSkuList": [_line(line) for line in lines],
        "weight": grams,
        # Whether it means the packing or the goods within it is not said, nor do we know what packing weighs.
        # The goods' own weight is right for the one and too dear for the other; 0 could be far too cheap.
        "wrapWeight": grams,
        "volume": sum((_volume(line) * line.quantity for line in lines), Decimal(0)),
        "productProp": sorted({each for line in lines for each in line.product.logistics_properties}),
    }
    if parcel.destination.postal_code:
        entry["zip"] = parcel.destination.postal_code
    return entry


def _line(line: ParcelLine) -> dict[str, Json]:
    return {
        "sku": line.variant.sku,
        "vid": line.variant.id,
        "skuQuantity": line.quantity,
        "skuWeight": _grams(line),
        "skuVolume": _volume(line),
        "productPropList": list(line.product.logistics_properties),
    }


def _grams(line: ParcelLine) -> int | None:
    """Of one piece. A product's own weight is there only where all of its variants weigh the same."""
    return line.variant.weight_grams or line.product.weight_grams


def _volume(line: ParcelLine) -> Decimal:
    """Cubic centimetres of one piece."""
    size = line.variant.dimensions
    return Decimal(size.length_mm * size.width_mm * size.height_mm) / _CUBIC_MM if size else Decimal(0)


def _by_entry(rows: Sequence[SentTip], uids: tuple[str, ...]) -> OptionsByEntry:
    """
    Sort the rows by what they answer.

    A single entry needs no telling apart. With several, one row under no uid of ours makes all of them
    doubtful. An entry without rows has no route if CJ answered for one behind the first, because then it
    reads them all; if it answered for the first alone, nobody knows whether it looked at the others.
    """
    if len(uids) == 1 or not rows:
        return (each_once(_offers(rows)), *(ParcelOptions(()) for _ in uids[1:]))
    answered = {row.uid for row in rows}
    if not answered <= set(uids):
        return (None,) * len(uids)
    reads_all = answered != {uids[0]}
    return tuple(
        each_once(_offers([row for row in rows if row.uid == uid])) if uid in answered or reads_all else None
        for uid in uids
    )


def _offers(rows: Sequence[SentTip]) -> Iterator[ShippingOption | LeftOut]:
    for row in rows:
        method = row.method.name
        if problem := row.problem or row.problem_chinese:
            yield LeftOut(method, f"CJ says {quoted(problem)}.")
            continue
        # `postage` is the list price, seen both below and above what is charged: not one to fall back on.
        prices = (row.wrapped, row.discounted)
        charges = Charges(prices, row.total, row.taxes, row.clearance, row.tariff, row.remote)
        transit = row.method.transit or row.transit
        try:
            yield ShippingOption(
                method, cost_lines(charges), transit, note=_rules(row.rules), requires=_required(row.rules)
            )
        except ValueError as unusable:
            yield LeftOut(method, str(unusable))


def _required(sent: Any) -> frozenset[str]:
    """
    What the address must not leave out.

    A binding rule about it is enough. CJ's expression is not tried: one that it writes could hang us, and
    whether what is there will do, CJ says itself.
    """
    binding = (rule for rule in _each_rule(sent) if text_of(rule.get("interceptType")) == _RULES[0][0])
    return frozenset(field for rule in binding if (field := _FIELDS.get(text_of(rule.get("type")) or "")))


def _each_rule(sent: Any) -> list[dict[str, Any]]:
    return [rule for rule in sent if isinstance(rule, dict)] if isinstance(sent, list) else []


def _rules(sent: Any) -> str | None:
    """What the address has to meet, the binding rules first; None for none."""
    rules = _each_rule(sent)
    said = dict.fromkeys(
        f"{kind}: {' '.join(words.split()).rstrip('.')}."
        for mark, kind in _RULES
        for rule in rules
        if text_of(rule.get("interceptType")) == mark and (words := text_of(rule.get("msgEn")))
    )
    note = " ".join(said)
    return (note if len(note) <= _LONGEST_NOTE else note[: _LONGEST_NOTE - 1] + "…") or None
