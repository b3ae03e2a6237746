"""Checking an input field by field, so that a person is told everything that is wrong with it at once."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from gateway.errors import BadInput
from gateway.schema.user_errors import UserError, of_bad_input

T = TypeVar("T")


class Complaints:
    """What is wrong with one input, as far as it was read."""

    def __init__(self) -> None:
        self.errors: list[UserError] = []

    def read(self, path: Sequence[str], read: Callable[[str], T]) -> T | None:
        """
        What `read` makes of a field, given the field's name for messages; None when it refuses.

        Args:
            path: Of the field, such as ["input", "shipTo", "phone"].
            read: May raise BadInput, which becomes a complaint about this field.
        """
        try:
            return read(".".join(path))
        except BadInput as error:
            self.errors.append(of_bad_input(error, list(path)))
            return None

    def add(self, path: Sequence[str], problem: str) -> None:
        """Complain about a field; the sentence follows its name."""
        self.errors.append(of_bad_input(BadInput(f"{'.'.join(path)}: {problem}"), list(path)))
