"""A case with every paper, from real steps on real stores, ready to be printed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from case_dossier import closed
from walkthrough import CASE, Walked, Walkthrough

from desk.client.views.case import CaseView
from desk.files.province_files import read_bureau_data
from models.files.history_file import HistoryFile
from models.messages.application import TransferApplication
from models.messages.papers import ApplicationForm, InformationForm
from models.messages.steps import CasePapers
from province import TEACHER, YANBIAN, application

BUREAUS = Path(__file__).parents[2] / "examples" / "bureaus.toml"
ASKED = {
    "mobile": "13900000000",
    "home_address": "延吉市样例街 8 号 3 单元 502",
    "employer_code": "91220101MA0000000X",
    "refund_account": "样例银行长春分行　6200 0000 0000",
    "agent_name": "崔大勇",
    "agent_relation": "父女",
}


def record(name: str = "崔明玉", years: int = 11, **more: Any) -> HistoryFile:
    """A record with two bases in every year."""
    first = 2026 - years
    months = [
        {"from": f"{year}-{begin:02d}", "to": f"{year}-{begin + 5:02d}", "base": f"{base}.{year % 100:02d}"}
        for year in range(first, 2026)
        for begin, base in ((1, 4000 + 100 * (year - first)), (7, 4321 + 100 * (year - first)))
    ]
    person = {
        "name": name,
        "id_number": TEACHER,
        "personal_number": "2224001234567",
        "started_work": "2009-07",
    }
    return HistoryFile.model_validate(
        {"person": person, "scheme": "G", "bureau": YANBIAN, "months": months, **more}
    )


@asynccontextmanager
async def walked(
    directory: Path, name: str = "崔明玉", years: int = 11
) -> AsyncIterator[tuple[Walkthrough, Walked]]:
    """A case that has been walked to its end, with its stores."""
    async with Walkthrough.between(directory) as walking:
        walking.bureau_data = read_bureau_data(BUREAUS)
        await walking.seed(record(name, years))
        yield walking, await walking.walk(application(name=name, **ASKED))


def view_of(done: Walked, asked: TransferApplication, *forms: InformationForm) -> CaseView:
    """The view of the case at its end; `forms` are later versions of its form."""
    papers = CasePapers(
        application=ApplicationForm(number=f"application/{CASE}", case_no=CASE, application=asked),
        certificate=done.answer.certificate,
        entry=done.letter,
        information_forms=(done.form, *forms),
        remittances=(done.remittance,),
        notice=done.notice,
    )
    return CaseView(
        broken_off=None,
        progress=closed(asked, done.notice),
        journal=[],
        papers=papers,
        choice=None,
        disputes=[],
        rulings=[],
        corrections=[],
    )
