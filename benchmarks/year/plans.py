"""The plan of each case of a simulated year, drawn from the seed and the case's number."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from random import Random

from stdnum.cn import ric

from benchmarks.year.shares import Shares, happens, one_of
from models.files.history_file import HistoryFile
from models.messages.application import TransferApplication
from rules.application.bureaus import bureau_for_division, bureaus
from rules.application.checklist import missing_papers
from rules.calendar.working_calendar import WorkingCalendar
from rules.values.due_dates import china_midnight
from rules.values.money import Fen, yuan

FIRST_BIRTHDAY = date(1972, 1, 1)
BIRTHDAYS = 9_000
TO_ENTERPRISE = frozenset({"posted_to_enterprise", "resigned"})
PREFECTURE = slice(0, 4)
NUMERALS = str.maketrans("0123456789", "零一二三四五六七八九")
LEAST_BASE, BASES_APART, RAISE = 400_000, 400_000, 90_000
"""Monthly contribution bases in fen."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings that, with the committed shares, determine a year. `bureaus` 0 means every bureau."""

    year: int
    seed: int
    cases: int
    bureaus: int = 0


@dataclass(frozen=True)
class Plan:
    """One case: who applies, when and with what, and what goes wrong. What staff do is in `staff`."""

    number: int
    applied_at: datetime
    application: TransferApplication
    accounts: tuple[HistoryFile, ...]
    supplemented: bool
    withdrawn: bool
    corrections: tuple[str, ...]
    """The outcome of each round of correction."""
    dispute: str
    """How the dispute ends; '' if there is none."""
    in_two_parts: bool
    seed: int

    def draw(self, about: str) -> Random:
        """Random numbers for one question about this case, the same each time they are asked for."""
        return Random(f"{self.seed}/{self.number}/{about}")


class Draw:
    """Draws the plans of a year."""

    def __init__(self, settings: Settings, shares: Shares, calendar: WorkingCalendar) -> None:
        self.settings = settings
        self.shares = shares
        self.calendar = calendar
        self.places = _places(settings, shares)
        """The weight of each bureau."""

    @cached_property
    def _days(self) -> list[list[date]]:
        """The working days of the year by month."""
        first = date(self.settings.year, 1, 1)
        days = [first + timedelta(days=n) for n in range(366)]
        worked = [day for day in days if day.year == first.year and self.calendar.is_working_day(day)]
        return [[day for day in worked if day.month == month] for month in range(1, 13)]

    def plan(self, number: int) -> Plan:
        """The plan of a case, by its number from 0."""
        by = Random(f"{self.settings.seed}/{number}")
        shares = self.shares.applications
        kind = one_of(self.shares.kinds, by)
        at = self.applied_at(number)
        bureau_in = one_of(self.places, by)
        within = happens(self.shares.places.within_one_bureau, by)
        bureau_out = bureau_in if within else one_of(self.places, by)
        home = _home(bureau_in)
        if kind == "resigned" and bureau_for_division(home, at.date()) is None:
            kind = "posted_to_enterprise"
        missing, by_form = happens(shares.papers_missing, by), happens(shares.by_former_employers_form, by)
        refused, twice = happens(shares.refused, by), happens(shares.paid_twice, by)
        asked = _application(number, kind, bureau_out, bureau_in, home, at.date(), by_form, missing, refused)
        missing = bool(missing_papers(asked.move()))
        never = missing and happens(shares.never_supplemented, by)
        return Plan(
            number=number,
            applied_at=at,
            application=asked,
            accounts=tuple(self._accounts(asked, by, twice)),
            supplemented=not never,
            withdrawn=never or happens(shares.withdrawn, by),
            corrections=tuple(self._corrections(by)),
            dispute=one_of(self.shares.disputes.outcomes, by)
            if happens(self.shares.disputes.cases, by)
            else "",
            in_two_parts=happens(self.shares.bureaus.in_two_parts, by),
            seed=self.settings.seed,
        )

    def _accounts(self, asked: TransferApplication, by: Random, twice: bool) -> list[HistoryFile]:
        """The record to move, and one at the transfer-in bureau if some months were paid in both schemes."""
        begins, turns = by.randrange(2017, 2021), by.randrange(2021, 2024)
        base = LEAST_BASE + by.randrange(BASES_APART)
        months = [
            {"from": f"{begins}-01", "to": f"{turns}-12", "base": yuan(Fen(base))},
            {"from": f"{turns + 1}-01", "to": "2025-12", "base": yuan(Fen(base + RAISE))},
        ]
        accounts = [_account(asked, asked.scheme_from, asked.bureau_out, months)]
        if twice:
            paid = [{"from": "2025-11", "to": "2026-02", "base": yuan(Fen(base))}]
            accounts.append(_account(asked, asked.scheme_to, asked.bureau_in, paid))
        return accounts

    def applied_at(self, number: int) -> datetime:
        """The instant of the case's application."""
        by = Random(f"{self.settings.seed}/{number}/applied")
        month = by.choices(range(12), self.shares.arrivals.months)[0]
        day = by.choice(self._days[month])
        first, last = by.choice(self.shares.officers.hours)
        return china_midnight(day) + timedelta(minutes=by.randrange(first, last))

    def _corrections(self, by: Random) -> list[str]:
        shares = self.shares.corrections
        rounds = 0
        if happens(shares.cases, by):
            rounds = 2 if happens(shares.second_round, by) else 1
        return [one_of(shares.outcomes, by) for _ in range(rounds)]


