"""Signing in as an officer, signing out, and choosing a language.

An officer for whom the roster has a passkey signs in with it. Nobody else does where the desk is reached from
other machines; on its own machine, whoever the roster knows. With the keys of a demonstration everybody does,
as the key file seals for every id there and a passkey would guard nothing.
"""

import re
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from desk.client.silence import NoAnswer
from desk.language import Language, Words, say
from desk.officers.signing import demonstration_of, key_in_use, officers_of
from desk.problems import Problem
from desk.today import china_today
from desk.web.engine import Engine, Silent
from desk.web.passkeys.enrolled import newest_passkey, roles_in_force
from desk.web.passkeys.making import making
from desk.web.passkeys.signing_in import NOT_ENROLLED, NOT_PROVED, ask_to_prove, proved
from desk.web.province.officers import roster_of
from desk.web.rendering import LANGUAGE_COOKIE, engine_of, go_to, inside, page, sessions_of
from desk.web.security import is_handed_on
from desk.web.sessions import Session
from desk.words import title
from engine.encryption.keys import PROVINCE, desk_party
from engine.listening import LOOPBACK
from rules.application.bureaus import bureaus_at_work
from rules.officers.rights import rights_of
from rules.values.officers import Role, canonical_officer

OFFICER = re.compile(r"[A-Za-z0-9._-]{1,40}", re.ASCII)
A_YEAR = 365 * 24 * 3600
TOO_OFTEN = Words("Too many tries; wait a few minutes.", "尝试次数过多，请过几分钟再试。")
ROSTER_ASKED_EVERY = timedelta(minutes=2)
"""How long an officer who was dismissed, or is absent, can go on reading in a session under way at most."""
NO_LONGER = Words(
    "your session has ended: by the roster you may not act now (dismissed, absent, or not with this key); "
    "nothing that you have just sent was taken in",
    "登录已失效：按名册您当前不得办理（已离岗、离职，或密钥已停用）；刚才提交的内容未作登记",
)
NOT_KNOWN = Words(
    "no officer of this id is enrolled here; two operators enrol officers",
    "本机构名册中没有该编号的经办人；经办人由两名系统管理岗登记",
)


async def offices(engine: Engine) -> list[str]:
    """The bureaus and the province for which somebody can sign in here: all, or the one of the key file."""
    every = [PROVINCE, *(one.key for one in bureaus_at_work(china_today()))]
    party = await engine.party()
    return [one for one in every if desk_party(one) == party] or every


async def show_sign_in(request: Request) -> Response:
    """The page on which an officer says who they are."""
    return await _form(request, {}, [])


async def sign_in(request: Request) -> Response:
    """Begin a session, and go on to the page that was asked for."""
    form = await request.form()
    said = {name: str(form.get(name) or "").strip() for name in ("bureau", "officer", "back")}
    said["officer"] = canonical_officer(said["officer"])
    client = request.client.host if request.client else ""
    if not request.app.state.sign_in_limit.allows(client):
        return await _form(request, said, [Problem("", TOO_OFTEN)], 429)
    if problems := _problems(said, await offices(engine_of(request))):
        return await _form(request, said, problems, 422)
    if form.get("with") == "new_passkey":
        return making(request, said["bureau"], said["officer"])
    return await _admitted(request, said, form.get("with") == "passkey")


async def _admitted(request: Request, said: dict[str, str], with_passkey: bool) -> Response:
    """Ask for the passkey that the roster has; without one begin a session where nothing is to be proven.

    Raises Silent where the roster cannot be read.
    """
    bureau, officer = said["bureau"], said["officer"]
    engine, now = engine_of(request), datetime.now(UTC)
    if not with_passkey and await _is_demonstration(engine):
        roles = next((one.roles for one in officers_of(bureau) if one.officer == officer), ())
        return _begun(request, said, roles, by_roster=False)
    roster = await roster_of(engine, bureau)
    if passkey := newest_passkey(roster, officer, now):
        return ask_to_prove(request, bureau, officer, said["back"], passkey)
    if with_passkey or not _is_of_this_machine(request):
        return await _form(request, said, [Problem("officer", NOT_ENROLLED)], 422)
    if roles := roles_in_force(roster, officer, now):
        return _begun(request, said, roles, by_roster=True)
    return await _form(request, said, [Problem("officer", NOT_KNOWN)], 422)


def _begun(request: Request, said: dict[str, str], roles: tuple[Role, ...], *, by_roster: bool) -> Response:
    """A session of an officer who has proven nothing."""
    rights = rights_of(roles) if roles else None
    secret = sessions_of(request).begin(said["officer"], said["bureau"], rights, by_roster=by_roster)
    return _signed_in(request, said["back"], secret)


