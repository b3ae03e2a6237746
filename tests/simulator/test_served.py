"""The simulator as a process of its own, behind a real socket."""

from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.fleet import serve_simulator
from tests.simulator.caller import KEY


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    rates = ("--requests-per-second", "100", "--requests-per-second-per-ip", "1000")
    with serve_simulator("--seed", "5", "--products", "200", *rates) as served:
        yield served.url


def test_served(address: str) -> None:
    """Login, a search, its picture and the ledger work over a socket; a dropped connection is one."""
    with httpx.Client(base_url=address, timeout=60) as client:
        login = client.post("/api2.0/v1/authentication/getAccessToken", json={"apiKey": KEY}).json()
        token = {"CJ-Access-Token": login["data"]["accessToken"]}
        found = client.get("/api2.0/v1/product/listV2", params={"size": 3}, headers=token).json()
        picture = found["data"]["content"][0]["productList"][0]["bigImage"]
        assert picture.startswith(f"{address}/pictures/")
        assert client.get(picture).text.startswith("<svg")
        client.post("/_simulator/faults", json={"kind": "drop", "times": 1}).raise_for_status()
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/api2.0/v1/setting/get", headers=token)
        client.post("/_simulator/faults", json={"kind": "hang", "times": 1}).raise_for_status()
        with pytest.raises(httpx.ReadTimeout):
            client.get("/api2.0/v1/setting/get", headers=token, timeout=1)
        assert client.get("/api2.0/v1/setting/get", headers=token).json()["code"] == 200
        assert client.get("/_simulator/ledger").json()["paths"]["/setting/get"]["calls"] == 3
