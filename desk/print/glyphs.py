"""Which characters the fonts of the papers have: one that is in no font would silently be left out.

A font's table from characters to glyphs (`cmap`, OpenType 1.9) is read from the file itself.
"""

import struct
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn

FONT_FOLDER = Path(pylopdf_fonts_zh_cn.__file__).parent
FONT = FONT_FOLDER / "NotoSerifSC-Regular.otf"

LAID_OUT = frozenset("\n")
"""Characters that need no glyph: `sheet.typ` breaks the line there."""


class Unprintable(ValueError):
    """Characters in no available font, by their code points; the text itself is not repeated."""

    def __init__(self, characters: Iterable[str]) -> None:
        self.code_points = tuple(f"U+{ord(one):04X}" for one in sorted(set(characters)))
        super().__init__(f"no font at hand has {', '.join(self.code_points)}")


def unprintable(texts: Iterable[str]) -> set[str]:
    """The characters of these texts that would not appear on paper."""
    return {one for text in texts for one in text} - LAID_OUT - characters_of(FONT)


@cache
def characters_of(font: Path) -> frozenset[str]:
    """Every character a font has a glyph for. Raises ValueError when it has no table of a known format."""
    raw = font.read_bytes()
    tables = {raw[at : at + 4]: at for at in range(12, 12 + 16 * struct.unpack_from(">H", raw, 4)[0], 16)}
    (cmap,) = struct.unpack_from(">I", raw, tables[b"cmap"] + 8)
    (count,) = struct.unpack_from(">H", raw, cmap + 2)
    offsets = (struct.unpack_from(">HHI", raw, cmap + 4 + 8 * one)[2] for one in range(count))
    for offset in offsets:
        (kind,) = struct.unpack_from(">H", raw, cmap + offset)
        if kind == SEGMENTED:
            return _segmented(raw, cmap + offset)
    raise ValueError(f"{font.name} has no table of characters in groups")


SEGMENTED = 12
"""The format for all planes: groups of consecutive characters (segmented coverage)."""


def _segmented(raw: bytes, at: int) -> frozenset[str]:
    (count,) = struct.unpack_from(">I", raw, at + 12)
    found: set[str] = set()
    for first, last, glyph in struct.iter_unpack(">III", raw[at + 16 : at + 16 + 12 * count]):
        # Glyph 0 is the missing-glyph box; the first character of a group that begins with it is left out.
        found.update(map(chr, range(first + (glyph == 0), last + 1)))
    return frozenset(found)
