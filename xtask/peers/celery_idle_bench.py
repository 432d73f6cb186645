"""What Celery costs while nothing is due: a worker, beat and Flower, started by its own commands, and Redis.

    celery_idle_bench.py idle <url> <schedules> <settle> <seconds>

Looks after so many seconds, and for so many.
"""

import argparse
import contextlib
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import due
import measure

COMMANDS = {
    # Threads, because each process of the usual pool has a copy of everything.
    "worker": ["worker", "--pool", "threads", "--concurrency", "8", "--loglevel", "ERROR"],
    "beat": ["beat", "--schedule", "schedule", "--pidfile", "", "--loglevel", "ERROR"],
    "flower": ["flower", "--address=127.0.0.1", "--port=0", "--logging=error"],
}


def figures(url: str, schedules: int, settle: float, seconds: float) -> dict:
    server = measure.Redis(url)
    server.client.flushdb()
    redis_pid = server.client.info("server")["process_id"]
    here = str(Path(__file__).parent)
    environment = os.environ | {"BROKER": url.replace("unix://", "redis+socket://"), "SCHEDULES": str(schedules), "PYTHONPATH": here}
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as running:
        programs = {}
        for name, arguments in COMMANDS.items():
            command = [sys.executable, "-m", "celery", "-A", "celery_idle", *arguments]
            program = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr)
            running.callback(end, program)
            programs[name] = program
        time.sleep(settle)
        pids = {name: [program.pid] for name, program in programs.items()} | {"redis": [redis_pid]}
        cpu = {name: due.cpu_seconds(pid) for name, pid in pids.items()}
        time.sleep(seconds)
        for name, program in programs.items():
            if program.poll() is not None:
                raise RuntimeError(f"{name} has ended with {program.returncode}")
        return {
            name: {
                "memory_bytes": due.shared_out_bytes(pid),
                "cpu_percent": 100 * (due.cpu_seconds(pid) - cpu[name]) / seconds,
            }
            for name, pid in pids.items()
        }


def end(program: subprocess.Popen) -> None:
    program.kill()
    program.wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    arguments = parser.add_subparsers(required=True).add_parser("idle")
    arguments.add_argument("url")
    arguments.add_argument("schedules", type=int)
    arguments.add_argument("settle", type=float)
    arguments.add_argument("seconds", type=float)
    asked = parser.parse_args()
    version = importlib.metadata.version
    parts = figures(asked.url, asked.schedules, asked.settle, asked.seconds)
    facts = {
        "version": f"celery {version('celery')}, flower {version('flower')}",
        "runtime": f"python {platform.python_version()}",
        "server": measure.Redis(asked.url).version(),
        "memory_bytes": sum(part["memory_bytes"] for part in parts.values()),
        "cpu_percent": sum(part["cpu_percent"] for part in parts.values()),
        "parts": parts,
    }
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
