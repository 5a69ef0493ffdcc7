"""The amounts of an information form (《基本养老保险关系转移接续信息表》) as tables and as a document."""

from collections.abc import Iterable
from typing import Any

from rich.table import Table

from desk.language import Words, say
from desk.screens.screen import table
from desk.words import money
from rules.values.form_fields import CIRCLED
from rules.values.law import Finding
from rules.values.money import Fen, Rate, percent, yuan
from rules.values.record import (
    AccountCredit,
    AmountLines,
    BaseLine,
    Opening,
    RecognisedService,
    TransferAmount,
    YearLine,
)

LINE_TITLES = {
    1: Words("individual account from before 1998-01-01", "1998年1月1日前账户个人缴费累计储存额"),
    2: Words("individual account to the end of last year", "1998年1月1日至调转上年末个人账户累计储存额"),
    3: Words("credited this year, principal only", "调转当年计入个人账户本金金额"),
    4: Words("individual account, ①+②+③", "个人账户基金转移额（①＋②＋③）"),
    5: Words("pooled fund", "统筹基金转移额"),
    6: Words("total, ④+⑤", "转移基金总额（④＋⑤）"),
}
"""The lines in English and in the form's Chinese. The Chinese is taken from software that prints the form
(grade D); the annex itself was not available."""


def lines_table(lines: AmountLines) -> Table:
    """The six lines; an English title is followed by the one on the paper."""
    shown = table("", say("line", "信息表栏目"), say("on the form", ""), say("yuan", "金额（元）"))
    shown.columns[-1].justify = "right"
    for number, amount in lines.numbered():
        line = LINE_TITLES[number]
        titles = str(line), say(line.zh, "")
        style = "bold" if number == len(LINE_TITLES) else ""
        shown.add_row(CIRCLED[number], *titles, money(amount), style=style)
    return shown


def years_table(years: Iterable[YearLine], opening: Opening | None = None) -> Table:
    """The account year by year, after an opening balance; the year of transfer has no rate."""
    shown = table(
        say("year", "年度"),
        say("months", "缴费月数"),
        say("sum of bases", "缴费基数合计"),
        say("credited", "当年记账额"),
        say("rate %", "记账利率%"),
        say("interest", "当年利息"),
        say("balance", "年末累计储存额"),
    )
    for column in shown.columns[1:]:
        column.justify = "right"
    if opening is not None:
        held = money(Fen(opening.balance + opening.before_1998))
        brought_forward = say(f"end of {opening.year}", f"{opening.year} 年末结转")
        shown.add_row(brought_forward, "", money(opening.pooled_base_sum), "", "", "", held)
    for line in years:
        shown.add_row(
            str(line.year),
            str(line.months),
            money(line.base_sum),
            money(line.credited),
            "–" if line.rate is None else _rate(line.rate, line.rate_provisional),
            "–" if line.rate is None else money(line.interest),
            money(line.balance),
        )
    return shown


def bases_table(
    bases: Iterable[BaseLine], openings: Iterable[Opening] = (), credits: Iterable[AccountCredit] = ()
) -> Table:
    """The balances taken over, then the months that move, a row for each base of each year, then the one-off
    subsidies."""
    shown = table(
        say("months", "起止年月"),
        say("number", "月数"),
        say("monthly base", "月缴费基数"),
        say("to the account %", "划入比例%"),
        say("credited", "记账额"),
        say("of it the person's own", "其中个人缴费"),
    )
    for column in shown.columns[1:]:
        column.justify = "right"
    for opening in openings:
        held = money(Fen(opening.balance + opening.before_1998))
        shown.add_row(say(f"end of {opening.year}", f"{opening.year} 年末结转"), "", "", "", held, "")
    for line in bases:
        shown.add_row(
            f"{line.first} – {line.last}",
            str(line.months),
            money(line.base),
            "–" if line.share is None else percent(line.share),
            "–" if line.credited is None else money(line.credited),
            "" if line.own is None else money(line.own),
        )
    for one in credits:
        subsidy = say(f"{one.month}, one-off subsidy", f"{one.month} 一次性补贴")
        shown.add_row(subsidy, "", "–", "–", money(one.amount), "")
    return shown


def _rate(rate: Rate, provisional: bool) -> str:
    """'1.50', as rates are published, with any further decimals; a star marks a borrowed rate."""
    whole, _, decimals = percent(rate).partition(".")
    return f"{whole}.{decimals:0<2}{'*' if provisional else ''}"


def amount_document(amount: TransferAmount) -> dict[str, Any]:
    """The amounts as a JSON document: strings in yuan, lines by their number on the form."""
    return {
        "lines": {str(number): yuan(value) for number, value in amount.lines.numbered()},
        "years": [
            {
                "year": line.year,
                "months": line.months,
                "base_sum": yuan(line.base_sum),
                "credited": yuan(line.credited),
                "interest": yuan(line.interest),
                "balance": yuan(line.balance),
                "rate": None if line.rate is None else percent(line.rate),
                "rate_provisional": line.rate_provisional,
            }
            for line in amount.years
        ],
        "openings": [opening_document(opening) for opening in amount.openings],
        "bases": [base_document(line) for line in amount.bases],
        "credits": [{"month": str(one.month), "amount": yuan(one.amount)} for one in amount.credits],
        "months": amount.months,
        "adjusted_record_balance": yuan(amount.adjusted_record_balance),
        "findings": [finding_document(finding) for finding in amount.findings],
    }


def opening_document(opening: Opening) -> dict[str, Any]:
    """A balance taken over, as a JSON document in yuan."""
    return {
        "year": opening.year,
        "balance": yuan(opening.balance),
        "before_1998": yuan(opening.before_1998),
        "pooled_base_sum": yuan(opening.pooled_base_sum),
    }


def base_document(line: BaseLine) -> dict[str, Any]:
    """Months on one base, as a JSON document in yuan, with null for what is not known."""
    return {
        "from": str(line.first),
        "to": str(line.last),
        "months": line.months,
        "base": yuan(line.base),
        "share": None if line.share is None else percent(line.share),
        "credited": None if line.credited is None else yuan(line.credited),
        "own": None if line.own is None else yuan(line.own),
        "brought": line.brought,
    }


def service_document(one: RecognisedService) -> dict[str, str]:
    """A period of recognised service, as a JSON document."""
    return {"from": str(one.first), "to": str(one.last), "place": one.place}


def finding_document(finding: Finding) -> dict[str, str]:
    """A finding as a JSON document, in both languages."""
    return {"code": finding.code, "law": str(finding.law), "en": finding.en, "zh": finding.zh}
