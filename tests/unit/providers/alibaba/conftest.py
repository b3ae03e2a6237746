"""The sample, read once for the tests that only look at it."""

import pytest

from providers.alibaba.catalogue import Catalogue
from providers.contract.support import SITE_URL


@pytest.fixture(scope="package")
def catalogue() -> Catalogue:
    return Catalogue(f"{SITE_URL}/pictures")
