"""Procrastinate on PostgreSQL."""

import asyncio

import procrastinate
import psycopg

import measure
from measure import Setting

SCHEMA = "procrastinate"
BULK = 1000


class Procrastinate(measure.Peer):
    name = "procrastinate"
    # A concurrency from 5 to 20 is equally fast, one process a sixth slower; deleting finished jobs and doing without LISTEN
    # change nothing.
    settings = {"default": Setting("concurrency 10 in each of 2 processes", {"concurrency": 10}, processes=2)}
    latency = Setting("concurrency 1, LISTEN/NOTIFY", {"concurrency": 1})
    server = measure.Postgres

    def __init__(self, url, setting):
        self.url, self.options = url, setting.options
        connector = procrastinate.PsycopgConnector(conninfo=url, kwargs={"options": f"-c search_path={SCHEMA}"}, max_size=12)
        self.app = procrastinate.App(connector=connector)

        # A coroutine stays in the worker's event loop; a plain function would be handed to a thread.
        @self.app.task(name="noop")
        async def noop(number):
            self.execute(number)

        self.noop = noop

    def reset(self):
        with psycopg.connect(self.url) as connection:
            connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
            connection.execute(f"CREATE SCHEMA {SCHEMA}")
        self.app.open()
        self.app.schema_manager.apply_schema()

    def enqueue_all(self, numbers):
        for start in range(0, len(numbers), BULK):
            self.noop.batch_defer(*({"number": number} for number in numbers[start : start + BULK]))

    def enqueue_one(self, number):
        self.noop.defer(number=number)

    def remaining(self):
        return sum(queue["todo"] + queue["doing"] for queue in self.app.job_manager.list_queues())

    def work(self, execute):
        self.execute = execute
        asyncio.run(self._work())

    async def _work(self):
        async with self.app.open_async():
            await self.app.run_worker_async(**self.options)


if __name__ == "__main__":
    measure.main(Procrastinate)
