"""
Choosing the shipping method of an order whose client named none: the first preferred one that is offered.

Quoted as for anybody, so what that method costs now is kept with the order; to the order policy that is no
quote, for nobody has agreed to it. The choice is made once: whoever
sends the same wish again finds the order with the method that it has.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from gateway.orders.office import Asker, Result, Wish
from gateway.orders.policy import OrderPolicy
from gateway.orders.rehearsing import Inquiry, judged, wanted_quote

Choosing = Callable[[Wish, Asker], Awaitable[Wish | Result]]
"""The wish with its method and what that costs, or why there is none."""


def choosing(inquire: Inquiry, policy: OrderPolicy) -> Choosing:
    """Chooses by this policy among what the supplier offers when asked."""

    async def choose(wish: Wish, asker: Asker) -> Wish | Result:
        terms = policy.of(wish.supplier)
        quotation = await inquire(wish, asker)
        found = wanted_quote(wish, quotation, terms)
        if found is None:
            return judged(wish, quotation, terms)
        return replace(wish, method=found.option.method, agreed=found.terms.charged)

    return choose