def _places(settings: Settings, shares: Shares) -> dict[str, int]:
    """The weight of each bureau that takes part, greatest first."""
    places = shares.places
    keys = [one.key for one in bureaus(date(settings.year, 1, 1))]
    weights = {}
    for key in keys:
        if (own := places.own.get(key)) is not None:
            weights[key] = own * 1000
            continue
        together = [one for one in keys if one[PREFECTURE] == key[PREFECTURE] and one not in places.own]
        seat = key.endswith("00")
        share = places.seat_of_prefecture if seat else 1000 - places.seat_of_prefecture
        weights[key] = places.population[key[PREFECTURE]] * share // (1 if seat else len(together) - 1)
    ordered = sorted(weights, key=lambda key: (-weights[key], key))
    return {key: weights[key] for key in ordered[: settings.bureaus or len(ordered)]}


def _home(bureau: str) -> str:
    """A household registration that belongs to a bureau, as far as division codes show it."""
    if not bureau.isdigit():
        return bureau
    district = f"{bureau[PREFECTURE]}02"
    found = bureau_for_division(district, date.max)
    return district if found is not None and found.key == bureau else bureau


def _application(
    number: int,
    kind: str,
    bureau_out: str,
    bureau_in: str,
    home: str,
    on: date,
    by_form: bool,
    missing: bool,
    refused: bool,
) -> TransferApplication:
    schemes = ("G", "E") if kind in TO_ENTERPRISE else ("E", "G")
    papers: tuple[str, ...] = {
        "posted_to_enterprise": ("identity_document", "application_form", "posting_document"),
        "resigned": ("identity_document", "application_form", "departure_document"),
    }.get(kind, ("identity_document",))
    asked: dict[str, object] = {"reason": "posting"}
    if kind == "resigned":
        asked = {"reason": "resigned"}
        if by_form:
            papers = ("former_employers_form", "departure_document")
            asked["entry"] = "former_employers_form"
    if kind == "recruited":
        asked = {"reason": "recruited", "individual_payer": True}
    if kind != "resigned":
        asked |= {"new_employer": f"第{number}单位", "employer_bureau": bureau_in}
    return TransferApplication.model_validate(
        {
            "name": "甲" + str(number).translate(NUMERALS),
            "id_number": _id_number(number),
            "scheme_from": schemes[0],
            "scheme_to": schemes[1],
            "bureau_out": bureau_out,
            "bureau_in": bureau_in,
            "registered_home": home if home.isdigit() else "220102",
            "status": "pensioner" if refused else "active",
            "submitted_on": on,
            "materials": papers[:-1] if missing and len(papers) > 1 else papers,
            **asked,
        }
    )


def _id_number(number: int) -> str:
    days, sequence = number % BIRTHDAYS, number // BIRTHDAYS
    body = f"222401{FIRST_BIRTHDAY + timedelta(days=days):%Y%m%d}{sequence:02}1"
    return body + str(ric.calc_check_digit(f"{body}0"))


def _account(
    asked: TransferApplication,
    scheme: str,
    bureau: str,
    months: list[dict[str, str]],
) -> HistoryFile:
    return HistoryFile.model_validate(
        {
            "person": {"name": asked.name, "id_number": asked.id_number},
            "scheme": scheme,
            "bureau": bureau,
            "months": months,
        }
    )
