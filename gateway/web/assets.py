"""
GraphiQL's files: fetched once through npm, checked against their hashes, and served by the gateway itself.

They are other people's built JavaScript, so they are not kept in the repository. Running this module brings
them (the Makefile does where there is npm); it needs the standard library only. Versions and hashes are those
of the GraphiQL page that Strawberry ships, the last line of GraphiQL with a ready bundle.
"""

import argparse
import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).parent / "vendor"
_NPM_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of an npm package."""

    package: str
    version: str
    path: str
    """Where it lies in the package."""
    sha384: str
    """Base64, as in the `integrity` attribute of the page that loads it."""

    @property
    def spec(self) -> str:
        """The package as npm is asked for it."""
        return f"{self.package}@{self.version}"

    @property
    def name(self) -> str:
        """The file's name here; it carries the version, so that browsers may keep it for ever."""
        package = self.package.removeprefix("@").replace("/", "-")
        return f"{package}-{self.version}-{Path(self.path).name}"


REACT = Asset(
    "react",
    "18.2.0",
    "umd/react.production.min.js",
    "tMH8h3BGESGckSAVGZ82T9n90ztNXxvdwvdM6UoR56cYcf+0iGXBliJ29D+wZ/x8",
)
REACT_DOM = Asset(
    "react-dom",
    "18.2.0",
    "umd/react-dom.production.min.js",
    "bm7MnzvK++ykSwVJ2tynSE5TRdN+xL418osEVF2DE/L/gfWHj91J2Sphe582B1Bh",
)
GRAPHIQL = Asset(
    "graphiql",
    "3.8.3",
    "graphiql.min.js",
    "HbRVEFG0JGJZeAHCJ9Xm2+tpknBQ7QZmNlO/DgZtkZ0aJSypT96YYGRNod99l9Ie",
)
GRAPHIQL_STYLE = Asset(
    "graphiql",
    "3.8.3",
    "graphiql.min.css",
    "Mq3vbRBY71jfjQAt/DcjxUIYY33ksal4cgdRt9U/hNPvHBCaT2JfJ/PTRiPKf0aM",
)
EXPLORER = Asset(
    "@graphiql/plugin-explorer",
    "1.0.2",
    "dist/index.umd.js",
    "2oonKe47vfHIZnmB6ZZ10vl7T0Y+qrHQF2cmNTaFDuPshpKqpUMGMc9jgj9MLDZ9",
)
EXPLORER_STYLE = Asset(
    "@graphiql/plugin-explorer",
    "1.0.2",
    "dist/style.css",
    "5DFJlDPW2tSATRbM8kzoP1j194jexLswuNmClWoRr2Q0x7R68JIQzPHZ02Faktwi",
)
ASSETS = (REACT, REACT_DOM, GRAPHIQL, GRAPHIQL_STYLE, EXPLORER, EXPLORER_STYLE)


class AssetsUnavailableError(Exception):
    """The files could not be had; says why in one sentence."""


def present(folder: Path = VENDOR) -> bool:
    """Whether every file is there and is the one that was meant."""
    return all(
        (folder / asset.name).is_file() and _sha384((folder / asset.name).read_bytes()) == asset.sha384
        for asset in ASSETS
    )


def install(packages: Path, folder: Path = VENDOR) -> None:
    """
    Take the files out of npm packages.

    Args:
        packages: A folder with the `.tgz` files that `npm pack` writes.
        folder: Where the files go.

    Raises:
        AssetsUnavailableError: A package or a file in it is missing, or is not the one that was meant.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for asset in ASSETS:
        archive = packages / f"{asset.package.removeprefix('@').replace('/', '-')}-{asset.version}.tgz"
        try:
            with tarfile.open(archive) as files:
                member = files.extractfile(f"package/{asset.path}")
                content = member.read() if member else b""
        except (OSError, KeyError, tarfile.TarError) as error:
            raise AssetsUnavailableError(f"{asset.spec} holds no {asset.path} ({error}).") from error
        if _sha384(content) != asset.sha384:
            raise AssetsUnavailableError(f"{asset.path} of {asset.spec} is not the file that was meant.")
        (folder / asset.name).write_bytes(content)


def fetch(folder: Path = VENDOR) -> None:
    """Bring the files with this machine's npm, from where npm is configured to look. Raises as `install`."""
    npm = shutil.which("npm")
    if npm is None:
        raise AssetsUnavailableError("there is no npm on this machine.")
    specs = sorted({asset.spec for asset in ASSETS})
    with tempfile.TemporaryDirectory() as place:
        command = [npm, "pack", "--silent", "--ignore-scripts", "--fetch-retries=1", *specs]
        try:
            result = subprocess.run(  # noqa: S603 - npm's own path and constants
                command, cwd=place, capture_output=True, text=True, timeout=_NPM_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise AssetsUnavailableError(f"npm did not answer ({error}).") from error
        if result.returncode != 0:
            last = result.stderr.strip().splitlines()[-1:] or [f"exit code {result.returncode}"]
            raise AssetsUnavailableError(f"npm could not fetch them ({last[0]}).")
        install(Path(place), folder)


def _sha384(content: bytes) -> str:
    return base64.b64encode(hashlib.sha384(content).digest()).decode()


def main() -> int:
    """Bring the files unless they are there; say in one line what became of it."""
    parser = argparse.ArgumentParser(prog="python -m gateway.web.assets", description=main.__doc__)
    parser.add_argument("--from", dest="packages", type=Path, help="folder of packages that `npm pack` wrote")
    packages: Path | None = parser.parse_args().packages
    if present():
        return 0
    try:
        if packages is not None:
            install(packages)
        else:
            print("Fetching GraphiQL's files through npm (4 MB, once) …")  # noqa: T201
            fetch()
    except AssetsUnavailableError as error:
        print(  # noqa: T201
            f"GraphiQL's own files are missing: {error} /graphql will show the stock page, which loads them "
            "from a public network.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
