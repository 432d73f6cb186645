"""FastAPI on uvicorn: four reads of Esteira, from Esteira's own database.

    fastapi_bench.py serve <port> <database>    # prints one line of JSON, what it is, then serves until it is killed

`<database>` is the path of an SQLite file or the URL of a PostgreSQL. Everything is written the way FastAPI's documentation shows
it: async handlers, pydantic models that check and write the answer, two workers with uvloop and httptools. What the answers are
is Esteira's to say: `cargo xtask bench http` compares them value by value. The statements are in `sql/`.

On SQLite a worker reads in place, on one connection; `README.md` says what else was tried.
"""

import argparse
import base64
import hashlib
import importlib.metadata
import json
import os
import platform
import sqlite3
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated
from uuid import UUID

import asyncpg
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Query, Request

import fastapi_models as models

WORKERS = 2
# Of one worker; wrk has sixteen connections.
POOL = 8
TOTAL_CAP = 1_000
CELLS = 10_000
DATABASE = "ESTEIRA_PEER_DATABASE"

# The same statements as in `bare/`.
SQL = {file.stem: file.read_text() for file in (Path(__file__).parent / "sql").glob("*.sql")}
# SQLite numbers its parameters with another sign.
SQLITE = {name: text.replace("$", "?") for name, text in SQL.items()}


class Sqlite:
    """One connection that reads in place. Its statements are prepared once."""

    def __init__(self, path: str):
        self.connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, cached_statements=64)
        self.connection.execute("PRAGMA cache_size = -8000")
        self.connection.execute("PRAGMA temp_store = MEMORY")

    @staticmethod
    def moment(at: datetime) -> str:
        return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    async def all(self, name: str, *values) -> list[tuple]:
        return self.connection.execute(SQLITE[name], values).fetchall()

    async def one(self, name: str, *values) -> tuple | None:
        return self.connection.execute(SQLITE[name], values).fetchone()

    @asynccontextmanager
    async def reader(self):
        yield self

    async def close(self) -> None:
        self.connection.close()


class Reader:
    """A connection of the pool, for one request. asyncpg keeps its prepared statements."""

    def __init__(self, connection: asyncpg.Connection):
        self.connection = connection

    @staticmethod
    def moment(at: datetime) -> datetime:
        return at

    async def all(self, name: str, *values) -> list[asyncpg.Record]:
        return await self.connection.fetch(SQL[name], *values)

    async def one(self, name: str, *values) -> asyncpg.Record | None:
        return await self.connection.fetchrow(SQL[name], *values)


class Postgres:
    def __init__(self, pool: asyncpg.Pool):
        self.pool = pool

    @classmethod
    async def connect(cls, url: str) -> "Postgres":
        async def nothing(_connection) -> None:
            """Nothing is set on a connection, so giving it back needs no round trip."""

        return cls(await asyncpg.create_pool(url, min_size=POOL, max_size=POOL, reset=nothing))

    @asynccontextmanager
    async def reader(self):
        async with self.pool.acquire() as connection:
            yield Reader(connection)

    async def close(self) -> None:
        await self.pool.close()


@asynccontextmanager
async def lifespan(app: FastAPI):
    place = os.environ[DATABASE]
    app.state.database = await Postgres.connect(place) if place.startswith("postgres") else Sqlite(place)
    yield
    await app.state.database.close()


app = FastAPI(lifespan=lifespan, openapi_url=None)


async def reading(request: Request):
    async with request.app.state.database.reader() as reader:
        yield reader


Conn = Annotated[Sqlite | Reader, Depends(reading)]


class Principal:
    def __init__(self, row):
        self.organization, self.user, self.role = row[:3]


async def principal(request: Request, conn: Conn) -> Principal:
    token = request.cookies.get("esteira_session")
    if token:
        digest = hashlib.sha256(token.encode()).hexdigest()
        row = await conn.one("session", digest, conn.moment(datetime.now(timezone.utc)))
        if row:
            return Principal(row)
    raise HTTPException(401, "sign in")


Caller = Annotated[Principal, Depends(principal)]


@app.get("/api/v1/session")
async def get_session(caller: Caller, conn: Conn) -> models.Session:
    row = await conn.one("whole_session", caller.organization, caller.user)
    return {
        "user": dict(zip(models.USER, row[:8])),
        "organization": dict(zip(models.ORGANIZATION, row[8:])),
        "permissions": models.permissions(caller.role),
    }


