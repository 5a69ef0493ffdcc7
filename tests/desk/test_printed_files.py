"""`starter.py papers`: every paper of a real case as a file, and each file held against the register."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from clerk import Clerk
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from staff import answer, dispute, referral, ruling, submit

from desk.print.command import PASSWORD_VARIABLE
from desk.print.marks import mark_in
from models.files.history_file import HistoryFile
from models.messages.arrangements import Officers
from models.messages.papers import paper_digest
from models.messages.requests import Approvable
from province import WORKER, Province, account, application
from rules.values.money import Fen
from rules.values.orders import Proceed, SetAmount

PASSWORD = "of the tests"
WORKERS_ACCOUNT = account(id_number=WORKER, name="王建国", scheme="E")
STAYS_IN_PART = HistoryFile.model_validate(
    WORKERS_ACCOUNT.model_dump(mode="json", by_alias=True)
    | {
        "months": [
            {"from": "2016-01", "to": "2018-12", "base": "4000.00", "kind": "one_off_without_papers"},
            {"from": "2020-01", "to": "2025-12", "base": "6000.00"},
        ]
    }
)
"""A worker's record whose first three years were paid in one sum without papers, and so stay behind."""


@pytest.fixture
async def closed(province: Province) -> str:
    """The number of a case that has gone to its end."""
    await province.start()
    await province.seed(account())
    handle = await province.apply(application(mobile="13900000000"))
    await handle.result()
    return province.opened[-1]


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A bureau's key and certificate, made for this test."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "A bureau of the tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .sign(key, SHA256())
    )
    file = tmp_path / "seal.p12"
    lock = BestAvailableEncryption(PASSWORD.encode())
    file.write_bytes(pkcs12.serialize_key_and_certificates(b"seal", key, made, None, lock))
    return file


def changed(file: Path, change: Callable[[bytes], bytes]) -> str:
    """The same file with something done to it, beside it."""
    other = file.with_stem(f"{file.stem}-changed")
    other.write_bytes(change(file.read_bytes()))
    return str(other)


async def test_each_paper_of_a_case_is_printed_and_found_true(
    province: Province, closed: str, tmp_path: Path
) -> None:
    clerk, out = Clerk.at(province.client), tmp_path / "printed"
    listed = (await clerk("papers", closed, "--out", str(out), "--json")).document()
    assert [one["kind"] for one in listed] == [
        *("application", "certificate", "contact_letter", "information_form", "remittance", "notice")
    ]
    assert {file.stat().st_mode & 0o077 for file in out.iterdir()} == {0}
    for one in listed:
        found = (await clerk("papers", "verify", one["file"], "--json")).document()
        assert [found[name] for name in ("verdict", "seal", "digest")] == ["true", "none", one["digest"]]
    screen = await clerk("papers", closed, "--out", str(out), lang="zh")
    assert "《基本养老保险关系转移接续信息表》" in screen.printed
    verified = await clerk("papers", "verify", listed[-1]["file"], lang="zh")
    assert f"{closed}  {listed[-1]['zh']} 第 1 版" in verified.printed


async def test_the_ruling_and_the_notice_of_what_stays_are_printed_and_found_true(
    province: Province, tmp_path: Path
) -> None:
    await province.start(posting=Officers.ONE_OFFICER, ruling=Officers.ONE_OFFICER)
    await province.seed(STAYS_IN_PART)
    moving = {"id_number": WORKER, "name": "王建国", "scheme_from": "E", "scheme_to": "G"}
    handle = await province.apply(application(**moving, materials=("identity_document",)))
    await province.awaiting(handle, Approvable.POSTING)
    for request in (dispute(), answer(), referral()):
        await submit(handle, request)
    clerk = Clerk.at(province.client)
    before = (await clerk("papers", province.opened[-1], "--out", str(tmp_path), "--json")).document()
    assert "ruling" not in [one["kind"] for one in before]
    await submit(handle, ruling([SetAmount(Fen(4_000_000), Fen(5_000_000)), Proceed()]))
    await province.awaiting(handle, Approvable.POSTING, form_version=2)
    listed = (await clerk("papers", province.opened[-1], "--out", str(tmp_path), "--json")).document()
    printed = [one["file"] for one in listed if one["kind"] in {"written_notice", "ruling"}]
    assert [Path(one).name for one in printed] == ["written_notice-1.pdf", "ruling-1.pdf"]
    for file in printed:
        found = (await clerk("papers", "verify", file, "--json")).document()
        assert found["verdict"] == "true"


