"""
A CJ on this machine: the documented API with its quirks, limits and errors, over an invented catalogue.

    app = create_app()                                          # in process: httpx.ASGITransport(app)
    python -m providers.cj.simulator --port 8090                # or as a server

It shares no code with the adapter, because a fake that shares code shares mistakes.
"""

from providers.cj.simulator.app import DEFAULT_PICTURE_BASE_URL, App, create_app
from providers.cj.simulator.faults import PRESETS, Fault
from providers.cj.simulator.options import Options
from providers.cj.simulator.simulator import PREFIX, Simulator
from providers.cj.simulator.world import World

__all__ = [
    "DEFAULT_PICTURE_BASE_URL",
    "PREFIX",
    "PRESETS",
    "App",
    "Fault",
    "Options",
    "Simulator",
    "World",
    "create_app",
]