@app.get("/api/v1/processes")
async def list_processes(caller: Caller, conn: Conn, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> models.ProcessPage:
    rows = await conn.all("processes", caller.organization, limit + 1)
    counted = (await conn.one("count", caller.organization, TOTAL_CAP + 1))[0]
    items = [models.process(row) for row in rows[:limit]]
    return {
        "items": items,
        "next_cursor": cursor(items[-1]) if len(rows) > limit else None,
        "total": {"count": min(counted, TOTAL_CAP), "capped": counted > TOTAL_CAP},
    }


def cursor(last: dict) -> str:
    since = last["status_since"]
    since = since if isinstance(since, str) else Sqlite.moment(since)
    place = json.dumps({"sort": "-created", "since": since, "id": str(last["id"])}, separators=(",", ":"))
    return base64.urlsafe_b64encode(place.encode()).rstrip(b"=").decode()


@app.get("/api/v1/months/{month}")
async def get_month(month: str, caller: Caller, conn: Conn) -> models.Month:
    days = (await conn.one("late_after", caller.organization))[0]
    late_before = conn.moment(datetime.now(timezone.utc) - timedelta(days=days))
    cells = await conn.all("cells", caller.organization, month, CELLS)
    late = (await conn.one("late", caller.organization, month, late_before))[0]
    counts = await conn.all("counts", caller.organization, month)
    operators = await conn.all("operators", caller.organization)
    unopened = (await conn.one("unopened", caller.organization, month))[0]
    seen = {cell[1] for cell in cells}
    return {
        "month": month,
        "counts": [{"status": status, "count": count} for status, count in counts],
        "late": late,
        "operators": [{"id": id, "name": name} for id, name, active in operators if active or id in seen],
        "rows": models.rows(cells, late_before),
        "truncated": len(cells) >= CELLS,
        "unopened_accounts": unopened,
    }


@app.get("/api/v1/processes/{id}")
async def get_process(id: UUID, caller: Caller, conn: Conn) -> models.Detail:
    key = str(id) if isinstance(conn, Sqlite) else id
    organization = caller.organization
    row = await conn.one("process", organization, key)
    if not row:
        raise HTTPException(404, "process")
    process = models.process(row)
    moves = await conn.all("moves", key)
    documents = await conn.all("documents", key)
    month = models.month_number(process["mes_ano"])
    since = models.month_text(month - 3)
    earlier = await conn.all("earlier", organization, process["client_id"], process["operator_id"], since, process["mes_ano"])
    places = []
    if process["fatura_sha256"]:
        places = await conn.all("places", organization, process["fatura_sha256"])
    if await conn.one("last_job", organization, key) or await conn.all("executions", key):
        # Their rows are not made here; the measurement asks for a process that has none.
        raise HTTPException(501, "a process with jobs or runs")
    available = (await conn.one("robot", organization, process["operator_id"]))[0]
    return {
        "process": process,
        "allowed": models.ALLOWED.get(process["status"], []),
        "moves": [models.move(move) for move in moves],
        "documents": [dict(zip(models.DOCUMENT, document)) for document in documents],
        "review": models.review(earlier, places, key, models.month_text(month - 1)),
        "last_job": None,
        "executions": [],
        "robot_available": bool(available),
        "run_waiting": None,
        "run_waiting_cause": None,
        "run_waiting_cause_coded": None,
        "resumable": [],
    }


def serve(port: int, database: str) -> None:
    version = importlib.metadata.version
    driver = f"asyncpg {version('asyncpg')}" if database.startswith("postgres") else f"sqlite3, SQLite {sqlite3.sqlite_version}"
    facts = {
        "version": version("fastapi"),
        "runtime": f"python {platform.python_version()}, pydantic {version('pydantic')}, uvicorn {version('uvicorn')} with "
        f"{WORKERS} workers, uvloop {version('uvloop')}, httptools {version('httptools')}, {driver}",
    }
    print(json.dumps(facts), flush=True)
    os.environ[DATABASE] = database
    uvicorn.run(
        "fastapi_bench:app",
        app_dir=str(Path(__file__).parent),
        host="127.0.0.1",
        port=port,
        workers=WORKERS,
        loop="uvloop",
        http="httptools",
        ws="none",
        interface="asgi3",
        access_log=False,
        log_level="warning",
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    verbs = parser.add_subparsers(dest="verb", required=True)
    arguments = verbs.add_parser("serve")
    arguments.add_argument("port", type=int)
    arguments.add_argument("database")
    asked = parser.parse_args()
    serve(asked.port, asked.database)


if __name__ == "__main__":
    main()
