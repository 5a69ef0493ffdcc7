"""The report of an audit for people: what was proved, what diverges, and who did not answer."""

from collections.abc import Iterator

from rich.markup import escape
from rich.table import Table

from desk.language import Words, say
from desk.screens.screen import console, table
from desk.words import bureau, day, money
from models.messages.audit import AuditReport, BooksSummary, Verdict
from rules.values.books import Divergence
from rules.values.money import Fen

FINDINGS = {
    "chain_broken": Words("the chain of postings and papers breaks here", "分录与文书的哈希链在此中断"),
    "posting_unbalanced": Words("debits and credits of the posting differ by, fen", "分录借贷不平（分）"),
    "entry_without_posting": Words("entries are there whose posting is gone", "分录行存在而分录缺失"),
    "fund_below_zero": Words("the pooled fund stands below zero, fen", "统筹基金余额为负（分）"),
    "ledger_unbalanced": Words("debits and credits of the whole ledger differ by, fen", "总账借贷不平（分）"),
    "months_lost": Words("months that came in are in no state or in two", "缴费月数不守恒"),
    "months_without_paper": Words(
        "months are said to have come or left by what is no paper",
        "缴费月数转入或转出无文书依据",
    ),
    "roster_not_verified": Words(
        "the roster of officers does not follow from the province's root key",
        "经办人名册不能由省局根公钥验证",
    ),
    "seal_not_genuine": Words(
        "an officer's seal in the dossier does not hold",
        "案卷中的经办人签章无法验证",
    ),
    "order_not_genuine": Words(
        "what an officer ordered outside cases bears no seal that holds",
        "经办人在案件之外的指令签章无法验证",
    ),
    "published_unsealed": Words(
        "what the province has published is not sealed by two of its officers",
        "省级发布内容未经两名经办人有效签章",
    ),
    "province_not_read": Words("the province's own store was not read", "未能核对省级账库"),
    "entered_by_no_order": Words(
        "it was entered by no officer's order that lists it",
        "登记所依据的经办人指令不存在，或未列明该笔内容",
    ),
    "record_not_as_loaded": Words("the record is not as it was loaded", "缴费记录与建账时不符"),
    "reserved_by_no_case": Words(
        "the relationship is reserved by a case that is not open here for it",
        "关系已预留转出，但本处并无其未办结案件",
    ),
    "end_not_as_moved": Words(
        "the relationship's end and what has left do not agree",
        "关系终止与转出记录不符",
    ),
    "paper_missing": Words("a paper is missing from the register", "登记簿缺少文书"),
    "posting_without_paper": Words("money was posted on no paper, fen", "无文书依据的记账（分）"),
    "not_posted_as_stated": Words("not posted as the paper states, fen", "记账与文书所载不符（分）"),
    "account_not_as_stated": Words(
        "the individual account is not what the form says, fen",
        "个人账户与信息表不符（分）",
    ),
    "form_not_as_account": Words(
        "the form states more or less than the account held with its interest: find what is counted twice or "
        "left out, and have the form corrected, fen",
        "信息表所载与个人账户原有金额及利息不符：请查明重复或漏计的款项，并更正信息表（分）",
    ),
    "rate_not_on_form": Words(
        "the form adds another sum than the published rate does: have the difference settled by hand, fen",
        "信息表补差与按公布记账利率计算的金额不符：请人工补差（分）",
    ),
    "entered_while_leaving": Words(
        "money was entered or months were cleared in an account while another case moved it, whose form does "
        "not have them: settle it with that case's other bureau",
        "个人账户正随另案转出时仍记账或清理月份，另案信息表未计入：请与另案对方经办机构核对处理",
    ),
    "months_counted_twice": Words(
        "the case is closed and months paid twice still count in two records: have the person choose, and "
        "clear them",
        "案件已办结而重复缴费月份仍在两份记录中：请由本人选择后清理",
    ),
    "another_relationship": Words(
        "money or months of the case are in a relationship that is not the one of its form",
        "本案的款项或月份记在信息表以外的关系上",
    ),
    "not_marked_as_stated": Words("the row says otherwise than the papers", "登记内容与文书所载不符"),
    "left_in_suspense": Words(
        "the case is closed and money is left in suspense, fen",
        "已办结案件仍有暂收款（分）",
    ),
    "month_not_as_stated": Words(
        "the month is not in the record as often as on the form", "记录与信息表月份不符"
    ),
    "base_not_as_stated": Words("base and kind are not those of the form", "缴费基数或类型与信息表不符"),
    "paper_differs": Words("the paper is not the same at both bureaus, digest", "双方留存文书不一致（摘要）"),
    "sent_not_received": Words("what was sent was not received, fen", "划出与到账不符（分）"),
    "months_not_taken_in": Words("months moved are not the months taken in", "转出与转入月数不符"),
    "dossier_missing": Words("the case is closed and the dossier is not here", "案件已办结但缺少案卷"),
    "case_without_workflow": Words(
        "the case is open and its workflow does not run", "未办结案件没有运行中的流程"
    ),
    "workflow_stuck": Words(
        "the platform's program fails on the case, which cannot go on",
        "平台程序处理该案出错，案件无法继续",
    ),
    "case_cannot_go_on": Words(
        "a step of the case cannot be done; the province has to see to it",
        "案件有环节无法办理，应由省局处理",
    ),
    "workflow_without_case": Words(
        "the workflow's case is in no bureau's books", "流程对应的案件不在任何账库中"
    ),
}
"""The name of each kind of divergence, in English and in Chinese."""
BREAKS = {
    "two links in one place": "同一位置有两节",
    "the link before it is missing": "缺少前一节",
    "the paper is not the one that was filed": "文书与归档时不符",
    "altered after it was entered": "录入后被改动",
    "the chain before it is not the one that its paper states": "其前的哈希链与文书所载不符",
}
"""The Chinese words for how a chain breaks (`models.store.chain`)."""


