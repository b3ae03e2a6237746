"""
What a provider's answer must be before anybody reckons with it: looked at once, where it comes in.

Providers come from other people's packages too, and a price that is no number would otherwise be found out in
the middle of a sum, where it costs every other supplier's offers as well. What does not hold is that
supplier's MalformedResponse. Only what does harm further on is looked at here; the whole of what a provider
promises is in `providers.contract`.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import structlog

from gateway.loaders.figures import (
    Odd,
    check_amount,
    check_days,
    check_price,
    check_price_range,
    check_tiers,
    hold,
    is_count,
)
from providers.errors import MalformedResponse
from providers.model import Category, Product, ReviewPage, SearchPage, Variant, Warehouse
from providers.shipping import Certainty, CostKind, ParcelOptions, ShippingOption
from providers.upstream import Fetched

T = TypeVar("T")

log = structlog.get_logger(__name__)

Check = Callable[[T], T]
"""Gives back what can be used of an answer, nearly always all of it; raises when that is nothing."""

_WITHOUT_AMOUNT = frozenset({Certainty.INCLUDED, Certainty.UNKNOWN})


def checked(provider: str, operation: str, answer: Fetched[T], check: Check[T]) -> Fetched[T]:
    """
    The answer, as far as it can be used. An imagined one is nobody's, and not looked at.

    Raises:
        MalformedResponse: It cannot be used.
    """
    try:
        hold(isinstance(answer, Fetched), "nothing that can be read")
        if answer.imagined:
            return answer
        hold(_is_instant(answer.as_of), "no time of reading")
        hold(answer.stale_after is None or _is_instant(answer.stale_after), "no time of reading")
        value = check(answer.value)
    except Exception as error:
        # Whatever is raised but Odd has met a thing of another kind than the port promises.
        what = str(error) if isinstance(error, Odd) else "something of another kind than was asked for"
        log.warning("provider.malformed", provider=provider, operation=operation, what=what, exc_info=True)
        raise MalformedResponse(
            f"{provider} answered with {what}, which cannot be right, so the answer is not used.",
            provider=provider,
            operation=operation,
        ) from error
    return answer if value is answer.value else replace(answer, value=value)


def shipping(parcels: int) -> Check[tuple[ParcelOptions, ...]]:
    """The ways to send so many parcels."""

    def check(answer: tuple[ParcelOptions, ...]) -> tuple[ParcelOptions, ...]:
        hold(len(answer) == parcels, f"prices of {len(answer)} parcels where {parcels} were asked about")
        for parcel in answer:
            _check_options(parcel)
        return answer

    return check


def product(provider: str, asked_id: str | None = None) -> Check[Product]:
    """A product with its variants; `asked_id` is None where something else than its id was given."""

    def check(answer: Product) -> Product:
        hold(asked_id is None or _is_same(answer.id, asked_id), "another product than was asked for")
        _check_listed(answer, provider)
        variants = answer.variants
        hold(len({each.id for each in variants}) == len(variants), "the same variant twice")
        for each in variants:
            hold(each.product_id == answer.id, "another product's variant")
            _check_variant(each, provider)
        return answer

    return check


def variant(provider: str, asked_id: str) -> Check[Variant]:
    """A variant by itself."""

    def check(answer: Variant) -> Variant:
        hold(_is_same(answer.id, asked_id), "another variant than was asked for")
        hold(_is_text(answer.product_id), "a variant of no product")
        _check_variant(answer, provider)
        return answer

    return check


def page(provider: str) -> Check[SearchPage]:
    """
    A page of products, without those that cannot be right unless that is all of them.

    Of variants nothing is looked at: whoever orders or compares looks the product up, and it is checked then.
    """

    def check(answer: SearchPage) -> SearchPage:
        hold(answer.total is None or is_count(answer.total, 0), "a number of results below zero")
        fault: Exception | None = None
        kept = []
        for each in answer.products:
            try:
                _check_listed(each, provider)
            except Exception as error:  # noqa: BLE001 - the fault of one row is that row's, whatever it is
                fault = error
            else:
                kept.append(each)
        if fault is None:
            return answer
        if not kept:
            raise fault
        left_out = len(answer.products) - len(kept)
        log.warning("provider.left_out", provider=provider, products=left_out, exc_info=fault)
        return replace(answer, products=tuple(kept))

    return check


def categories(provider: str) -> Check[tuple[Category, ...]]:
    """The roots of a category tree."""

    def check(answer: tuple[Category, ...]) -> tuple[Category, ...]:
        for each in answer:
            _check_named(each, provider)
        return answer

    return check


def warehouses(provider: str) -> Check[tuple[Warehouse, ...]]:
    """Every area that goods are shipped from."""

    def check(answer: tuple[Warehouse, ...]) -> tuple[Warehouse, ...]:
        for each in answer:
            _check_named(each, provider)
        return answer

    return check


def warehouse(provider: str) -> Check[Warehouse]:
    """One warehouse."""

    def check(answer: Warehouse) -> Warehouse:
        _check_named(answer, provider)
        return answer

    return check


def reviews(answer: ReviewPage) -> ReviewPage:
    """A page of reviews."""
    hold(answer.total is None or is_count(answer.total, 0), "a number of reviews below zero")
    hold(all(_is_text(each.id) for each in answer.reviews), "a review without an id")
    return answer


def _check_options(parcel: ParcelOptions) -> None:
    methods = [option.method for option in parcel.options]
    hold(all(map(_is_text, methods)), "a shipping method without a name")
    hold(len(set(methods)) == len(methods), "the same shipping method twice")
    hold(all(_is_text(left.reason) for left in parcel.left_out), "a shipping method left out for no reason")
    for option in parcel.options:
        _check_costs(option)
        check_days(option.transit)
        check_days(option.processing)


def _check_costs(option: ShippingOption) -> None:
    kinds = [CostKind(cost.kind) for cost in option.costs]
    hold(kinds.count(CostKind.SHIPPING) == 1, "a way to send goods that does not say once what sending costs")
    hold(CostKind.ITEMS not in kinds, "the price of the goods as a cost of sending them")
    for cost in option.costs:
        has_none = Certainty(cost.certainty) in _WITHOUT_AMOUNT
        hold((cost.amount is None) == has_none, "a cost that is known without an amount, or unknown with one")
        if cost.amount is not None:
            check_amount(cost.amount)


def _check_listed(product: Product, provider: str) -> None:
    hold(product.provider == provider, "another supplier's product")
    hold(_is_text(product.id), "a product without an id")
    hold(isinstance(product.title, str), "a product without a title")
    hold(is_count(product.minimum_order_quantity, 1), "a smallest order of nothing")
    hold(product.stock is None or is_count(product.stock.total, 0), "stock below zero")
    hold(product.created_at is None or _is_instant(product.created_at), "a date without its time zone")
    check_price_range(product.price)
    check_price_range(product.list_price)
    check_price_range(product.suggested_retail_price)
    check_days(product.processing)
    check_days(product.transit)


def _check_variant(variant: Variant, provider: str) -> None:
    hold(variant.provider == provider, "another supplier's variant")
    hold(_is_text(variant.id), "a variant without an id")
    check_price(variant.price)
    check_price(variant.suggested_retail_price)
    check_tiers(variant.price_tiers)
    for level in variant.inventory or ():
        hold(_is_text(level.country), "stock in no country")
        hold(is_count(level.quantity, 0), "stock below zero")


def _check_named(thing: Category | Warehouse, provider: str) -> None:
    hold(thing.provider == provider, "what belongs to another supplier")
    hold(_is_text(thing.id), "something without an id")


def _is_same(given: Any, asked: str) -> bool:
    # Suppliers take ids in either case, and answer with their own spelling.
    return given == asked or (isinstance(given, str) and given.casefold() == asked.casefold())


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not (value == "" or value.isspace())


def _is_instant(value: Any) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None
