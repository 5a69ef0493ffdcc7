"""The status of a case in rows: stage, who is to act, both bureaus, what has arrived, what was posted."""

from collections.abc import Iterator, Sequence

from desk.client.views.duties import owed, owed_since, stage_phrase
from desk.client.views.possible import awaited_now
from desk.client.views.tone import Row, Tone, phrase
from desk.language import say
from desk.words import instant, listed, money, relationship, sentence, title
from models.messages.disputes import DisputeRecord
from models.messages.progress import Progress
from models.messages.stages import ENDS, Party, Stage
from rules.values.money import NO_MONEY, Fen
from rules.values.moves import ApplicationRoute

BEFORE_FORM_AND_FUNDS = frozenset(
    {
        Stage.APPLICATION_RECEIVED,
        Stage.AWAITING_MATERIALS,
        Stage.RECORD_TO_BE_COMPLETED,
        Stage.ACCEPTED,
        Stage.REFUSED,
        Stage.WITHDRAWN,
    }
)
"""Stages at which it does not matter, yet or any more, whether form and funds have arrived."""


def status_rows(progress: Progress, broken_off: str | None) -> list[Row]:
    """The rows at the head of a case; rows that would be empty are left out."""
    return [
        *_where(progress, broken_off),
        *_ways(progress),
        *_form_and_funds(progress),
        *_moved(progress),
    ]


def _row(label: str, words: str, tone: Tone = Tone.PLAIN) -> Row:
    return Row(label, phrase(words, tone))


def _where(progress: Progress, broken_off: str | None) -> Iterator[Row]:
    yield _row(say("case", "案号"), progress.case_no, Tone.STRONG)
    if progress.linked:
        yield _row(say("linked cases", "关联案件"), listed(progress.linked))
    if progress.anew_after:
        yield _row(say("decided anew after", "此前不予受理案件"), progress.anew_after)
    yield Row(say("stage", "阶段"), stage_phrase(progress.stage, broken_off, Tone.STRONG))
    if broken_off is None and progress.waiting_on is not Party.NOBODY:
        yield _row(say("waiting on", "待办方"), _waiting_on(progress))


def _ways(progress: Progress) -> Iterator[Row]:
    yield _row(say("from", "转出"), relationship(progress.scheme_from, progress.bureau_out))
    yield _row(say("to", "转入"), relationship(progress.scheme_to, progress.bureau_in))
    yield _row(say("applied on", "申请日期"), _applied(progress))


def _form_and_funds(progress: Progress) -> Iterator[Row]:
    if progress.information_since or progress.funds_since or progress.stage not in BEFORE_FORM_AND_FUNDS:
        yield _form_or_funds(progress, of_funds=False)
        yield _form_or_funds(progress, of_funds=True)
        done = say("yes, posted and the person told", "是，已记账并告知本人")
        yield _row(say("settled", "已接续"), done if progress.settled else say("no", "否"))


def _moved(progress: Progress) -> Iterator[Row]:
    if progress.months or progress.individual or progress.pooled:
        total = Fen(progress.individual + progress.pooled)
        yield _row(say("months", "缴费月数"), str(progress.months))
        yield _row(say("individual account", "个人账户"), money(progress.individual))
        yield _row(say("pooled fund", "统筹基金"), money(progress.pooled))
        yield _row(say("total, yuan", "合计（元）"), money(total), Tone.STRONG)
    if progress.refunded != NO_MONEY:
        yield _row(say("refunded", "已退还本金"), money(progress.refunded))
    if progress.dispute is not None:
        yield _row(say("disputed", "争议事项"), title(progress.dispute))


def _waiting_on(progress: Progress) -> str:
    """'transfer-out bureau since 2026-01-20 09:00:00: approve release of funds (1 of 2)'."""
    since = owed_since(progress)
    when = say(f" since {instant(since)}", f"（自 {instant(since)} 起）") if since else ""
    return f"{title(progress.waiting_on)}{when}{say(': ', '：')}{owed(progress)}"


def _applied(progress: Progress) -> str:
    if progress.entry is ApplicationRoute.CONTACT_LETTER:
        return str(progress.submitted_on)
    return f"{progress.submitted_on}, {say('by the former employer’s form', progress.entry.official)}"


def _form_or_funds(progress: Progress, *, of_funds: bool) -> Row:
    """Since when the form, or the funds, are here; if missing, what cannot go on without them."""
    label = say("funds", "资金") if of_funds else say("information", "信息")
    since = progress.funds_since if of_funds else progress.information_since
    if since is not None:
        version = progress.form_version
        form = "" if of_funds or not version else say(f", version {version}", f"，第 {version} 版")
        return _row(label, say(f"in since {instant(since)}{form}", f"{instant(since)} 到达{form}"))
    if progress.stage in ENDS:
        return _row(label, say("not in", "未到"))
    if of_funds and (awaited := progress.awaited_funds):
        missing, announced = money(awaited.missing), money(awaited.announced)
        words = say(
            f"{missing} of {announced} missing; clock C waits for it",
            f"应到 {announced}，尚缺 {missing}；期限 C 待其到齐后起算",
        )
        return _row(label, words, Tone.NOTICE)
    words = say("missing; clock C waits for it", "未到；期限 C 待其到达后起算")
    return _row(label, words, Tone.NOTICE)


def current_status(progress: Progress, disputes: Sequence[DisputeRecord] = ()) -> list[str]:
    """The status lines that answer an officer who has just handed something in.

    They give the stage, the next party and its step, missing papers, approvals still due from others, and in
    a dispute where the terms of both bureaus differ.
    """
    colon = say(": ", "：")
    lines = [say("now", "当前") + colon + title(progress.stage)]
    if progress.waiting_on is not Party.NOBODY:
        lines.append(say("next", "下一步") + colon + f"{title(progress.waiting_on)}{colon}{owed(progress)}")
    lines += [say("still missing", "尚缺") + colon + sentence(paper) for paper in progress.missing]
    others = [one for one in awaited_now(progress) if one.what.party is not progress.waiting_on]
    for one in others:
        count = f"{len(one.by)}/{one.policy.needed}"
        lines.append(say("approval awaited", "待审批") + colon + f"{title(one.what)} {count}")
    return lines + [line for one in disputes[-1:] if (line := _terms_apart(one))]


def _terms_apart(dispute: DisputeRecord) -> str:
    """The first character at which the newest terms of both bureaus differ; '' if they are the same."""
    newest = {proposed.party: proposed.terms for proposed in dispute.proposals}
    over = (dispute.settled_at, dispute.referred_at, dispute.withdrawn_at)
    if any(over) or len(newest) < 2:
        return ""
    one, other = newest.values()
    shorter = min(len(one), len(other))
    at = next((number for number in range(shorter) if one[number] != other[number]), shorter)
    if at == len(one) == len(other):
        return ""
    here, there = one[at:][:20], other[at:][:20]
    return say(
        f"the terms of both bureaus differ from character {at + 1} on: '{here}', '{there}'",
        f"双方协商意见自第 {at + 1} 个字起不同：“{here}”与“{there}”",
    )


def reasons_and_cures(progress: Progress) -> list[tuple[str, str]]:
    """Every ground of refusal with its cure; every missing paper with ''."""
    grounds = [(sentence(refusal), say(refusal.cure_en, refusal.cure_zh)) for refusal in progress.refusals]
    return grounds + [(sentence(paper), "") for paper in progress.missing]