async def test_whatever_was_done_to_a_file_is_told(province: Province, closed: str, tmp_path: Path) -> None:
    clerk = Clerk.at(province.client)
    await clerk("papers", closed, "--out", str(tmp_path))
    file = tmp_path / "certificate-1.pdf"
    mark = mark_in(file.read_bytes())
    assert mark is not None
    forged = paper_digest("another certificate").encode()
    other_case = mark.case_no[:-1] + ("A" if mark.case_no[-1] != "A" else "B")
    tried = {
        "true_but_printed_otherwise": lambda raw: raw.replace(b"\n", b"\r", 1),
        "not_as_filed": lambda raw: raw.replace(mark.digest.encode(), forged),
        "not_on_file": lambda raw: raw.replace(mark.case_no.encode(), other_case.encode()),
        "no_mark": lambda raw: raw.replace(b"JLZY1", b"other"),
    }
    for verdict, change in tried.items():
        screen = await clerk("papers", "verify", changed(file, change), "--json")
        assert screen.code == 1, verdict
        assert f'"verdict": "{verdict}"' in screen.printed, screen.printed


async def test_a_sealed_file_is_true_until_it_is_changed(
    province: Province, closed: str, tmp_path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, out = Clerk.at(province.client), tmp_path / "printed"
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    await clerk("papers", closed, "--out", str(out), "--seal", str(certificate))
    file = out / "notice-1.pdf"
    found = (await clerk("papers", "verify", str(file), "--json")).document()
    assert (found["verdict"], found["seal"]) == ("true", "intact")
    later = changed(file, lambda raw: raw.replace(b"\n", b"\r", 1))
    assert '"seal": "broken"' in (await clerk("papers", "verify", later, "--json")).printed
    monkeypatch.setenv(PASSWORD_VARIABLE, "another")
    refused = await clerk("papers", closed, "--out", str(out), "--seal", str(certificate))
    assert PASSWORD_VARIABLE in refused.refusal()[0]


async def test_what_cannot_be_done_is_said_before_anything_is_written(
    province: Province, closed: str, tmp_path: Path
) -> None:
    clerk = Clerk.at(province.client)
    assert "--out" in (await clerk("papers", closed)).refusal()[0]
    assert "verify FILE" in (await clerk("papers", "verify")).refusal()[0]
    absent = await clerk("papers", "verify", str(tmp_path / "absent.pdf"))
    assert "cannot be read" in absent.refusal()[0]
    (tmp_path / "file").touch()
    assert (
        "cannot be written" in (await clerk("papers", closed, "--out", str(tmp_path / "file"))).refusal()[0]
    )


IN_NO_FONT = "\U00031350"
"""A character of Unicode 15, which is younger than the fonts at hand."""


async def test_a_name_in_no_font_prints_nothing_and_names_the_code_point(
    province: Province, tmp_path: Path
) -> None:
    await province.start()
    await province.seed(account(name=f"崔{IN_NO_FONT}"))
    handle = await province.apply(application(name=f"崔{IN_NO_FONT}"))
    await handle.result()
    clerk, out = Clerk.at(province.client), tmp_path / "printed"
    lines = (await clerk("papers", province.opened[-1], "--out", str(out))).refusal()
    assert any("U+31350" in line for line in lines)
    assert not out.exists()
