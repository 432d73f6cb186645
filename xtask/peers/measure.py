"""What the Python peers share: the command line, the worker processes, the counting and the servers' figures.

The process that is called enqueues and watches; workers are processes of their own, as in production, so that enqueueing weighs
on neither their memory nor their CPU. They are ended without ceremony: by then every job is acknowledged.
"""

import argparse
import importlib.metadata
import json
import multiprocessing
import multiprocessing.connection
import os
import platform
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis

WARM_UP = 20
PAUSE_BETWEEN_PICKUPS = 0.02
"""How often a worker tells how far it is. The end of a drain is seen at most this much late."""
PROGRESS_INTERVAL = 0.01
"""How often the server is asked, once everything is executed, whether everything is acknowledged."""
ACKNOWLEDGED_INTERVAL = 0.002
"""A drain or pickup without any progress for this long has failed."""
PATIENCE = 60.0


@dataclass(frozen=True)
class Setting:
    """One way to run a peer's workers."""

    description: str
    options: dict = field(default_factory=dict)
    processes: int = 1


class Peer:
    """A job queue under measurement. A subclass says how it is filled, observed and worked off."""

    name: str
    """The settings for throughput, the default first, and the one for latency."""
    settings: dict[str, Setting]
    latency: Setting
    server: type["Redis | Postgres"]

    def __init__(self, url: str, setting: Setting):
        """Opens no connection that is not closed again: workers are made by the same constructor."""

    def reset(self) -> None:
        """Removes everything the peer has on the server and prepares an empty queue."""
        raise NotImplementedError

    def enqueue_all(self, numbers: Iterable[int]) -> None:
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
    setting = peer_type.latency if asked.verb == "pickup" else peer_type.settings[asked.setting]
    server = peer_type.server(asked.url)
    peer = peer_type(asked.url, setting)
    peer.reset()
    with Workers(peer_type, asked.url, setting, Pickup if asked.verb == "pickup" else Drain) as workers:
        figures = (pickup if asked.verb == "pickup" else drain)(peer, server, workers, asked.jobs)
    print(
        json.dumps(
            {
                "peer": peer.name,
                "version": importlib.metadata.version(peer.name),
                "runtime": f"python {platform.python_version()}",
                "server": server.version(),
                "setting": setting.description,
                "durability": server.durability(),
                "jobs": asked.jobs,
                **figures,
            }
        )
    )


def drain(peer: Peer, server: "Redis | Postgres", workers: "Workers", jobs: int) -> dict:
    enqueued = time.monotonic()
    peer.enqueue_all(range(jobs))
    enqueue_seconds = time.monotonic() - enqueued
    server.settle()

    server_cpu = server.cpu_seconds()
    workers.start()
    workers.wait_for_executions(jobs)
    while peer.remaining():
        time.sleep(ACKNOWLEDGED_INTERVAL)
    ended = time.monotonic_ns()
    if server_cpu is not None:
        server_cpu = server.cpu_seconds() - server_cpu

    reports = workers.report()
    numbers = [number for report in reports for number in report["numbers"]]
    # The first execution starts the clock: connecting and the first fetch are a gift to the peer.
    return {
        "enqueue_seconds": enqueue_seconds,
        "seconds": (ended - min(report["began_ns"] for report in reports)) / 1e9,
        "cpu_seconds": sum(report["cpu_seconds"] for report in reports),
        "server_cpu_seconds": server_cpu,
        "peak_rss_bytes": sum(report["peak_rss_bytes"] for report in reports),
        "executed": len(numbers),
        "distinct": len(set(numbers)),
    }


