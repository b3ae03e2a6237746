"""`python -m providers.cj.simulator`: the simulated CJ as a server of its own."""

import click
import uvicorn

from providers.cj.simulator.app import create_app
from providers.cj.simulator.options import Options
from providers.cj.simulator.world import World


@click.command(context_settings={"show_default": True})
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", default=8090, type=click.IntRange(0, 65535), help="Port to listen on.")
@click.option("--seed", default=2026, help="Decides the catalogue and all chance.")
@click.option("--products", default=2400, type=click.IntRange(1, 50_000), help="Products in the catalogue.")
@click.option("--requests-per-second", type=float, help="Per account; without it the level decides.")
@click.option(
    "--requests-per-second-per-ip", default=10.0, help="Per caller's address, all accounts together."
)
@click.option(
    "--level",
    default=1,
    type=click.IntRange(0, 5),
    help="Level of new accounts: 1, 1, 2, 4, 6, 6 calls a second.",
)
@click.option("--daily-points", default=50_000.0, help="Points per account and day.")
@click.option("--points-info", is_flag=True, help="Answers carry pointsInfo.")
@click.option(
    "--points-refusal", default="code", type=click.Choice(["code", "status"]), help="16900500, or HTTP 429."
)
@click.option(
    "--rate-refusal-status", default="200", type=click.Choice(["200", "429"]), help="HTTP status of 1600200."
)
@click.option("--access-token-days", default=15.0, help="Life of an access token.")
@click.option("--balance", default=1000.0, help="Opening balance, USD.")
@click.option("--latency", default=0.0, help="Seconds each answer takes.")
@click.option("--jitter", default=0.0, help="Seconds randomly added to it, at most.")
@click.option("--pace", default=1.0, help="How much faster than the calendar paid orders travel.")
@click.option("--picture-base-url", help="Where pictures are fetched from; by default this server.")
def main(
    *,
    host: str,
    port: int,
    seed: int,
    products: int,
    requests_per_second: float | None,
    requests_per_second_per_ip: float,
    level: int,
    daily_points: float,
    points_info: bool,
    points_refusal: str,
    rate_refusal_status: str,
    access_token_days: float,
    balance: float,
    latency: float,
    jitter: float,
    pace: float,
    picture_base_url: str | None,
) -> None:
    """Serve a simulated CJ below /api2.0/v1, its pictures below /pictures, its levers below /_simulator."""
    options = Options(
        seed=seed,
        requests_per_second=requests_per_second,
        requests_per_second_per_ip=requests_per_second_per_ip,
        account_level=level,
        daily_points=daily_points,
        points_info=points_info,
        points_refusal="status" if points_refusal == "status" else "code",
        rate_refusal_status=429 if rate_refusal_status == "429" else 200,
        access_token_days=access_token_days,
        opening_balance_cents=round(balance * 100),
        latency_seconds=latency,
        latency_jitter_seconds=jitter,
        pace=pace,
    )
    pictures = picture_base_url or f"http://{host}:{port}/pictures"
    app = create_app(World(seed, products), options=options, picture_base_url=pictures)
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
