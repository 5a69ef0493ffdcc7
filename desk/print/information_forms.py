"""《基本养老保险关系转移接续信息表》 as printed: head, six lines, and one row per base and year."""

from collections.abc import Iterator

from desk.print.form_rows import FormRow, form_rows
from desk.print.sheet import Cell, Grid, Sheet, Signatures, Table, Text, amount, label, value
from desk.print.words import (
    apart,
    born_on,
    bureau,
    day,
    form_title,
    money,
    month,
    months,
    scheme,
    sex,
    share,
)
from models.messages.papers import FieldChange, InformationForm
from rules.values.form_fields import BaseField, LineField, WrongFormField, form_field
from rules.values.months import count_months
from rules.values.moves import Scheme
from rules.values.record import ARMED_FORCES

EIGHT = (10, 15, 10, 15, 10, 15, 10, 15)
LINES = (
    "① 1998年1月1日前账户个人缴费累计储存额",
    "② 1998年1月1日至调转上年末个人账户累计储存额",
    "③ 调转当年计入个人账户本金金额",
    "④ 个人账户基金转移额（①＋②＋③）",
    "⑤ 统筹基金转移额",
    "⑥ 转移基金总额（④＋⑤）",
)
COLUMNS = (
    ("序号", 4),
    ("参保地区", 9),
    ("起止年月", 13),
    ("月数", 4),
    ("月缴费基数", 9),
    ("单位\n比例", 5),
    ("划入\n比例", 5),
    ("个人\n比例", 5),
    ("当年记账额", 10),
    ("其中\n个人缴费", 10),
    ("当年利息", 9),
    ("其中\n个人缴费", 9),
    ("累计储存额", 11),
    ("其中\n个人缴费", 11),
    ("备注", 9),
)
PLAIN_FIELDS = {
    "name": "姓名",
    "months": "转移月数",
    "adjusted_record_balance": "转出前个人账户记录",
}


def form_sheet(form: InformationForm) -> Sheet:
    """One version of the form; changes from the previous version are marked and listed."""
    changed = frozenset(change.field for change in form.changes)
    parts = [
        Grid(EIGHT, tuple(_head(form, changed)), after=1.5),
        Grid((1,) * len(LINES), tuple(_lines(form, changed)), after=1.5),
        _yearly_table(form),
    ]
    notes = [
        *_changes(form.changes),
        *_apart(form),
        *_service(form),
        *(f"备注：{finding.zh}（{finding.law}）" for finding in form.findings),
    ]
    if notes:
        parts.append(Text("\n".join(notes), small=True, indent=False))
    agency = form.agency
    signed = (
        ("经办人：", ""),
        ("复核人：", ""),
        ("社会保险经办机构（章）：", ""),
        (day(form.drawn_up_on), ""),
    )
    return Sheet(
        title=form_title(form.scheme_from),
        author=bureau(form.bureau_out, agency),
        left=f"编号：{form.official_number}　第{form.version}版",
        right=f"联系电话：{agency.phone if agency and agency.phone else ''}　单位：元",
        landscape=True,
        parts=(*parts, Signatures(signed)),
    )


RESIDENT_COLUMNS = (
    ("年度", 8),
    ("起止年月", 20),
    ("月数", 6),
    ("个人缴费", 12),
    ("集体补助", 12),
    ("社会资助", 12),
    ("政府补贴", 12),
    ("当年利息", 12),
    ("累计储存额", 14),
)


def _yearly_table(form: InformationForm) -> Table:
    """The account by years: a row for each base, or for each year of a resident."""
    residents = form.scheme_from is Scheme.RESIDENT
    columns = RESIDENT_COLUMNS if residents else COLUMNS
    return Table(
        tuple(width for _, width in columns),
        tuple(label(title) for title, _ in columns),
        tuple(_resident_rows(form) if residents else _rows(form)),
        after=1.5,
    )


def _resident_rows(form: InformationForm) -> Iterator[tuple[Cell, ...]]:
    """Balances taken over, then each year; interest and balance only if the account was computed here."""
    for opening in form.openings:
        blank = (value(None),) * 6
        yield (value(f"{opening.year}年末"), value("结转"), *blank, amount(money(opening.balance)))
    years = {line.year: line for line in form.years}
    paid = {part.first.year: part for part in form.record if part.paid is not None}
    for year in sorted(years.keys() | paid.keys()):
        part, closed = paid.get(year), years.get(year)
        amounts = part.paid if part else None
        yield (
            value(f"{year}年"),
            value(months(part.first, part.last) if part else None),
            amount(str(count_months(part.first, part.last)) if part else ""),
            amount(money(amounts.own if amounts else None)),
            amount(money(amounts.collective if amounts else None)),
            amount(money(amounts.aid if amounts else None)),
            amount(money(amounts.subsidy if amounts else None)),
            amount(money(closed.interest if closed and closed.rate is not None else None)),
            amount(money(closed.balance if closed else None)),
        )


