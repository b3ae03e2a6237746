"""
`python -m tests.e2e.hasty_gateway`: the gateway as a process that is over its doubts soon.

An answer that was lost is believed lost after seconds instead of a minute, so that a test that kills it many
times comes to an end. All that must be longer than something else still is: `creation` and `payment` outlast
`leaving`, CJ's timeout (`CJ_TIMEOUT_SECONDS`), and how far the simulator is behind itself.

It begins when it is sent a line, so that what takes longest, importing itself, is done before it is needed.
"""

import sys

import uvicorn

from gateway import log, settings
from gateway.app import create_app
from gateway.orders.means import Patience

TIMEOUT_SECONDS = 0.8
HASTY = Patience(
    lease=1.5,
    leaving=1.0,
    creation=2.5,
    payment=3.0,
    spent=5.0,
    looks=(0.0, 0.2, 0.5),
    poll=0.1,
    idle=0.3,
    closing=2.0,
)


def main() -> None:
    """Serve, configured by the environment, once told to; not at all when nobody is left to tell it."""
    if not sys.stdin.readline():
        return
    own = settings.load(env_file=None)
    log.configure(own.log_format, own.log_level)
    app = create_app(own, patience=HASTY)
    uvicorn.run(app, host=own.host, port=own.port, log_config=None, access_log=False)


if __name__ == "__main__":
    main()
