"""The answers of `fastapi_bench.py` as pydantic models, and how rows become them."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

USER = ("id", "name", "email", "role", "active", "last_sign_in_at", "created_at", "version")
ORGANIZATION = ("id", "name", "timezone", "late_after_days", "max_document_bytes", "sat_url", "sat_token_set", "version")
PROCESS = (
    "id", "client_id", "client_name", "client_cnpj", "operator_id", "operator_name", "account_id", "account_number", "mes_ano",
    "status", "status_since", "url_fatura", "fatura_s3_key", "fatura_filename", "fatura_sha256", "data_upload_manual",
    "data_download", "valor_fatura", "data_vencimento", "data_envio_sat", "sat_protocol", "approved_by", "approved_at",
    "rejection_reason", "created_at", "updated_at", "version",
)  # fmt: skip
MOVE = ("id", "at", "actor", "move", "from", "to", "reason")
DOCUMENT = ("id", "number", "filename", "size_bytes", "pages", "sha256", "uploaded_by", "created_at")
PLACE = ("process_id", "client_name", "operator_name", "mes_ano", "filename", "number", "created_at")

ROLES = ("viewer", "analyst", "manager", "admin")
# What each permission asks for at least, in the order of the answer.
PERMISSIONS = {
    "processes:read": "viewer", "documents:upload": "analyst", "processes:review": "analyst", "processes:send": "analyst",
    "robots:run": "analyst", "months:open": "manager", "registry:read": "viewer", "registry:write": "manager",
    "jobs:read": "viewer", "jobs:manage": "manager", "engine:manage": "admin", "users:manage": "admin",
    "tokens:manage": "admin", "webhooks:manage": "admin", "organization:manage": "admin", "audit:read": "admin",
}  # fmt: skip

# The legal moves of a process, by its status.
ALLOWED = {
    "AGUARDANDO_DOWNLOAD": ["start_download", "receive"],
    "DOWNLOAD_EM_ANDAMENTO": ["finish_download", "fail_download", "cancel_download", "receive"],
    "DOWNLOAD_CONCLUIDO": ["fail_download", "receive"],
    "ERRO_DOWNLOAD": ["start_download", "receive", "reopen"],
    "AGUARDANDO_APROVACAO": ["receive", "approve", "reject"],
    "REJEITADO": ["start_download", "receive", "reopen"],
    "AGUARDANDO_ENVIO_SAT": ["receive", "withdraw", "start_send"],
    "ENVIANDO_SAT": ["fail_send", "finish_send"],
    "ERRO_ENVIO_SAT": ["receive", "withdraw", "retry_send", "confirm_send"],
}


class User(BaseModel):
    id: UUID
    name: str
    email: str
    role: str
    active: bool
    last_sign_in_at: datetime | None
    created_at: datetime
    version: int


class Organization(BaseModel):
    id: UUID
    name: str
    timezone: str
    late_after_days: int
    max_document_bytes: int
    sat_url: str | None
    sat_token_set: bool
    version: int


class Session(BaseModel):
    user: User
    organization: Organization
    permissions: list[str]


class Quoted(BaseModel):
    text: str


class Coded(BaseModel):
    code: str
    args: Quoted
    text: str


class ProcessError(BaseModel):
    cause: str
    cause_coded: Coded
    step: str | None
    recommended_action: str | None
    recommended_action_coded: Coded | None


class Process(BaseModel):
    id: UUID
    client_id: UUID
    client_name: str
    client_cnpj: str
    operator_id: UUID
    operator_name: str
    account_id: UUID
    account_number: str
    mes_ano: str
    status: str
    status_since: datetime
    url_fatura: str | None
    fatura_s3_key: str | None
    fatura_filename: str | None
    fatura_sha256: str | None
    data_upload_manual: datetime | None
    data_download: datetime | None
    valor_fatura: str | None
    data_vencimento: date | None
    data_envio_sat: datetime | None
    sat_protocol: str | None
    approved_by: str | None
    approved_at: datetime | None
    rejection_reason: str | None
    error: ProcessError | None
    created_at: datetime
    updated_at: datetime
    version: int


class Total(BaseModel):
    count: int
    capped: bool


class ProcessPage(BaseModel):
    items: list[Process]
    next_cursor: str | None
    total: Total | None


class Count(BaseModel):
    status: str
    count: int


class Operator(BaseModel):
    id: UUID
    name: str


class Cell(BaseModel):
    process_id: UUID
    operator_id: UUID
    status: str
    status_since: datetime
    valor_fatura: str | None
    late: bool
    cause: str | None
    cause_coded: Coded | None


class Row(BaseModel):
    client_id: UUID
    client_name: str
    cells: list[Cell]


class Month(BaseModel):
    month: str
    counts: list[Count]
    late: int
    operators: list[Operator]
    rows: list[Row]
    truncated: bool
    unopened_accounts: int


class Move(BaseModel):
    id: UUID
    at: datetime
    actor: str
    move: str
    from_: str | None = Field(alias="from")
    to: str
    reason: str | None
    reason_coded: Coded | None


class Document(BaseModel):
    id: UUID
    number: int
    filename: str
    size_bytes: int
    pages: int
    sha256: str
    uploaded_by: str
    created_at: datetime


class Place(BaseModel):
    process_id: UUID
    client_name: str
    operator_name: str
    mes_ano: str
    filename: str
    number: int
    created_at: datetime


class Review(BaseModel):
    previous_value: str | None
    average_value: str | None
    same_document: list[Place]


class Detail(BaseModel):
    process: Process
    allowed: list[str]
    moves: list[Move]
    documents: list[Document]
    review: Review
    last_job: None
    executions: list[None]
    robot_available: bool
    run_waiting: None
    run_waiting_cause: None
    run_waiting_cause_coded: None
    resumable: list[None]


def money(cents: int | None) -> str | None:
    return None if cents is None else f"{cents // 100}.{cents % 100:02}"


def coded(text: str | None) -> dict | None:
    """A text as code and arguments. In the database that is measured all of them are quotes."""
    return None if text is None else {"code": "quoted", "args": {"text": text}, "text": text}


def move(row) -> dict:
    made = dict(zip(MOVE, row))
    made["reason_coded"] = coded(made["reason"])
    return made


def process(row) -> dict:
    made = dict(zip(PROCESS, row))
    made["valor_fatura"] = money(made["valor_fatura"])
    cause, step, action = row[-3:]
    made["error"] = None
    if cause is not None:
        texts = {"cause": cause, "step": step, "recommended_action": action}
        made["error"] = {**texts, "cause_coded": coded(cause), "recommended_action_coded": coded(action)}
    return made


def rows(cells, late_before) -> list[dict]:
    """Cells come by client; each client is a row."""
    made, current = [], None
    for id, operator, status, since, cents, cause, client, name in cells:
        if current is None or current["client_id"] != client:
            current = {"client_id": client, "client_name": name, "cells": []}
            made.append(current)
        cell = {
            "process_id": id,
            "operator_id": operator,
            "status": status,
            "status_since": since,
            "valor_fatura": money(cents),
            "late": status != "UPLOAD_REALIZADO" and since < late_before,
            "cause": cause,
            "cause_coded": coded(cause),
        }
        current["cells"].append(cell)
    return made


def review(earlier, places, process_id, last_month: str) -> dict:
    known = [cents for _, cents in earlier if cents is not None]
    return {
        "previous_value": money(next((cents for month, cents in earlier if month == last_month), None)),
        "average_value": money(sum(known) // len(known)) if known else None,
        "same_document": [dict(zip(PLACE, place)) for place in places if place[0] != process_id],
    }


def permissions(role: str) -> list[str]:
    rank = ROLES.index(role)
    return [permission for permission, least in PERMISSIONS.items() if ROLES.index(least) <= rank]


def month_number(text: str) -> int:
    return int(text[:4]) * 12 + int(text[5:]) - 1


def month_text(number: int) -> str:
    return f"{number // 12:04}-{number % 12 + 1:02}"
