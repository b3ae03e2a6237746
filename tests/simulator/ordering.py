"""What tests of orders ask the simulator again and again."""

from typing import Any

import httpx

from tests.simulator.caller import Caller

ORDER, PAY, SANDBOX = "/shopping/order", "/shopping/pay", "/shopping/sandbox"


async def detail(cj: Caller, reference: str) -> Any:
    return await cj.data("GET", f"{ORDER}/getOrderDetail", params={"orderId": reference})


async def create(cj: Caller, number: str, api: int = 3, **more: Any) -> Any:
    return await cj.data("POST", f"{ORDER}/createOrderV{api}", json=cj.order_body(number, **more))


async def confirm(cj: Caller, code: str) -> dict[str, Any]:
    return await cj.call("PATCH", f"{ORDER}/confirmOrder", json={"orderId": code})


async def balance(cj: Caller) -> float:
    amount: float = (await cj.data("GET", f"{PAY}/getBalance"))["amount"]
    return amount


async def control(cj: Caller, lever: str, **body: Any) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(cj.app), base_url="http://cj.test") as client:
        (await client.post(f"/_simulator/{lever}", json=body)).raise_for_status()