async def _is_demonstration(engine: Engine) -> bool:
    """Whether every id is an officer's here, and no key of a real one is in use."""
    return key_in_use() is None and demonstration_of(await engine.client()) is not None


def _is_of_this_machine(request: Request) -> bool:
    """Whether the desk is reached by nobody but this machine's own users, as far as it is told."""
    here = request.client is not None and request.client.host == LOOPBACK
    return here and not request.app.state.secure and not is_handed_on(request.headers)


async def sign_in_with_passkey(request: Request) -> Response:
    """Begin a session for whom a passkey has proved to be there."""
    asked = await proved(request)
    if asked is None:
        return await _form(request, {}, [Problem("", NOT_PROVED)], 422)
    rights = rights_of(asked.passkey.roles)
    secret = sessions_of(request).begin(
        asked.officer, asked.bureau, rights, asked.passkey.key, by_roster=True
    )
    return _signed_in(request, asked.back, secret)


async def is_in_office(request: Request, session: Session) -> bool:
    """Whether the officer of a session may still act; the roster is asked every `ROSTER_ASKED_EVERY`.

    Where the roster cannot be read, what it has said last holds until it is asked the next time.
    """
    now = sessions_of(request).now()
    if session.asked_at is None or now - session.asked_at < ROSTER_ASKED_EVERY:
        return True
    session.asked_at = now
    try:
        roster = await roster_of(engine_of(request), session.bureau)
    except (Silent, NoAnswer):
        return True
    roles = roles_in_force(roster, session.officer, now, session.passkey)
    session.rights = rights_of(roles)
    return bool(roles)


async def show_signed_out(request: Request) -> Response:
    """Say to an officer who may act no longer that the session has ended."""
    return await _form(request, {}, [Problem("", NO_LONGER)], 403)


def _signed_in(request: Request, back: str, secret: str) -> Response:
    answer = go_to(inside(back))
    secure = request.app.state.secure
    answer.set_cookie(cookie_name(secure), secret, httponly=True, samesite="strict", secure=secure)
    return answer


async def sign_out(request: Request) -> Response:
    """End the session."""
    secure = request.app.state.secure
    sessions_of(request).end(request.cookies.get(cookie_name(secure)))
    answer = go_to("/sign-in")
    answer.delete_cookie(cookie_name(secure), httponly=True, samesite="strict", secure=secure)
    return answer


async def choose_language(request: Request) -> Response:
    """Remember the reader's language, and go back to where they were."""
    answer: RedirectResponse = go_to(inside(request.query_params.get("back")))
    if (chosen := request.path_params["chosen"]) in tuple(Language):
        answer.set_cookie(
            LANGUAGE_COOKIE,
            chosen,
            max_age=A_YEAR,
            httponly=True,
            samesite="lax",
            secure=request.app.state.secure,
        )
    return answer


def cookie_name(secure: bool) -> str:
    """The cookie of a session; over TLS its name binds it to this very host."""
    return "__Host-session" if secure else "session"


def _officers_here(known: list[str]) -> list[tuple[str, str]]:
    """The officers who can act from this desk, with their roles; each id once."""
    found: dict[str, str] = {}
    for bureau in known if len(known) == 1 else (*known[:2], PROVINCE):
        for one in officers_of(bureau):
            found[one.officer] = say(", ", "、").join(title(role) for role in one.roles)
    return list(found.items())


def _problems(said: dict[str, str], known: list[str]) -> list[Problem]:
    problems = []
    if said["bureau"] not in known:
        problems.append(Problem("bureau", Words("choose your bureau", "请选择所在机构")))
    if not OFFICER.fullmatch(said["officer"]):
        problems.append(
            Problem(
                "officer",
                Words(
                    "write your officer id: 1 to 40 letters, digits, dots, underscores or dashes",
                    "请填写经办人编号：1 至 40 位字母、数字、点、下划线或短横",
                ),
            )
        )
    return problems


async def _form(
    request: Request, said: dict[str, str], problems: list[Problem], status: int = 200
) -> Response:
    engine = engine_of(request)
    known = await offices(engine)
    named = _is_of_this_machine(request) or await _is_demonstration(engine)
    back = inside(said.get("back") or request.query_params.get("back"))
    return page(
        request,
        "sign_in.html",
        status,
        said={"bureau": "", "officer": "", **said, "back": back},
        problems=problems,
        offices=known,
        province=PROVINCE,
        officers=_officers_here(known) if named else [],
    )
