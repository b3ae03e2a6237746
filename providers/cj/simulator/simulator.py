"""The running simulator: world, accounts, options, faults and ledger in one hand."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Final
from uuid import UUID

from providers.cj.simulator.accounts import Account, Accounts
from providers.cj.simulator.deliveries import Sender
from providers.cj.simulator.faults import Faults
from providers.cj.simulator.ledger import Ledger
from providers.cj.simulator.limits import Window
from providers.cj.simulator.options import Options
from providers.cj.simulator.world import World
from providers.clock import Clock

PREFIX: Final = "/api2.0/v1"


@dataclass(slots=True)
class Simulator:
    """
    What `create_app(...).state.simulator` is: tests read and turn everything here.

    All of it belongs to one event loop; endpoints change it without locks because they do not wait in
    between.
    """

    world: World
    options: Options
    clock: Clock
    picture_base_url: str
    chance: Random
    faults: Faults
    accounts: Accounts
    ledger: Ledger = field(default_factory=Ledger)
    send: Sender | None = None
    """Reaches webhook receivers; None: they are believed without being asked."""
    ip_windows: dict[str, Window] = field(default_factory=dict)
    anonymous: Window = field(default_factory=lambda: Window(30))

    @classmethod
    def create(cls, world: World, options: Options, clock: Clock, picture_base_url: str) -> "Simulator":
        """Put the parts together; nothing is opened or started."""
        chance = Random(options.seed)  # noqa: S311 - goods, not secrets
        return cls(
            world=world,
            options=options,
            clock=clock,
            picture_base_url=picture_base_url.rstrip("/"),
            chance=chance,
            faults=Faults(chance),
            accounts=Accounts(options),
            anonymous=Window(options.anonymous_requests_per_second),
        )

    def now(self) -> datetime:
        """Wall time."""
        return self.clock.now()

    def picture(self, name: str) -> str:
        """Absolute address of a picture."""
        return f"{self.picture_base_url}/{name}.svg"

    def new_uuid(self) -> UUID:
        """A UUID from the seeded chance."""
        return UUID(int=self.chance.getrandbits(128), version=4)

    def account(self, api_key: str) -> Account:
        """
        The account of an API key, opened if need be, to set its rate, points or balance.

        Raises:
            ValueError: The key is not of the form `CJ<number>@api@<32 hex>`.
        """
        account = self.accounts.get(api_key, self.now())
        if account is None:
            raise ValueError("not an API key of the form CJ<number>@api@<32 hex>")
        return account

    def ip_window(self, ip: str) -> Window:
        """The window of one caller's address."""
        rate = self.options.requests_per_second_per_ip
        window = self.ip_windows.setdefault(ip, Window(rate))
        window.rate = rate
        return window

    def reset(self, *, keep_tokens: bool = True) -> None:
        """
        Back to the start: no orders, no faults, full points and balances, original stock, empty ledger.

        Args:
            keep_tokens: Callers stay logged in; otherwise every account is forgotten.
        """
        self.world.restore()
        self.faults.clear()
        self.chance.seed(self.options.seed)
        self.ledger.clear()
        self.accounts.renew(self.now(), keep_tokens=keep_tokens)
        self.ip_windows.clear()
        self.anonymous = Window(self.options.anonymous_requests_per_second)