def print_report(report: AuditReport) -> None:
    """Print the proof as a table, then what diverges, who did not answer, and the verdict."""
    screen = console()
    screen.print(_money(report))
    screen.print()
    screen.print(_books(report))
    if any(map(_is_empty, report.books)):
        screen.print(_empty_books(report))
    screen.print()
    for line in _findings(report):
        # On one line, however long: the names of postings and papers are there to be copied.
        screen.print(line, soft_wrap=True)
    for line in (*_not_looked_at(report), *_not_checked(report)):
        screen.print(line, soft_wrap=True)
    screen.print(_told(report) + _verdict(report), soft_wrap=True)


def _money(report: AuditReport) -> Table:
    """The money sent, received and posted, and the months moved and taken in."""
    shown = table(
        say("over all cases", "全部案件") if report.since is None else say("over these cases", "所查案件"),
        say("out", "转出"),
        say("received", "到账"),
        say("given back", "退回"),
        say("posted", "入账"),
        say("in suspense", "暂收"),
        say("refunded", "已退"),
    )
    for column in shown.columns[1:]:
        column.justify = "right"
    sums = (
        report.sent,
        report.received,
        report.given_back,
        report.posted,
        report.in_suspense,
        report.refunded,
    )
    shown.add_row(say("money, yuan", "金额（元）"), *(money(Fen(each)) for each in sums))
    months = (str(report.months_moved), str(report.months_taken_in), "", str(report.months_taken_in))
    shown.add_row(say("months", "缴费月数"), *months)
    return shown


def _books(report: AuditReport) -> Table:
    """Each bureau's books: the length of the chain, the balances of the accounts, where its months are."""
    shown = table(
        say("books of", "账库"),
        say("postings", "分录"),
        say("papers", "文书"),
        say("links verified", "已验链节"),
        say("individual accounts", "个人账户"),
        say("pooled fund", "统筹基金"),
        say("months here", "在册月数"),
        say("moved", "已转出"),
        say("cleared", "已清退"),
        whole={0},
    )
    for column in shown.columns[1:]:
        column.justify = "right"
    for one in report.books:
        if _is_empty(one):
            continue
        owed = [Fen(-one.balances.get(account, 0)) for account in ("individual_account", "pooled_fund")]
        states = (one.months[state] for state in ("here", "moved", "cleared"))
        counts = (str(one.postings), str(one.papers), str(one.links))
        shown.add_row(bureau(one.bureau), *counts, *map(money, owed), *map(str, states))
    return shown


