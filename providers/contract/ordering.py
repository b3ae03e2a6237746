"""The promises about orders and money. They write, so a live account is left alone."""

import uuid
from dataclasses import replace

import pytest

from providers import orders
from providers.contract.subject import Promises, Subject
from providers.declaring import Feature, Mode
from providers.errors import Conflict, InvalidRequest, ProviderError, Rejected
from providers.model import Money
from providers.orders import OrderState
from providers.shipping import Destination, Parcel, ParcelLine
from providers.upstream import Fact

UNPAID = frozenset({OrderState.CREATED, OrderState.IN_CART, OrderState.AWAITING_PAYMENT})
PAID = frozenset({OrderState.PAID, OrderState.PROCESSING, OrderState.SHIPPED, OrderState.DELIVERED})
NOBODY = "NOBODY-HAS-THIS-NUMBER"


class Ordering(Promises):
    """Nothing is charged until it is paid, nothing is made or paid twice, and everything is found again."""

    async def test_an_order_is_created_and_found(self, subject: Subject) -> None:
        """A new order has the lines it was given, costs nothing yet, and is found by our number alone."""
        _spend(subject, Feature.ORDERS)
        before = await _balance(subject)
        draft = await _draft(subject, self.words, self.ships_to)
        assert await subject.provider.find_order(draft.number, subject.ask()) is None
        made = await subject.provider.create_order(draft, subject.ask())
        found = await subject.provider.find_order(draft.number, subject.ask())
        assert found is not None
        for order in (made, found):
            assert (order.provider, order.number) == (subject.declared.code, draft.number)
            assert order.state in UNPAID
            assert _pieces(order.lines) == _pieces(draft.lines)
            assert not order.is_sandbox
        assert made.ids.items() & found.ids.items(), "nothing shows that they are one order"
        assert await _balance(subject) == before

    async def test_a_number_is_used_once(self, subject: Subject) -> None:
        """The same number a second time is a conflict, and the order stays as it was."""
        _spend(subject, Feature.ORDERS)
        draft = await _draft(subject, self.words, self.ships_to)
        await subject.provider.create_order(draft, subject.ask())
        first = await subject.provider.find_order(draft.number, subject.ask())
        with pytest.raises(Conflict):
            await subject.provider.create_order(draft, subject.ask())
        assert await subject.provider.find_order(draft.number, subject.ask()) == first

    async def test_what_cannot_be_ordered_is_refused(self, subject: Subject) -> None:
        """An order without lines, a name or a piece is refused and does not exist."""
        _spend(subject, Feature.ORDERS)
        draft = await _draft(subject, self.words, self.ships_to)
        for wrong in (
            replace(draft, lines=()),
            replace(draft, lines=(replace(draft.lines[0], quantity=0),)),
            replace(draft, address=replace(draft.address, name="")),
        ):
            with pytest.raises(InvalidRequest):
                await subject.provider.create_order(wrong, subject.ask())
        assert await subject.provider.find_order(draft.number, subject.ask()) is None

    async def test_orders_are_read_together(self, subject: Subject) -> None:
        """Many are answered in their order, and one that does not exist is left out, not invented."""
        _spend(subject, Feature.ORDERS)
        made = [
            await subject.provider.create_order(
                await _draft(subject, self.words, self.ships_to), subject.ask()
            )
            for _ in range(2)
        ]
        unknown = orders.SupplierOrder(subject.declared.code, NOBODY, dict.fromkeys(made[0].ids, NOBODY))
        read = await subject.provider.read_orders((made[1], unknown, made[0]), subject.ask())
        assert [order and order.number for order in read] == [made[1].number, None, made[0].number]
        assert await subject.provider.read_orders((), subject.ask()) == ()

    async def test_cancelling(self, subject: Subject) -> None:
        """An order that is not submitted can be cancelled; cancelling it again changes nothing."""
        _spend(subject, Feature.ORDERS)
        draft = await _draft(subject, self.words, self.ships_to)
        made = await subject.provider.create_order(draft, subject.ask())
        for _ in range(2):
            await subject.provider.cancel_order(made, subject.ask())
            left = await subject.provider.find_order(draft.number, subject.ask())
            assert left is None or left.state is OrderState.CANCELLED

    async def test_paying(self, subject: Subject) -> None:
        """What was announced is what the balance loses, once, however often it is prepared and paid."""
        _spend(subject, Feature.PAYMENT)
        draft = await _draft(subject, self.words, self.ships_to)
        made = await subject.provider.create_order(draft, subject.ask())
        before = await _balance(subject)
        first = await subject.provider.prepare_payment(made, subject.ask())
        payable = await subject.provider.prepare_payment(made, subject.ask())
        assert payable.amount == first.amount
        assert payable.amount.amount > 0
        assert await _balance(subject) == before
        await subject.provider.pay_order(payable, subject.ask())
        for again in (payable, first):
            with pytest.raises(ProviderError):
                await subject.provider.pay_order(again, subject.ask())
        after = await _balance(subject)
        assert after.currency == payable.amount.currency
        assert before.amount - after.amount == payable.amount.amount
        [paid] = await subject.provider.read_orders((made,), subject.ask())
        assert paid is not None
        assert paid.state in PAID
        for refused in (subject.provider.prepare_payment, subject.provider.cancel_order):
            with pytest.raises(Conflict):
                await refused(made, subject.ask())

    async def test_other_ways_to_send_it(self, subject: Subject) -> None:
        """An unpaid order can change to a method that is offered for it."""
        _spend(subject, Feature.ORDERS)
        draft = await _draft(subject, self.words, self.ships_to)
        made = await subject.provider.create_order(draft, subject.ask())
        offers = await subject.provider.method_offers(made, subject.ask())
        assert offers
        await subject.provider.change_method(made, offers[-1], subject.ask())
        found = await subject.provider.find_order(draft.number, subject.ask())
        assert found is not None
        assert found.method == offers[-1].method

    async def test_parcels_that_nobody_knows(self, subject: Subject) -> None:
        """An unknown tracking number is missing from the answer, and no number costs no call."""
        subject.needs(Feature.TRACKING)
        assert (await subject.provider.tracking((NOBODY,), subject.ask(Fact.ACCOUNT))).value == ()
        ask = subject.ask(Fact.ACCOUNT)
        assert (await subject.provider.tracking((), ask)).value == ()
        assert ask.meter.of(subject.declared.code).calls == 0

    async def test_disputing(self, subject: Subject) -> None:
        """A paid order is disputed once per key and can be taken back; an unpaid one is refused."""
        _spend(subject, Feature.DISPUTES)
        provider = subject.provider
        made = await provider.create_order(await _draft(subject, self.words, self.ships_to), subject.ask())
        with pytest.raises(Rejected):
            await provider.dispute_lines(made, subject.ask())
        await provider.pay_order(await provider.prepare_payment(made, subject.ask()), subject.ask())
        lines = await provider.dispute_lines(made, subject.ask())
        assert sum(line.quantity for line in lines) == sum(line.quantity for line in made.lines)
        terms = await provider.dispute_terms(made, lines, subject.ask())
        assert terms.reasons
        request = orders.DisputeRequest(
            uuid.uuid4().hex, lines, terms.reasons[0][0], terms.can_refund, "Not needed any more."
        )
        assert await provider.disputes(made, subject.ask()) == ()
        for _ in range(2):
            await provider.open_dispute(made, request, subject.ask())
            [dispute] = await provider.disputes(made, subject.ask())
            assert dispute.outcome is None
        await provider.cancel_dispute(made, dispute.id, subject.ask())


