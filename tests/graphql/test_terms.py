"""What suppliers declare is what clients read."""

from dataclasses import fields

from providers.declaring import Feature, Terms
from tests.graphql.conftest import Gateway

QUERY = """{ suppliers {
  code name homepage mode
  capabilities { feature support note }
  terms { api minimumOrder fulfilment warehouses shippingDays returns branding payment webhooks }
} }"""


async def test_what_is_declared_is_what_is_said(gateway: Gateway) -> None:
    """Names, terms and capabilities of every supplier are, word for word, those that its adapter declares."""
    said = (await gateway.data(QUERY))["suppliers"]
    declared = [supplier.declaration for supplier in gateway.services.suppliers.values()]
    assert said == [
        {
            "code": each.code,
            "name": each.name,
            "homepage": each.homepage,
            "mode": each.mode.value,
            "capabilities": [
                {"feature": feature.value, "support": support.support.value, "note": support.note}
                for feature in Feature
                for support in [each.support(feature)]
            ],
            "terms": {_camel(term.name): getattr(each.terms, term.name) for term in fields(Terms)},
        }
        for each in declared
    ]


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.title() for word in others)
