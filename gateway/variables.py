"""
Environment variables as a subject of their own: how one is described, checked, printed, and complained about.

Apart from `settings`, which lists the gateway's variables, so that the list stays a list.
"""

import difflib
import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AnyUrl, Field, TypeAdapter, UrlConstraints
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

_SECRET = "secret"  # noqa: S105 - the name of a mark, not a secret
_ALLOWED = "allowed"


class ConfigurationError(ValueError):
    """The gateway cannot start as configured; one sentence per problem, each naming its variable."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable as the documents show it."""

    name: str
    meaning: str
    default: str
    """As it would be written in the environment; empty: unset."""
    secret: bool
    """Whether its value may hold a password."""


def setting(default: Any, meaning: str, allowed: str, *, secret: bool = False, **constraints: Any) -> Any:
    """A settings field with what documents and error messages say about it; a secret is never printed."""
    extra: JsonDict = {_ALLOWED: allowed, _SECRET: secret}
    return Field(default, description=meaning, json_schema_extra=extra, repr=not secret, **constraints)


def address(*schemes: str) -> Callable[[str], str]:
    """A validator for addresses with one of these schemes; gives text without a slash at its end."""
    adapter = TypeAdapter(Annotated[AnyUrl, UrlConstraints(allowed_schemes=list(schemes))])

    def checked(text: str) -> str:
        # A socket's address may have a user and no host, which the adapter would refuse.
        adapter.validate_python(re.sub(r"//[^/@]*@/", "///", text, count=1))
        return text.rstrip("/")

    return checked


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there; of names that is known of `localhost` alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def split(value: object) -> object:
    """Text with commas as a tuple of lower-case parts; anything else as it is."""
    if isinstance(value, str):
        return tuple(part.strip().lower() for part in value.split(",") if part.strip())
    return value


def variables(model: type[BaseSettings]) -> list[Variable]:
    """Every variable of a settings class, in the order of its fields."""
    return [
        Variable(
            _name(model, key), field.description or "", _written(field.default), bool(_notes(field)[_SECRET])
        )
        for key, field in _fields(model).items()
    ]


def problem(model: type[BaseSettings], detail: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    """
    One complaint of pydantic in the operator's words: variable, value, and what is allowed.

    Args:
        model: The settings class that refused.
        detail: One item of `ValidationError.errors()`.
        environment: The variables as given; the value of a secret is not repeated.
    """
    where = str(detail["loc"][0])
    key = next(key for key in _fields(model) if where in {key, _name(model, key)})
    name = _name(model, key)
    notes = _notes(model.model_fields[key])
    given = next((value for other, value in environment.items() if other.upper() == name), "")
    shown = "" if notes.get(_SECRET) else f" is '{given[:60]}', which"
    own = f" ({detail['ctx']['error']})" if detail["type"] == "value_error" else ""
    return f"{name}{shown} cannot be used{own}. Allowed: {notes.get(_ALLOWED)}."


def misspelt(environment: Mapping[str, str], known: Iterable[str]) -> list[str]:
    """
    A sentence for each variable that begins like a known one with a prefix of its own, and is none.

    A prefix counts when two known variables share it: `GATEWAY_` and `CJ_` are ours, `REDIS_` is not.
    """
    names = sorted(known)
    prefixes = [_prefix(name) for name in names]
    ours = {prefix for prefix in prefixes if prefixes.count(prefix) > 1}
    lines = []
    for name in sorted(set(environment) - set(names)):
        prefix = _prefix(name)
        if prefix in ours:
            # Only the rest is compared: a shared prefix makes any two names look alike.
            rests = [known_name.removeprefix(prefix) for known_name in names if known_name.startswith(prefix)]
            near = difflib.get_close_matches(name.removeprefix(prefix), rests, 1)
            hint = f"Did you mean {prefix}{near[0]}?" if near else "`.env.example` lists those that are."
            lines.append(f"{name} is not a variable of the gateway and is ignored. {hint}")
    return lines


def without_password(url: str) -> str:
    """Host, port and path of an address: what may be shown of one that can hold a password."""
    parts = urlsplit(url)
    return (parts.netloc.rpartition("@")[2] + parts.path) or "?"


def _prefix(name: str) -> str:
    return name.split("_", 1)[0] + "_"


def _fields(model: type[BaseSettings]) -> dict[str, FieldInfo]:
    # Fields without a note are not variables: they are filled in by code.
    return {key: field for key, field in model.model_fields.items() if field.json_schema_extra}


def _notes(field: FieldInfo) -> JsonDict:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def _name(model: type[BaseSettings], key: str) -> str:
    alias = model.model_fields[key].validation_alias
    return alias if isinstance(alias, str) else f"{model.model_config.get('env_prefix', '')}{key.upper()}"


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
