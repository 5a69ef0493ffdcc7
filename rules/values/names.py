"""Names of persons: one form in which they are kept and compared, and where two of them differ.

民委发〔2016〕33号 has the parts of a name divided by `·` (U+00B7). Input methods, fonts and older systems
write the same name with other dots, wide letters, blanks between characters, or code points that GB 18030
has since given up; all of these are one name.
"""

import re
import unicodedata

DOT = "·"
DIVIDING = f"{DOT} '-."
"""The characters between the parts of a name, foreign names included."""
_DOTS = re.compile(r"\s*[·•‧・∙⋅●．᛫⸰⸱⸳ꞏ]\s*")
"""The characters typed for the dot; the half-width and the Greek one are among them once normalised."""
_HAN = r"[\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_STOP_BETWEEN = re.compile(rf"(?<={_HAN})\s*\.\s*(?={_HAN})")
"""Between two Chinese characters a full stop can only be meant for the dot."""
_BLANK_BESIDE = re.compile(rf"(?<={_HAN})\s+|\s+(?={_HAN})")
"""Beside a Chinese character blanks divide nothing; they pad names to one width."""
_BLANKS = re.compile(r"\s+")
_APOSTROPHES = dict.fromkeys(map(ord, "‘’ʼ´`"), "'")
_UNSEEN = frozenset({"Cc", "Cf"})


def _given_up() -> dict[int, str]:
    """Code points for private use that once stood for characters of GB 18030, with the present code points.

    Older systems gave the 80 characters at FE50–FEA0 the code points from U+E815 on. For fourteen of them the
    codec still answers with that code point; they are listed here by hand (GB 18030-2022).
    """
    by_hand = {
        0xE816: "\U00020087",
        0xE817: "\U00020089",
        0xE818: "\U000200cc",
        0xE81E: "\u9fb4",
        0xE826: "\u9fb5",
        0xE82B: "\u9fb6",
        0xE82C: "\u9fb7",
        0xE831: "\U000215d7",
        0xE832: "\u9fb8",
        0xE83B: "\U0002298f",
        0xE843: "\u9fb9",
        0xE854: "\u9fba",
        0xE855: "\U000241fe",
        0xE864: "\u9fbb",
        0xE7C7: "\u1e3f",
    }
    trails = [*range(0x50, 0x7F), *range(0x80, 0xA1)]
    by_codec = {0xE815 + at: bytes((0xFE, trail)).decode("gb18030") for at, trail in enumerate(trails)}
    return by_codec | by_hand


_NOW = _given_up()


def normal_name(text: str) -> str:
    """The one form of a name: dot, letters, blanks and characters as they are kept and compared."""
    seen = "".join(" " if one.isspace() else one for one in text if one.isspace() or not _unseen(one))
    plain = unicodedata.normalize("NFKC", seen.translate(_NOW)).translate(_APOSTROPHES)
    dotted = _STOP_BETWEEN.sub(DOT, _DOTS.sub(DOT, plain))
    return _BLANKS.sub(" ", _BLANK_BESIDE.sub("", dotted)).strip()


def _unseen(one: str) -> bool:
    """Whether a character is invisible: control and format characters, and selectors of a variant."""
    return unicodedata.category(one) in _UNSEEN or unicodedata.name(one, "").startswith("VARIATION SELECTOR")


def lost_character(text: str) -> str:
    """A character of a normal name that stands where another was lost, or that no name has; '' for none.

    A name has Chinese characters, letters with their marks, the dot, and what divides foreign names. A
    question mark and U+FFFD are what a conversion leaves behind, a code point for private use shows another
    character on each machine, and quotation marks, digits and angle brackets are typing errors.
    """
    return next((one for one in text if not _of_a_name(one)), "")


def _of_a_name(one: str) -> bool:
    """Whether a name can have a character; rare Chinese ones may be newer than the Unicode known here."""
    if one in DIVIDING or 0x20000 <= ord(one) < 0x3FFFE or re.fullmatch(_HAN, one):
        return True
    return unicodedata.category(one)[0] in "LM"


def no_character(one: str) -> bool:
    """Whether Unicode has no such character. The planes of rare Chinese ones grow with each version of it."""
    return unicodedata.category(one) == "Cn" and not 0x20000 <= ord(one) < 0x3FFFE


def lost_in_a_name(character: str) -> tuple[str, str]:
    """The sentence about such a character, in Chinese and in English."""
    code = f"U+{ord(character):04X}"
    point = f"{character} ({code})" if character.isprintable() else code
    return (
        f"姓名含有 {point}，不是姓名用字（可能转换时丢失了生僻字），请照证件重新输入",
        f"the name holds {point}, which is no character of a name; a rare one may have been lost on the way. "
        "Type the name again as it stands on the identity card",
    )


def difference(one: str, other: str) -> tuple[str, str, int]:
    """Where two names first differ: the characters of both with their code points, and the place from 1.

    For a name that has ended there the character is ''.
    """
    at = next((at for at, (here, there) in enumerate(zip(one, other, strict=False)) if here != there), None)
    place = min(len(one), len(other)) if at is None else at
    return _with_code_point(one[place : place + 1]), _with_code_point(other[place : place + 1]), place + 1


def _with_code_point(character: str) -> str:
    return f"{character} (U+{ord(character):04X})" if character else ""
