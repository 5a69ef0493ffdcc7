"""The social insurance bureaus of Jilin, as data: keys, division codes, names and the days they are valid.

Which bureaus exist is read from the address line of 吉社保〔2020〕6号: every prefecture (市、州), the
Changbaishan protection and development zone, every county and county-level city, and the province's own
office. City districts have none, but for Jiutai and Jiangyuan, which were counties while transfers like these
were already handled.
A key is the six-digit division code where there is one (GB/T 2260). Own keys: `CHANGBAISHAN`, which has
no code, and `PROVINCIAL` for units of the province (省直), so that the office which handles cases is
never confused with the province that rules on them.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LISTED_SINCE = date(1992, 1, 1)
"""First day of the directory. A convention of this system, earlier than any contribution it accepts."""


class BureauKind(StrEnum):
    """Level of a bureau."""

    PROVINCIAL = "provincial"
    PREFECTURE = "prefecture"
    ZONE = "zone"
    COUNTY = "county"
    """A county or county-level city, or a district that was one."""


@dataclass(frozen=True, slots=True)
class Bureau:
    """One bureau for as long as its key is valid: from `since`, until the day before `until`.

    `division_code` is None where GB/T 2260 has no code. `successor` is the key that replaced this one.
    `dated_by` names the source of the day of a change, and how reliable it is.
    """

    key: str
    division_code: str | None
    place_zh: str
    place_en: str
    kind: BureauKind
    since: date = LISTED_SINCE
    until: date | None = None
    successor: str | None = None
    dated_by: str = ""

    @property
    def zh(self) -> str:
        """Name in Chinese, in the words of the measures (社会保险局)."""
        return f"{self.place_zh}社会保险局"

    @property
    def en(self) -> str:
        """Name in English."""
        return f"{self.place_en} Social Insurance Bureau"

    def valid(self, on: date) -> bool:
        """Whether the key is valid on a day."""
        return self.since <= on and (self.until is None or on < self.until)


CHANGBAISHAN = "CHANGBAISHAN"
PROVINCIAL = "PROVINCIAL"

_PREFECTURES = """
220100 长春市 Changchun
220200 吉林市 Jilin City
220300 四平市 Siping
220400 辽源市 Liaoyuan
220500 通化市 Tonghua
220600 白山市 Baishan
220700 松原市 Songyuan
220800 白城市 Baicheng
222400 延边朝鲜族自治州 Yanbian Prefecture
"""

_COUNTIES = """
220122 农安县 Nong'an County
220182 榆树市 Yushu
220183 德惠市 Dehui
220221 永吉县 Yongji County
220281 蛟河市 Jiaohe
220282 桦甸市 Huadian
220283 舒兰市 Shulan
220284 磐石市 Panshi
220322 梨树县 Lishu County
220323 伊通满族自治县 Yitong County
220382 双辽市 Shuangliao
220421 东丰县 Dongfeng County
220422 东辽县 Dongliao County
220521 通化县 Tonghua County
220523 辉南县 Huinan County
220524 柳河县 Liuhe County
220581 梅河口市 Meihekou
220582 集安市 Ji'an
220621 抚松县 Fusong County
220622 靖宇县 Jingyu County
220623 长白朝鲜族自治县 Changbai County
220681 临江市 Linjiang
220721 前郭尔罗斯蒙古族自治县 Qian Gorlos County
220722 长岭县 Changling County
220723 乾安县 Qian'an County
220821 镇赉县 Zhenlai County
220822 通榆县 Tongyu County
220881 洮南市 Taonan
220882 大安市 Da'an
222401 延吉市 Yanji
222402 图们市 Tumen
222403 敦化市 Dunhua
222404 珲春市 Hunchun
222405 龙井市 Longjing
222406 和龙市 Helong
222424 汪清县 Wangqing County
222426 安图县 Antu County
"""

_JIUTAI = date(2014, 10, 20)
_JIUTAI_BY = "国函〔2014〕142号; the day from an encyclopaedia, not from the paper itself"
_GONGZHULING = date(2020, 6, 19)
_GONGZHULING_BY = "day the press reported the State Council's approval; no official text found"
_FUYU = date(2013, 1, 24)
_FUYU_BY = "民函〔2013〕28号 as quoted by the press"
_JIANGYUAN = date(2006, 1, 1)
_JIANGYUAN_BY = "between the ministry's lists of 2005-12 and 2006-12; the day within is a convention"


def _changed(code: str, zh: str, en: str, until: date, successor: str, by: str) -> Bureau:
    return Bureau(
        code, code, zh, en, BureauKind.COUNTY, until=until, successor=successor, dated_by=f"until: {by}"
    )


def _new(code: str, zh: str, en: str, since: date, by: str) -> Bureau:
    return Bureau(code, code, zh, en, BureauKind.COUNTY, since=since, dated_by=f"since: {by}")


def _rows(table: str, kind: BureauKind) -> tuple[Bureau, ...]:
    rows = (line.split(" ", 2) for line in table.strip().splitlines())
    return tuple(Bureau(code, code, zh, en, kind) for code, zh, en in rows)


BUREAUS: tuple[Bureau, ...] = (
    Bureau(PROVINCIAL, "220000", "吉林省直", "Jilin Provincial Units", BureauKind.PROVINCIAL),
    *_rows(_PREFECTURES, BureauKind.PREFECTURE),
    Bureau(CHANGBAISHAN, None, "长白山保护开发区", "Changbaishan Zone", BureauKind.ZONE),
    *sorted(
        (
            *_rows(_COUNTIES, BureauKind.COUNTY),
            # That Jiutai and Jiangyuan kept their bureaus as districts is recalled, no official text found.
            # To make the city responsible instead, end these two rows and name the city as successor.
            _changed("220181", "九台市", "Jiutai", _JIUTAI, "220113", _JIUTAI_BY),
            _new("220113", "长春市九台区", "Jiutai District", _JIUTAI, _JIUTAI_BY),
            _changed("220381", "公主岭市", "Gongzhuling", _GONGZHULING, "220184", _GONGZHULING_BY),
            _new("220184", "公主岭市", "Gongzhuling", _GONGZHULING, _GONGZHULING_BY),
            _changed("220625", "江源县", "Jiangyuan County", _JIANGYUAN, "220605", _JIANGYUAN_BY),
            _new("220605", "白山市江源区", "Jiangyuan District", _JIANGYUAN, _JIANGYUAN_BY),
            _changed("220724", "扶余县", "Fuyu County", _FUYU, "220781", _FUYU_BY),
            _new("220781", "扶余市", "Fuyu", _FUYU, _FUYU_BY),
        ),
        key=lambda row: row.key,
    ),
)
"""Every bureau since `LISTED_SINCE`, prefectures before counties, by key."""

ZONE_TOWNSHIPS = frozenset({"220621120", "220621121", "222426120"})
"""池西区、池南区、池北区: the zone's parts, which the statistics list as townships of two counties."""