def _head(form: InformationForm, changed: frozenset[str]) -> Iterator[tuple[Cell, ...]]:
    head, number = form.head, form.id_number
    yield (
        *(label("姓名"), value(form.name, changed="name" in changed)),
        *(label("性别"), value(sex(number)), label("出生日期"), value(born_on(number))),
        *(label("公民身份号码"), value(number)),
    )
    yield (
        *(label("个人编号"), value(head.personal_number), label("户籍地址"), value(head.home_address, 3)),
        *(label("转出单位"), value(None)),
    )
    yield (
        *(label("参加工作时间"), value(month(head.started_work))),
        *(label("首次参保地实行\n个人缴费时间"), value(None)),
        *(label("本人首次\n缴费时间"), value(month(head.first_paid))),
        *(label("建立个人\n账户时间"), value(None)),
    )
    yield (
        *(label("转出险种"), value(scheme(form.scheme_from), 3)),
        *(label("转出地"), value(bureau(form.bureau_out, form.agency), 3)),
    )
    yield (
        *(label("转入险种"), value(scheme(form.scheme_to), 3)),
        *(label("转入地"), value(bureau(form.bureau_in), 3)),
    )
    yield (
        *(label("本地参保起止"), value(months(head.here_from, head.here_to), 3)),
        *(label("转移时间"), value(day(form.drawn_up_on))),
        *(label("转移月数"), value(form.months, changed="months" in changed)),
    )


def _service(form: InformationForm) -> Iterator[str]:
    """Recognised service, for which the form has no column."""
    if form.head.recognised_service:
        periods = "；".join(
            f"{months(one.first, one.last)}，{one.place}{'（军队）' if one.place == ARMED_FORCES else ''}"
            for one in form.head.recognised_service
        )
        yield f"视同缴费年限：{form.head.recognised_months} 个月（{periods}）"


def _lines(form: InformationForm, changed: frozenset[str]) -> Iterator[tuple[Cell, ...]]:
    yield tuple(label(title) for title in LINES)
    yield tuple(
        amount(money(of_line), changed=f"line/{number}" in changed, bold=True)
        for number, of_line in form.lines.numbered()
    )


def _rows(form: InformationForm) -> Iterator[tuple[Cell, ...]]:
    """The yearly table; a base that was amended is marked."""
    marked = _marked_bases(form.changes)
    for row in form_rows(form):
        amended = any(
            row.first and row.last and one.first <= row.last and row.first <= one.last for one in marked
        )
        yield (
            value(row.place),
            value(row.division),
            value(_when(row)),
            amount("" if row.months is None else str(row.months)),
            amount(money(row.base), changed=amended),
            value(None),
            amount(share(row.share)),
            amount(share(row.own_share)),
            amount(money(row.credited)),
            amount(money(row.own)),
            amount(money(row.interest)),
            amount(money(row.own_interest)),
            amount(money(row.balance)),
            amount(money(row.own_balance)),
            value(row.note),
        )


def _when(row: FormRow) -> str:
    if row.first is None:
        return f"{row.year}年末结转" if row.place is None else f"{row.year}年"
    return f"{row.first} 至 {row.last}"


def _marked_bases(changes: tuple[FieldChange, ...]) -> frozenset[BaseField]:
    return frozenset(named for named in map(_field, changes) if isinstance(named, BaseField))


def _field(change: FieldChange) -> object:
    try:
        return form_field(change.field)
    except WrongFormField:
        return None


def _changes(changes: tuple[FieldChange, ...]) -> Iterator[str]:
    """The list of changes below the tables: every field before and after."""
    if changes:
        yield "▲ 更正栏目：" + "；".join(
            f"{_title(change)} {change.before or '（无）'} → {change.after or '（无）'}" for change in changes
        )


def _apart(form: InformationForm) -> Iterator[str]:
    if form.months_apart:
        yield f"不转移月数：{apart(form.months_apart)}"


def _title(change: FieldChange) -> str:
    named = _field(change)
    if isinstance(named, BaseField):
        return f"{named.first}至{named.last}月缴费基数"
    if isinstance(named, LineField):
        return LINES[named.number - 1].partition(" ")[0]
    if change.field.startswith("line/"):
        return LINES[int(change.field[-1]) - 1].partition(" ")[0]
    return PLAIN_FIELDS.get(change.field, change.field)