def _spend(subject: Subject, feature: Feature) -> None:
    """Skip where the feature is not there, or where money is real."""
    subject.needs(feature)
    if subject.declared.mode is Mode.LIVE:
        pytest.skip(f"{subject.declared.code} is live")


async def _balance(subject: Subject) -> Money:
    subject.needs(Feature.PAYMENT)
    return (await subject.provider.wallet(subject.ask())).available


async def _draft(subject: Subject, words: str | None, countries: tuple[str, ...]) -> orders.OrderDraft:
    """Two pieces of something that is stocked and can be sent, under a number that was never used."""
    for product in await subject.some_products(words):
        for variant in product.variants:
            quantity = max(2, product.minimum_order_quantity)
            origins = [level.country for level in variant.inventory or () if level.quantity >= 10 * quantity]
            parcels = tuple(
                Parcel((ParcelLine(product, variant, quantity),), origin, Destination(country))
                for origin in origins[:1]
                for country in countries
            )
            answers = (await subject.provider.shipping_options(parcels, subject.ask(Fact.FREIGHT))).value
            for parcel, answer in zip(parcels, answers, strict=True):
                if answer.options:
                    return orders.OrderDraft(
                        number=f"contract-{uuid.uuid4().hex[:20]}",
                        lines=(orders.OrderLine(variant.id, quantity, reference="1"),),
                        origin=parcel.origin,
                        method=answer.options[0].method,
                        address=_address(parcel.destination.country),
                        is_sandbox=False,
                    )
    raise AssertionError(f"nothing that {words!r} finds can be sent to any of {countries}")


def _address(country: str) -> orders.Address:
    return orders.Address(
        name="Proba Nowak",
        country=country,
        province="Sample",
        city="Sample",
        line1="Probegasse 4",
        postal_code="28195",
        phone="0421000000",
    )


def _pieces(lines: tuple[orders.OrderLine, ...]) -> list[tuple[str, int]]:
    return sorted((line.variant_id, line.quantity) for line in lines)
