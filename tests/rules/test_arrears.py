"""Months due and not paid: what is owed by whom, and what of it moves."""

from datetime import date

from paid_months import ENTERPRISE, GOVERNMENT, codes, lines, paid

from models.store.seeding import paid_by_employers
from rules.amounts.amounts import transfer_amount
from rules.amounts.arrears import arrears_of
from rules.values.money import yuan
from rules.values.record import History, MonthKind

ON = date(2020, 9, 1)
OWED = paid("2019-03", "2019-06", "5000", kind=MonthKind.ARREARS)
UNIT_OWES = paid("2019-03", "2019-06", "5000", kind=MonthKind.UNIT_ARREARS)
PAID = paid("2019-03", "2019-06", "5000")


def test_the_person_owes_eight_per_cent_and_the_unit_its_rate_of_each_month() -> None:
    """The employer's rate fell from 20 to 16 per cent in May 2019."""
    (owed,) = arrears_of([OWED])
    assert (yuan(owed.personal), yuan(owed.unit)) == ("1600.00", "3600.00")


def test_of_months_the_person_has_paid_the_unit_alone_owes() -> None:
    (owed,) = arrears_of([UNIT_OWES, paid("2019-07", "2019-12", "5000")])
    assert (yuan(owed.personal), yuan(owed.unit)) == ("0.00", "3600.00")


def test_months_the_person_owes_carry_no_money_and_those_of_the_unit_do() -> None:
    owed, unit_owes, regular = (
        transfer_amount(History(GOVERNMENT, (one,)), ENTERPRISE, ON) for one in (OWED, UNIT_OWES, PAID)
    )
    assert (owed.months, lines(owed)[-1]) == (0, "0.00")
    assert (unit_owes.months, lines(unit_owes)) == (4, lines(regular))
    assert [(one.kind, one.months) for one in owed.apart] == [(MonthKind.ARREARS, 4)]
    assert unit_owes.apart == ()
    assert "unit_arrears_move" in codes(unit_owes)
    assert "unit_arrears_move" not in codes(regular)


def test_what_the_unit_owes_is_not_in_the_pooled_fund() -> None:
    assert paid_by_employers([OWED, UNIT_OWES], None) == 0
    assert yuan(paid_by_employers([PAID], None)) == "3600.00"


def test_before_1998_the_person_owes_the_rate_that_the_record_states() -> None:
    """3 % of 500 is 15 a month, from 1998 on 11 % of it, 55."""
    (owed,) = arrears_of([paid("1997-11", "1998-02", "500", "3", MonthKind.ARREARS)])
    assert yuan(owed.personal) == "140.00"
