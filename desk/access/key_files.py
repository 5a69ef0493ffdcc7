"""`starter.py keys`: the key files of an installation, their renewal, and the codec server."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk.access.access_log import LogOption, log_at
from desk.client.session import address_in_use, with_client
from desk.files.files import bureau_key, typed_day
from desk.language import say
from desk.problems import BadInput
from desk.screens.screen import console
from desk.today import china_today
from rules.application.bureau_list import BUREAUS
from rules.values.due_dates import china_midnight

if TYPE_CHECKING:
    from temporalio.client import Client

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
def make(
    directory: DirectoryArgument,
    url: UrlOption = f"http://127.0.0.1:{PORT}",
    bureau: Annotated[
        list[str] | None,
        typer.Option(
            help="Only the files of this bureau, or of `province`, from the platform's file; repeatable."
        ),
    ] = None,
) -> None:
    """Make the key files of an installation: the platform's, every bureau's, every desk's, and the readers'.

    Nothing that is there is written over. With `--bureau` the files of one that was added, or has lost them,
    are made with the same keys; its desk gets a new token, and the one before is void.
    """
    from engine.encryption.keys import PLATFORM, PROVINCE, KeyFile, load_keys, new_generation, write_keys

    os.umask(PRIVATE)
    if bureau:
        named = [one if one == PROVINCE else bureau_key(one) for one in bureau]
        _write(directory, load_keys(directory / PLATFORM_FILE).file, named, url, tokens_anew=True)
        _tell(directory)
        return
    if directory.exists() and any(directory.iterdir()):
        raise BadInput(
            say(
                f"{directory} is not empty; key files are made once. `keys renew` adds newer keys to them, "
                "and --bureau makes those of one bureau.",
                f"{directory} 不是空目录；密钥文件只生成一次，更换密钥请用 `keys renew`，"
                "补发一个机构的文件请用 --bureau。",
            )
        )
    platform = KeyFile(owner=PLATFORM, generations=(new_generation(datetime.now(UTC)),))
    write_keys(directory / PLATFORM_FILE, platform)
    _write(directory, platform, _everybody(), url)
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
    url: UrlOption = "",
) -> None:
    """Add a newer generation of keys to every file; until its day the present one stays in use.

    Hand the files out and restart the processes before that day: nothing is interrupted, and what was written
    with older keys stays readable. What was deleted here is made again; a desk then gets a further token.
    """
    from engine.encryption.keys import desk_party, load_keys, new_generation, write_keys

    os.umask(PRIVATE)
    day = typed_day("--from", since) if since else china_today() + timedelta(days=1)
    begins = china_midnight(day)
    if begins <= datetime.now(UTC):
        raise BadInput(
            say(
                f"--from: {day} has begun; keys that are in use before they are handed out stop every case.",
                f"--from：{day} 已经开始；新密钥须先分发后启用，否则案件会停办。",
            )
        )
    platform = load_keys(directory / PLATFORM_FILE).file
    if not url and not all((directory / f"{desk_party(key)}.json").exists() for key in _everybody()):
        raise BadInput(
            say(
                "The files of desks are not all here, and are made again: give the URL of the codec server "
                "for them with --codec-server.",
                "部分经办窗口的密钥文件不在此处，需重新生成：请用 --codec-server 给出解码服务地址。",
            )
        )
    platform = platform.model_copy(update={"generations": (*platform.generations, new_generation(begins))})
    write_keys(directory / PLATFORM_FILE, platform)
    _write(directory, platform, _everybody(), url)
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


def _everybody() -> tuple[str, ...]:
    """Who has a desk: every bureau that ever was, and the province."""
    from engine.encryption.keys import PROVINCE

    return (*(bureau.key for bureau in BUREAUS), PROVINCE)


def _write(
    directory: Path, platform: KeyFile, of: Iterable[str], url: str, *, tokens_anew: bool = False
) -> None:
    """Write the files of these bureaus and of their desks, and who reads at the codec server.

    A desk whose file is here keeps its token; else it gets one beside those that it has. `tokens_anew`: every
    desk gets one in the place of those that it has.
    """
    from engine.encryption.codec_server import READERS, load_readers, new_reader
    from engine.encryption.keys import (
        PROVINCE,
        DecodingService,
        bureau_party,
        desk_party,
        load_keys,
        write_keys,
    )

    path = directory / READERS_FILE
    readers = list(load_readers(path)) if path.exists() else []
    for key in of:
        bureau, desk = bureau_party(key), desk_party(key)
        if key != PROVINCE:
            write_keys(directory / f"{bureau}.json", _of(platform, bureau, desk))
        file = directory / f"{desk}.json"
        decoding = load_keys(file).file.decoding if file.exists() and not tokens_anew else None
        if decoding is None:
            reader, token = new_reader(desk, key)
            readers = [one for one in readers if not tokens_anew or one.name != desk] + [reader]
            decoding = DecodingService(url=url, token=token)
        write_keys(file, _of(platform, desk).model_copy(update={"decoding": decoding}))
    path.write_bytes(READERS.dump_json(tuple(readers), indent=1))


def _of(platform: KeyFile, owner: str, *more: str) -> KeyFile:
    """The file of a party: the keys it shares, of every generation."""
    from engine.encryption.keys import KeyFile

    return KeyFile(owner=owner, generations=tuple(one.only((owner, *more)) for one in platform.generations))


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
