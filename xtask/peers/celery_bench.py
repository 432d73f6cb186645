"""Celery on Redis, with its pool of threads."""

import celery

import measure
from measure import Setting


def threads(count: int, multiplier: int, acknowledge: str) -> Setting:
    return Setting(
        f"{count} threads in each of 2 processes, prefetch {count * multiplier}, {acknowledge} acknowledgement",
        {"concurrency": count, "prefetch_multiplier": multiplier, "acks_late": acknowledge == "late"},
        processes=2,
    )


class Celery(measure.Peer):
    name = "celery"
    # One process reaches three fifths of two, and a larger prefetch than these changes nothing. Early acknowledgement, which is
    # Celery's default and loses the jobs of a worker that dies, turned out no faster than late.
    settings = {"a": threads(8, 12, "late"), "b": threads(2, 500, "early"), "c": threads(20, 25, "late")}
    # More threads and more prefetch are no faster.
    latency = Setting("2 threads, prefetch 2, late acknowledgement", threads(2, 1, "late").options)
    server = measure.Redis

    def __init__(self, url, setting):
        self.options = setting.options
        self.redis = measure.Redis(url).client
        self.app = celery.Celery(broker=url.replace("unix://", "redis+socket://"))

        @self.app.task(name="noop", ignore_result=True, acks_late=self.options["acks_late"])
        def noop(number):
            self.execute(number)

        self.noop = noop

    def reset(self):
        self.redis.flushdb()

    def enqueue_all(self, numbers):
        with self.app.producer_pool.acquire(block=True) as producer, producer.batch():
            for number in numbers:
                self.noop.apply_async((number,), producer=producer)

    def enqueue_one(self, number):
        self.noop.delay(number)

    def remaining(self):
        return self.redis.llen("celery") + self.redis.hlen("unacked")

    def work(self, execute):
        self.execute = execute
        self.app.Worker(
            pool="threads",
            concurrency=self.options["concurrency"],
            prefetch_multiplier=self.options["prefetch_multiplier"],
            loglevel="ERROR",
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        ).start()


if __name__ == "__main__":
    measure.main(Celery)
