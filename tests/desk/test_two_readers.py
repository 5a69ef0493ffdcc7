"""Two readers at once, one of English and one of Chinese: each gets their own."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar

import pytest
from case_views import FULL, printed

from desk import language
from desk.language import Language, Words, say

TIMES = 50
SEEN = {Language.ENGLISH: "Possible now", Language.CHINESE: "现可办理"}


def test_two_readers_at_once_get_a_case_in_their_own_language() -> None:
    together = threading.Barrier(2)

    def read(chosen: Language) -> str:
        language.choose(chosen)
        together.wait()
        return printed(**FULL)

    right = 0
    for _ in range(TIMES // 2):
        with ThreadPoolExecutor(2) as readers:
            texts = dict(zip(Language, readers.map(read, Language), strict=True))
        for chosen, text in texts.items():
            right += SEEN[chosen] in text and not any(
                word in text for other, word in SEEN.items() if other is not chosen
            )
    assert right == TIMES


async def test_two_tasks_of_one_program_answer_in_their_own_language() -> None:
    async def answer(chosen: Language) -> bool:
        language.choose(chosen)
        await asyncio.sleep(0)
        return say("en", "zh") == chosen

    asked = [Language.ENGLISH, Language.CHINESE] * (TIMES // 2)
    assert sum(await asyncio.gather(*map(answer, asked))) == TIMES


def test_words_are_in_the_language_of_whoever_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    words = Words("funds", "基金")
    assert f"{words}" == "funds"
    monkeypatch.setattr(language, "_of_the_reader", ContextVar("spoken", default=Language.CHINESE))
    assert f"{words}" == "基金"
