"""`starter.py officer`: officers' keys, and the roster of a bureau, which two officers change."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from desk.client.session import with_client
from desk.files.files import bureau_key, field_problems, read_document, typed_day
from desk.files.typed_words import titles_of, typed_word
from desk.language import Words, say
from desk.officers.roster_words import change_words, hindrance_words, outcome_words
from desk.officers.signing import (
    DEMONSTRATION_OFFICER,
    demonstration_officers_here,
    officer_key,
    officer_or_default,
)
from desk.problems import BadInput
from desk.screens.screen import JsonOption, complaints, console, print_json, table
from desk.words import instant, listed
from models.files.system_errors import why_not
from rules.values.due_dates import china_midnight
from rules.values.officers import PROVINCE, Right, Role, canonical_officer

if TYPE_CHECKING:
    from models.officers.keys import OfficerKey
    from models.officers.rosters import (
        Change,
        Grant,
        RosterAnswer,
        RosterChange,
        RosterPage,
        RosterProposal,
    )

BureauOption = Annotated[
    str, typer.Option("--bureau", help="Key of the bureau, or `province`.", show_default=False)
]
ByOption = Annotated[str, typer.Option("--officer", help="Id of the officer who orders it; never a name.")]
WhoArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the officer; never a name.")]
FromOption = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help="First day; at once unless given.")
]
UntilOption = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help="Last day; without end unless given.")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; the roster keeps it.")]
PublicKeyOption = Annotated[
    str, typer.Option("--public-key", help="The public key, as `officer key` prints it.")
]
RoleOption = Annotated[
    list[str] | None,
    typer.Option("--role", help=f"{', '.join(Role)}, or its Chinese title; repeatable."),
]

ROOT = "root"
"""The officer in whose name the root key of the province is made."""

officer = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Officers: their keys, and the roster of a bureau, which two officers change.",
)


@officer.command("key")
def key(
    who: WhoArgument,
    bureau: BureauOption,
    file: Annotated[Path, typer.Option("--file", help="Where the private key is, or is to be.")],
    as_json: JsonOption = False,
) -> None:
    """Make an officer's key, or show the public half of one; the file is for that officer alone.

    `officer key root --bureau province` makes the root key of the province.
    """
    from models.officers.keys import UnusableOfficerKey, make_key, read_key, text_of, write_key

    try:
        if not file.exists():
            write_key(file, make_key(_bureau(bureau), _officer_id(who)))
        made = read_key(file)
    except OSError as error:
        raise BadInput(
            Words(
                f"{file} cannot be written: {why_not(error).en}.",
                f"无法写入 {file}：{why_not(error).zh}。",
            )
        ) from None
    except UnusableOfficerKey as unusable:
        raise BadInput(Words(str(unusable), unusable.zh)) from None
    shown = {
        "officer": made.officer,
        "bureau": made.bureau,
        "key": made.id,
        "public_key": text_of(made.public),
    }
    if as_json:
        print_json(shown)
        return
    for name, value in shown.items():
        console().print(f"{name:<11} {value}", markup=False, soft_wrap=True)


@officer.command("enrol")
def enrol(
    who: WhoArgument,
    bureau: BureauOption,
    public_key: PublicKeyOption,
    role: RoleOption = None,
    since: FromOption = None,
    until: UntilOption = None,
    deputy_for: Annotated[
        str, typer.Option("--deputy-for", help="The officer in whose place this one acts meanwhile.")
    ] = "",
    by: ByOption = "",
    as_json: JsonOption = False,
) -> None:
    """Enrol an officer's key with roles: one officer proposes, a second types the same.

    A deputy is enrolled with `--until`, also one who is enrolled already: with the same key and more roles.
    After a lost key, `dismiss` the officer first and enrol the new key then.
    """
    grant = _grant(
        {
            "officer": who,
            "public_key": public_key,
            "roles": [typed_word("--role", titles_of(Role), one) for one in role or []],
            "since": _begins(since),
            "until": _ends(until),
            "deputy_for": canonical_officer(deputy_for),
        }
    )
    _order(_bureau(bureau), grant, by, as_json)


@officer.command("dismiss")
def dismiss(
    who: WhoArgument,
    bureau: BureauOption,
    reason: ReasonOption,
    since: FromOption = None,
    by: ByOption = "",
    as_json: JsonOption = False,
) -> None:
    """Dismiss an officer, or bar a lost key: new seals are refused, old ones stay verifiable."""
    _order(_bureau(bureau), _bar(who, reason, since, None), by, as_json)


@officer.command("absent")
def absent(
    who: WhoArgument,
    bureau: BureauOption,
    reason: ReasonOption,
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="Last day of the absence.")],
    since: FromOption = None,
    by: ByOption = "",
    as_json: JsonOption = False,
) -> None:
    """Bar an officer for the days of an absence; afterwards the same key is in force again."""
    _order(_bureau(bureau), _bar(who, reason, since, until), by, as_json)


@officer.command("bootstrap")
def bootstrap(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The first officers (TOML or JSON).")],
    bureau: BureauOption,
    reason: ReasonOption,
    as_json: JsonOption = False,
) -> None:
    """Enter the first officers of a bureau, by the province's root key; once, into an empty roster.

    `--officer-key` names the root key. Two of the officers at least are operators, who enrol all others.
    """
    from models.officers.rosters import Bootstrap

    listed = read_document(file).get("officers")
    entries = listed if isinstance(listed, list) else []
    officers = [_grant(one) for one in entries if isinstance(one, dict)]
    try:
        first = Bootstrap(officers=tuple(officers), reason=reason)
    except ValidationError as error:
        raise BadInput(Words(f"{file} cannot be used:", f"{file} 有误："), field_problems(error)) from None
    _order(_bureau(bureau), first, ROOT, as_json)


@officer.command("list")
def list_officers(bureau: BureauOption, as_json: JsonOption = False) -> None:
    """The roster of a bureau: every change in order, and what waits for a second officer."""
    from activities.contracts import READ_ROSTER
    from models.officers.rosters import RosterQuestion

    key = _bureau(bureau)
    page = _asked(key, READ_ROSTER, RosterQuestion(bureau=key))
    if as_json:
        print_json(page.model_dump(mode="json"))
        return
    _print_roster(page)


def _order(bureau: str, change: Change, by: str, as_json: bool) -> None:
    """Seal an order of a change and hand it to the bureau. Exit code 1 when the bureau says no."""
    from activities.contracts import CHANGE_ROSTER
    from models.officers.rosters import CHANGE, RosterOrder
    from models.officers.seals import digest_of

    acting = officer_or_default(by, Right.MANAGE_OFFICERS)
    order = RosterOrder(
        message_id=f"roster-{digest_of(change)[:32]}",
        officer=_officer_id(acting),
        bureau=bureau,
        change=change,
    )
    key: OfficerKey = officer_key(bureau, order.officer)
    answer: RosterAnswer = _asked(bureau, CHANGE_ROSTER, key.seal("", CHANGE, order))
    if as_json:
        print_json(answer.model_dump(mode="json"))
    elif answer.hindrance:
        complaints().print(hindrance_words(answer), markup=False)
    else:
        console().print(outcome_words(answer), markup=False, soft_wrap=True)
    if answer.hindrance:
        raise typer.Exit(1)


def _asked(bureau: str, step: Any, asked: Any) -> Any:
    from desk.client.worker_answers import ask_bureau, ask_platform

    if bureau == PROVINCE:
        return with_client(lambda client: ask_platform(client, step, asked, "officers"))
    return with_client(lambda client: ask_bureau(client, bureau, step, asked))


def _bureau(key: str) -> str:
    return key if key == PROVINCE else bureau_key(key)


def _officer_id(typed: str) -> str:
    from pydantic import TypeAdapter

    from models.messages.requests import OfficerId

    try:
        return TypeAdapter(OfficerId).validate_python(typed)
    except ValidationError:
        raise BadInput(
            Words(
                "An officer's id is 1 to 40 letters, digits, dots, underscores or dashes; say who acts with "
                "--officer, or name a key with --officer-key.",
                "经办人编号为 1 至 40 位字母、数字、点、下划线或短横；"
                "请用 --officer 指明经办人，或用 --officer-key 指明密钥。",
            )
        ) from None


def _grant(said: dict[str, Any]) -> Grant:
    from models.officers.checking import unpadded
    from models.officers.keys import key_id
    from models.officers.rosters import Grant

    try:
        named = key_id(unpadded(str(said.get("public_key", ""))))
        return Grant.model_validate({**said, "key": named})
    except (ValidationError, ValueError) as error:
        problems = field_problems(error) if isinstance(error, ValidationError) else []
        raise BadInput(Words("This officer cannot be enrolled:", "经办人登记信息有误："), problems) from None


def _bar(who: str, reason: str, since: str | None, until: str | None) -> Any:
    from models.officers.rosters import Bar

    try:
        return Bar(officer=who, reason=reason, since=_begins(since), until=_ends(until))
    except ValidationError as error:
        raise BadInput(Words("This cannot be ordered:", "输入有误："), field_problems(error)) from None


def _begins(typed: str | None) -> datetime | None:
    return china_midnight(typed_day("from", typed)) if typed else None


def _ends(typed: str | None) -> datetime | None:
    """The instant after a last day."""
    from datetime import timedelta

    if not typed:
        return None
    return china_midnight(typed_day("until", typed) + timedelta(days=1))


def _print_roster(page: RosterPage) -> None:
    shown = table("", say("entered", "登记"), say("change", "变更"), say("by", "经办人"), whole=(1,))
    for made in page.changes:
        shown.add_row(str(made.serial), instant(made.started_at), change_words(made.change), _by(made))
    for waiting in page.proposed:
        shown.add_row(
            "", instant(waiting.started_at), change_words(waiting.order.change), _proposed_by(waiting)
        )
    console().print(shown)
    if page.demonstration:
        console().print(
            say(
                'Demonstration officers are accepted here; `officers = "enrolled"` in the arrangements '
                "refuses them.",
                '本局接受演示经办人；内部审批与口径文件中 `officers = "enrolled"` 可停用。',
            ),
            markup=False,
        )
    if demonstration_officers_here():
        console().print(str(DEMONSTRATION_OFFICER), markup=False)


def _by(made: RosterChange) -> str:
    return listed(one.officer for one in made.orders) or str(DEMONSTRATION_OFFICER)


def _proposed_by(waiting: RosterProposal) -> str:
    return say(f"{waiting.order.officer}, proposed", f"{waiting.order.officer}，待复核")
