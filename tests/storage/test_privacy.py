"""A buyer's address in a supplier's words: none of it is in what the ledger keeps for ever."""

import json
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.orders.answers import written, written_troubles
from gateway.orders.discretion import discreet_result
from gateway.orders.ledger import Ledger
from gateway.orders.office import Result
from gateway.orders.records import Event, EventKind, SaidBy
from gateway.orders.troubles import MethodUnavailable, NotNow, Refused
from gateway.storage.engine import Database
from gateway.storage.tables import order_events, orders
from providers.orders import MethodOffer, OrderState
from tests.cj.drafts import ADDRESS
from tests.storage.making import begun, news

WORDS = (
    f"Consignee {ADDRESS.name.upper()} in {ADDRESS.city}",
    f"shippingZip:{ADDRESS.postal_code} and {'-'.join(ADDRESS.line1.split())} do not fit",
)
PRIVATE = (*ADDRESS.name.split(), ADDRESS.city, ADDRESS.postal_code or "", ADDRESS.line1.split()[0])


async def test_nothing_kept_repeats_the_address(ledger: Ledger, database: Database) -> None:
    """Neither the history nor the supplier's last word holds any of it, and both keep the rest."""
    order = await begun(ledger, address=ADDRESS)
    told = news(OrderState.CREATED)
    assert told.heard is not None
    await ledger.append(order.id, replace(told, heard=replace(told.heard, obstacles=WORDS)))
    troubles = written_troubles([NotNow(WORDS[0]), Refused(WORDS[1], "1603001")])
    note = Event(EventKind.NOTE, SaidBy.SUPPLIER, payload={"troubles": troubles})
    await ledger.append(order.id, note)
    policy = {"step": "WAITS", "reason": f"Refused by policy: {WORDS[0]}"}
    await ledger.append(order.id, Event(EventKind.NOTE, SaidBy.GATEWAY, payload={"policy": policy}))
    await ledger.erase(order.id)

    async def everything(connection: AsyncConnection) -> str:
        rows = [(await connection.execute(select(table))).all() for table in (orders, order_events)]
        return json.dumps([[row._asdict() for row in some] for some in rows], default=str).casefold()

    kept = await database.read(everything)
    assert [word for word in PRIVATE if word.casefold() in kept] == []
    assert "consignee" in kept
    assert "shippingzip" in kept
    assert "refused by policy: consignee" in kept


async def test_an_answer_is_kept_as_it_was_first_given(ledger: Ledger) -> None:
    """A result is cleaned before anybody sees it, and what is no supplier's word stays as it is."""
    order = await begun(ledger, address=ADDRESS)
    offer = MethodOffer(ADDRESS.city, ADDRESS.city, None, has_stock=True)
    result = discreet_result(Result(order, (MethodUnavailable(WORDS[0], (offer,)),), WORDS))
    [trouble] = result.troubles
    assert isinstance(trouble, MethodUnavailable)
    assert trouble.offers == (offer,)
    said = json.dumps([trouble.message, written(result)["warnings"]], ensure_ascii=False).casefold()
    assert [word for word in PRIVATE if word.casefold() in said] == []
    assert discreet_result(result) == result
