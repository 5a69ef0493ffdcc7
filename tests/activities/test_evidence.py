"""Files of evidence at the bureau that keeps them: once each, by their bytes, on both kinds of database."""

from base64 import b64encode

import pytest
from temporalio.testing import ActivityEnvironment

from activities.evidence.evidence import EvidenceActivities
from models.evidence.evidence_files import (
    LARGEST_FILE,
    EvidenceHandedIn,
    EvidenceQuestion,
    digest_of,
)
from models.store.store import Store

CASE = "220100-20260115-4HITRMPR"
PDF = b"%PDF-1.7 an agreement"


def handed_in(content: bytes, name: str = "协议.pdf", case_no: str = CASE) -> EvidenceHandedIn:
    return EvidenceHandedIn(case_no=case_no, name=name, content=b64encode(content).decode(), officer="in-01")


async def test_a_file_is_kept_once_and_given_back_as_it_came(store: Store) -> None:
    desk, here = EvidenceActivities("220100", store), ActivityEnvironment()
    kept = await here.run(desk.keep_evidence, handed_in(PDF))
    assert (kept.digest, kept.media_type) == (digest_of(PDF), "application/pdf")
    again = await here.run(desk.keep_evidence, handed_in(PDF, name="another name.pdf"))
    assert again.started_at == kept.started_at
    question = EvidenceQuestion(case_no=CASE, digest=kept.digest)
    file = (await here.run(desk.read_evidence, question)).file
    assert file is not None
    assert (file.name, file.officer) == ("协议.pdf", "in-01")
    assert handed_in(PDF).content == file.content
    elsewhere = EvidenceQuestion(case_no="220100-20260115-AAAAAAAA", digest=kept.digest)
    assert (await here.run(desk.read_evidence, elsewhere)).file is None


@pytest.mark.parametrize(
    "content",
    [b"<html>", b"MZ\x90", b"", b"%PDF-" + b"a" * LARGEST_FILE],
    ids=["html", "exe", "empty", "large"],
)
async def test_what_is_no_known_kind_or_too_large_is_not_kept(store: Store, content: bytes) -> None:
    desk, here = EvidenceActivities("220100", store), ActivityEnvironment()
    if len(content) > LARGEST_FILE:
        with pytest.raises(ValueError, match="content"):
            handed_in(content)
        return
    assert (await here.run(desk.keep_evidence, handed_in(content))).digest == ""
    question = EvidenceQuestion(case_no=CASE, digest=digest_of(content))
    assert (await here.run(desk.read_evidence, question)).file is None


@pytest.mark.parametrize("name", ["../passwd", "a/b.pdf", "a\\b.pdf", "", "a\nb.pdf", "x" * 101])
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        handed_in(PDF, name)
