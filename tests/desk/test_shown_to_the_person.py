"""`show --for applicant`: a case in plain words, for the person it is about."""

import pytest
from clerk import Clerk

from desk.client.applicant.receipt import receipt_code
from desk.client.case_numbers import KEY_VARIABLE
from province import Province, account, application


async def test_a_refused_person_is_told_every_ground_its_cure_and_the_last_day_to_object(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, province.secret.decode())
    await province.start()
    await province.seed(account())
    handle = await province.apply(application(status="pensioner"))
    await handle.result()
    case = handle.id.removeprefix("transfer/")
    shown = await Clerk.at(province.client)("show", case, "--for", "applicant", lang="zh")
    for told in ("没有被受理", "没有受理的理由", "怎样解决", "60 日内申请行政复议", "送达登记为准"):
        assert told in shown.printed, told
    assert receipt_code(case, province.secret) in shown.printed
    document = (await Clerk.at(province.client)("show", case, "--for", "applicant", "--json")).document()
    assert document["told"][0]["lines"] == ["Your application was not accepted."]
