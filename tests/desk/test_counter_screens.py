"""What is read at the counter: who owes what, what is possible, options, changes, positions."""

from contextvars import ContextVar

import pytest
from case_views import AT, CASE, COLUMNS, NOW, line_with, paper_console, progress, text_of
from rich.cells import cell_len

from desk import language
from desk.client.views.disputes import dispute_sections
from desk.client.views.duties import owed
from desk.client.views.offers import shown_offer
from desk.client.views.papers import fields_changed
from desk.client.views.possible import possible_actions
from desk.commands.choosing import print_offer
from desk.language import Language
from desk.screens.case_tables import changes_table, print_sections
from desk.screens.possible import possible_lines
from models.messages.arrangements import Officers
from models.messages.disputes import DisputeRecord, PositionTaken, ProposedTerms
from models.messages.duplicates import DuplicateNotice, OfferedOption, OfferedPeriod, OfferedRecord
from models.messages.papers import FieldChange
from models.messages.progress import AwaitedApproval, OpenField, Progress
from models.messages.requests import Approvable, Position, StaffAction
from models.messages.stages import ENDS, Party, Stage
from rules.values.money import Fen
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.orders import DisputePoint
from rules.values.record import RefundOf


@pytest.fixture(params=list(Language))
def spoken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Language:
    monkeypatch.setattr(language, "_of_the_reader", ContextVar("spoken", default=request.param))
    return Language(request.param)


def approvals(*awaited: Approvable) -> tuple[AwaitedApproval, ...]:
    return tuple(AwaitedApproval(what=what, policy=Officers.TWO_OFFICERS, by=("a-1",)) for what in awaited)


def lines_of(told: Progress) -> list[str]:
    return possible_lines(told.case_no, possible_actions(told))


ASKED = OpenField(field="name", raised_by=Party.TRANSFER_IN, asked_at=AT)
OFFER = DuplicateNotice(
    started_at=AT,
    number=f"duplicate-notice/{CASE}/1",
    case_no=CASE,
    version=1,
    records=(
        OfferedRecord(scheme=Scheme.ENTERPRISE, bureau="220100", transferred=False),
        OfferedRecord(scheme=Scheme.GOVERNMENT, bureau="222400", transferred=True),
    ),
    periods=(
        OfferedPeriod(
            first=Month(2018, 1),
            last=Month(2018, 1),
            certified=True,
            options=(OfferedOption(keep=1, refund=Fen(48_000)),),
        ),
        OfferedPeriod(
            first=Month(2018, 5),
            last=Month(2018, 6),
            certified=False,
            options=(OfferedOption(keep=0, refund=Fen(96_000)), OfferedOption(keep=1, refund=Fen(80_000))),
        ),
    ),
)


def test_an_approval_that_waits_comes_before_what_the_stage_asks_for() -> None:
    waits = progress(approvals=approvals(Approvable.RELEASE_OF_FUNDS))
    assert owed(waits) == "approve release of funds (1 of 2)"
    other = progress(approvals=approvals(Approvable.POSTING))
    assert owed(other) == "form, funds, end of relationship", "not this party's to approve"
    at_odds = waits.model_copy(update={"dispute": DisputePoint.FUNDS, "stage": Stage.IN_DISPUTE})
    assert owed(at_odds) == "negotiate"


@pytest.mark.parametrize("stage", sorted(set(Stage) - ENDS))
def test_at_every_stage_somebody_owes_something(stage: Stage, spoken: Language) -> None:
    assert owed(progress(stage=stage)) != ""
    assert owed(progress(stage=stage)).isascii() == (spoken is Language.ENGLISH)


@pytest.mark.parametrize("action", list(StaffAction))
def test_every_action_that_is_possible_has_its_command(action: StaffAction) -> None:
    told = progress(possible=(action,), approvals=approvals(Approvable.POSTING), open_fields=(ASKED,))
    assert f"starter.py {action} {CASE}" in lines_of(told)[1]


