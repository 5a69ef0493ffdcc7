"""Stores for the length of a demo: made new, gone with it, and what is there is never touched."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from desk.demo.demo_play import temporary_stores
from desk.problems import BadInput
from models.store.store import Store

KEYS = ("220100", "222400", "province")


@pytest.fixture
async def connection(server: URL) -> AsyncIterator[AsyncConnection]:
    """Somebody at the server who may make databases."""
    engine = create_async_engine(server, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connected:
        yield connected
    await engine.dispose()


def stores_on(server: URL) -> str:
    named = server.set(database=f"temporary_{os.getpid()}_KEY")
    return named.render_as_string(hide_password=False).replace("KEY", "{bureau}")


async def there(connection: AsyncConnection) -> list[str]:
    """Whose databases there are."""
    query = text("SELECT datname FROM pg_database WHERE datname LIKE :mine ORDER BY datname")
    found = await connection.execute(query, {"mine": f"temporary_{os.getpid()}_%"})
    return [name.rpartition("_")[2] for name in found.scalars()]


async def test_every_key_has_a_store_of_its_own_as_long_as_it_lasts(
    server: URL, connection: AsyncConnection
) -> None:
    async with temporary_stores(stores_on(server), KEYS):
        assert await there(connection) == [*KEYS]
        never_let_go = Store(stores_on(server).format(bureau=KEYS[0]))
        await never_let_go.open()
    assert await there(connection) == []
    await never_let_go.close()


async def test_a_demo_that_breaks_off_takes_its_stores_with_it(
    server: URL, connection: AsyncConnection, tmp_path: Path
) -> None:
    on_files = f"sqlite+aiosqlite:///{tmp_path}/{{bureau}}.db"
    for stores in (stores_on(server), on_files):
        with pytest.raises(ConnectionError):
            async with temporary_stores(stores, KEYS):
                raise ConnectionError
    assert await there(connection) == []
    assert files_in(tmp_path) == []


async def test_a_store_that_is_there_is_not_touched_and_each_is_named(
    server: URL, connection: AsyncConnection
) -> None:
    names = [f"temporary_{os.getpid()}_{key}" for key in KEYS[:2]]
    for name in names:
        await connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        with pytest.raises(BadInput) as bad:
            async with temporary_stores(stores_on(server), KEYS):
                pytest.fail("no demo begins")
        assert await there(connection) == [*KEYS[:2]], "what it had made is gone again"
    finally:
        for name in names:
            await connection.execute(text(f'DROP DATABASE "{name}"'))
    told = [*map(str, bad.value.problems)]
    assert [name in problem for name, problem in zip(names, told, strict=True)] == [True, True]


async def test_a_file_that_is_there_is_not_touched(tmp_path: Path) -> None:
    kept = tmp_path / "222400.db"
    kept.write_text("the books of a bureau")
    with pytest.raises(BadInput) as bad:
        async with temporary_stores(f"sqlite+aiosqlite:///{tmp_path}/{{bureau}}.db", KEYS):
            pytest.fail("no demo begins")
    assert "exists" in str(bad.value.problems)
    assert files_in(tmp_path) == [kept]
    assert kept.read_text() == "the books of a bureau"


def files_in(directory: Path) -> list[Path]:
    return list(directory.iterdir())


@pytest.mark.parametrize(
    ("stores", "said"),
    [
        ("sqlite+aiosqlite:///{directory}/one.db", "write {bureau}"),
        ("sqlite+aiosqlite:///{directory}/{{bureau}}{{place}}.db", "write {bureau}"),
        ("sqlite+aiosqlite:///{directory}/{{bureau}}{{.db", "write {bureau}"),
        ("sqlite:///{directory}/{{bureau}}.db", "begins with sqlite+aiosqlite:// or postgresql+asyncpg://"),
        ("postgresql://u:secret@h/{{bureau}}", "begins with sqlite+aiosqlite:// or postgresql+asyncpg://"),
        ("mysql://u:secret@h/{{bureau}}", "begins with sqlite+aiosqlite:// or postgresql+asyncpg://"),
        ("nonsense {{bureau}}", "parse"),
        ("postgresql+asyncpg://u:secret@/x_{{bureau}}?host={directory}", "No such file"),
    ],
)
async def test_what_cannot_be_had_is_told_in_a_sentence_without_the_password(
    stores: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput) as bad:
        async with temporary_stores(stores.format(directory=tmp_path), KEYS):
            pytest.fail("no demo begins")
    told = " ".join(map(str, (bad.value.summary, *bad.value.problems)))
    assert said in told
    assert "secret" not in told
    assert len(bad.value.problems) <= 1, "the same trouble is told once"
    assert files_in(tmp_path) == []


def test_a_demo_without_stores_to_be_had_says_so_and_nothing_else() -> None:
    starter = Path(__file__).parents[2] / "starter.py"
    command = [sys.executable, str(starter), "--lang", "en", "demo", "--stores", "mysql://h/{bureau}"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    summary, why = ran.stderr.splitlines()
    assert summary.startswith("The stores of the demo cannot be made.")
    assert "sqlite+aiosqlite://" in why
