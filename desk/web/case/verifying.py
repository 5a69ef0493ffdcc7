"""A printed file compared with the register of the bureau that filed its paper, for officers of its case."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from desk.language import Words
from desk.print.marks import mark_in
from desk.print.verifying import Verdict, Verification, verify
from desk.problems import Problem
from desk.web.case.finding import case_numbered
from desk.web.case.papers import CANNOT_PRINT, WITHIN
from desk.web.engine import Silent, bureau_off
from desk.web.rendering import bytes_in, engine_of, page
from desk.web.searching import search_page

FILE = "printed"
NO_FILE = Words("choose a printed file (PDF)", "请选择打印的文件（PDF）")


async def verify_file(request: Request) -> Response:
    """Whether a file is the paper that its mark names; of a case of other bureaus no such paper is filed."""
    async with request.form() as form:
        raw = await bytes_in(form, FILE)
    if not raw:
        return search_page(request, HTTPStatus.UNPROCESSABLE_ENTITY, [Problem(FILE, NO_FILE)])
    return page(request, "verified.html", found=await _verified(request, raw))


async def _verified(request: Request, raw: bytes) -> Verification:
    """Raises Silent where the bureau does not answer, or where nothing can be printed to compare with."""
    mark = mark_in(raw)
    if mark is None:
        return Verification(Verdict.NO_MARK)
    try:
        await case_numbered(request, mark.case_no)
    except HTTPException:
        return Verification(Verdict.NOT_ON_FILE)
    try:
        return await engine_of(request).ask(
            lambda client: verify(client, raw), bureau_off(mark.bureau), WITHIN
        )
    except ModuleNotFoundError:
        raise Silent(CANNOT_PRINT) from None
