"""What the Python schedulers share: one instant at which everything is due, and what is told of it."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from measure import read, stat_fields

# Within which all must have run.
PATIENCE = 300.0


def next_minute(room: float) -> int:
    """Unix time of the first full minute that leaves so many seconds to get ready."""
    return (int(time.time() + room) // 60 + 1) * 60


def sleep_until(unix: float) -> None:
    if unix < time.time():
        raise RuntimeError(f"getting ready took {time.time() - unix:.0f} s too long")
    time.sleep(unix - time.time())


@dataclass
class Fired:
    """What happened at the instant, as (number, Unix nanoseconds)."""

    handed: list[tuple[int, int]] = field(default_factory=list)
    started: list[tuple[int, int]] = field(default_factory=list)


def figures(due: int, fired: Fired) -> dict:
    """Times in microseconds from the instant, negative ones too."""

    def late(all: list[tuple[int, int]]) -> list[int]:
        return [(at - due * 1_000_000_000) // 1000 for _, at in all]

    return {
        "fired_us": late(fired.handed),
        "started_us": late(fired.started),
        "executed": len(fired.started),
        "distinct": len({number for number, _ in fired.started}),
    }


def cpu_seconds(pids: list[int]) -> float:
    ticks = 0
    for pid in pids:
        if fields := stat_fields(pid):
            ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def peak_bytes(pids: list[int]) -> int:
    """What several processes share counts for each of them."""
    return sum(kib(pid, "status", "VmHWM:") for pid in pids) * 1024


def shared_out_bytes(pids: list[int]) -> int:
    """Memory of several processes; what they share counts once."""
    return sum(kib(pid, "smaps_rollup", "Pss:") for pid in pids) * 1024


def kib(pid: int, file: str, name: str) -> int:
    text = read(f"/proc/{pid}/{file}") or ""
    return int(text.split(name)[1].split()[0]) if name in text else 0


def main(package: str, settings: dict[str, str], fire: Callable[[str, int, str], dict]) -> None:
    """The command line; `fire(url, schedules, setting)` gives everything but what the versions are."""
    parser = argparse.ArgumentParser()
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("settings")
    arguments = verbs.add_parser("fire")
    arguments.add_argument("url")
    arguments.add_argument("schedules", type=int)
    arguments.add_argument("--setting", choices=settings, default=next(iter(settings)))
    asked = parser.parse_args()
    if asked.verb == "settings":
        print(json.dumps(list(settings)))
        return
    facts = {
        "version": importlib.metadata.version(package),
        "runtime": f"python {platform.python_version()}",
        "setting": settings[asked.setting],
        "schedules": asked.schedules,
    }
    print(json.dumps(facts | fire(asked.url, asked.schedules, asked.setting)))
