"""Missing answers: who does not answer, and what to do about it, in one sentence."""

from collections.abc import Callable, Collection

from desk.language import Words
from desk.problems import BadInput, Hint, See
from desk.words import bureau

WaitingFor = Callable[[Collection[str]], None]
"""Is called, while bureaus are asked, with the keys of those whose answers are still to come."""


def nobody_is_told(_: Collection[str]) -> None:
    """A `WaitingFor` that does nothing."""


class NoAnswer(BadInput):
    """A case or a worker does not answer. The input may be good, and may have been accepted: ask again."""

    exit_code = 3


class PlatformOff(NoAnswer):
    """No worker takes up what the platform is asked, which answers for all cases."""

    def __init__(self) -> None:
        super().__init__(
            Words("The platform's worker does not answer.", "省级平台未响应。"), hint=Hint(See.PLATFORM)
        )


class CaseStuck(NoAnswer):
    """The platform's program fails on a case, which the engine holds until a mended one takes it up."""

    def __init__(self, case: str) -> None:
        super().__init__(
            Words(
                f"Case {case} cannot answer: the platform's program fails on it. Nothing is lost; tell the "
                "operator, as the case goes on by itself under a mended release.",
                f"案件 {case} 无法答复：平台程序办理该案时出错。数据未受影响，请告知运维人员，"
                "程序修复更新后该案自动继续办理。",
            )
        )


def case_lost(case: str) -> NoAnswer:
    """A case that was terminated while the program failed on it: no release takes it up again."""
    return NoAnswer(
        Words(
            f"Case {case} was ended from outside while the platform's program failed on it, and cannot be "
            "asked any more; its history is in the Temporal Web UI.",
            f"案件 {case} 在平台程序出错期间被从外部终止，无法再查询，其历史见 Temporal 管理网页。",
        )
    )


def case_slow(case: str) -> NoAnswer:
    """One case is silent while others answer."""
    return NoAnswer(
        Words(
            f"Case {case} did not answer in time: the platform's worker is busy with it; ask again later.",
            f"案件 {case} 未及时答复：平台工作进程正忙，请稍后再查。",
        )
    )


def platform_fails() -> NoAnswer:
    """The platform's worker has started something and not finished it."""
    return NoAnswer(
        Words(
            "The platform's worker runs but could not look it up, for example because its store is out of "
            "reach; its log says why.",
            "省级平台工作进程已启动但未能办理，例如数据库无法访问，原因见其日志。",
        )
    )


def bureau_off(key: str) -> NoAnswer:
    """No worker takes up what a bureau is asked."""
    return NoAnswer(
        Words(f"The worker of {bureau(key)} does not answer.", f"{bureau(key)} 的工作进程未响应。"),
        hint=Hint(See.BUREAU_WORKER, key),
    )


def bureau_fails(key: str) -> NoAnswer:
    """A bureau's worker has started something and not finished it."""
    return NoAnswer(
        Words(
            f"The worker of {bureau(key)} runs but could not do it, for example because its store is out of "
            "reach; its log says why. Try again then: what was entered stays and is not entered twice.",
            f"{bureau(key)} 的工作进程已启动但未能办理，例如数据库无法访问，原因见其日志。"
            "处理后请重试，已登记的不受影响，也不会重复登记。",
        )
    )


class NoSuchCase(BadInput):
    """There is no case of this number, nor a dossier of one at a bureau that was asked for it."""

    def __init__(self, case: str, asked: str = "") -> None:
        en = f", and no dossier of it at {bureau(asked)}" if asked else ""
        zh = f"，{bureau(asked)} 也没有其案卷" if asked else ""
        super().__init__(
            Words(f"There is no case {case}{en}.", f"没有案件 {case}{zh}。"), hint=Hint(See.CASES)
        )