def pickup(peer: Peer, _server: "Redis | Postgres", workers: "Workers", jobs: int) -> dict:
    workers.start()
    latencies = []
    for number in range(jobs):
        called = time.monotonic_ns()
        peer.enqueue_one(number)
        latencies.append((workers.wait_for_start(number) - called) // 1000)
        time.sleep(PAUSE_BETWEEN_PICKUPS)
    return {"latencies_us": latencies[WARM_UP:]}


class Workers:
    """The worker processes, seen from the process that measures. They end with it, however it ends."""

    def __init__(self, peer_type: type[Peer], url: str, setting: Setting, role: type["Drain | Pickup"]):
        self.peer_type, self.url, self.setting, self.role = peer_type, url, setting, role
        self.pipes: list[multiprocessing.connection.Connection] = []
        self.processes: list[multiprocessing.Process] = []

    def __enter__(self) -> "Workers":
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
            arguments = (self.peer_type, self.url, self.setting, self.role, theirs)
            process = context.Process(target=run_worker, args=arguments, daemon=True)
            process.start()
            theirs.close()
            self.pipes.append(pipe)
            self.processes.append(process)
        for pipe in self.pipes:
            pipe.recv()
        for pipe in self.pipes:
            pipe.send("begin")

    def wait_for_executions(self, jobs: int) -> None:
        counts = dict.fromkeys(self.pipes, 0)
        while sum(counts.values()) < jobs:
            heard = multiprocessing.connection.wait(self.pipes, PATIENCE)
            if not heard:
                raise TimeoutError(f"{sum(counts.values())} of {jobs} jobs executed, then nothing for {PATIENCE} s")
            for pipe in heard:
                counts[pipe] = pipe.recv()

    def wait_for_start(self, number: int) -> int:
        """Monotonic time in nanoseconds at which the job's function began."""
        if not multiprocessing.connection.wait(self.pipes, PATIENCE):
            raise TimeoutError(f"job {number} was not executed within {PATIENCE} s")
        started, at = self.pipes[0].recv()
        if started != number:
            raise RuntimeError(f"job {started} was executed where {number} was expected")
        return at

    def report(self) -> list[dict]:
        for pipe in self.pipes:
            pipe.send("report")
        return [self._last(pipe) for pipe in self.pipes]

    @staticmethod
    def _last(pipe: multiprocessing.connection.Connection) -> dict:
        """The report follows what progress is still under way."""
        while not isinstance(message := pipe.recv(), dict):
            pass
        return message


def run_worker(
    peer_type: type[Peer],
    url: str,
    setting: Setting,
    role_type: type["Drain | Pickup"],
    pipe: multiprocessing.connection.Connection,
) -> None:
    """The whole life of a worker process."""
    # The one line on standard output is not a worker's to write.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    peer = peer_type(url, setting)
    role = role_type(pipe)
    pipe.send("ready")
    pipe.recv()
    threading.Thread(target=_converse, args=(role,), daemon=True).start()
    peer.work(role.execute)


def _converse(role: "Drain | Pickup") -> None:
    """Speaks with the measuring process until it has what it wants or is gone."""
    try:
        role.converse()
    except EOFError:
        pass
    os._exit(0)


class Drain:
    """In a worker process: counts executions and reports them."""

    def __init__(self, pipe: multiprocessing.connection.Connection):
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
        cpu_seconds = time.process_time()
        self.pipe.recv()
        began_ns, cpu_began = self.began or (time.monotonic_ns(), cpu_seconds)
        self.pipe.send(
            {
                "numbers": self.numbers,
                "began_ns": began_ns,
                "cpu_seconds": cpu_seconds - cpu_began,
                "peak_rss_bytes": peak_rss_bytes(),
            }
        )
        self.pipe.recv()


class Pickup:
    """In a worker process: tells when a job starts."""

    def __init__(self, pipe: multiprocessing.connection.Connection):
        self.pipe = pipe

    def execute(self, number: int) -> None:
        self.pipe.send((number, time.monotonic_ns()))

    def converse(self) -> None:
        self.pipe.recv()


def peak_rss_bytes() -> int:
    """Not `ru_maxrss`, which a process inherits from the one that started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


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

    def show(self, name: str) -> str:
        return self.connection.execute(f"SHOW {name}").fetchone()[0]

    def version(self) -> str:
        return f"postgresql {self.show('server_version').split()[0]}"

    def durability(self) -> str:
        return f"fsync {self.show('fsync')}, synchronous_commit {self.show('synchronous_commit')}"

    def settle(self) -> None:
        """Gives the planner the statistics that autovacuum would have brought a queue that fills less suddenly."""
        self.connection.execute("VACUUM ANALYZE")

    def cpu_seconds(self) -> float | None:
        backend = Path(f"/proc/{self.connection.info.backend_pid}/stat")
        if not backend.exists():
            return None
        return family_cpu_seconds(int(stat_fields(backend)[1]), "postgres")


def family_cpu_seconds(pid: int, program: str) -> float | None:
    """CPU time of a local server: its main process, the children it has and those that have ended. None when it is not local."""
    try:
        if Path(f"/proc/{pid}/comm").read_text().strip() != program:
            return None
    except FileNotFoundError:
        return None
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat_fields(stat)
        except (FileNotFoundError, ProcessLookupError):
            continue
        if pid in (int(stat.parent.name), int(fields[1])):
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def stat_fields(stat: Path) -> list[str]:
    """From the state on: the program's name before it may hold spaces. 1 is the parent, 11 to 14 are the CPU times."""
    return stat.read_text().rpartition(")")[2].split()
