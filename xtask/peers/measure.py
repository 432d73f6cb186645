"""What the Python peers share: the command line, the worker processes, the counting and the servers' figures.

The process that is called enqueues and watches; workers are processes of their own, as in production, so that enqueueing weighs
on neither their memory nor their CPU. They are ended without ceremony: by then every job is acknowledged.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import multiprocessing
import os
import platform
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path

import psycopg
import redis

WARM_UP = 20
PAUSE_BETWEEN_PICKUPS = 0.02
# How often a worker tells how far it is. The end of a drain is seen at most this much late.
PROGRESS_INTERVAL = 0.01
# How often the server is asked, once everything is executed, whether everything is acknowledged.
ACKNOWLEDGED_INTERVAL = 0.002
# Workers that have said nothing for this long have failed.
PATIENCE = 60.0


@dataclass(frozen=True)
class Setting:
    """One way to run a peer's workers; the peer alone knows its options."""

    description: str
    options: dict = field(default_factory=dict)
    processes: int = 1


class Peer:
    """A job queue under measurement: how it is filled, observed and worked off."""

    name: str  # as a Python package
    settings: dict[str, Setting]  # for throughput, the default first
    latency: Setting
    server: type[Redis | Postgres]

    def __init__(self, url: str, setting: Setting):
        """Workers are made by it too."""

    def reset(self) -> None:
        """Removes everything the peer has on the server and prepares an empty queue."""
        raise NotImplementedError

    def enqueue_all(self, numbers: range) -> None:
        raise NotImplementedError

    def enqueue_one(self, number: int) -> None:
        raise NotImplementedError

    def remaining(self) -> int:
        """Zero when every job is executed and acknowledged."""
        raise NotImplementedError

    def work(self, execute: Callable[[int], None]) -> None:
        """Consumes for good in the main thread of a worker process; the job calls `execute` with its number."""
        raise NotImplementedError


def main(peer_type: type[Peer]) -> None:
    parser = argparse.ArgumentParser()
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("settings")
    for verb in ("drain", "pickup"):
        arguments = verbs.add_parser(verb)
        arguments.add_argument("url")
        arguments.add_argument("jobs", type=int)
    verbs.choices["drain"].add_argument("--setting", choices=peer_type.settings, default=next(iter(peer_type.settings)))
    asked = parser.parse_args()

    if asked.verb == "settings":
        print(json.dumps(list(peer_type.settings)))
        return
    if asked.verb == "drain":
        measure, role, setting = drain, Counter, peer_type.settings[asked.setting]
    else:
        measure, role, setting = pickup, Announcer, peer_type.latency
    server = peer_type.server(asked.url)
    peer = peer_type(asked.url, setting)
    peer.reset()
    with Workers(peer_type, asked.url, setting, role) as workers:
        figures = measure(peer, server, workers, asked.jobs)
    facts = {
        "peer": peer.name,
        "version": importlib.metadata.version(peer.name),
        "runtime": f"python {platform.python_version()}",
        "server": server.version(),
        "setting": setting.description,
        "durability": server.durability(),
        "jobs": asked.jobs,
    }
    print(json.dumps(facts | figures))


def drain(peer: Peer, server: Redis | Postgres, workers: Workers, jobs: int) -> dict:
    enqueued = time.monotonic()
    peer.enqueue_all(range(jobs))
    enqueue_seconds = time.monotonic() - enqueued
    server.settle()

    workers.start()
    workers.wait_for_executions(1)
    server_cpu = server.cpu_seconds()
    workers.wait_for_executions(jobs)
    executed_ns = ended_ns = time.monotonic_ns()
    while peer.remaining():
        if ended_ns - executed_ns > PATIENCE * 1e9:
            raise TimeoutError("some jobs are executed and not acknowledged")
        time.sleep(ACKNOWLEDGED_INTERVAL)
        ended_ns = time.monotonic_ns()
    server_cpu_ended = server.cpu_seconds()

    reports = workers.reports()
    numbers = [number for report in reports for number in report["numbers"]]
    return {
        "enqueue_seconds": enqueue_seconds,
        # The first execution starts the clock: connecting and the first fetch are a gift to the peer.
        "seconds": (ended_ns - min(report["began_ns"] for report in reports)) / 1e9,
        "cpu_seconds": sum(report["cpu_seconds"] for report in reports),
        "server_cpu_seconds": None if server_cpu is None else server_cpu_ended - server_cpu,
        "peak_rss_bytes": sum(report["peak_rss_bytes"] for report in reports),
        "executed": len(numbers),
        "distinct": len(set(numbers)),
    }


