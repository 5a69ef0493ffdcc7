"""`starter.py keys`: the key files of an installation, their renewal, and the codec server."""

from __future__ import annotations

import os
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk.access.access_log import LogOption, log_at
from desk.client.session import address_in_use, with_client
from desk.files.files import typed_day
from desk.language import say
from desk.problems import BadInput
from desk.screens.screen import console
from desk.today import china_today
from rules.application.bureau_list import BUREAUS
from rules.values.due_dates import CHINA_TIME

if TYPE_CHECKING:
    from temporalio.client import Client

    from engine.encryption.codec_server import Reader
    from engine.encryption.keys import KeyFile

PLATFORM_FILE, READERS_FILE = "platform.json", "readers.json"
PORT = 8234
PRIVATE = 0o077
DirectoryArgument = Annotated[
    Path, typer.Argument(metavar="DIRECTORY", help="Where the key files of the installation are.")
]
UrlOption = Annotated[
    str, typer.Option("--codec-server", help="URL at which desks reach the platform's codec server.")
]

keys = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Key files: made, renewed, and the codec server that reads for those without a key.",
)


@keys.command("make")
def make(directory: DirectoryArgument, url: UrlOption = f"http://127.0.0.1:{PORT}") -> None:
    """Make the key files of an installation: the platform's, every bureau's, every desk's, and the readers'.

    Nothing that is there is written over.
    """
    from engine.encryption.keys import PLATFORM, KeyFile, new_generation

    os.umask(PRIVATE)
    if directory.exists() and any(directory.iterdir()):
        raise BadInput(
            say(
                f"{directory} is not empty; key files are made once. `keys renew` adds newer keys to them.",
                f"{directory} 不是空目录；密钥文件只生成一次，更换密钥请用 `keys renew`。",
            )
        )
    platform = KeyFile(owner=PLATFORM, generations=(new_generation(datetime.now(UTC)),))
    _write_all(directory, platform, url)
    _tell(directory)


@keys.command("renew")
def renew(
    directory: DirectoryArgument,
    since: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="DATE", help="Day on which the new keys come into use; tomorrow unless given."
        ),
    ] = None,
) -> None:
    """Add a newer generation of keys to every file; until its day the present one stays in use.

    Hand the files out and restart the processes before that day: nothing is interrupted, and what was written
    with older keys stays readable.
    """
    from engine.encryption.keys import load_keys, new_generation, write_keys

    os.umask(PRIVATE)
    day = typed_day("--from", since) if since else china_today() + timedelta(days=1)
    begins = datetime.combine(day, time(), CHINA_TIME)
    if begins <= datetime.now(UTC):
        raise BadInput(
            say(
                f"--from: {day} has begun; keys that are in use before they are handed out stop every case.",
                f"--from：{day} 已经开始；新密钥须先分发后启用，否则案件会停办。",
            )
        )
    platform = load_keys(directory / PLATFORM_FILE).file
    newer = new_generation(begins)
    for path in [
        directory / PLATFORM_FILE,
        *sorted(directory.glob("bureau-*")),
        *sorted(directory.glob("desk-*")),
    ]:
        file = load_keys(path).file
        added = newer if file.owner == platform.owner else newer.only(_held_by(file))
        write_keys(path, file.model_copy(update={"generations": (*file.generations, added)}))
    _tell(directory)


@keys.command("serve")
def serve(
    readers: Annotated[
        Path | None, typer.Option("--readers", help="File of readers; beside the key file unless given.")
    ] = None,
    log: LogOption = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port, on loopback.")] = PORT,
    origin: Annotated[
        list[str] | None, typer.Option(help="Origin of a Web UI whose pages may ask; repeatable.")
    ] = None,
) -> None:
    """Run the platform's codec server until Ctrl-C; it reads for desks and Web UI what concerns them.

    It listens on loopback: put a proxy with TLS in front of it for desks elsewhere.
    """
    import uvicorn

    from engine.encryption.codec_server import Decoding, codec_server, load_readers
    from engine.encryption.concerned import concerned_by
    from engine.encryption.keys import key_file_named, load_keys

    path = key_file_named(address_in_use().keys)
    ring, known = load_keys(path), load_readers(readers or path.parent / READERS_FILE)
    os.umask(PRIVATE)

    async def run(client: Client) -> None:
        concerned = concerned_by(client, ring)
        decoding = Decoding(ring, known, concerned, log_at(log))
        config = uvicorn.Config(
            codec_server(decoding, origin or ()), host="127.0.0.1", port=port, log_level="warning"
        )
        await uvicorn.Server(config).serve()

    console().print(
        say(f"Codec server  http://127.0.0.1:{port}", f"解码服务  http://127.0.0.1:{port}"), markup=False
    )
    with_client(run)


def _write_all(directory: Path, platform: KeyFile, url: str) -> None:
    from engine.encryption.codec_server import READERS, new_reader
    from engine.encryption.keys import (
        PROVINCE,
        DecodingService,
        bureau_party,
        desk_party,
        write_keys,
    )

    write_keys(directory / PLATFORM_FILE, platform)
    known: list[Reader] = []
    for key in (*(bureau.key for bureau in BUREAUS), PROVINCE):
        if key != PROVINCE:
            write_keys(
                directory / f"{bureau_party(key)}.json", _of(platform, bureau_party(key), desk_party(key))
            )
        reader, token = new_reader(desk_party(key), key)
        known.append(reader)
        desk: KeyFile = _of(platform, desk_party(key)).model_copy(
            update={"decoding": DecodingService(url=url, token=token)}
        )
        write_keys(directory / f"{desk_party(key)}.json", desk)
    (directory / READERS_FILE).write_bytes(READERS.dump_json(tuple(known), indent=1))


def _of(platform: KeyFile, owner: str, *more: str) -> KeyFile:
    """The file of a party: the keys it shares, of every generation."""
    from engine.encryption.keys import KeyFile

    return KeyFile(owner=owner, generations=tuple(one.only((owner, *more)) for one in platform.generations))


def _held_by(file: KeyFile) -> tuple[str, ...]:
    return tuple(file.generations[-1].keys)


def _tell(directory: Path) -> None:
    console().print(
        say(
            f"Key files in {directory}. Each goes to the one whose name it has, by a way that nobody else "
            "reads, and is deleted here; platform.json and readers.json stay with the platform.",
            f"密钥文件在 {directory}。请经可靠途径分别交给文件名所示的单位，随后在此删除；"
            "platform.json 和 readers.json 留在平台。",
        ),
        markup=False,
    )
