"""A paper as a PDF with embedded fonts: the same paper gives the same bytes in every process."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import segno
import typst

from desk.print.glyphs import FONT_FOLDER, Unprintable, unprintable
from desk.print.marks import Mark
from desk.print.sheet import Sheet

LAYOUT = Path(__file__).with_name("sheet.typ")
NO_TIME = datetime(2020, 1, 1, tzinfo=UTC)
"""Replaces the time of printing, so that the same paper gives the same file."""


def pdf_of(sheet: Sheet, mark: Mark) -> bytes:
    """The PDF file. Raises Unprintable, with every code point, when a character is in no font."""
    if missing := unprintable(sheet.texts()):
        raise Unprintable(missing)
    document = sheet.document() | {"mark": str(mark), "check": mark.check, "qr": _drawn(mark)}
    compiled = typst.compile(
        LAYOUT,
        font_paths=[FONT_FOLDER],
        ignore_system_fonts=True,
        sys_inputs={"sheet": json.dumps(document, ensure_ascii=False)},
        timestamp=int(NO_TIME.timestamp()),
    )
    assert isinstance(compiled, bytes)
    return compiled


def _drawn(mark: Mark) -> str:
    """The QR code of a mark as SVG, without a border: the paper has one."""
    drawing = io.BytesIO()
    segno.make(str(mark), error="m", micro=False).save(drawing, kind="svg", border=0, xmldecl=False)
    return drawing.getvalue().decode()