def pickup(peer: Peer, _server: Redis | Postgres, workers: Workers, jobs: int) -> dict:
    workers.start()
    latencies = []
    for number in range(jobs):
        called_ns = time.monotonic_ns()
        peer.enqueue_one(number)
        latencies.append((workers.wait_for_start(number) - called_ns) // 1000)
        time.sleep(PAUSE_BETWEEN_PICKUPS)
    return {"latencies_us": latencies[WARM_UP:]}


class Workers:
    """The worker processes, seen from the process that measures. They end with it, however it ends."""

    def __init__(self, peer_type: type[Peer], url: str, setting: Setting, role_type: type[Counter | Announcer]):
        self.setting = setting
        self.task = peer_type, url, setting, role_type
        self.processes: list[multiprocessing.Process] = []
        self.pipes: list[Connection] = []
        self.executed: dict[Connection, int] = {}

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.kill()
            process.join()

    def start(self) -> None:
        """Returns when all are loaded and told to begin, so that none begins before the others."""
        context = multiprocessing.get_context("spawn")
        for _ in range(self.setting.processes):
            pipe, theirs = context.Pipe()
            process = context.Process(target=run_worker, args=(*self.task, theirs))
            process.start()
            theirs.close()
            self.processes.append(process)
            self.pipes.append(pipe)
        for pipe in self.pipes:
            pipe.recv()
        self._tell("begin")

    def wait_for_executions(self, jobs: int) -> None:
        while sum(self.executed.values()) < jobs:
            for pipe in self._heard():
                self.executed[pipe] = pipe.recv()

    def wait_for_start(self, job: int) -> int:
        """Monotonic time in nanoseconds at which the job's function began."""
        while True:
            for pipe in self._heard():
                number, started_ns = pipe.recv()
                if number == job:
                    return started_ns

    def reports(self) -> list[dict]:
        self._tell("report")
        return [self._report(pipe) for pipe in self.pipes]

    @staticmethod
    def _report(pipe: Connection) -> dict:
        """It follows what progress is still under way."""
        while not isinstance(message := pipe.recv(), dict):
            pass
        return message

    def _tell(self, message: str) -> None:
        for pipe in self.pipes:
            pipe.send(message)

    def _heard(self) -> list[Connection]:
        if heard := wait(self.pipes, PATIENCE):
            return heard
        raise TimeoutError("the workers are silent")


def run_worker(peer_type: type[Peer], url: str, setting: Setting, role_type: type[Counter | Announcer], pipe: Connection) -> None:
    """The whole life of a worker process."""
    # The one line on standard output is not a worker's to write.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    peer = peer_type(url, setting)
    role = role_type(pipe)
    pipe.send("ready")
    pipe.recv()
    threading.Thread(target=converse, args=(role,), daemon=True).start()
    peer.work(role.execute)


def converse(role: Counter | Announcer) -> None:
    """Ends the process when the measuring one has what it wants or is gone."""
    try:
        role.converse()
    except (EOFError, OSError):
        os._exit(0)


class Counter:
    """What a worker does in a drain: it counts executions and reports them."""

    def __init__(self, pipe: Connection):
        self.pipe = pipe
        self.numbers: list[int] = []
        self.began: tuple[int, float] | None = None

    def execute(self, number: int) -> None:
        if self.began is None:
            self.began = time.monotonic_ns(), time.process_time()
        self.numbers.append(number)

    def converse(self) -> None:
        told = 0
        while not self.pipe.poll(PROGRESS_INTERVAL):
            if told != len(self.numbers):
                told = len(self.numbers)
                self.pipe.send(told)
        self.pipe.recv()
        began_ns, cpu_began = self.began or (time.monotonic_ns(), time.process_time())
        report = {
            "numbers": self.numbers,
            "began_ns": began_ns,
            "cpu_seconds": time.process_time() - cpu_began,
            "peak_rss_bytes": peak_rss_bytes(),
        }
        self.pipe.send(report)
        self.pipe.recv()


class Announcer:
    """What a worker does in a pickup: it tells when a job begins."""

    def __init__(self, pipe: Connection):
        self.pipe = pipe

    def execute(self, number: int) -> None:
        self.pipe.send((number, time.monotonic_ns()))

    def converse(self) -> None:
        self.pipe.recv()


class Redis:
    """What a Redis server says of itself."""

    def __init__(self, url: str):
        self.client = redis.Redis.from_url(url, decode_responses=True)

    def version(self) -> str:
        return f"redis {self.client.info('server')['redis_version']}"

    def durability(self) -> str:
        kept = self.client.config_get("appendonly", "appendfsync")
        return f"appendonly {kept['appendonly']}, appendfsync {kept['appendfsync']}"

    def settle(self) -> None:
        """Nothing to do between enqueueing and draining."""

    def cpu_seconds(self) -> float | None:
        return family_cpu_seconds(self.client.info("server")["process_id"], "redis-server")


class Postgres:
    """What a PostgreSQL server says of itself."""

    def __init__(self, url: str):
        self.connection = psycopg.connect(url, autocommit=True)

    def version(self) -> str:
        return f"postgresql {self._show('server_version').split()[0]}"

    def durability(self) -> str:
        return f"fsync {self._show('fsync')}, synchronous_commit {self._show('synchronous_commit')}"

    def settle(self) -> None:
        """Gives the planner the statistics that autovacuum would have brought a queue that fills less suddenly."""
        self.connection.execute("VACUUM ANALYZE")

    def cpu_seconds(self) -> float | None:
        backend = stat_fields(self.connection.info.backend_pid)
        return family_cpu_seconds(int(backend[1]), "postgres") if backend else None

    def _show(self, name: str) -> str:
        return self.connection.execute(f"SHOW {name}").fetchone()[0]


def family_cpu_seconds(pid: int, program: str) -> float | None:
    """CPU time of a local server: its main process, the children it has and those that have ended. None when it is not local."""
    if (read(f"/proc/{pid}/comm") or "").strip() != program:
        return None
    ticks = 0
    for process in filter(str.isdigit, os.listdir("/proc")):
        fields = stat_fields(process)
        if fields and pid in (int(process), int(fields[1])):
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def stat_fields(pid: int | str) -> list[str] | None:
    """From the state on: the program's name before it may hold spaces. 1 is the parent, 11 to 14 are the CPU times."""
    stat = read(f"/proc/{pid}/stat")
    return stat.rpartition(")")[2].split() if stat else None


def peak_rss_bytes() -> int:
    """Not `ru_maxrss`, which a process inherits from the one that started it."""
    return int(read("/proc/self/status").split("VmHWM:")[1].split()[0]) * 1024


def read(file: str) -> str | None:
    """None when the file is gone: processes end while they are looked at."""
    try:
        return Path(file).read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
