"""sse-starlette on uvicorn: the lines of one log, in memory, to everybody who watches it.

    sse_starlette_bench.py settings           # JSON list of the settings, the documented one first
    sse_starlette_bench.py serve <setting>    # prints one line of JSON: where it listens, and what it is

`GET /events` is the stream. `POST /start?lines=<n>&rate=<a second>` has the server make lines itself: they come over no network
and are stored nowhere, which is a gift.
"""

import argparse
import asyncio
import importlib.metadata
import json
import platform
import socket
import time
from datetime import datetime, timezone
from functools import lru_cache

import uvicorn
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

# As long as the lines that Esteira's robot prints for the same measurement.
TEXT = "baixando a fatura do portal da operadora: página aberta, 38 itens lidos"
LOG = "00000000-0000-7000-8000-000000000000"


def line(number: int) -> str:
    """One line as JSON, with the moment at which it is handed in."""
    at = datetime.now(timezone.utc).isoformat()
    message = f"#{number} @{time.time_ns()} {TEXT}"
    return json.dumps({"seq": number, "at": at, "level": "info", "message": message}, ensure_ascii=False, separators=(",", ":"))


def event(lines: list[str], last: int) -> bytes:
    """An event as it goes over the wire, so that it is encoded once and not for each watcher."""
    data = f'{{"log_id":"{LOG}","lines":[{",".join(lines)}]}}'
    return ServerSentEvent(data, event="log", id=str(last), sep="\n").encode()


class Queues:
    """A queue for each watcher, as in the package's own example of broadcasting, without its regular look whether the watcher is
    still there: the package notices by itself."""

    description = "asyncio.Queue for each watcher, each line encoded once"

    def __init__(self):
        self.queues: set[asyncio.Queue] = set()

    def publish(self, number: int, text: str) -> None:
        encoded = event([text], number)
        for queue in self.queues:
            queue.put_nowait(encoded)

    async def events(self):
        queue = asyncio.Queue()
        self.queues.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self.queues.discard(queue)


class Shared:
    """One list for all. Whoever wakes takes everything that is new in one event, so a server that is behind catches up with
    fewer and larger ones. Instead of an `asyncio.Condition`, under whose lock watchers would wake one after the other, each line
    has an event of its own that wakes all at once."""

    description = "one list for all watchers, everything new in one event, encoded once"

    def __init__(self):
        self.lines: list[str] = []
        self.grown = asyncio.Event()
        # Most watchers are at the same place.
        self.encoded = lru_cache(maxsize=256)(lambda first, last: event(self.lines[first:last], last))

    def publish(self, _number: int, text: str) -> None:
        self.lines.append(text)
        grown, self.grown = self.grown, asyncio.Event()
        grown.set()

    async def events(self):
        sent = 0
        while True:
            if sent == len(self.lines):
                await self.grown.wait()
            first, sent = sent, len(self.lines)
            yield self.encoded(first, sent)


SETTINGS = {"queues": Queues, "shared": Shared}


async def make_lines(log: Queues | Shared, lines: int, rate: int) -> None:
    """By the clock: what became due while the loop was busy comes at once."""
    clock = asyncio.get_running_loop().time
    began, number = clock(), 0
    while number < lines:
        await asyncio.sleep(max(0.0, began + number / rate - clock()))
        due = min(lines, int((clock() - began) * rate) + 1)
        while number < due:
            number += 1
            log.publish(number, line(number))


def application(log: Queues | Shared) -> Starlette:
    tasks = set()

    async def events(_request):
        return EventSourceResponse(log.events())

    async def start(request):
        lines, rate = (int(request.query_params[name]) for name in ("lines", "rate"))
        tasks.add(asyncio.create_task(make_lines(log, lines, rate)))
        return Response(status_code=202)

    return Starlette(routes=[Route("/events", events), Route("/start", start, methods=["POST"])])


def serve(setting: str) -> None:
    log = SETTINGS[setting]()
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    host, port = listener.getsockname()
    version = importlib.metadata.version
    facts = {
        "address": f"{host}:{port}",
        "version": version("sse-starlette"),
        "runtime": f"python {platform.python_version()}, uvicorn {version('uvicorn')}, uvloop {version('uvloop')}, "
        f"httptools {version('httptools')}",
        "setting": setting,
        "description": log.description,
        "durability": "none, in memory",
        "lines_from": "the server itself",
    }
    print(json.dumps(facts), flush=True)
    # One process: what lies in the memory of one cannot be watched in another.
    config = uvicorn.Config(
        application(log),
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        interface="asgi3",
        access_log=False,
        log_level="warning",
    )
    uvicorn.Server(config).run(sockets=[listener])


def main() -> None:
    parser = argparse.ArgumentParser()
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("settings")
    verbs.add_parser("serve").add_argument("setting", choices=SETTINGS)
    asked = parser.parse_args()
    if asked.verb == "settings":
        print(json.dumps(list(SETTINGS)))
    else:
        serve(asked.setting)


if __name__ == "__main__":
    main()
