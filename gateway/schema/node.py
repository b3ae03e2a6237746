"""What every object with a global id shares."""

import strawberry

from gateway.context import GatewayInfo
from gateway.errors import BadInput
from gateway.ids import GlobalId, Kind, MalformedId


@strawberry.interface(description="An object with a global id, by which `node` and `nodes` find it again.")
class Node:
    """Relay's Node."""

    id: strawberry.ID = strawberry.field(
        description="Opaque global id: stable for ever and different for every object of every supplier."
    )


def read_id(text: str, kind: Kind, argument: str) -> GlobalId:
    """
    An id that a client passed as an argument.

    Raises:
        BadInput: It is not one of ours, or names something of another kind.
    """
    try:
        parsed = GlobalId.parse(text)
    except MalformedId:
        raise BadInput(
            f"{argument}: {text[:40]!r} is not an id of this gateway. Pass an `id` exactly as it was "
            f"answered."
        ) from None
    if parsed.kind is not kind:
        raise BadInput(f"{argument}: this is the id of {_one(parsed.kind)}; send that of {_one(kind)}.")
    return parsed


def _one(kind: Kind) -> str:
    name = kind.name.lower()
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def known_supplier(info: GatewayInfo, code: str, argument: str = "supplier") -> str:
    """
    The code, if such a supplier is enabled.

    Raises:
        BadInput: It is not; the message lists those that are.
    """
    known = info.context.services.suppliers
    if code not in known:
        raise BadInput(f"{argument}: there is no supplier {code[:40]!r} here. Known are: {', '.join(known)}.")
    return code