def test_nothing_waiting_is_nothing_to_approve_and_a_dispute_holds_up_all_but_the_ruling() -> None:
    assert lines_of(progress(possible=(StaffAction.APPROVE,))) == ["Nothing can be handed in now."]
    both = approvals(Approvable.POSTING, Approvable.RULING)
    told = progress(possible=(StaffAction.APPROVE,), approvals=both, dispute=DisputePoint.AMOUNT)
    (_, line) = lines_of(told)
    assert line.split() == ["approve", "ruling", "starter.py", "approve", CASE, "ruling", "--officer", "ID"]


def test_the_person_reads_which_option_keeps_what_and_pays_what(spoken: Language) -> None:
    screen = paper_console()
    print_offer(screen, shown_offer(OFFER), open_now=True)
    text = text_of(screen)
    assert max(cell_len(line.rstrip()) for line in text.splitlines()) <= COLUMNS
    first = line_with(text, "2018-05 – 2018-06")
    assert first.split()[0] == "1", "the certified period is not one the person is asked about"
    assert first.rstrip().endswith("960.00")
    assert line_with(text, "800.00").split()[0] == "2"
    assert line_with(text, "2018-01 – 2018-01").split()[0] == "–"
    assert f"starter.py choose {CASE} --keep N --consent --account … --officer ID" in text
    assert {Language.ENGLISH: "certified service", Language.CHINESE: "认定"}[spoken] in text


def test_where_the_balance_is_refunded_the_rule_does_not_speak_of_the_principal_alone() -> None:
    balance = shown_offer(OFFER.model_copy(update={"refund_of": RefundOf.BALANCE}))
    assert "with its interest" in balance.rule
    assert "with its interest" not in shown_offer(OFFER).rule


def test_an_offer_that_is_answered_asks_for_no_answer() -> None:
    screen = paper_console()
    print_offer(screen, shown_offer(OFFER), open_now=False)
    assert "choose" not in text_of(screen)
    print_offer(screen, None, open_now=False)
    assert text_of(screen).endswith("No months paid twice have been found.\n")


def test_a_new_version_says_field_by_field_what_changed(spoken: Language) -> None:
    changes = (
        FieldChange(field="base/2017-01..2017-08", before="3500.00", after="4200.00"),
        FieldChange(field="line/4", before="1.00", after="2.00"),
        FieldChange(field="name", before="崔明玉", after="崔明钰"),
    )
    screen = paper_console()
    screen.print(changes_table(fields_changed(changes, unmask=False)))
    text = text_of(screen)
    titles = {
        Language.ENGLISH: ("monthly base 2017-01 to 2017-08", "line ④", "name"),
        Language.CHINESE: ("2017-01至2017-08月缴费基数", "第④项金额", "姓名"),
    }[spoken]
    assert [line for title in titles for line in text.splitlines() if line.startswith(title)]
    assert line_with(text, titles[0]).split()[-2:] == ["3,500.00", "4,200.00"]
    assert line_with(text, titles[2]).split() == [titles[2], "崔*玉", "崔*钰"]
    shown = paper_console()
    shown.print(changes_table(fields_changed(changes, unmask=True)))
    assert "崔明钰" in text_of(shown)


def test_a_dispute_shows_both_positions_the_terms_and_its_end() -> None:
    taken = [
        PositionTaken(party=party, position=Position(statement=said, evidence=proof), at=AT)
        for party, said, proof in (
            (Party.TRANSFER_IN, "金额不符", ("台账", "银行回单")),
            (Party.TRANSFER_OUT, "按申报", ()),
        )
    ]
    record = DisputeRecord(
        number=1,
        point=DisputePoint.AMOUNT,
        raised_by=Party.TRANSFER_IN,
        positions=tuple(taken),
        proposals=(ProposedTerms(party=Party.TRANSFER_OUT, terms="各半", at=AT),),
        settled_at=NOW,
    )
    screen = paper_console()
    print_sections(
        screen, dispute_sections([record, record.model_copy(update={"number": 2, "referred_at": AT})])
    )
    settled, ruled = text_of(screen).split("dispute 2")
    for told in (
        "金额不符",
        "– 台账",
        "– 银行回单",
        "按申报",
        "would settle on: 各半",
        "2026-01-25  settled",
    ):
        assert told in settled
    assert "referred to the province" in ruled
    assert "2026-01-25  ended by ruling" in ruled
