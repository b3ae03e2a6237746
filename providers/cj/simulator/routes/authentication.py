"""
API key for tokens, tokens for tokens, and the end of both; account settings and shops.

CJ documentation, "Authentication", "Setting" and "Shop", read 2026-11-23.
"""

from providers.cj.simulator.accounts import Account, Callback
from providers.cj.simulator.endpoint import Context, Endpoint, get
from providers.cj.simulator.envelope import Answer, Refusal
from providers.cj.simulator.options import Options

TOPICS = ("product", "stock", "order", "logistics", "makeup", "privateOrder")


def account_of_key(context: Context) -> Account:
    """The account an API key in the body names."""
    key = context.inputs.required("apiKey", 200)
    options: Options = context.simulator.options
    if options.api_keys is not None and key not in options.api_keys:
        raise Refusal(1601000, "User not found")
    account = context.simulator.accounts.get(key, context.now)
    if account is None:
        raise Refusal(1600001, "Invalid API key or access token")
    return account


def account_of_refresh(context: Context) -> Account:
    """The account a refresh token in the body belongs to."""
    token = context.inputs.required("refreshToken")
    account = context.simulator.accounts.by_refresh_token(token, context.now)
    if account is None:
        raise Refusal(1600003, "Invalid refresh token")
    return account


def get_access_token(context: Context) -> Answer:
    """The account's pair with its openId."""
    pair = context.account.tokens.pair(context.now, context.simulator.options)
    return Answer({"openId": context.account.open_id, **pair.to_json()})


def refresh_access_token(context: Context) -> Answer:
    """The account's pair, a new one when the cached one is a day old."""
    return Answer(context.account.tokens.pair(context.now, context.simulator.options).to_json())


def log_out(context: Context) -> Answer:
    """Kill all tokens of the account."""
    context.account.tokens.revoke()
    return Answer(data=True)


def get_settings(context: Context) -> Answer:
    """The account as CJ shows it."""
    account = context.account
    callbacks = {
        topic: {
            "type": "ENABLE" if (held := account.callbacks.get(topic, Callback())).enabled else "CANCEL",
            "urls": held.urls,
        }
        for topic in TOPICS
    }
    limits = [{"quotaUrl": "/api2.0/v1/setting/account/get", "quotaLimit": 60, "quotaType": 4}]
    return Answer(
        {
            "openId": account.open_id,
            "openName": f"Shop {account.number}",
            "openEmail": f"shop-{account.open_id}@mail.example",
            # The documented sample says 100, whatever the real limit is.
            "setting": {"quotaLimits": limits, "qpsLimit": 100},
            "callback": callbacks,
            "root": "GENERAL",
            "isSandbox": False,
        }
    )


def get_shops(context: Context) -> Answer:
    """The account's one shop."""
    account = context.account
    return Answer([{"id": account.shop_id, "name": f"Shop {account.number}", "type": "api", "status": "1"}])


ENDPOINTS = (
    Endpoint("POST", "/authentication/getAccessToken", get_access_token, login=False),
    Endpoint("POST", "/authentication/refreshAccessToken", refresh_access_token, login=False),
    Endpoint("POST", "/authentication/logout", log_out, takes_json=False),
    get("/setting/get", get_settings),
    get("/shop/getShops", get_shops),
)
IDENTIFIERS = {
    "/authentication/getAccessToken": account_of_key,
    "/authentication/refreshAccessToken": account_of_refresh,
}
"""How calls without a token tell whose they are."""
