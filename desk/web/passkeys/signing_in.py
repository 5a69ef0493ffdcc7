"""Signing in with a passkey: the desk asks for a seal over a random number."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from desk.language import Words
from desk.web.passkeys.enrolled import Passkey, made_seal, shown_challenge, unmade_seal
from desk.web.rendering import page
from models.officers.checking import is_genuine
from models.officers.seals import WebauthnSeal, sealed_bytes

ACTION = "sign_in"
"""The action under which a sign-in is sealed."""
WITHIN = timedelta(minutes=3)
MOST = 1000
NOT_ENROLLED = Words(
    "no passkey of this officer is enrolled here; make one, and have two operators enrol it",
    "本机构名册中没有该经办人的通行密钥；请先生成，并由两名系统管理岗登记",
)
NOT_PROVED = Words("The passkey did not prove who you are; try again.", "通行密钥未能证明您的身份，请重试。")


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """Somebody who has stated an officer's id, and whose passkey was asked to prove it."""

    bureau: str
    officer: str
    back: str
    passkey: Passkey
    seal: WebauthnSeal
    number: str

    @property
    def sealed(self) -> bytes:
        """The bytes that the passkey seals."""
        return sealed_bytes("", ACTION, {"officer": self.officer, "number": self.number}, self.seal)


class SignIns:
    """Sign-ins that wait for a passkey, by a secret of the page; each is tried once."""

    def __init__(self) -> None:
        self._asked: dict[str, PendingSignIn] = {}

    def ask(self, bureau: str, officer: str, back: str, passkey: Passkey) -> tuple[str, PendingSignIn]:
        """A new sign-in, and the secret under which it waits."""
        while len(self._asked) >= MOST:
            del self._asked[next(iter(self._asked))]
        secret = secrets.token_urlsafe(32)
        seal = unmade_seal(passkey.key, bureau, ("", ""), datetime.now(UTC))
        asked = PendingSignIn(bureau, officer, back, passkey, seal, secrets.token_urlsafe(32))
        self._asked[secret] = asked
        return secret, asked

    def take(self, secret: str) -> PendingSignIn | None:
        """The sign-in of a secret if it has not waited too long; it waits no longer."""
        asked = self._asked.pop(secret, None)
        return asked if asked is not None and datetime.now(UTC) - asked.seal.at < WITHIN else None


def ask_to_prove(request: Request, bureau: str, officer: str, back: str, passkey: Passkey) -> Response:
    """The page that asks the officer's passkey."""
    sign_ins: SignIns = request.app.state.sign_ins
    secret, asked = sign_ins.ask(bureau, officer, back, passkey)
    return page(
        request,
        "passkey_sign_in.html",
        officer=officer,
        bureau_key=bureau,
        token=secret,
        challenge=shown_challenge(asked.sealed),
    )


async def proved(request: Request) -> PendingSignIn | None:
    """The officer who was proved by the passkey; None where it was not."""
    form = await request.form()
    sign_ins: SignIns = request.app.state.sign_ins
    asked = sign_ins.take(str(form.get("token") or ""))
    if asked is None or (seal := made_seal(asked.seal, form)) is None:
        return None
    return asked if is_genuine(seal, asked.sealed, asked.passkey.public) else None
