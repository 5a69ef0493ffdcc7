"""Why something was read, and by whom, in the reader's language; the log itself keeps its own words."""

from desk.language import say
from engine.encryption.keys import DEMONSTRATION_OWNER
from models.messages.requests import Approvable

_WEB = "web: "
_PRINTED = "printed "
_FROM_A_FILE = " from a file"
_APPROVED = "approve "
_PAGES = {
    "application": "受理申请",
    "applications from a file": "从表格受理申请",
    "case": "案件",
    "evidence": "依据文件",
    "names shown": "显示姓名",
    "papers": "文书",
    "papers with names": "文书（显示姓名）",
    "search by ID number": "按公民身份号码查询",
}
_UNMASKED = " --unmask"


def reason_in_words(why: str) -> str:
    """'web: papers' → '网页：文书'; 'show --unmask' → '命令 show（显示姓名）'."""
    return say(why, _in_chinese(why))


def reader_in_words(reader: str) -> str:
    """The reader as logged, 'keys' or 'keys/officer'; the keys of the demonstration by a title."""
    owner, *officer = reader.split("/", 1)
    return say(reader, "/".join(["演示密钥", *officer])) if owner == DEMONSTRATION_OWNER else reader


def _in_chinese(why: str) -> str:
    if why in ("", "web"):
        return "网页" if why else ""
    if why.startswith(_WEB):
        return f"网页：{_page_in_chinese(why.removeprefix(_WEB))}"
    return f"命令 {why.removesuffix(_UNMASKED)}{'（显示姓名）' if why.endswith(_UNMASKED) else ''}"


def _page_in_chinese(page: str) -> str:
    if page.startswith(_PRINTED):
        return f"打印 {page.removeprefix(_PRINTED)}"
    what = page.removeprefix(_APPROVED)
    if what != page:
        return f"审批 {Approvable(what).titles[1] if what in tuple(Approvable) else what}"
    if page.endswith(_FROM_A_FILE) and page not in _PAGES:
        return f"从表格批量办理 {page.removesuffix(_FROM_A_FILE)}"
    return _PAGES.get(page, page)
