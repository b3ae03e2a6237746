"""The life of tokens: the cached pair, refreshing, ending, and dates in CJ's own zone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.simulator.caller import KEY, OTHER_KEY, Caller

DAY = 86_400.0


async def refresh(cj: Caller, token: str) -> dict[str, Any]:
    return await cj.post("/authentication/refreshAccessToken", refreshToken=token)


async def test_same_pair_within_a_day(cj: Caller) -> None:
    """Getting or refreshing within 24 hours gives the same pair and the same dates."""
    first = await cj.log_in()
    await cj.clock.advance(DAY - 60)
    again = await cj.log_in()
    refreshed = (await refresh(cj, first["refreshToken"]))["data"]
    assert again == first
    assert refreshed == {name: value for name, value in first.items() if name != "openId"}


async def test_new_pair_after_a_day(cj: Caller) -> None:
    """After 24 hours both tokens change; the old access token lives on, the old refresh token does not."""
    first = await cj.log_in()
    await cj.clock.advance(DAY)
    second = (await refresh(cj, first["refreshToken"]))["data"]
    assert second["accessToken"] != first["accessToken"]
    assert second["refreshToken"] != first["refreshToken"]
    assert (await cj.get("/setting/get"))["code"] == 200
    assert (await refresh(cj, first["refreshToken"]))["code"] == 1600003


async def test_new_pair_may_end_the_old(make: Callable[..., Caller]) -> None:
    """With the switch a new pair kills the older access token."""
    cj = make(new_pair_ends_old=True)
    await cj.log_in()
    await cj.clock.advance(DAY)
    await cj.post("/authentication/getAccessToken", apiKey=KEY)
    assert (await cj.get("/setting/get"))["code"] == 1600001


async def test_access_token_ends_on_its_date(cj: Caller) -> None:
    """The token works until the second it was said to end, and not after."""
    pair = await cj.log_in()
    ends = datetime.fromisoformat(pair["accessTokenExpiryDate"])
    left = (ends - cj.clock.now()).total_seconds()
    cj.pause = 0
    await cj.clock.advance(left - 1)
    assert (await cj.get("/setting/get"))["code"] == 200
    await cj.clock.advance(1)
    assert (await cj.get("/setting/get"))["code"] == 1600001


async def test_refresh_token_ends_after_180_days(cj: Caller) -> None:
    """The refresh token revives an account after weeks, but not after half a year."""
    first = await cj.log_in()
    await cj.clock.advance(100 * DAY)
    second = await refresh(cj, first["refreshToken"])
    assert second["code"] == 200
    await cj.clock.advance(181 * DAY)
    assert (await refresh(cj, second["data"]["refreshToken"]))["code"] == 1600003


async def test_lifetimes_follow_the_options(make: Callable[..., Caller]) -> None:
    """Access tokens live 15 days or what the switch says, refresh tokens 180."""
    for days in (15, 180):
        pair = await make(access_token_days=days).log_in()
        created, access, last = (
            datetime.fromisoformat(pair[name])
            for name in ("createDate", "accessTokenExpiryDate", "refreshTokenExpiryDate")
        )
        assert (access - created, last - created) == (timedelta(days=days), timedelta(days=180))
        assert created.utcoffset() == timedelta(hours=8)


async def test_logout_ends_both(cj: Caller) -> None:
    """After logout neither token works, and the next pair is a new one although a day has not passed."""
    first = await cj.log_in()
    assert (await cj.call("POST", "/authentication/logout"))["data"] is True
    assert (await cj.get("/setting/get"))["code"] == 1600001
    assert (await refresh(cj, first["refreshToken"]))["code"] == 1600003
    assert (await cj.log_in())["accessToken"] != first["accessToken"]


async def test_tokens_are_long_and_the_accounts_own(cj: Caller) -> None:
    """Tokens exceed the documented 200 characters and differ between accounts, as does the openId."""
    other = Caller(cj.app, cj.clock, OTHER_KEY)
    mine, theirs = await cj.log_in(), await other.log_in()
    assert len(mine["accessToken"]) > 200
    assert mine["accessToken"] != theirs["accessToken"]
    assert mine["openId"] != theirs["openId"]
    assert isinstance(mine["openId"], int)


async def test_forgotten_pair_is_the_same_in_an_equal_world(make: Callable[..., Caller]) -> None:
    """Two simulators give one key the same first pair, so a restart costs callers nothing but a call."""
    assert (await make().log_in())["accessToken"] == (await make().log_in())["accessToken"]
