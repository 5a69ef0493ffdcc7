"""The platform's codec server: reads for a desk, or for the Web UI, and writes down who has read what.

It speaks Temporal's protocol for codec servers, `POST /decode`. A reader proves who they are by a bearer
token and gets what concerns their bureau (see `concerned`). The rest comes back as it is, encrypted.
Nothing is given out before it stands in the access log. Which officer a desk reads for stands there as the
desk states it: the token proves the desk alone.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from google.protobuf import json_format
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.service import RPCError

from engine.encryption.access_log import Access, AccessLog
from engine.encryption.codec import NotForHere, Sealed
from engine.encryption.concerned import Concerned
from engine.encryption.decoding import OFFICER_HEADER, REASON_HEADER, officer_or_nobody
from engine.encryption.keys import PROVINCE, KeyRing, UnusableKeys, desk_party
from models.files.system_errors import why_not
from models.files.whole_file import whole_file

LARGEST_REQUEST = 8 << 20
LONGEST_REASON = 80
TOKEN_BYTES = 32


class Reader(BaseModel):
    """Who may read: a name for the log, the bureau (or `province`), and the digest of the token."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field(min_length=1)
    bureau: str = Field(min_length=1)
    token_sha256: str = Field(pattern="^[0-9a-f]{64}$")


READERS = TypeAdapter(tuple[Reader, ...])


def new_reader(name: str, bureau: str) -> tuple[Reader, str]:
    """A reader, and the token, of which only the digest is kept."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return Reader(name=name, bureau=bureau, token_sha256=_digest(token)), token


def load_readers(path: Path) -> tuple[Reader, ...]:
    """The readers in a file. Raises UnusableKeys."""
    try:
        return READERS.validate_json(whole_file(path))
    except OSError as error:
        raise UnusableKeys(
            f"The file of readers {path} cannot be read: {why_not(error).en}.",
            f"无法读取读者文件 {path}：{why_not(error).zh}。",
        ) from None
    except ValidationError:
        raise UnusableKeys(f"{path} is no file of readers.", f"{path} 不是读者文件。") from None


class Decoding:
    """What one request is answered with."""

    def __init__(
        self, ring: KeyRing, readers: Iterable[Reader], concerned: Concerned, log: AccessLog
    ) -> None:
        self._ring = ring
        self._readers = tuple(readers)
        self._concerned = concerned
        self._log = log

    async def decode(self, request: Request) -> Response:
        """`POST /decode`: 401 without a known token, 503 where nothing can be written down."""
        if (reader := self._reader(request)) is None:
            return _problem(HTTPStatus.UNAUTHORIZED, "no reader has this token")
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_REQUEST:
                return _problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {LARGEST_REQUEST} bytes")
        try:
            asked = json_format.Parse(bytes(body), Payloads())
        except (json_format.ParseError, UnicodeDecodeError, RecursionError):
            return _problem(HTTPStatus.BAD_REQUEST, "no payloads")
        why = request.headers.get(REASON_HEADER, "web")[:LONGEST_REASON]
        officer = officer_or_nobody(request.headers.get(OFFICER_HEADER, ""))
        try:
            read = await self._read(reader, why, officer, asked.payloads)
        except OSError:
            return _problem(HTTPStatus.SERVICE_UNAVAILABLE, "the access log cannot be written")
        except RPCError:
            return _problem(HTTPStatus.BAD_GATEWAY, "the engine does not answer")
        return JSONResponse(json_format.MessageToDict(Payloads(payloads=read)))

    def _reader(self, request: Request) -> Reader | None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        digest, found = _digest(token.strip()), None
        for reader in self._readers:
            if hmac.compare_digest(reader.token_sha256, digest):
                found = reader
        return found

    async def _read(
        self, reader: Reader, why: str, officer: str, payloads: Sequence[Payload]
    ) -> list[Payload]:
        """Each payload opened, or as it is; in the log every workflow they belong to, once."""
        read: list[Payload] = []
        about: dict[str, bool] = {}
        bureaus: dict[str, frozenset[str]] = {"": frozenset()}
        for payload in payloads:
            try:
                sealed = Sealed.of(payload)
                opened = sealed.opened(self._ring)
            except NotForHere:
                opened = None
            if opened is None:
                read.append(payload)
                continue
            workflow = sealed.place.workflow
            if workflow not in bureaus:
                bureaus[workflow] = await self._concerned(workflow)
            given = _may_read(reader, sealed, bureaus[workflow])
            about[workflow] = given and about.get(workflow, True)
            read.append(opened if given else payload)
        now, whom = datetime.now(UTC), f"{reader.name}/{officer}" if officer else reader.name
        self._log.write(
            Access(at=now, reader=whom, workflow=workflow, why=why, given=given)
            for workflow, given in about.items()
        )
        return read


def _may_read(reader: Reader, sealed: Sealed, bureaus: frozenset[str]) -> bool:
    if reader.bureau == PROVINCE:
        return True
    if not sealed.place.workflow:
        return sealed.relation == desk_party(reader.bureau)
    return reader.bureau in bureaus


def codec_server(decoding: Decoding, origins: Sequence[str]) -> Starlette:
    """The application; `origins` are the Web UIs whose pages may ask."""
    cors = Middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["POST"],
        allow_headers=["Content-Type", "X-Namespace", "Authorization", REASON_HEADER],
    )
    return Starlette(routes=[Route("/decode", decoding.decode, methods=["POST"])], middleware=[cors])


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _problem(status: HTTPStatus, message: str) -> Response:
    return JSONResponse({"message": message}, status_code=status)
