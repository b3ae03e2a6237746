"""
What CJ tells about the account; 0 points.

CJ documentation, "Setting: Account", read 2026-11-23. The answer carries `openId`, the secret that signs
webhooks: it is read by whoever verifies them and stays out of `model.Account`.
"""

from typing import Final

from pydantic import Field, TypeAdapter

from providers.cj.parsing import Count, Flag, Sent, Text
from providers.cj.rows import malformed, read_one
from providers.model import Account
from providers.upstream import Call, CallPolicy, Json


class SentSetting(Sent):
    """The account's own limits."""

    per_second: Count = Field(None, alias="qpsLimit")


class SentAccount(Sent):
    """The account."""

    name: Text = Field(None, alias="openName")
    is_sandbox: Flag = Field(None, alias="isSandbox")
    setting: SentSetting | None = None


_ACCOUNT: Final = TypeAdapter(SentAccount)


def account_call(policy: CallPolicy) -> Call[Account]:
    """Ask for the account's settings."""
    return Call(policy, "GET", "/setting/get", read=_read_account)


def _read_account(data: Json) -> Account:
    if not isinstance(data, dict) or not {"openId", "openName", "setting"} & data.keys():
        raise malformed("the account is missing")
    sent = read_one(_ACCOUNT, data, "the account")
    per_second = sent.setting.per_second if sent.setting else None
    return Account(sent.name, sent.is_sandbox, per_second or None)
