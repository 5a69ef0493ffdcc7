"""One person's contribution history as people hand it in: the JSON that `calculate` and `seed` read.

Everything wrong with a file is reported at once, with the path to the field and without the value. What is
wrong only as of a day (months in the future, a past year without an interest rate) is checked when the
validation context has one: `model_validate(document, context={"on": day})`.
"""

from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from models.contacts.persons import ShortText
from models.files.history_checks import Readable, problems_in, readable_part
from models.files.written_values import (
    CheckedIdNumber,
    CheckedName,
    ListedBureau,
    Percent,
    WrittenMonth,
    WrittenYear,
    Yuan,
    wrong,
)
from models.messages.papers import Paper
from rules.values.money import NO_MONEY, Rate
from rules.values.moves import Scheme
from rules.values.record import (
    AccountCredit,
    ContributionRange,
    History,
    MonthKind,
    Opening,
    RecognisedService,
    ResidentYear,
)


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class ServiceEntry(_Entry):
    """The months `from` to `to`, both included, that count as if paid, served at a place (视同缴费年限).

    `place` is a division code of six digits; 910000 stands for the armed forces.
    """

    first: WrittenMonth = Field(alias="from")
    last: WrittenMonth = Field(alias="to")
    place: Annotated[str, Field(pattern=r"^[0-9]{6}$")]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first > self.last:
            raise wrong("service", "the last month lies before the first", "止月早于起月")
        return self

    def service(self) -> RecognisedService:
        """The entry as a value."""
        return RecognisedService(self.first, self.last, self.place)


class PersonEntry(_Entry):
    """Who the history belongs to. No field but the month shows in `repr`, and so never in a log."""

    name: CheckedName = Field(repr=False)
    id_number: CheckedIdNumber = Field(repr=False)
    personal_number: ShortText | None = Field(default=None, repr=False)
    """个人编号 at the bureau."""
    started_work: WrittenMonth | None = None
    """参加工作时间"""
    recognised_service: tuple[ServiceEntry, ...] = Field(default=(), max_length=50)
    """视同缴费年限"""


class OpeningEntry(_Entry):
    """The balance taken over at the end of `year` (see `rules.values.record.Opening`)."""

    year: WrittenYear
    balance: Yuan
    before_1998: Yuan = NO_MONEY
    pooled_base_sum: Yuan = NO_MONEY

    def opening(self) -> Opening:
        """The entry as a value."""
        return Opening(self.year, self.balance, self.before_1998, self.pooled_base_sum)


ByTheYear = Annotated[Yuan, Field(exclude_if=lambda amount: amount == NO_MONEY)]
"""An amount paid for a year, which only a resident's entry has."""


class CreditEntry(_Entry):
    """A one-off subsidy credited to the account in a month, without a base (劳社部发〔2001〕13号)."""

    month: WrittenMonth
    amount: Yuan


class MonthsEntry(_Entry):
    """The months `from` to `to`, both included, on one monthly base.

    Of a resident (`kind` resident) the months of one year, with what was paid for it instead of a base."""

    first: WrittenMonth = Field(alias="from")
    last: WrittenMonth = Field(alias="to")
    base: Yuan
    booked_percent: Percent | None = None
    kind: MonthKind = MonthKind.REGULAR
    own: ByTheYear = NO_MONEY
    collective: ByTheYear = NO_MONEY
    aid: ByTheYear = NO_MONEY
    subsidy: ByTheYear = NO_MONEY

    @model_validator(mode="before")
    @classmethod
    def _residents_have_no_base(cls, document: Any) -> Any:
        if isinstance(document, dict) and document.get("kind") == MonthKind.RESIDENT:
            return {"base": "0.00", **document}
        return document

    @model_validator(mode="after")
    def _by_the_year(self) -> Self:
        if self.kind is not MonthKind.RESIDENT and (self.own or self.collective or self.aid or self.subsidy):
            raise wrong(
                "paid_by_the_year",
                "own, collective, aid and subsidy are for months of kind resident",
                "own、collective、aid、subsidy 只用于城乡居民缴费（kind 为 resident）",
            )
        return self

    def range(self) -> ContributionRange:
        """The entry as a value."""
        paid = None
        if self.kind is MonthKind.RESIDENT:
            paid = ResidentYear(self.own, self.collective, self.aid, self.subsidy)
        return ContributionRange(self.first, self.last, self.base, self.booked_percent, self.kind, paid)


class StatedRecord(Paper):
    """What a file states of a record, without the name, which a correction may put right.

    An officer's seal is over its digest, and the store keeps it as long as the record.
    """

    id_number: str = Field(repr=False)
    scheme: Scheme
    bureau: str
    months: tuple[ContributionRange, ...]
    opening: Opening | None
    rates: dict[int, Rate]
    credits: tuple[AccountCredit, ...] = ()
    recognised_service: tuple[RecognisedService, ...] = ()


class HistoryFile(_Entry):
    """The whole file. `rates` are yearly interest rates, before those published."""

    person: PersonEntry
    scheme: Scheme
    bureau: ListedBureau
    opening: OpeningEntry | None = None
    months: tuple[MonthsEntry, ...]
    credits: tuple[CreditEntry, ...] = ()
    rates: dict[WrittenYear, Percent] = Field(default_factory=dict)

    def history(self) -> History:
        """The input of the rules: the history without the person."""
        return History(
            scheme=self.scheme,
            ranges=tuple(entry.range() for entry in self.months),
            opening=self.opening.opening() if self.opening else None,
            rates=dict(self.rates),
            credits=tuple(AccountCredit(one.month, one.amount) for one in self.credits),
        )

    def stated(self) -> StatedRecord:
        """The part that is loaded and sealed."""
        history = self.history()
        return StatedRecord(
            id_number=self.person.id_number,
            scheme=self.scheme,
            bureau=self.bureau,
            months=history.ranges,
            opening=history.opening,
            rates=dict(history.rates),
            credits=history.credits,
            recognised_service=tuple(one.service() for one in self.person.recognised_service),
        )

    @model_validator(mode="wrap")
    @classmethod
    def _everything_at_once(
        cls, document: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        """Report formal errors and wrong facts together, so that nobody has to come back twice."""
        on = (info.context or {}).get("on")
        try:
            file = handler(document)
        except ValidationError as error:
            problems = [*_wrong_forms(error), *problems_in(readable_part(document), on)]
            raise ValidationError.from_exception_data(cls.__name__, problems) from None
        if problems := problems_in(Readable.whole(file.history()), on):
            raise ValidationError.from_exception_data(cls.__name__, problems)
        return file


def _wrong_forms(error: ValidationError) -> list[InitErrorDetails]:
    """The errors of form, without the values that caused them."""
    return [
        InitErrorDetails(
            type=PydanticCustomError(one["type"], one["msg"], one.get("ctx")),
            loc=tuple(step for step in one["loc"] if step != "[key]"),
            input=None,
        )
        for one in error.errors(include_url=False, include_input=False)
    ]
