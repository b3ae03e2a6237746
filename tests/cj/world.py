"""A simulated CJ without haste: its limits are so high that only what a test is about can refuse a call."""

from providers.cj.simulator.app import App, create_app
from providers.cj.simulator.options import Options
from providers.cj.simulator.simulator import Simulator
from providers.cj.simulator.world import World
from providers.clock import ManualClock

WORLD = World(products=400)


def simulated(clock: ManualClock | None = None, **options: object) -> tuple[App, Simulator]:
    """A fresh simulator over the shared catalogue."""
    fast = {
        "requests_per_second": 10_000,
        "requests_per_second_per_ip": 10_000,
        "anonymous_requests_per_second": 10_000,
    }
    app = create_app(WORLD, options=Options(**(fast | options)), clock=clock)  # type: ignore[arg-type]
    return app, app.state.simulator
