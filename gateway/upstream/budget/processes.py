"""
Whether a process that is not heard of any more still exists: only then can it be about to send a call.

Known for certain on the same machine, and only on Linux; elsewhere nothing is claimed.
"""

import os
from pathlib import Path

_ENDED = "ZX"
_STATE, _START = 0, 19  # fields of /proc/<pid>/stat after the name, see proc(5)


def identity() -> str:
    """This process, told apart from every other one, even from a later one with the same number."""
    pid = os.getpid()
    return f"{_space()} {pid} {_started(pid)}"


def is_gone(who: str) -> bool:
    """True when the process of that identity certainly exists no more."""
    space, pid, started = who.split(" ")
    return bool(started) and space == _space() and _started(int(pid)) != started


def _space() -> str:
    """Within what a process number means something: one boot of a machine, and one container in it."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _started(pid: int) -> str:
    """When a process began, in ticks since boot; empty once it has ended, noticed by its parent or not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # The name may hold spaces and brackets, so count from its end.
    fields = status.rpartition(")")[2].split()
    return "" if fields[_STATE] in _ENDED else fields[_START]
