"""`starter.py officer`, and whose seal a command bears: keys in files, two officers for every change."""

from pathlib import Path

import pytest
from clerk import Clerk

from desk.officers.signing import officers_of
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from models.officers.keys import read_key, text_of
from province import CHANGCHUN, Handle, Province, account, application
from rules.values.officers import Role
from workflows.transfer_case import TransferCase


@pytest.fixture
def clerk(province: Province) -> Clerk:
    return Clerk.at(province.client)


@pytest.fixture
async def handle(province: Province) -> Handle:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    return handle


async def case_of(handle: Handle) -> str:
    return (await handle.query(TransferCase.progress)).case_no


async def made(clerk: Clerk, who: str, file: Path) -> str:
    """The public key of a new key in a file."""
    typed = ("officer", "key", who, "--bureau", CHANGCHUN, "--file", str(file), "--json")
    shown = (await clerk(*typed)).document()
    assert shown["public_key"] == text_of(read_key(file).public)
    return str(shown["public_key"])


async def test_a_key_is_made_once_and_shown_as_often_as_asked(clerk: Clerk, tmp_path: Path) -> None:
    file = tmp_path / "zhao01.json"
    assert await made(clerk, "ZHAO01", file) == await made(clerk, "zhao01", file)
    assert file.stat().st_mode & 0o777 == 0o600


async def test_an_officer_is_enrolled_by_two_acts_and_is_dismissed_by_two(
    clerk: Clerk, province: Province, handle: Handle, tmp_path: Path
) -> None:
    file = tmp_path / "zhao01.json"
    public, case = await made(clerk, "zhao01", file), await case_of(handle)
    enrol = (
        *("officer", "enrol", "zhao01", "--bureau", CHANGCHUN, "--public-key", public),
        *("--role", "checker", "--officer"),
    )
    approve = ("--officer-key", str(file), "approve", case, "posting")
    assert "not enrolled" in (await clerk(*approve)).complaints
    assert "Proposed by chief-1" in (await clerk(*enrol, "chief-1")).printed
    assert "Proposed by chief-1" in (await clerk(*enrol, "chief-1")).printed
    in_chinese = tuple("复核岗" if one == "checker" else one for one in enrol)
    assert "Entered as change" in (await clerk(*in_chinese, "chief-2")).printed
    no_role = tuple("保洁岗" if one == "checker" else one for one in enrol)
    assert "复核岗（checker）" in (await clerk(*no_role, "chief-2", lang="zh")).refusal()[-1]
    listed = (await clerk("officer", "list", "--bureau", CHANGCHUN)).printed
    assert "officer zhao01, checker" in listed
    assert "chief-1, chief-2" in listed
    dismiss = ("officer", "dismiss", "zhao01", "--bureau", CHANGCHUN, "--reason", "调离", "--officer")
    absent = ("officer", "absent", "nobody", "--bureau", CHANGCHUN, "--until", "2030-01-01", "--reason", "-")
    unknown = await clerk(*absent, "--officer", "chief-1")
    assert (unknown.code, unknown.complaints) == (1, "No officer of this id is enrolled here.\n")
    await clerk(*dismiss, "chief-1")
    assert "officer zhao01 barred" in (await clerk(*dismiss, "chief-2")).printed
    refused = await clerk(*approve)
    assert refused.code == 1
    assert "may not act now" in refused.complaints


async def test_the_officer_of_the_key_acts_without_being_named_and_under_no_other_name(
    clerk: Clerk, handle: Handle, tmp_path: Path
) -> None:
    file, case = tmp_path / "zhao01.json", await case_of(handle)
    public = await made(clerk, "zhao01", file)
    enrol = ("officer", "enrol", "zhao01", "--bureau", CHANGCHUN, "--public-key", public)
    for chief in ("chief-1", "chief-2"):
        assert (await clerk(*enrol, "--role", "checker", "--officer", chief)).code == 0
    approve = ("--officer-key", str(file), "approve", case, "posting")
    (told, *_) = (await clerk(*approve, "--officer", "wang02")).refusal()
    assert told == "The officer's key in use is of zhao01, not of wang02."
    accepted = await clerk(*approve)
    assert (accepted.code, accepted.complaints) == (0, "")
    assert "officer zhao01" in accepted.printed
    assert "demonstration" not in accepted.printed
    assert (await handle.result()).stage is Stage.CLOSED
    assert "by zhao01 (key " in (await clerk("show", case)).printed


async def test_without_a_key_a_demonstration_officer_acts_and_every_screen_says_so(
    clerk: Clerk, province: Province, handle: Handle
) -> None:
    case = await case_of(handle)
    accepted = await clerk("approve", case, "posting")
    assert accepted.code == 0
    assert "officer demo-checker" in accepted.printed
    assert "demonstration officer" in accepted.printed
    await province.journalled(handle, Event.APPROVED)
    assert "demonstration officer)" in (await clerk("show", case)).printed
    assert "演示经办人" in (await clerk("show", case, lang="zh")).printed


async def test_what_is_no_key_and_no_officer_is_refused_in_a_sentence(clerk: Clerk, tmp_path: Path) -> None:
    missing = ("--officer-key", str(tmp_path / "none.json"))
    (told, *_) = (
        await clerk(*missing, "officer", "dismiss", "a", "--bureau", CHANGCHUN, "--reason", "x")
    ).refusal()
    assert told.endswith("cannot be read: No such file or directory.")
    enrol = ("officer", "enrol", "a", "--bureau", CHANGCHUN, "--role", "checker", "--public-key", "§")
    assert (await clerk(*enrol)).refusal()[0] == "This officer cannot be enrolled:"


def test_a_page_can_list_the_demonstration_officers_of_a_bureau() -> None:
    here = officers_of(CHANGCHUN)
    assert [one.officer for one in here][:2] == ["demo-registrar", "demo-registrar-2"]
    assert {role for one in here for role in one.roles} >= {Role.CHECKER, Role.RELEASER}
    assert all(one.demonstration for one in here)
