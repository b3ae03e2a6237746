"""The simulator as a process of its own, behind a real socket."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.simulator.caller import KEY

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "providers.cj.simulator",
        "--port",
        str(port),
        "--seed",
        "5",
        "--products",
        "200",
    ]
    command += ["--requests-per-second", "100", "--requests-per-second-per-ip", "1000"]
    process = subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                httpx.get(f"{url}/_simulator/ledger", timeout=1)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.communicate(timeout=10)


def test_served(address: str) -> None:
    """Login, a search, its picture and the ledger work over a socket; a dropped connection is one."""
    with httpx.Client(base_url=address, timeout=5) as client:
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
            client.get("/api2.0/v1/setting/get", headers=token, timeout=0.3)
        assert client.get("/api2.0/v1/setting/get", headers=token).json()["code"] == 200
        assert client.get("/_simulator/ledger").json()["paths"]["/setting/get"]["calls"] == 3
