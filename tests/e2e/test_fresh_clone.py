"""From a fresh clone to the first answer with one command, on a machine that has python3 and make."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.machine import need_make, refuse_or_skip
from tests.serving import ROOT, own_environment

pytestmark = pytest.mark.timeout(400)

_INSTALL_SECONDS = 300


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files that git knows or would add, in a folder with a blank in its name."""
    folder = tmp_path / "a fresh clone"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - git as it is found
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@contextlib.contextmanager
def make_serve(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    make, output = need_make(), folder.parent / "output"
    # Without the virtual environment that runs this test.
    given = own_environment({"GATEWAY_PORT": "0", "GATEWAY_LOG_FORMAT": "console"})
    given = {name: value for name, value in given.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    with output.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - make, as it is found
            [make, "serve"],
            cwd=folder,
            env=given,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process, output
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def address(process: subprocess.Popen[bytes], output: Path) -> str:
    """Where the gateway says it listens, once it does."""
    end = time.monotonic() + _INSTALL_SECONDS
    while time.monotonic() < end and process.poll() is None:
        if told := re.search(r"endpoint +(http://[^/]+)/graphql", output.read_text()):
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{told[1]}/healthz", trust_env=False).is_success:
                    return told[1]
        time.sleep(0.2)
    text = output.read_text()
    if "endpoint" not in text:
        refuse_or_skip(f"packages cannot be installed here:\n{text}")
    raise AssertionError(text)


def test_one_command_to_the_first_answer(clone: Path) -> None:
    """`make serve` in a fresh clone sets everything up, says what it does meanwhile, and answers."""
    with make_serve(clone) as (process, output):
        url = address(process, output)
        query = {"query": '{ products(search: { query: "bottle" }, first: 2) { nodes { title } } }'}
        answer = httpx.post(f"{url}/graphql", json=query, timeout=30, trust_env=False).json()
        assert len(answer["data"]["products"]["nodes"]) == 2
        told = output.read_text()
        assert "Installing the pinned packages" in told
        assert "SIMULATED" in told
    with make_serve(clone) as (process, output):
        address(process, output)
        assert "Installing" not in output.read_text(), "the second start finds everything ready"
