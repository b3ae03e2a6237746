"""Why goods cannot be quoted as asked: facts that a buyer can act on, each with its sentence."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BelowMinimum:
    """Fewer pieces than the supplier sells."""

    title: str
    quantity: int
    minimum: int

    @property
    def message(self) -> str:
        """For people."""
        return f"{self.title} is sold from {self.minimum} pieces; you asked for {self.quantity}."


@dataclass(frozen=True, slots=True)
class NotEnoughStock:
    """No country holds that many pieces of everything."""

    title: str
    quantity: int
    available: int
    """The most that one country holds, or the country that was asked for."""
    origin: str | None = None
    """The country that was asked for; None: any."""

    @property
    def message(self) -> str:
        """For people."""
        place = f"in {self.origin}" if self.origin else "in one place at the most"
        return f"Of {self.title} there are {self.available} {place}; you asked for {self.quantity}."


@dataclass(frozen=True, slots=True)
class NoCommonOrigin:
    """Each variant is there, but no country holds all of them, so they cannot be one parcel."""

    countries: tuple[str, ...]
    """Where some of them lie."""

    @property
    def message(self) -> str:
        """For people."""
        return (
            f"No country holds all of these, so they cannot be one parcel (they lie in "
            f"{', '.join(self.countries)}). Ask for each of them by itself."
        )


@dataclass(frozen=True, slots=True)
class StockUnknown:
    """The supplier does not say where the goods lie."""

    title: str

    @property
    def message(self) -> str:
        """For people."""
        return (
            f"Where {self.title} lies is not known now. Ask again later; or ask `quotes`, which can be told "
            "the country with `shipFrom`."
        )


@dataclass(frozen=True, slots=True)
class NotSold:
    """The product or the variant is not there, or not sold any more."""

    what: str

    @property
    def message(self) -> str:
        """For people."""
        return f"{self.what} is not there, or not sold any more."


@dataclass(frozen=True, slots=True)
class NothingShips:
    """No way to send it."""

    origin: str
    destination: str
    reason: str | None = None
    """Why, in a sentence, where the supplier says so."""

    @property
    def message(self) -> str:
        """For people."""
        why = f" {self.reason}" if self.reason else ""
        return f"Nothing takes this parcel from {self.origin} to {self.destination}.{why}"


@dataclass(frozen=True, slots=True)
class MethodLeftOut:
    """One way to send it that cannot be used."""

    origin: str
    method: str
    reason: str

    @property
    def message(self) -> str:
        """For people."""
        return f"{self.method} from {self.origin} is left out: {self.reason}"


Problem = (
    BelowMinimum | NotEnoughStock | NoCommonOrigin | StockUnknown | NotSold | NothingShips | MethodLeftOut
)
