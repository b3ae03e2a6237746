"""
Alibaba.com, as a stub that says so: a small invented catalogue, and an honest refusal of everything else.

It is here so that comparing a wholesaler (minimum orders, prices by quantity, processing days) with a
dropshipper can be seen working. Every answer is marked SAMPLE with the day it was made; nothing is ever asked
of Alibaba.
"""

from providers.alibaba.provider import AlibabaProvider
from providers.port import ProviderContext

__all__ = ["AlibabaProvider", "build"]


def build(context: ProviderContext) -> AlibabaProvider:
    """The stub; it needs no credentials and makes no calls."""
    return AlibabaProvider(context.site_url)
