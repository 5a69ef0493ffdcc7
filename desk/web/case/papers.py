"""The papers of a case; of the information form every version beside the one before it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from desk.client.views.offers import shown_offer
from desk.client.views.papers import ShownPaper, shown_papers
from desk.language import Words
from desk.print.case_papers import printable_papers
from desk.web.access import note_access
from desk.web.case.finding import case_of
from desk.web.engine import Silent
from desk.web.paging import Pages
from desk.web.rendering import page
from desk.words import money
from models.messages.papers import InformationForm
from rules.values.form_fields import CIRCLED
from rules.values.papers import PaperKind

LINES = {
    1: Words("individual account from before 1998-01-01", "1998年1月1日前账户个人缴费累计储存额"),
    2: Words("individual account to the end of last year", "1998年1月1日至调转上年末个人账户累计储存额"),
    3: Words("credited this year, principal only", "调转当年计入个人账户本金金额"),
    4: Words("individual account, ①+②+③", "个人账户基金转移额（①＋②＋③）"),
    5: Words("pooled fund", "统筹基金转移额"),
    6: Words("total, ④+⑤", "转移基金总额（④＋⑤）"),
}


WITHIN = timedelta(seconds=10)
"""How long a printed file may take to be compared: its papers are printed again."""
VERSIONS = 4
"""Versions of the form that stand side by side; there may be hundreds."""
PAPERS = 20
"""Other papers on a page."""
CANNOT_PRINT = Words(
    "What prints papers is not installed here; tell the operator.",
    "此处未安装打印文书所需的组件，请告知运维人员。",
)


@dataclass(frozen=True, slots=True)
class LineAcross:
    """One line of the form in every version; `total` lines are sums."""

    circled: str
    title: str
    amounts: tuple[str, ...]

    @property
    def total(self) -> bool:
        return self.circled == CIRCLED[6]

    @property
    def changed(self) -> bool:
        return len(set(self.amounts)) > 1


async def show_papers(request: Request) -> Response:
    """Certificate, letter, every version of the form side by side, remittances, notice."""
    found = await case_of(request)
    await note_access(request, found.case_no, f"web: papers{' with names' if found.unmask else ''}")
    shown = shown_papers(found.view.papers, found.unmask)
    newest_first = [one for one in reversed(shown) if one.form is not None]
    other = [one for one in shown if one.form is None]
    to_print = printable_papers(found.view)
    other_to_print = [one for one in to_print if one.mark.kind is not PaperKind.INFORMATION_FORM]
    of_forms = Pages.asked(request, len(newest_first), VERSIONS, "versions")
    of_others = Pages.asked(request, max(len(other), len(other_to_print)), PAPERS, "others")
    versions = list(reversed(of_forms.of(newest_first)))
    forms = [one.form for one in versions if one.form is not None]
    numbers = {one.version for one in forms}
    forms_to_print = [
        one for one in to_print if one.mark.kind is PaperKind.INFORMATION_FORM and one.mark.version in numbers
    ]
    return page(
        request,
        "papers.html",
        progress=found.view.progress,
        papers=of_others.of(other),
        versions=versions,
        of_forms=of_forms,
        of_others=of_others,
        across=across(forms),
        rows=rows_across(versions),
        printable=[(one.title, one.file_name) for one in (*of_others.of(other_to_print), *forms_to_print)],
        years=newest_first[0].form.years if newest_first and newest_first[0].form else (),
        offer=shown_offer(found.view.choice) if found.view.choice else None,
    )


async def print_paper(request: Request) -> Response:
    """A paper of the case as the official form, with names; that it was printed is in the access log."""
    found = await case_of(request)
    wanted = request.path_params["file"]
    paper = next((one for one in printable_papers(found.view) if one.file_name == wanted), None)
    if paper is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    try:
        file = await asyncio.to_thread(paper.pdf)
    except ModuleNotFoundError:
        raise Silent(CANNOT_PRINT) from None
    except ValueError as unprintable:
        # Of a character in no font: the text says its code point, and nothing of the paper.
        points = ", ".join(getattr(unprintable, "code_points", ()))
        raise Silent(
            Words(f"No font here has these characters: {points}.", f"字库缺少下列字符：{points}。")
        ) from None
    await note_access(request, found.case_no, f"web: printed {wanted}")
    # Of two cases saved in one folder neither takes the other's name.
    headers = {"Content-Disposition": f'inline; filename="{found.case_no}-{wanted}"'}
    return Response(file, media_type="application/pdf", headers=headers)


def across(forms: Sequence[InformationForm]) -> list[LineAcross]:
    """The six lines, each with its amount in every version."""
    numbered = [dict(form.lines.numbered()) for form in forms]
    return [
        LineAcross(CIRCLED[number], str(words), tuple(money(one[number]) for one in numbered))
        for number, words in LINES.items()
        if numbered
    ]


def rows_across(versions: Sequence[ShownPaper]) -> list[tuple[str, list[str], bool]]:
    """What else the form says, by its label, in every version; '' where one has no such row.

    Last, whether a correction has changed it, which masked names do not show.
    """
    corrected = {change.field for one in versions for change in one.changes}
    said = [dict(one.rows) for one in versions]
    labels = dict.fromkeys(label for one in said for label in one)
    return [(label, [one.get(label, "") for one in said], label in corrected) for label in labels]
