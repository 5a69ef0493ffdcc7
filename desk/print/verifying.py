"""Verification of a printed file against the register of the bureau, or province, that filed its paper."""

from dataclasses import dataclass
from enum import Enum

from temporalio.client import Client

from activities.contracts import FIND_PAPER
from desk.client.filed_cases import look_up_either
from desk.client.worker_answers import TO_LOOK_UP, ask_bureau, ask_platform
from desk.language import Words
from desk.print.case_papers import PrintablePaper, printable_papers
from desk.print.marks import Mark, mark_in
from desk.print.seals import SealState, seal_of
from desk.print.titles import kind_title
from models.messages.dossier import PaperQuestion, PapersOnFile
from rules.values.officers import PROVINCE


class Verdict(Enum):
    """The result of a verification, from good to bad."""

    TRUE = Words("the file is the paper as it is filed, byte for byte", "文件与存档文书逐字节一致")
    TRUE_BUT_PRINTED_OTHERWISE = Words(
        "the paper is filed as its mark says, but the file is not what is printed from it: it was altered, "
        "or printed by another release; print it again and compare",
        "标记所示文书确已存档，但文件与本版本打印结果不同：可能被改动，或由其他版本打印；请重新打印比对",
    )
    NOT_AS_FILED = Words(
        "the paper on file says something else: its digest is another", "存档文书内容不同：摘要不一致"
    )
    NOT_ON_FILE = Words("no such paper is on file", "没有这样的存档文书")
    NO_MARK = Words("the file bears no mark of a paper of this system", "文件上没有本系统文书的标记")


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdict on a file, the mark it bears, its seal, and its paper's printed title.

    If the printed title is not known, it is the title of the kind of paper, which the mark names.
    """

    verdict: Verdict
    mark: Mark | None = None
    seal: SealState = SealState.NONE
    printed_title: Words | None = None

    @property
    def good(self) -> bool:
        """Whether the file is the paper as filed, and its seal, if any, is intact."""
        return self.verdict is Verdict.TRUE and self.seal is not SealState.BROKEN

    @property
    def title(self) -> Words | None:
        """The title of the paper; None for a file without a mark."""
        return self.printed_title or (kind_title(self.mark.kind) if self.mark else None)


async def verify(client: Client, raw: bytes) -> Verification:
    """Ask the bureau for the digest, and print the paper again. Raises NoAnswer or NoSuchCase.

    A sealed file begins with the bytes that were sealed; the seal shows whether it was changed later.
    """
    mark = mark_in(raw)
    if mark is None:
        return Verification(Verdict.NO_MARK)
    seal = await seal_of(raw)
    filed = await _on_file(client, mark)
    if not filed.digests:
        return Verification(Verdict.NOT_ON_FILE, mark, seal)
    if mark.digest not in filed.digests:
        return Verification(Verdict.NOT_AS_FILED, mark, seal)
    view = await look_up_either(client, mark.case_no, "" if mark.bureau == PROVINCE else mark.bureau)
    # Empty if a later paper has replaced it in the case; several if a form is filled in from it.
    papers = [one for one in printable_papers(view) if one.mark == mark]
    intact = seal is SealState.INTACT
    same = next((one for one in papers if _is_printed_from(raw, one, sealed=intact)), None)
    of_the_kind = [one for one in papers if not one.drawn_from]
    paper = same or next(iter(of_the_kind or papers), None)
    verdict = Verdict.TRUE if same else Verdict.TRUE_BUT_PRINTED_OTHERWISE
    return Verification(verdict, mark, seal, paper.title if paper else None)


async def _on_file(client: Client, mark: Mark) -> PapersOnFile:
    """The papers on file where the marked paper was filed: at a bureau, or for a ruling at the province."""
    asked = PaperQuestion(case_no=mark.case_no, kind=mark.kind, side=mark.side)
    named = f"{mark.case_no}/{mark.kind}/{mark.digest}"
    if mark.bureau == PROVINCE:
        return await ask_platform(client, FIND_PAPER, asked, named, TO_LOOK_UP)
    return await ask_bureau(client, mark.bureau, FIND_PAPER, asked, named, TO_LOOK_UP)


def _is_printed_from(raw: bytes, paper: PrintablePaper, *, sealed: bool) -> bool:
    """Whether a file is what printing the paper now gives, with or without an appended seal."""
    printed = paper.pdf()
    return raw == printed or (sealed and raw.startswith(printed))
