"""The promises about what a provider says of itself, and about refusing the rest."""

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal

import pytest

from providers import model, orders
from providers.contract.subject import Promises, Subject
from providers.declaring import Feature, Mode
from providers.errors import Unsupported
from providers.model import Money
from providers.port import Provider
from providers.upstream import Ask


class Declaring(Promises):
    """A declaration is complete, true and data."""

    def test_declaration_is_complete(self, subject: Subject) -> None:
        """A declaration names its supplier, says something for every term, and no feature twice."""
        declared = subject.declared
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", declared.code)
        assert declared.name.strip()
        features = [capability.feature for capability in declared.capabilities]
        assert len(features) == len(set(features))
        assert all(getattr(declared.terms, term.name).strip() for term in fields(declared.terms))
        assert declared.search_page_size >= 1
        assert (declared.mode is Mode.SAMPLE) == (declared.sampled_on is not None)

    def test_limits_and_freshness_can_be_kept(self, subject: Subject) -> None:
        """Declared rates and allowances are positive, and no answer is to be kept for a negative time."""
        limits = subject.declared.limits
        assert limits.account.strip()
        assert all(rate.per_second > 0 for rate in (*limits.rates, *limits.caps.values()))
        assert limits.allowance is None or limits.allowance.per_day > 0
        kept = subject.declared.freshness.values()
        assert all(each.fresh_for >= 0 and each.stale_for >= 0 for each in kept)

    def test_declaration_is_data(self, subject: Subject) -> None:
        """What a provider declares cannot be changed behind the gateway's back, nor does it show a secret."""
        declared = subject.declared
        assert is_dataclass(declared)
        with pytest.raises(AttributeError):
            declared.code = "other"  # type: ignore[misc]
        secret = re.compile("KEY|TOKEN|SECRET|PASSWORD")
        secrets = [value for name, value in self.environment.items() if value and secret.search(name)]
        assert not any(each in repr(declared) + repr(subject.provider) for each in secrets)

    async def test_undeclared_features_refuse(self, subject: Subject) -> None:
        """What is not declared is refused as unsupported, in words, and without a call to the supplier."""
        provider, ask = subject.provider, subject.ask()
        wish = model.SourcingRequest("Lantern", "https://example.com/lantern.jpg")
        asked: list[tuple[Feature, Callable[[], Awaitable[object]]]] = [
            (Feature.PRODUCT_SEARCH, lambda: subject.search(model.ProductSearch())),
            (Feature.PRODUCT_DETAIL, lambda: provider.product("1", ask)),
            (Feature.PRODUCT_DETAIL, lambda: provider.product_by_sku("1", ask)),
            (Feature.PRODUCT_DETAIL, lambda: provider.variant("1", ask)),
            (Feature.CATEGORIES, lambda: provider.categories(ask)),
            (Feature.WAREHOUSES, lambda: provider.warehouses(ask)),
            (Feature.WAREHOUSES, lambda: provider.warehouse("1", ask)),
            (Feature.REVIEWS, lambda: provider.reviews("1", 1, score=None, ask=ask)),
            (Feature.QUOTES, lambda: provider.shipping_options((), ask)),
            (Feature.IMPORTED_PRODUCTS, lambda: provider.imported_products(None, 1, ask)),
            (Feature.IMPORTED_PRODUCTS, lambda: provider.import_product("1", ask)),
            (Feature.SOURCING, lambda: provider.request_sourcing(wish, ask)),
            (Feature.SOURCING, lambda: provider.sourcings(("1",), ask)),
            *_about_orders(provider, ask),
        ]
        for feature, call in asked:
            if subject.declared.supports(feature):
                continue
            with pytest.raises(Unsupported) as refusal:
                await call()
            assert refusal.value.provider == subject.declared.code
            assert subject.declared.name in refusal.value.message
        assert ask.meter.of(subject.declared.code).calls == 0


def _about_orders(provider: Provider, ask: Ask) -> Iterator[tuple[Feature, Callable[[], Awaitable[object]]]]:
    address = orders.Address("Proba Nowak", "DE", "Bremen", "Bremen", "Probegasse 4")
    draft = orders.OrderDraft("1", (orders.OrderLine("1", 1),), "CN", "Post", address, is_sandbox=True)
    order = orders.SupplierOrder(provider.declaration.code, "1")
    payable, offer = orders.Payable(Money(Decimal(1), "USD"), {}), orders.MethodOffer("1", "Post", None, None)
    complaint = orders.DisputeRequest("1", (), "1", wants_refund=True, message="?")
    yield Feature.ORDERS, lambda: provider.find_order("1", ask)
    yield Feature.ORDERS, lambda: provider.create_order(draft, ask)
    yield Feature.ORDERS, lambda: provider.read_orders((order,), ask)
    yield Feature.ORDERS, lambda: provider.cancel_order(order, ask)
    yield Feature.ORDERS, lambda: provider.method_offers(order, ask)
    yield Feature.ORDERS, lambda: provider.change_method(order, offer, ask)
    yield Feature.PAYMENT, lambda: provider.prepare_payment(order, ask)
    yield Feature.PAYMENT, lambda: provider.pay_order(payable, ask)
    yield Feature.PAYMENT, lambda: provider.wallet(ask)
    yield Feature.TRACKING, lambda: provider.tracking(("1",), ask)
    yield Feature.DISPUTES, lambda: provider.dispute_lines(order, ask)
    yield Feature.DISPUTES, lambda: provider.dispute_terms(order, (), ask)
    yield Feature.DISPUTES, lambda: provider.open_dispute(order, complaint, ask)
    yield Feature.DISPUTES, lambda: provider.cancel_dispute(order, "1", ask)
    yield Feature.DISPUTES, lambda: provider.disputes(order, ask)
