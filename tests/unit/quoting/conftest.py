"""The packaged rates and rules, read once: neither can change."""

import pytest

from gateway.quoting.border import BorderRules, read_border
from gateway.quoting.rates import ReferenceRates, open_rates
from tests.levies import Levies


@pytest.fixture(scope="session")
def rates() -> ReferenceRates:
    return open_rates()


@pytest.fixture(scope="session")
def border() -> BorderRules:
    return read_border()


@pytest.fixture
def levies(border: BorderRules, rates: ReferenceRates) -> Levies:
    return Levies(border, rates)
