"""Past rulings at a command, by page, however many the province has made."""

from clerk import Clerk
from past_rulings import file_rulings

from models.messages.disputes import RULINGS_TOLD
from province import Province
from rules.values.officers import PROVINCE
from rules.values.orders import DisputePoint


async def test_past_rulings_are_told_by_page(province: Province) -> None:
    await province.start_platform()
    await file_rulings(province.stores[PROVINCE], DisputePoint.SCOPE, RULINGS_TOLD + 2)
    clerk = Clerk.at(province.client)
    typed = ("rulings", "--point", "scope")
    first, second = [(await clerk(*typed, "--page", page, "--json")).document() for page in ("1", "2")]
    assert (first["total"], len(first["rulings"])) == (RULINGS_TOLD + 2, RULINGS_TOLD)
    assert [one["case_no"][-2:] for one in second["rulings"]] == ["02", "01"]
    screen = await clerk(*typed, "--limit", "3", "--page", "2")
    assert "3 of 52 rulings" in screen.printed
    assert "裁〔2026〕49号" in screen.printed
    assert "裁〔2026〕50号" not in screen.printed
    assert "共 52 件裁定，显示 50 件" in (await clerk(*typed, lang="zh")).printed
    assert (await clerk(*typed, "--page", "3")).refusal() == ["--page: the last page is 2."]
    (line,) = (await clerk(*typed, "--page", "3", lang="zh")).refusal()
    assert line == "--page：最后一页是第 2 页。"
