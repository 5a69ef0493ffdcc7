"""The province's files (TOML) of arrangements, bureaus and routes, each read whole or not at all."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from desk.files.files import field_problems, read_text
from desk.language import Words
from desk.problems import BadInput, Problem, counted
from models.files.arrangements_file import ArrangementsFile
from models.files.bureau_data_file import BureauDataFile
from models.outbox.routes import RoutesFile

File = TypeVar("File")

TITLES = {
    "officers": "经办人认定方式",
    "province_root": "省局根公钥",
    "since": "起用日期",
    "rights": "岗位权限",
    "defaults": "各经办机构通用",
    "bureaus": "经办机构",
    "province": "省局",
    "corrections": "更正",
    "duplicates": "重复缴费",
    "amounts": "金额",
    "calendar": "日历",
    "release_of_funds": "基金划转审批",
    "posting": "接续记账审批",
    "refund": "退还本金审批",
    "reopening": "恢复办理审批",
    "ruling": "裁定审批",
    "close_of_business": "下班时间",
    "rail": "到账方式",
    "reopen_within_days": "可恢复办理的天数",
    "clock_b": "期限 B",
    "clock_c": "期限 C",
    "refund_of": "退款范围",
    "credit_rounding": "记账取整",
    "open_years": "未公布年度",
    "numbers": "文书编号",
    "certificate": "参保缴费凭证",
    "contact_letter": "联系函",
    "information_form": "信息表",
    "notice": "告知书",
    "full_name": "全称",
    "division": "行政区划代码",
    "address": "地址",
    "postcode": "邮编",
    "phone": "电话",
    "contact": "联系人",
    "account": "银行账户",
    "holder": "开户全称",
    "bank": "开户银行",
    "bank_code": "行号",
    "number": "账号",
    "schemes": "经办险种",
}
"""The Chinese titles of the keys of arrangements and bureaus."""
_WHERE = re.compile(r"\(at line (\d+), column (\d+)\)")


def read_arrangements(path: Path) -> ArrangementsFile:
    """The arrangements in a file. Raises BadInput with everything wrong in it."""
    return _read(path, lambda: ArrangementsFile.written(read_text(path)))


def read_bureau_data(path: Path) -> BureauDataFile:
    """The data of the bureaus in a file. Raises BadInput with everything wrong in it."""
    return _read(path, lambda: BureauDataFile.written(read_text(path)))


def read_routes(path: Path) -> RoutesFile:
    """The routes in a TOML file, or a route to files in a directory. Raises BadInput with all problems."""
    if path.suffix == ".toml":
        # Read first, so that an unreadable file is reported in the reader's language.
        read_text(path)
    return _read(path, lambda: RoutesFile.at(path))


def _read(path: Path, read: Callable[[], File]) -> File:
    try:
        return read()
    except ValidationError as error:
        problems = [_titled(one) for one in field_problems(error)]
        raise BadInput(Words(f"{path} cannot be used:", f"{path} 有误："), problems) from None
    except (ValueError, RecursionError) as error:
        raise not_toml(str(path), error) from None


def _titled(problem: Problem) -> Problem:
    """A problem that in Chinese names its key by its title, followed by the key in the file."""
    path = counted(problem.field)
    zh = next((TITLES[key] for key in reversed(problem.field.split(".")) if key in TITLES), "")
    return replace(problem, named=Words(path.en, f"{zh}（{path.zh}）")) if zh else problem


def not_toml(name: str, error: Exception) -> BadInput:
    """The error for a text that is not TOML, with the place where reading failed."""
    en = str(error)
    where = _WHERE.search(en)
    zh = f"第 {where[1]} 行第 {where[2]} 列" if where else "内容不完整"
    return BadInput(Words(f"{name} is not TOML: {en}.", f"{name} 不是有效的 TOML：{zh}。"))
