"""Texts that go on to a supplier, checked: not empty, not endless, and nothing that only machines write."""

from gateway.errors import BadInput


def words(text: str, argument: str, longest: int, *, if_empty: str = "Send some words.") -> str:
    """
    Words with single blanks between them.

    Raises:
        BadInput: There are none, too many, or they have characters that cannot be printed.
    """
    return _checked(" ".join(text.split()), argument, longest, if_empty)


def name(text: str, argument: str, longest: int, *, if_empty: str) -> str:
    """An id or SKU exactly as it is, less blanks around it. Raises as `words`."""
    return _checked(text.strip(), argument, longest, if_empty)


def prose(text: str, argument: str, longest: int) -> str:
    """Text that may have line breaks. Raises as `words`."""
    prose = "\n".join(text.strip().splitlines())
    _checked(prose.replace("\n", " ").replace("\t", " "), argument, longest, "Leave it out instead.")
    return prose


def _checked(text: str, argument: str, longest: int, if_empty: str) -> str:
    if not text:
        raise BadInput(f"{argument}: the text is empty. {if_empty}")
    if len(text) > longest:
        raise BadInput(f"{argument}: {len(text)} characters are too many; send {longest} at the most.")
    # Half a surrogate pair is among them: JSON can say it, but UTF-8, and with it no supplier's API.
    if not text.isprintable():
        raise BadInput(f"{argument}: the text has characters that cannot be printed; send plain text.")
    return text
