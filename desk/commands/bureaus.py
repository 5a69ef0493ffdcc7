"""`starter.py bureaus`: the bureaus on a given day, with the keys by which applications name them."""

from typing import Annotated, Any

import typer

from desk.commands.calculate import typed_day_or_today
from desk.language import Words, say
from desk.screens.screen import JsonOption, console, print_json, table
from rules.application.bureau_list import LISTED_SINCE, Bureau, BureauKind
from rules.application.bureaus import bureaus as bureaus_on

KINDS = {
    BureauKind.PROVINCIAL: Words("province", "省直"),
    BureauKind.PREFECTURE: Words("prefecture", "市（州）"),
    BureauKind.ZONE: Words("zone", "开发区"),
    BureauKind.COUNTY: Words("county", "县（市）"),
}


def bureaus(
    on: Annotated[str, typer.Option(help="The bureaus of this day, YYYY-MM-DD; else today.")] = "",
    as_json: JsonOption = False,
) -> None:
    """The bureaus of a day: the key is the division code where there is one; changed keys with their day."""
    day = typed_day_or_today(on)
    listed = bureaus_on(day)
    if as_json:
        print_json([_document(one) for one in listed])
        return
    shown = table(say("key", "代码"), say("name", "名称"), say("level", "级别"), "")
    for one in listed:
        shown.add_row(
            one.key,
            say(f"{one.place_en} {one.place_zh}", one.zh),
            str(KINDS[one.kind]),
            _remark(one),
        )
    screen = console()
    screen.print(shown)
    screen.print(say(f"{len(listed)} bureaus on {day}", f"{day} 共 {len(listed)} 个社会保险局"))


def _remark(one: Bureau) -> str:
    """The division code if it is not the key, and the days from and to which the key is valid, if any."""
    if one.division_code is None:
        return say("no division code", "无行政区划代码")
    if one.division_code != one.key:
        return say(f"division code {one.division_code}", f"行政区划代码 {one.division_code}")
    if one.until:
        return say(f"until {one.until}, then {one.successor}", f"至 {one.until}，后为 {one.successor}")
    return say(f"since {one.since}", f"自 {one.since}") if one.since > LISTED_SINCE else ""


def _document(one: Bureau) -> dict[str, Any]:
    return {
        "key": one.key,
        "division_code": one.division_code,
        "zh": one.zh,
        "en": one.en,
        "kind": one.kind.value,
        "since": one.since.isoformat(),
        "until": one.until.isoformat() if one.until else None,
        "successor": one.successor,
        "dated_by": one.dated_by,
    }
