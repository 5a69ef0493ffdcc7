"""The ways in which a message is sent outside: a file, a webhook, a mail."""

import asyncio
import hashlib
import hmac
import json
import os
import tempfile
import urllib.error
import urllib.request
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any

from activities.outbox.letters import Letter
from models.outbox.outgoing import OutgoingMessage
from models.outbox.routes import FilesRoute, MailRoute, WebhookRoute

SECONDS = 10
"""The timeout for delivering one message."""
SIGNATURE, TIMESTAMP, IDENTITY = "X-Transfer-Signature", "X-Transfer-Timestamp", "Idempotency-Key"
TRY_AGAIN = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
"""HTTP status codes of a temporary refusal."""


class NotDelivered(Exception):
    """A message was not delivered; `for_good` when trying again would change nothing."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.for_good = for_good


async def send_outside(
    message: OutgoingMessage, letter: Letter, route: FilesRoute | WebhookRoute | MailRoute, at: datetime
) -> None:
    """Take a message to its recipient. Raises NotDelivered."""
    match route:
        case FilesRoute():
            await asyncio.to_thread(write_message_file, message, letter, route.directory)
        case WebhookRoute():
            await asyncio.to_thread(post, message, letter, route, at)
        case MailRoute():
            await mail(letter, route, at)


def document(message: OutgoingMessage, letter: Letter) -> dict[str, Any]:
    """The message for a program: case, event and recipient, and nothing personal."""
    return {
        "id": letter.identity,
        "case_no": message.case_no,
        "event": message.event,
        "recipient": message.recipient,
        "bureau": message.bureau,
        "about": message.about,
        "due_on": message.due_on,
    }


def write_message_file(message: OutgoingMessage, letter: Letter, directory: Path) -> None:
    """Write one JSON file, whole or not at all, and sync it to the disk; sent twice it is the same file."""
    told = document(message, letter) | {"subject": letter.subject, "text": letter.text}
    try:
        directory.mkdir(parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(prefix=".", dir=directory)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(told, file, ensure_ascii=False, indent=1)
                file.flush()
                os.fsync(handle)
            Path(fresh).replace(directory / f"{message.case_no}-{letter.identity}.json")
        finally:
            # What a full disk has cut short; a whole file has its own name by now.
            Path(fresh).unlink(missing_ok=True)
        _sync(directory)
    except OSError as error:
        raise NotDelivered(f"the directory cannot be written: {error.strerror}") from None


def _sync(directory: Path) -> None:
    """Have the names in a directory outlive a loss of power."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def signed(secret: bytes, timestamp: str, body: bytes) -> str:
    """The signature of a webhook: HMAC-SHA256 over time and body, so that neither can be changed."""
    return "sha256=" + hmac.digest(secret, timestamp.encode() + b"." + body, hashlib.sha256).hex()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect of a webhook: the signature is for one address."""

    def redirect_request(self, *_: Any) -> None:
        return None


def post(message: OutgoingMessage, letter: Letter, route: WebhookRoute, at: datetime) -> None:
    """Send a signed POST; any 2xx answer means that the message was taken."""
    body = json.dumps(document(message, letter), ensure_ascii=False).encode()
    timestamp = str(int(at.timestamp()))
    try:
        secret = route.secret_file.read_bytes().strip()
    except OSError as error:
        raise NotDelivered(f"the secret cannot be read: {error.strerror}") from None
    request = urllib.request.Request(
        route.url,
        data=body,
        headers={
            "Content-Type": "application/json; charset=utf-8",
            TIMESTAMP: timestamp,
            SIGNATURE: signed(secret, timestamp, body),
            IDENTITY: letter.identity,
        },
    )
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=SECONDS):
            pass
    except urllib.error.HTTPError as refused:
        gone = refused.code < HTTPStatus.INTERNAL_SERVER_ERROR and refused.code not in TRY_AGAIN
        raise NotDelivered(f"the webhook answers {refused.code}", for_good=gone) from None
    except (OSError, ValueError, HTTPException) as error:
        raise NotDelivered(f"the webhook cannot be reached: {type(error).__name__}") from None


async def mail(letter: Letter, route: MailRoute, at: datetime) -> None:
    """Send a letter by SMTP; a 5xx reply refuses it for good (RFC 5321)."""
    import aiosmtplib

    written = EmailMessage()
    written["From"], written["To"], written["Subject"] = route.sender, route.to, letter.subject
    written["Date"] = format_datetime(at)
    written["Message-ID"] = f"<{letter.identity}@{route.sender.partition('@')[2]}>"
    written.set_content(letter.text)
    try:
        await aiosmtplib.send(
            written, hostname=route.host, port=route.port, use_tls=route.tls, start_tls=None, timeout=SECONDS
        )
    except aiosmtplib.SMTPResponseException as refused:
        raise NotDelivered(f"the mail server answers {refused.code}", for_good=refused.code >= 500) from None
    except aiosmtplib.SMTPRecipientsRefused:
        raise NotDelivered("the mail server refuses the recipient", for_good=True) from None
    except (aiosmtplib.SMTPException, OSError) as error:
        raise NotDelivered(f"the mail server cannot be reached: {type(error).__name__}") from None
