"""Tables in a workbook (.xlsx), as Excel and WPS save them: every cell as text, or the reason why not."""

import io
import zipfile
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from desk.language import Words
from desk.problems import BadInput, of_the_whole

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

LARGEST_UNPACKED_BYTES = 64 * 1024 * 1024
"""A workbook is a compressed file; a table of applications unpacks to a few megabytes."""
EXACT_DIGITS = 15
"""How many digits of a number a spreadsheet keeps."""

Cell = str | Words
"""A cell's text, or what a reader is told about a cell that cannot be used."""

CUT = Words(
    "a spreadsheet keeps fifteen digits, and the last ones of this number are lost. Format the column as "
    "text and type the number again",
    "电子表格只保留 15 位数字，该号码后几位已丢失。请将该列设为“文本”格式后重新输入",
)
_NOT_COMPUTED = Words(
    "a formula without its result; open the file in the spreadsheet and save it once more",
    "公式没有计算结果，请用电子表格打开后重新保存",
)
_ERROR = Words("the spreadsheet shows an error in this cell", "该单元格显示公式错误")
_NO_VALUE = Words("neither text, a number nor a day", "既不是文本，也不是数字或日期")


def rows_of_workbook(raw: bytes, name: str) -> list[tuple[int, list[Cell]]]:
    """The rows of the one sheet that has any, with their numbers. Dates are written '2026-01-15'.

    Raises BadInput when it is no workbook, when several sheets have content, or when a row is hidden: a clerk
    who hands in a filtered table has not seen all that would be read.
    """
    values, formulas = _sheets(raw, name)
    filled = [at for at, sheet in enumerate(formulas) if _has_content(sheet)]
    if not filled:
        raise BadInput(Words(f"{name} is empty.", f"{name} 是空文件。"))
    if len(filled) > 1:
        raise BadInput(
            Words(
                f"{name} has content on {len(filled)} sheets; keep the one that is meant.",
                f"{name} 中有 {len(filled)} 个工作表有内容，请只保留要提交的一个。",
            )
        )
    shown, typed = values[filled[0]], formulas[filled[0]]
    if hidden := [
        at for at, row in typed.row_dimensions.items() if row.hidden and _row_has_content(typed, at)
    ]:
        listed = ", ".join(map(str, sorted(hidden)[:10]))
        problem = of_the_whole(
            f"rows are hidden ({listed}); show all rows, or delete those that are not meant",
            f"有隐藏的行（第 {listed} 行），请取消筛选和隐藏，或删除不提交的行",
        )
        raise BadInput(Words(f"{name} cannot be used:", f"{name} 有误："), [problem])
    return [
        (number, [_cell(value, formula) for value, formula in zip(row, asked, strict=True)])
        for number, (row, asked) in enumerate(zip(shown.iter_rows(), typed.iter_rows(), strict=True), start=1)
    ]


def _sheets(raw: bytes, name: str) -> tuple[list["Worksheet"], list["Worksheet"]]:
    """The worksheets twice: with the results of their formulas, and with the formulas."""
    from openpyxl import load_workbook
    from openpyxl.worksheet.worksheet import Worksheet

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > LARGEST_UNPACKED_BYTES:
            raise BadInput(
                Words(
                    f"{name} is too large when unpacked; split it or check that it is the right file.",
                    f"{name} 解压后过大，请拆分或核对文件。",
                )
            )
        both = [load_workbook(io.BytesIO(raw), data_only=only) for only in (True, False)]
    except BadInput:
        raise
    except Exception:  # what a broken or foreign file raises is not one kind
        raise no_workbook(name) from None
    values, formulas = ([one for one in book.worksheets if isinstance(one, Worksheet)] for book in both)
    return values, formulas


def no_workbook(name: str) -> BadInput:
    """The error for a file that is named as a workbook and is none, or a broken one."""
    return BadInput(
        Words(
            f"{name} is not a workbook that can be read: check that it is the right file and that the "
            "spreadsheet program opens it.",
            f"{name} 不是可读取的工作簿，请核对文件，并确认电子表格软件能打开它。",
        )
    )


def _has_content(sheet: "Worksheet") -> bool:
    return any(_filled(cell.value) for row in sheet.iter_rows() for cell in row)


def _row_has_content(sheet: "Worksheet", number: int) -> bool:
    return any(_filled(cell.value) for cell in sheet[number])


def _filled(value: Any) -> bool:
    return value is not None and str(value).strip() != ""


def _cell(shown: Any, typed: Any) -> Cell:
    """A cell from its shown value and from what was typed, which may be a formula."""
    if shown.data_type == "e":
        return _ERROR
    if shown.value is None:
        return _NOT_COMPUTED if typed.data_type == "f" else ""
    return _text(shown.value, str(shown.number_format))


def _text(value: Any, number_format: str) -> Cell:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value, number_format)
    if isinstance(value, datetime):
        return str(value.date() if value.time() == time() else value)
    return str(value) if isinstance(value, date) else _NO_VALUE


def _number(value: int | float, number_format: str) -> Cell:
    """A number with the digits that a spreadsheet keeps; a percentage as shown, 0.08 as '8%'."""
    if abs(value) >= 10**EXACT_DIGITS:
        return CUT
    if "%" in number_format:
        return f"{value * 100:.{EXACT_DIGITS - 2}g}%"
    if value == int(value):
        return str(int(value))
    return f"{value:.{EXACT_DIGITS}f}".rstrip("0") if abs(value) < 1 else f"{value:.{EXACT_DIGITS}g}"
