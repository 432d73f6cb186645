"""Celery beat on Redis: one process that fires, and workers as in `celery_bench.py` for what it fires."""

import contextlib
import multiprocessing
import tempfile
import threading
import time
from datetime import datetime, timedelta, timezone
from multiprocessing.connection import Connection
from pathlib import Path

import celery.beat
from celery.signals import before_task_publish

import due
import measure
from celery_bench import Celery
from due import Fired

WORKERS = Celery.settings["a"]
SETTINGS = {"default": f"one process that fires, {WORKERS.description}"}
# Every schedule is compared with what it was whenever one fires; a `crontab` takes ten times as long as this, minutes in all.
DAY = timedelta(days=1)
# To start, and to read 10,000 entries.
ROOM = 30.0


class Stamper(measure.Counter):
    """A worker that notes when each job began."""

    def execute(self, number: int) -> None:
        super().execute((number, time.time_ns()))


def beat(url: str, schedules: int, at: int, folder: str, pipe: Connection) -> None:
    """The whole life of the process that fires."""
    handed = []

    def note(body, **_):
        handed.append((body[0][0], time.time_ns()))

    # Before the message is sent, so that sending counts for nobody.
    before_task_publish.connect(note, weak=False)
    app = Celery(url, WORKERS).app
    yesterday = datetime.fromtimestamp(at, timezone.utc) - DAY
    app.conf.timezone = "UTC"
    app.conf.beat_schedule = {
        str(number): {"task": "noop", "schedule": DAY, "last_run_at": yesterday, "args": (number,)} for number in range(schedules)
    }
    threading.Thread(target=tell, args=(handed, pipe), daemon=True).start()
    celery.beat.Service(app, schedule_filename=str(Path(folder) / "schedule")).start()


def tell(handed: list[tuple[int, int]], pipe: Connection) -> None:
    pipe.recv()
    pipe.send(handed)


def fire(url: str, schedules: int, _setting: str) -> dict:
    server = measure.Redis(url)
    Celery(url, WORKERS).reset()
    at = due.next_minute(ROOM)
    context = multiprocessing.get_context("spawn")
    pipe, theirs = context.Pipe()
    with tempfile.TemporaryDirectory() as folder, measure.Workers(Celery, url, WORKERS, Stamper) as workers:
        workers.start()
        firing = context.Process(target=beat, args=(url, schedules, at, folder, theirs))
        firing.start()
        try:
            pids = [firing.pid, *(process.pid for process in workers.processes)]
            due.sleep_until(at - 1)
            cpu, server_cpu = due.cpu_seconds(pids), server.cpu_seconds()
            time.sleep(1)
            # What never comes is counted as missed.
            with contextlib.suppress(TimeoutError):
                workers.wait_for_executions(schedules)
            # Whatever runs twice has time to.
            time.sleep(1)
            cpu, peak = due.cpu_seconds(pids) - cpu, due.peak_bytes(pids)
            server_cpu = None if server_cpu is None else server.cpu_seconds() - server_cpu
            pipe.send("report")
            handed = pipe.recv()
        finally:
            firing.kill()
            firing.join()
        started = [run for report in workers.reports() for run in report["numbers"]]
    facts = {
        "server": server.version(),
        "durability": server.durability(),
        "cpu_seconds": cpu,
        "server_cpu_seconds": server_cpu,
        "peak_rss_bytes": peak,
    }
    return facts | due.figures(at, Fired(handed, started))


if __name__ == "__main__":
    due.main("celery", SETTINGS, fire)
