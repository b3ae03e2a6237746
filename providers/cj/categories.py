"""
The category tree: three levels, of which CJ gives ids only for the last.

CJ documentation, "Product: Category List", read 2026-11-23. The upper two levels get ids made from their
path: the same names give the same id for ever, in every process, and no id of CJ looks like one.
"""

from typing import Final

from pydantic import Field, TypeAdapter

from providers.cj import imagined
from providers.cj.errors import PROVIDER
from providers.cj.parsing import Id, Sent, Text
from providers.cj.rows import read_rows
from providers.errors import InvalidRequest
from providers.model import Category
from providers.upstream import Call, CallPolicy, Json

PATH_ID: Final = "path:"
SEPARATOR: Final = "/"


class SentThird(Sent):
    """A category that products are in."""

    id: Id = Field(alias="categoryId")
    name: Text = Field(None, alias="categoryName")


class SentSecond(Sent):
    """The middle level: a name and its categories."""

    name: Id = Field(alias="categorySecondName")
    children: list[SentThird] = Field(alias="categorySecondList")


class SentFirst(Sent):
    """The top level: a name and its middle level."""

    name: Id = Field(alias="categoryFirstName")
    children: list[SentSecond] = Field(alias="categoryFirstList")


_FIRSTS: Final = TypeAdapter(list[SentFirst])
_FIRST: Final = TypeAdapter(SentFirst)


def categories_call(policy: CallPolicy) -> Call[tuple[Category, ...]]:
    """Ask for the whole tree; 0 points."""
    return Call(
        policy,
        "GET",
        "/product/getCategory",
        read=_read_categories,
        is_empty=lambda roots: not roots,
        imagine=lambda: imagined.CATEGORIES,
    )


def path_id(path: tuple[str, ...]) -> str:
    """The id of a level that CJ gives none: its names."""
    return PATH_ID + SEPARATOR.join(name.replace("%", "%25").replace(SEPARATOR, "%2F") for name in path)


def check_searchable(category_id: str, operation: str) -> None:
    """Raise InvalidRequest for a category that a search cannot be narrowed to, before it costs points."""
    if category_id.startswith(PATH_ID):
        raise InvalidRequest(
            "CJ searches only in categories of the third level; choose one below this.",
            provider=PROVIDER,
            operation=operation,
        )


def _read_categories(data: Json) -> tuple[Category, ...]:
    sent = read_rows(_FIRSTS, _FIRST, data, "category")
    return tuple(
        Category(
            PROVIDER,
            path_id((first.name,)),
            first.name,
            (first.name,),
            children=tuple(_second(first.name, second) for second in first.children),
            searchable=False,
        )
        for first in sent
    )


def _second(first: str, second: SentSecond) -> Category:
    path = (first, second.name)
    return Category(
        PROVIDER,
        path_id(path),
        second.name,
        path,
        children=tuple(
            Category(PROVIDER, third.id, third.name or third.id, (*path, third.name or third.id))
            for third in second.children
        ),
        searchable=False,
    )