def _is_empty(books: BooksSummary) -> bool:
    """Whether nothing was ever entered at a bureau: a row of zeros would only hide the others."""
    entered = books.persons or books.postings or books.papers or books.links or books.before
    return not (entered or any(books.months.values()) or books.findings or books.more)


def _empty_books(report: AuditReport) -> str:
    empty = sum(map(_is_empty, report.books))
    return say(
        f"{empty} {'bureau' if empty == 1 else 'bureaus'} more answered, with nothing in the books",
        f"另有 {empty} 个经办机构已答复，账库为空",
    )


def _findings(report: AuditReport) -> Iterator[str]:
    for finding in report.findings:
        yield f"[red]{escape(sentence(finding))}[/red]"
    if report.more:
        yield say(
            f"[red]and {report.more} more, not named here[/red]",
            f"[red]另有 {report.more} 项未列出[/red]",
        )


def sentence(finding: Divergence) -> str:
    """'Changchun 220100: taking-in/…/1 pooled_fund: not posted as the paper states, fen: -5 ≠ -4'."""
    where = " / ".join(bureau(key) for key in finding.bureau.split(" / "))
    what = FINDINGS[finding.code]
    if finding.code == "chain_broken":
        how = say(str(finding.found), BREAKS.get(str(finding.found), str(finding.found)))
        link = say(f"link {finding.expected}", f"第 {finding.expected} 节")
        return f"{where}: {finding.subject}: {what}, {link}: {how}"
    return f"{where}: {finding.subject}: {what}: {finding.expected} ≠ {finding.found}"


def _not_looked_at(report: AuditReport) -> Iterator[str]:
    """What `since` left out; each bureau counts its own cases, so a case between two counts twice."""
    if report.since is None:
        return
    links = sum(one.before for one in report.books)
    cases = sum(one.cases_before for one in report.books)
    on = day(report.since)
    yield say(
        f"[yellow]not looked at: {links} links of the chains entered before {on}, and cases with nothing "
        f"since ({cases}, counted by each bureau). Sums, months and records were proved in whole.[/yellow]",
        f"[yellow]未核对：{on} 前的哈希链 {links} 节，以及此后无记载的案件（各经办机构合计 {cases} 件）。"
        f"账户余额、缴费月数及建账记录已全部核对。[/yellow]",
    )


def _not_checked(report: AuditReport) -> Iterator[str]:
    for key in report.not_checked:
        yield say(
            f"[yellow]{bureau(key)}: not checked, it did not answer[/yellow]",
            f"[yellow]{bureau(key)}：未核对，未答复[/yellow]",
        )
    if unchecked := report.cases_not_checked:
        yield say(
            f"[yellow]{unchecked} cases not checked: their other bureau was not asked or did not answer"
            "[/yellow]",
            f"[yellow]{unchecked} 件未核对：对方经办机构未被询问或未答复[/yellow]",
        )


def _told(report: AuditReport) -> str:
    """What the verdict covers."""
    since = ""
    if report.since:
        on = day(report.since)
        since = say(f" with an entry since {on}", f"（自 {on} 起有记载）")
    return say(
        f"{len(report.books)} bureaus, {report.cases} cases{since} of which {report.open_cases} open, "
        f"{report.remittances} remittances, {report.postings} postings: ",
        f"{len(report.books)} 个经办机构，{report.cases} 件{since}，其中未办结 {report.open_cases} 件，"
        f"{report.remittances} 笔划转，{report.postings} 笔分录：",
    )


def _verdict(report: AuditReport) -> str:
    """The verdict in words; 'clean' only if everything was checked."""
    match report.verdict:
        case Verdict.DIFFERS:
            return say("[red]not clean[/red]", "[red]有差异[/red]")
        case Verdict.INCOMPLETE:
            return say(
                "[yellow]nothing found in what was checked, and not all was[/yellow]",
                "[yellow]已核对部分无差异，尚有未核对[/yellow]",
            )
        case Verdict.CLEAN if report.since:
            on = day(report.since)
            return say(f"[green]clean since {on}[/green]", f"[green]自 {on} 起无差异[/green]")
        case Verdict.CLEAN:
            return say("[green]clean[/green]", "[green]无差异[/green]")
