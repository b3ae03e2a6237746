"""Finding providers by name, and what is said when that fails."""

import sys
from pathlib import Path

import pytest

from providers import registry
from providers.contract.support import provider_context
from providers.port import ProviderConfigurationError


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path in which a test can leave packages as an installer would."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def ship(folder: Path, package: str, name: str, source: str, attribute: str = "build") -> None:
    (folder / f"{package}.py").write_text(source)
    metadata = folder / f"{package}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[{registry.GROUP}]\n{name} = {package}:{attribute}\n")
    sys.modules.pop(package, None)


def test_built_in_providers_need_no_installation() -> None:
    """The built-in providers come first among those that are available."""
    assert registry.available()[:2] == ("cj", "alibaba")


def test_a_shipped_provider_is_available_without_being_imported(shipped: Path) -> None:
    """A package with an entry point is listed, and imported only when its provider is loaded."""
    ship(shipped, "shipped_shop", "shipped-shop", "build = lambda context: None")
    assert "shipped-shop" in registry.available()
    assert "shipped_shop" not in sys.modules
    registry.load("shipped-shop")
    assert "shipped_shop" in sys.modules


def test_an_unknown_name_gets_the_closest_known_one() -> None:
    """A misspelt name is answered with the name that was probably meant, and with all names."""
    with pytest.raises(ProviderConfigurationError, match=r"'alibabba'.*Did you mean 'alibaba'.*cj, alibaba"):
        registry.load("alibabba")


def test_a_package_that_breaks_is_named(shipped: Path) -> None:
    """A package that fails to import is named with its reason, which stays as the cause."""
    ship(shipped, "broken_shop", "broken-shop", "import does_not_exist")
    with pytest.raises(ProviderConfigurationError, match=r"'broken-shop'.*does_not_exist") as failure:
        registry.load("broken-shop")
    assert isinstance(failure.value.__cause__, ImportError)


def test_any_failure_of_a_package_is_named(shipped: Path) -> None:
    """A package that fails with something else than a missing import is named all the same."""
    ship(shipped, "torn_shop", "torn-shop", "build = (")
    with pytest.raises(ProviderConfigurationError, match=r"'torn-shop'.*SyntaxError") as failure:
        registry.load("torn-shop")
    assert isinstance(failure.value.__cause__, SyntaxError)


def test_a_missing_function_is_named(shipped: Path) -> None:
    """An entry point to something that is not there says where it was looked for."""
    ship(shipped, "hollow_shop", "hollow-shop", "", attribute="build_it")
    with pytest.raises(ProviderConfigurationError, match=r"hollow_shop:build_it"):
        registry.load("hollow-shop")


def test_something_else_than_a_function_is_refused(shipped: Path) -> None:
    """An entry point has to name something that builds a provider."""
    ship(shipped, "odd_shop", "odd-shop", "build = 5")
    with pytest.raises(ProviderConfigurationError, match="not a function"):
        registry.load("odd-shop")


def test_two_packages_may_not_claim_one_name(shipped: Path) -> None:
    """Two packages with one name are both named, and neither is taken."""
    ship(shipped, "first_shop", "twin-shop", "build = print")
    ship(shipped, "second_shop", "twin-shop", "build = print")
    with pytest.raises(ProviderConfigurationError, match=r"first_shop:build and second_shop:build"):
        registry.load("twin-shop")


def test_a_built_in_name_cannot_be_taken_over(shipped: Path) -> None:
    """A package that claims a built-in name is refused aloud; it neither replaces it nor is passed over."""
    ship(shipped, "false_shop", "alibaba", "build = print")
    with pytest.raises(ProviderConfigurationError, match=r"false_shop:build and providers\.alibaba:build"):
        registry.load("alibaba")


async def test_a_provider_has_the_name_it_declares(shipped: Path) -> None:
    """A provider whose code is not its entry point's name is refused: ids are made from the code."""
    source = (Path(__file__).parents[2] / "plugins" / "corner_shop" / "corner_shop.py").read_text()
    ship(shipped, "misnamed_shop", "misnamed-shop", source)
    async with provider_context() as context:
        with pytest.raises(ProviderConfigurationError, match=r"'misnamed-shop'.*'corner-shop'"):
            registry.load("misnamed-shop")(context)