DISTRICTS = {
    "220100": "220101 220102 220103 220104 220105 220106 220111 220112 220120 220125 222525",
    "220200": "220201 220202 220203 220204 220211 220220",
    "220300": "220301 220302 220303 222101",
    "220400": "220401 220402 220403 222102",
    "220500": "220501 220502 220503 222201",
    "220600": "220601 220602",
    "220700": "220701 220702",
    "220800": "220801 220802 222301",
}
"""District codes, of today and of earlier lists, by the prefecture whose bureau serves them.

220125 and 222525 are Shuangyang, a county until 1995 and a district ever since.
"""

OLD_COUNTIES = {
    "220113": "220123 222523 229005",
    "220122": "222522",
    "220182": "220121 222521",
    "220183": "220124 222524",
    "220184": "220319 220321 222121 229001",
    "220221": "222621",
    "220281": "220224 222624",
    "220282": "220225 222625 229004",
    "220283": "220222 222622",
    "220284": "220223 222623",
    "220322": "222122",
    "220323": "222123",
    "220382": "220324 222124",
    "220421": "222125",
    "220521": "222222",
    "220523": "222224",
    "220524": "222223",
    "220581": "220519 222221 229002",
    "220582": "220522 222225 229003",
    "220605": "220603",
    "220621": "222226",
    "220622": "222227",
    "220623": "222228",
    "220681": "220604 220624",
    "220721": "222324",
    "220722": "222323",
    "220723": "222328",
    "220821": "222326",
    "220822": "222327",
    "220881": "222302 222322",
    "220882": "222304 222325",
    "222403": "222422",
    "222404": "222425",
    "222405": "222421",
    "222406": "222423",
}
"""County codes of earlier ministry lists (1980 to 1996), by the key that serves the place today.

Left out because the place was split: 222202 (浑江市), 222303 and 222321 (扶余 before 1992).
"""
