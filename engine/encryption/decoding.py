"""Reading through the platform's codec server what a desk has no key for, and where that server is."""

import asyncio
import json
import os
import re
import tomllib
import urllib.error
import urllib.request
from collections.abc import Sequence
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from temporalio.api.common.v1 import Payload, Payloads

from engine.address import NoEngine
from engine.encryption.access_log import READ_FOR
from engine.encryption.codec import Reading
from engine.encryption.keys import DecodingService
from models.files.whole_file import whole_file

ENDPOINT, AUTH = "TEMPORAL_CODEC_ENDPOINT", "TEMPORAL_CODEC_AUTH"
REASON_HEADER, OFFICER_HEADER = "X-Access-Reason", "X-Access-Officer"
_OFFICER = re.compile(r"[a-z0-9._-]{1,40}")
TIMEOUT_SECONDS = 8
LARGEST_ANSWER = 64 << 20


class NoDecoding(NoEngine):
    """The codec server does not read for us."""


def reading_at(service: DecodingService, namespace: str, why: str, officer: str = "") -> Reading:
    """How a desk has payloads read, for a reason and an officer that the server's access log keeps: whom the
    process reads for at the moment, else the one named. Raises NoDecoding."""

    async def read(payloads: Sequence[Payload]) -> list[Payload]:
        whom = READ_FOR.get()
        named = whom.reader.rpartition("/")[2] if whom else officer
        return await asyncio.to_thread(_post, service, namespace, why, officer_or_nobody(named), payloads)

    return read


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A codec server that sends elsewhere is not followed: the token is for the one place."""

    def redirect_request(self, *_: Any) -> None:
        return None


def officer_or_nobody(said: str) -> str:
    """An officer's id, '' for what is none."""
    return said if _OFFICER.fullmatch(said) else ""


def _post(
    service: DecodingService, namespace: str, why: str, officer: str, payloads: Sequence[Payload]
) -> list[Payload]:
    request = urllib.request.Request(
        f"{service.url.rstrip('/')}/decode",
        json_format.MessageToJson(Payloads(payloads=payloads)).encode(),
        {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {service.token}",
            "X-Namespace": namespace,
            REASON_HEADER: why,
            OFFICER_HEADER: officer,
        },
    )
    # Whatever proxy the environment names: what is read goes to nobody else.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
    try:
        with direct.open(request, timeout=TIMEOUT_SECONDS) as answer:
            read = json_format.ParseDict(json.loads(answer.read(LARGEST_ANSWER)), Payloads())
    except urllib.error.HTTPError as refusal:
        raise _refused(service.url, refusal.code) from None
    except (OSError, ValueError, HTTPException, json_format.ParseError):
        raise NoDecoding(
            f"The codec server at {service.url} does not answer; what the case says cannot be read.",
            f"解码服务 {service.url} 未响应，案件内容无法读取。",
        ) from None
    if len(read.payloads) != len(payloads):
        raise _refused(service.url, HTTPStatus.BAD_GATEWAY)
    return list(read.payloads)


def _refused(url: str, code: int) -> NoDecoding:
    if code == HTTPStatus.UNAUTHORIZED:
        return NoDecoding(
            f"The codec server at {url} does not know the token of this key file.",
            f"解码服务 {url} 不认可密钥文件中的令牌。",
        )
    return NoDecoding(
        f"The codec server at {url} answers with an error ({code}); its log says why.",
        f"解码服务 {url} 出错（{code}），原因见其日志。",
    )


def profile_codec(profile: str | None, config_file: Path | None) -> DecodingService | None:
    """The codec server that environment or Temporal profile name, which the SDK passes over; else None.

    Raises ValueError for one that is no endpoint with a bearer token.
    """
    named = _of_file(profile or os.environ.get("TEMPORAL_PROFILE") or "default", config_file)
    url = os.environ.get(ENDPOINT) or named.get("endpoint")
    auth = os.environ.get(AUTH) or named.get("auth") or ""
    if not url:
        return None
    kind, _, token = str(auth).partition(" ")
    if kind.lower() != "bearer" or not token.strip() or not str(url).startswith(("http://", "https://")):
        raise ValueError('a codec server needs an http(s) endpoint and `auth = "Bearer …"`')
    return DecodingService(url=str(url), token=token.strip())


def _of_file(profile: str, config_file: Path | None) -> dict[str, object]:
    """The table of the profile's codec; that the file is sound the SDK has looked at before."""
    path = config_file or Path(os.environ.get("TEMPORAL_CONFIG_FILE") or _in_home())
    try:
        document = tomllib.loads(whole_file(path).decode())
    except (OSError, ValueError):
        return {}
    table = document.get("profile", {}).get(profile, {}).get("codec", {})
    return table if isinstance(table, dict) else {}


def _in_home() -> Path:
    """Where the SDK and the `temporal` program look by themselves."""
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "temporalio" / "temporal.toml"
