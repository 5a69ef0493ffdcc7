"""Prints a hundred information forms of thirty years each, one after the other."""

import time
from datetime import UTC, datetime

from benchmarks.calculations import LEFT_IN, thirty_years
from desk.print.information_forms import form_sheet
from desk.print.marks import Mark
from desk.print.typeset import pdf_of
from models.messages.papers import InformationForm, paper_digest
from rules.amounts.amounts import transfer_amount
from rules.amounts.contributions import moving_ranges
from rules.values.moves import Scheme
from rules.values.papers import PaperKind, Side

FORMS = 100
TARGET_SECONDS = 10
NAMES = ("崔明玉", "孙立国", "许静怡", "李国强", "冯桂兰")


def form(number: int) -> InformationForm:
    """A form of thirty years; the persons are invented."""
    history = thirty_years()
    amount = transfer_amount(history, Scheme.GOVERNMENT, LEFT_IN)
    case_no = f"220100-20250901-{number:08d}"
    return InformationForm(
        number=f"information-form/{case_no}/1",
        official_number=f"转表〔2025〕222400-{number:06d}",
        case_no=case_no,
        version=1,
        bureau_out="222400",
        bureau_in="220100",
        name=NAMES[number % len(NAMES)],
        id_number="22020219750930117X",
        scheme_from=Scheme.ENTERPRISE,
        scheme_to=Scheme.GOVERNMENT,
        record=moving_ranges(history, LEFT_IN),
        years=amount.years,
        bases=amount.bases,
        lines=amount.lines,
        months=amount.months,
        adjusted_record_balance=amount.adjusted_record_balance,
        provisional_rate_years=amount.provisional_rate_years,
        findings=amount.findings,
        drawn_up_on=LEFT_IN,
        started_at=datetime(2025, 9, 1, tzinfo=UTC),
    )


def main() -> None:
    """Print the forms and report the time."""
    forms = [form(number) for number in range(FORMS)]
    began, sizes = time.perf_counter(), 0
    for one in forms:
        digest = paper_digest(one.model_dump_json())
        mark = Mark(PaperKind.INFORMATION_FORM, Side.ISSUED, 1, one.bureau_out, one.case_no, digest)
        sizes += len(pdf_of(form_sheet(one), mark))
    seconds = time.perf_counter() - began
    print(
        f"{FORMS} forms of thirty years in {seconds:.1f} s ({seconds / FORMS * 1000:.0f} ms each, "
        f"{sizes / FORMS / 1024:.0f} KB); target {TARGET_SECONDS} s"
    )


if __name__ == "__main__":
    main()
