"""Stores for the length of a demo: made new in a directory or on a PostgreSQL, and gone with it."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

from desk.language import say
from desk.problems import BadInput
from models.databases import NoDatabase, temporary_database


@asynccontextmanager
async def temporary_stores(stores: str, keys: Iterable[str]) -> AsyncIterator[None]:
    """A new store for each key under a URL with {bureau} in it. Raises BadInput when one cannot be made.

    What stands under that name already is never touched.
    """
    try:
        urls = {key: stores.format(bureau=key) for key in keys}
    except (LookupError, ValueError):
        urls = {}
    if "{bureau}" not in stores or not urls:
        raise BadInput(
            say(
                "--stores: write {bureau}, and nothing else in braces, where the name of each store differs.",
                "--stores：请用 {bureau} 标明各账库名称不同之处，花括号内不得有其他内容。",
            )
        )
    # Two stores are told of the same trouble with their server once.
    problems: dict[str, None] = {}
    async with AsyncExitStack() as made:
        for url in urls.values():
            try:
                await made.enter_async_context(temporary_database(url))
            except NoDatabase as none:
                problems[str(none)] = None
        if problems:
            raise BadInput(
                say(
                    "The stores of the demo cannot be made. They are new each time and removed at the end; "
                    "name others with --stores, or remove what is there:",
                    "无法建立演示用账库。账库每次新建、用后即删；请用 --stores 另行指定，或先删除已有的：",
                ),
                list(problems),
            )
        yield
