"""Evidence uploaded as files: kept by the officer's bureau, named in the case by name and digest."""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from markupsafe import Markup, escape
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from activities.contracts import KEEP_EVIDENCE, READ_EVIDENCE
from desk.client.worker_answers import TO_LOOK_UP, ask_bureau
from desk.language import Words
from desk.problems import Problem
from desk.web.access import note_access
from desk.web.case.finding import Found, case_of
from desk.web.case.forms.filled_in import FILES
from desk.web.engine import bureau_off
from desk.web.rendering import engine_of
from models.evidence.evidence_files import (
    LARGEST_FILE,
    EvidenceFile,
    EvidenceHandedIn,
    EvidenceQuestion,
    media_type_of,
)

DIGEST = re.compile(r"sha256:([0-9a-f]{64})", re.ASCII)
SHOWN_OF_A_NAME = 60
MEGABYTES = LARGEST_FILE // 1024 // 1024
EMPTY = Words("the file is empty", "是空文件")
TOO_LARGE = Words(f"larger than {MEGABYTES} MB", f"超过 {MEGABYTES} MB")
OTHER_KIND = Words("neither PDF nor PNG nor JPEG", "不是 PDF、PNG 或 JPEG 文件")
BAD_NAME = Words(
    "its name has more than 100 characters, or one that no name may have",
    "文件名超过 100 字或含有不允许的字符",
)
NOT_KEPT = Words("the bureau did not keep it; hand it in again", "所在机构未能保存，请重新上传")


@dataclass(frozen=True, slots=True)
class Filled:
    """A form whose files are on file; each file is a line of its evidence."""

    form: FormData
    problems: list[Problem]


async def with_files_kept(request: Request, found: Found, form: FormData) -> Filled:
    """Have the officer's bureau keep the uploaded files. Raises Silent when it does not answer.

    The same file uploaded again is the same file, and its line is there once.
    """
    files = [one for one in form.getlist(FILES) if isinstance(one, UploadFile) and one.filename]
    others = [(name, value) for name, value in form.multi_items() if name != FILES]
    lines = [line.strip() for line in str(form.get("evidence") or "").splitlines() if line.strip()]
    problems: list[Problem] = []
    for upload in files:
        line = await _kept(request, found, upload.filename or "", await upload.read())
        if isinstance(line, Words):
            name = (upload.filename or "")[:SHOWN_OF_A_NAME]
            problems.append(Problem(FILES, Words(f"{name}: {line.en}", f"{name}：{line.zh}")))
        elif line not in lines:
            lines.append(line)
    if not files:
        return Filled(FormData(others), [])
    rest = [(name, value) for name, value in others if name != "evidence"]
    return Filled(FormData([*rest, ("evidence", "\n".join(lines))]), problems)


async def _kept(request: Request, found: Found, name: str, content: bytes) -> str | Words:
    """The line that names a file in the case, or why it cannot be kept."""
    session = found.session
    if not content:
        return EMPTY
    if len(content) > LARGEST_FILE:
        return TOO_LARGE
    if not media_type_of(content):
        return OTHER_KIND
    try:
        handed_in = EvidenceHandedIn(
            case_no=found.case_no,
            name=name,
            content=b64encode(content).decode(),
            officer=session.officer,
        )
    except ValidationError:
        return BAD_NAME
    kept = await engine_of(request).ask(
        lambda client: ask_bureau(client, session.bureau, KEEP_EVIDENCE, handed_in),
        bureau_off(session.bureau),
    )
    return f"{handed_in.name} sha256:{kept.digest}" if kept.digest else NOT_KEPT


async def show_evidence(request: Request) -> Response:
    """A file of the case, from the bureau that keeps it; that it was read is in the access log."""
    found = await case_of(request)
    digest = request.path_params["digest"]
    if not re.fullmatch(r"[0-9a-f]{64}", digest, re.ASCII):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    for bureau in dict.fromkeys((found.view.progress.bureau_out, found.view.progress.bureau_in)):
        if (file := await _read(request, bureau, found.case_no, digest)) is not None:
            await note_access(request, found.case_no, "web: evidence")
            name = f"attachment; filename*=UTF-8''{quote(file.name)}"
            return Response(
                b64decode(file.content),
                media_type=file.media_type,
                headers={"Content-Disposition": name},
            )
    raise HTTPException(HTTPStatus.NOT_FOUND)


async def _read(request: Request, bureau: str, case_no: str, digest: str) -> EvidenceFile | None:
    question = EvidenceQuestion(case_no=case_no, digest=digest)
    answer = await engine_of(request).ask(
        lambda client: ask_bureau(client, bureau, READ_EVIDENCE, question, digest, TO_LOOK_UP),
        bureau_off(bureau),
    )
    return answer.file


def linked(text: str, case_no: str) -> Markup:
    """A line of the case, in which the digest of a file leads to the file."""
    return Markup(
        DIGEST.sub(
            lambda match: str(
                Markup('<a href="/cases/{}/evidence/{}">sha256:{}…</a>').format(
                    case_no, match[1], match[1][:12]
                )
            ),
            str(escape(text)),
        )
    )
