"""Providers that come from outside the gateway's tree."""
