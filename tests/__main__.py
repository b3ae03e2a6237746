"""
All tests in two runs of pytest side by side; or in one, when told anything: `python -m tests -k search`.

Tests of real processes (`tests/e2e`) mostly wait and the others mostly compute, so both together take little
longer than either. What the others print is shown as it comes, then what the processes' run has printed.
"""

import contextlib
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from tests.serving import ROOT

PROCESSES = "tests/e2e"
STOP_SECONDS = 30.0
"""What pytest gets to close whatever its tests have opened."""


@contextlib.contextmanager
def pytest(*arguments: str, output: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A run that does not outlive the block."""
    with contextlib.ExitStack() as stack:
        out = None if output is None else stack.enter_context(output.open("wb"))
        run = subprocess.Popen(  # noqa: S603 - our own interpreter, and what the developer told us
            [sys.executable, "-m", "pytest", *arguments], cwd=ROOT, stdout=out, stderr=out
        )
        try:
            yield run
        except KeyboardInterrupt:
            raise  # a terminal interrupts all of us at once, and a second time would cut pytest short
        except BaseException:
            run.send_signal(signal.SIGINT)
            raise
        finally:
            try:
                run.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                run.kill()
                run.wait()


def show(run: subprocess.Popen[bytes], output: Path) -> None:
    """Print what a run has written, and go on until it ends."""
    with output.open("rb") as written:
        ended = False
        while not ended:
            ended = run.poll() is not None
            sys.stdout.buffer.write(written.read())
            sys.stdout.flush()
            time.sleep(0.0 if ended else 0.2)


def main(arguments: list[str]) -> int:
    """The exit code: of the only run, or 0 when both went well."""
    if arguments:
        with pytest(*arguments) as run:
            return run.wait()
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        # Each run notes what failed last, so each has a place of its own for that.
        apart = ["-o", "cache_dir=.pytest_cache/e2e", "--color=yes" if sys.stdout.isatty() else "--color=no"]
        with pytest(PROCESSES, *apart, output=output) as processes:
            with pytest("tests", f"--ignore={PROCESSES}") as others:
                code = others.wait()
            show(processes, output)
            return code or processes.wait()


def stop(number: int, _frame: FrameType | None) -> None:
    """Leave through every block, so that nothing is left running."""
    sys.exit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
