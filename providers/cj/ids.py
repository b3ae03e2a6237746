"""What an id of CJ can look like, so that nothing is spent on text that is none."""

import re
from typing import Final

from providers.cj.errors import refused

_LONGEST: Final = 60
"""UUIDs have 36 characters, numbers up to 20."""


def check_id(text: str, operation: str) -> None:
    """Raise InvalidRequest for text that cannot be an id of CJ, before points are spent on it."""
    if not re.fullmatch(r"[\w-]+", text, re.ASCII) or len(text) > _LONGEST:
        raise refused("This is not an id of CJ: they are numbers or UUIDs.", operation)
