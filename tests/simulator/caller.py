"""A client of the simulator for its tests: one account, a manual clock, a second between calls."""

from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from providers.cj.simulator import PREFIX, App, Options, Simulator, World, create_app
from providers.cj.simulator.catalogue.goods import Product, Variant
from providers.clock import ManualClock

KEY = "CJ9000001@api@" + "0123456789abcdef" * 2
OTHER_KEY = "CJ9000002@api@" + "fedcba9876543210" * 2

ADDRESS = {
    "shippingCountryCode": "DE",
    "shippingCountry": "Germany",
    "shippingProvince": "Bremen",
    "shippingCity": "Bremen",
    "shippingCustomerName": "Proba Nowak",
    "shippingAddress": "Probegasse 4",
    "shippingZip": "28195",
    "shippingPhone": "0421000000",
}


@dataclass
class Caller:
    """One account's client."""

    app: App
    clock: ManualClock
    key: str = KEY
    token: str | None = None
    pause: float = 1.0

    @property
    def simulator(self) -> Simulator:
        simulator: Simulator = self.app.state.simulator
        return simulator

    @property
    def world(self) -> World:
        return self.simulator.world

    async def send(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """The whole response, after the usual pause."""
        await self.clock.advance(self.pause)
        headers = {"CJ-Access-Token": self.token} if self.token else {}
        headers |= kwargs.pop("headers", {})
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="http://cj.test") as client:
            return await client.request(method, PREFIX + path, headers=headers, **kwargs)

    async def call(self, method: str, path: str, **kwargs: Any) -> dict[str, Any]:
        """The envelope; big numbers survive."""
        response = await self.send(method, path, **kwargs)
        body: dict[str, Any] = orjson.loads(response.content)
        return body

    async def get(self, path: str, **params: Any) -> dict[str, Any]:
        return await self.call("GET", path, params=params)

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        return await self.call("POST", path, json=body)

    async def data(self, method: str, path: str, **kwargs: Any) -> Any:
        """What a call that must succeed carries."""
        body = await self.call(method, path, **kwargs)
        assert body.get("code", 200) in (200, 0), body
        return body["data"]

    async def log_in(self) -> dict[str, Any]:
        """Get the pair and use its access token from now on."""
        pair: dict[str, Any] = await self.data(
            "POST", "/authentication/getAccessToken", json={"apiKey": self.key}
        )
        self.token = pair["accessToken"]
        return pair

    # Things that are in the catalogue

    def product(self, **wanted: Any) -> Product:
        """A product on sale whose attributes are as wanted."""
        return next(
            product
            for product in self.world.products
            if not product.taken_down
            and all(getattr(product, name) == value for name, value in wanted.items())
        )

    def plain(self, units: int = 50) -> Variant:
        """A variant of ordinary goods with so many units in China, light enough for every carrier."""
        return next(
            variant
            for product in self.world.products
            if not product.taken_down
            and product.product_type == "ORDINARY_PRODUCT"
            and product.leaf.group.property == "COMMON"
            and product.grams[1] < 400
            for variant in self.world.variants(product)
            if "CN" in variant.stock and self.world.total(variant, "CN").total >= units
        )

    def order_body(self, number: str, variant: Variant | None = None, **more: Any) -> dict[str, Any]:
        """A good body for either create call."""
        variant = variant or self.plain()
        return {
            "orderNumber": number,
            **ADDRESS,
            "logisticName": "CJPacket Ordinary",
            "fromCountryCode": "CN",
            "platform": "shopify",
            "products": [{"vid": variant.vid, "quantity": 2, "storeLineItemId": "L1"}],
            **more,
        }


def make_caller(world: World, **options: Any) -> Caller:
    """A caller of a simulator of its own over a shared world, which has to be restored afterwards."""
    clock = ManualClock()
    return Caller(create_app(world, options=Options(**options), clock=clock), clock)
