"""
Which providers there are: the two built in, and any that a package ships with an entry point.

    [project.entry-points."sourcescout.providers"]
    corner-shop = "corner_shop:build"

The name is the provider's code: it selects the supplier in `GATEWAY_PROVIDERS` and is part of every global
id. A package is imported when its provider is loaded, not before.
"""

import difflib
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from providers.port import Provider, ProviderConfigurationError, ProviderContext, ProviderFactory

GROUP = "sourcescout.providers"

# Also named in pyproject.toml; here so that they are found in a checkout that was never installed.
_BUILT_IN = {
    "cj": EntryPoint("cj", "providers.cj:build", GROUP),
    "alibaba": EntryPoint("alibaba", "providers.alibaba:build", GROUP),
}


def available() -> tuple[str, ...]:
    """The names of all providers that could be loaded, the built-in ones first."""
    others = sorted({point.name for point in entry_points(group=GROUP)} - _BUILT_IN.keys())
    return (*_BUILT_IN, *others)


def load(name: str) -> ProviderFactory:
    """
    Import a provider's factory.

    Raises:
        ProviderConfigurationError: Nothing, or more than one package, provides it, or its package does not
        load.
    """
    point = _find(name)
    module, _, attribute = point.value.partition(":")
    try:
        factory = getattr(import_module(module), attribute)
    except Exception as error:  # somebody else's package may fail in any way while it is imported
        raise ProviderConfigurationError(
            f"The provider {name!r} should be at {point.value}, which does not load: "
            f"{type(error).__name__}: {error}."
        ) from error
    if not callable(factory):
        raise ProviderConfigurationError(
            f"The provider {name!r} at {point.value} is not a function to build it with."
        )

    def build(context: ProviderContext) -> Provider:
        provider: Provider = factory(context)
        if provider.declaration.code != name:
            raise ProviderConfigurationError(
                f"The provider {name!r} at {point.value} declares the code {provider.declaration.code!r}; "
                "its entry point has to have the same name."
            )
        return provider

    return build


def _find(name: str) -> EntryPoint:
    # One package may be seen twice, once installed and once on the path; only different places contradict.
    found = {point.value: point for point in entry_points(group=GROUP, name=name)}
    if name in _BUILT_IN:
        found[_BUILT_IN[name].value] = _BUILT_IN[name]
    if not found:
        known = available()
        close = difflib.get_close_matches(name, known, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise ProviderConfigurationError(
            f"There is no provider {name!r}.{hint} Known are {', '.join(known)}; others come with a package "
            f"that has an entry point in the group {GROUP}."
        )
    if len(found) > 1:
        raise ProviderConfigurationError(
            f"The provider {name!r} is claimed by {' and '.join(sorted(found))}; only one can be installed."
        )
    return next(iter(found.values()))
