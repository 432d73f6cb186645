"""croniter: the next occurrences of cron rules.

    croniter_bench.py measure <request>

`<request>` is JSON: `zone`, `start` (Unix seconds), `seconds` that a measurement lasts at least, `starts` (Unix seconds) for the
single occurrences, and `rules`, each an `expression` with the `count` of occurrences in a row. Prints one line of JSON.
"""

import importlib.metadata
import json
import platform
import sys
import time
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from croniter import croniter


def row(expression: str, start: datetime, count: int) -> list[float]:
    occurrences = croniter(expression, start)
    # As a number, which is no slower than as a date.
    return [occurrences.get_next(float) for _ in range(count)]


def asked(rule: croniter, starts: list[datetime]) -> list[float]:
    """Of a rule that is ready."""
    return [rule.get_next(float, start_time=start) for start in starts]


def firsts(expression: str, starts: list[datetime]) -> list[float]:
    return [croniter(expression, start).get_next(float) for start in starts]


def nanoseconds_each(work: Callable[[], list[float]], seconds: float) -> tuple[float, list[int]]:
    """Again and again, for so long."""
    began, times = time.perf_counter_ns(), 0
    while True:
        found = work()
        times += 1
        if (took := time.perf_counter_ns() - began) >= seconds * 1e9:
            return took / times / len(found), [int(at) for at in found]


def main() -> None:
    if sys.argv[1] != "measure":
        sys.exit(__doc__)
    request = json.loads(sys.argv[2])
    zone = ZoneInfo(request["zone"])
    start = datetime.fromtimestamp(request["start"], zone)
    starts = [datetime.fromtimestamp(at, zone) for at in request["starts"]]
    rules = []
    for rule in request["rules"]:
        expression, count = rule["expression"], rule["count"]
        row_ns, occurrences = nanoseconds_each(lambda: row(expression, start, count), request["seconds"])
        ready = croniter(expression, start)
        asked_ns, next_found = nanoseconds_each(lambda: asked(ready, starts), request["seconds"])
        first_ns, found = nanoseconds_each(lambda: firsts(expression, starts), request["seconds"])
        times = {"row_ns": row_ns, "asked_ns": asked_ns, "first_ns": first_ns}
        rules.append(times | {"row": occurrences, "asked": next_found, "firsts": found})
    facts = {
        "version": importlib.metadata.version("croniter"),
        "runtime": f"python {platform.python_version()}",
        "peak_rss_bytes": peak_rss_bytes(),
        "rules": rules,
    }
    print(json.dumps(facts))


def peak_rss_bytes() -> int:
    with open("/proc/self/status") as status:
        return int(status.read().split("VmHWM:")[1].split()[0]) * 1024


if __name__ == "__main__":
    main()
