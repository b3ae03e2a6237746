"""The promises about what belongs to the account. They write, so a live account is left alone."""

import pytest

from providers import model
from providers.contract.subject import Promises, Subject
from providers.declaring import Feature, Mode


class Account(Promises):
    """Imports and sourcing requests are kept, and kept once."""

    async def test_a_product_is_imported_once(self, subject: Subject) -> None:
        """Importing says whether it was new, and what was imported is on the account's list."""
        subject.needs(Feature.IMPORTED_PRODUCTS)
        _spare_the_living(subject)
        product = (await subject.search(model.ProductSearch(query=self.words))).value.products[0]
        assert await subject.provider.import_product(product.id, subject.ask()) is True
        assert await subject.provider.import_product(product.id, subject.ask()) is False
        mine = (await subject.provider.imported_products(None, 1, subject.ask())).value
        assert [each.id for each in mine.products].count(product.id) == 1

    async def test_a_sourcing_request_is_remembered(self, subject: Subject) -> None:
        """A request can be read again by its id; an unknown id is missing from the answer."""
        subject.needs(Feature.SOURCING)
        _spare_the_living(subject)
        wish = model.SourcingRequest("Folding lantern", "https://example.com/lantern.jpg")
        sent = await subject.provider.request_sourcing(wish, subject.ask())
        assert sent.provider == subject.declared.code
        kept = (await subject.provider.sourcings((sent.id, "999999999999"), subject.ask())).value
        assert [each.id for each in kept] == [sent.id]


def _spare_the_living(subject: Subject) -> None:
    if subject.declared.mode is Mode.LIVE:
        pytest.skip(f"{subject.declared.code} is live")
