"""Who is signed in: kept in memory, ended after fifteen idle minutes or by signing out."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from desk.language import Words
from engine.encryption.keys import PROVINCE
from models.messages.progress import Progress
from models.messages.stages import Party
from rules.values.officers import Right

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
UNMASKED_FOR = timedelta(minutes=10)
"""How long names of one case are shown after an officer has asked for them."""
MOST_SESSIONS = 5_000


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Session:
    """An officer at work. `bureau` is the bureau's key, or `province`."""

    officer: str
    bureau: str
    began_at: datetime
    used_at: datetime
    rights: frozenset[Right] | None = None
    """What the officer may do by the roles known here; None where the case alone knows."""
    passkey: str = ""
    """The key with which the officer has signed in and seals; '' where the desk seals for a demonstration
    officer or with a key file."""
    asked_at: datetime | None = None
    """When the roster was last asked about the officer; None in a demonstration, where it is not asked."""
    notices: list[Words] = field(default_factory=list)
    """What the next page says first."""
    unmasked: dict[str, datetime] = field(default_factory=dict)
    """The cases whose names are shown, and until when."""
    read: set[str] = field(default_factory=set)
    """The workflows whose reading by this officer stands in the access log."""

    @property
    def reader(self) -> str:
        """The officer as the access log has it, '220100/in-01'."""
        return f"{self.bureau}/{self.officer}"

    @property
    def seals_as(self) -> tuple[str, str]:
        """For whom a request waits to be sealed: the officer with this very key, also in a later session."""
        return self.reader, self.passkey

    @property
    def of_the_province(self) -> bool:
        return self.bureau == PROVINCE

    def parties(self, progress: Progress) -> tuple[Party, ...]:
        """The parties for which this officer acts in a case; none in a case of other bureaus."""
        if self.of_the_province:
            return (Party.PROVINCE,)
        sides = {Party.TRANSFER_IN: progress.bureau_in, Party.TRANSFER_OUT: progress.bureau_out}
        return tuple(party for party, key in sides.items() if key == self.bureau)

    def may(self, right: Right | None) -> bool:
        """Whether the officer's roles allow something; where they are not known here, the case says so."""
        return self.rights is None or right is None or right in self.rights

    def sees(self, bureau_out: str, bureau_in: str) -> bool:
        """Whether a case between two bureaus is one of this officer's."""
        return self.of_the_province or self.bureau in (bureau_out, bureau_in)


class Sessions:
    """The sessions of this process by their secret; `now` tells the time."""

    def __init__(self, now: Callable[[], datetime] = _now) -> None:
        self.now = now
        self._by_secret: dict[str, Session] = {}

    def begin(
        self,
        officer: str,
        bureau: str,
        rights: frozenset[Right] | None = None,
        passkey: str = "",
        *,
        by_roster: bool = False,
    ) -> str:
        """A new session; its secret goes into the cookie. `by_roster`: it is the roster that lets them in."""
        self._forget_ended()
        secret = secrets.token_urlsafe(32)
        now = self.now()
        asked_at = now if by_roster else None
        self._by_secret[secret] = Session(officer, bureau, now, now, rights, passkey, asked_at)
        return secret

    def find(self, secret: str | None, use: bool = True) -> Session | None:
        """The session of a secret unless it has ended; `use` puts its end off."""
        session = self._by_secret.get(secret or "")
        if session is None:
            return None
        if self._has_ended(session):
            self.end(secret)
            return None
        if use:
            session.used_at = self.now()
        return session

    def end(self, secret: str | None) -> None:
        """Sign out; nothing happens for a session that is not there."""
        self._by_secret.pop(secret or "", None)

    def shows_names(self, session: Session, case_no: str) -> bool:
        """Whether this officer has asked for the names of a case a short while ago."""
        return session.unmasked.get(case_no, self.now()) > self.now()

    def _has_ended(self, session: Session) -> bool:
        now = self.now()
        return now - session.used_at >= IDLE or now - session.began_at >= LONGEST

    def _forget_ended(self) -> None:
        for secret in [one for one, session in self._by_secret.items() if self._has_ended(session)]:
            del self._by_secret[secret]
        while len(self._by_secret) >= MOST_SESSIONS:
            del self._by_secret[next(iter(self._by_secret))]
