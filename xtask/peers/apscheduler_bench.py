"""APScheduler: its background scheduler with its pool of threads, and its schedules in memory or in SQLite.

`<url>` is a folder for the SQLite file.
"""

import os
import time
from datetime import datetime, timezone
from pathlib import Path

import sqlalchemy
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

import due
from due import Fired

SETTINGS = {"memory": "memory, 10 threads", "sqlite": "SQLite through SQLAlchemy, 10 threads"}
DURABILITY = {"memory": "none, in memory", "sqlite": "WAL, synchronous FULL"}
# To add 10,000 schedules.
ROOM = {"memory": 15.0, "sqlite": 45.0}

fired = Fired()


def note(number):
    fired.started.append((number, time.time_ns()))


class Threads(ThreadPoolExecutor):
    """Notes what is handed to it."""

    def submit_job(self, job, run_times):
        fired.handed.append((job.args[0], time.time_ns()))
        super().submit_job(job, run_times)


class Store:
    """SQLite as durable as Esteira's. Schedules are added without waiting for the disk, because there is no way to add many at once."""

    def __init__(self, folder: str):
        self.synchronous = "OFF"
        self.engine = sqlalchemy.create_engine(f"sqlite:///{Path(folder) / 'schedules.sqlite'}")
        sqlalchemy.event.listen(self.engine, "connect", self._connected)

    def _connected(self, connection, _record):
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {self.synchronous}")

    def settle(self):
        self.synchronous = "FULL"
        # The next connection is a new one.
        self.engine.dispose()


def fire(folder: str, schedules: int, setting: str) -> dict:
    store = Store(folder) if setting == "sqlite" else None
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(engine=store.engine) if store else MemoryJobStore()},
        # More threads are no faster: they share one lock.
        executors={"default": Threads(10)},
        # By itself it gives up what is a second late, which would be most of them.
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        timezone=timezone.utc,
    )
    at = due.next_minute(ROOM[setting])
    moment = datetime.fromtimestamp(at, timezone.utc)
    trigger = CronTrigger(hour=moment.hour, minute=moment.minute, second=0, timezone=timezone.utc)
    scheduler.start(paused=True)
    for number in range(schedules):
        scheduler.add_job(note, trigger, args=(number,), id=str(number))
    if store:
        store.settle()
    scheduler.resume()
    due.sleep_until(at - 1)
    cpu = due.cpu_seconds([os.getpid()])
    give_up = at + due.PATIENCE
    while len(fired.started) < schedules and time.time() < give_up:
        time.sleep(0.1)
    # Whatever runs twice has time to.
    time.sleep(1)
    facts = {
        "server": "sqlite " + sqlalchemy.dialects.sqlite.dialect.import_dbapi().sqlite_version if store else "none",
        "durability": DURABILITY[setting],
        "cpu_seconds": due.cpu_seconds([os.getpid()]) - cpu,
        "server_cpu_seconds": None,
        "peak_rss_bytes": due.peak_bytes([os.getpid()]),
    }
    return facts | due.figures(at, fired)


if __name__ == "__main__":
    due.main("apscheduler", SETTINGS, fire)
