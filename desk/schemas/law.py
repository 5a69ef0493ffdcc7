"""What the rules answer without a case: due dates, trial calculations, checks of applications, bureaus."""

from pydantic import Field

from desk.schemas.document import Day, Document, FindingDocument, Instant, MonthText, Percent, Yuan


class DayDocument(Document):
    """A day between receipt and due date: its number, or why it does not count."""

    date: Day
    counted: bool
    number: int | None
    kind: str
    why: str
    source: str


class DeadlineDocument(Document):
    """`deadline`: a due date counted day by day; provisional while a year's notice is not published."""

    received: Day
    working_days: int
    bureau: str | None
    due_on: Day
    due_at: Instant
    provisional: bool
    earliest: Day
    latest: Day
    calendar: str
    as_the_province_counts: bool
    law: list[str]
    days: list[DayDocument]


class YearDocument(Document):
    """A year of the account, in yuan."""

    year: int
    months: int
    base_sum: Yuan
    credited: Yuan
    interest: Yuan
    balance: Yuan
    rate: Percent | None
    rate_provisional: bool


class OpeningDocument(Document):
    """A balance taken over at the end of a year, in yuan."""

    year: int
    balance: Yuan
    before_1998: Yuan
    pooled_base_sum: Yuan


class BaseDocument(Document):
    """Months on one base, in yuan; null is not known."""

    first: MonthText = Field(alias="from")
    last: MonthText = Field(alias="to")
    months: int
    base: Yuan
    share: Percent | None
    credited: Yuan | None
    own: Yuan | None
    brought: bool


class CreditDocument(Document):
    """A one-off subsidy credited to the account in a month, in yuan."""

    month: MonthText
    amount: Yuan


class ServiceDocument(Document):
    """Months that count as if paid, and the division code of where they were served."""

    first: MonthText = Field(alias="from")
    last: MonthText = Field(alias="to")
    place: str


class AmountDocument(Document):
    """`calculate`: the lines ① to ⑥ by their number, the account by years, and what was found."""

    lines: dict[str, Yuan]
    years: list[YearDocument]
    openings: list[OpeningDocument]
    bases: list[BaseDocument]
    credits: list[CreditDocument]
    recognised_service: list[ServiceDocument]
    months: int
    adjusted_record_balance: Yuan
    findings: list[FindingDocument]


class GroundDocument(FindingDocument):
    """A ground of refusal, and what cures it."""

    cure_en: str
    cure_zh: str


class DestinationDocument(Document):
    """The bureau to which the relationship goes; null where the rules name none."""

    bureau: str | None
    law: str
    en: str
    zh: str


class CheckDocument(Document):
    """`check`: every ground, every missing paper, and the right bureau of an application."""

    acceptable: bool
    situation: FindingDocument | None
    destination: DestinationDocument | None
    grounds: list[GroundDocument]
    checklist: list[str]
    missing_papers: list[FindingDocument]
    notices: list[FindingDocument]
    certificate: FindingDocument | None


class BureauDocument(Document):
    """`bureaus`: a bureau with the days between which its key is in force."""

    key: str
    division_code: str | None
    zh: str
    en: str
    kind: str
    since: Day
    until: Day | None
    successor: str | None
    dated_by: str | None
