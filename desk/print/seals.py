"""A bureau's electronic seal on a printed file (PAdES, ISO 32000-2), if the bureau has a certificate.

The paper is printed first and sealed once; the seal is appended to the printed bytes, so that these can still
be compared. Chinese offices exchange OFD files with SM2 seals (GB/T 33190, GB/T 38540): no library on PyPI
writes them, which is a known limit.
"""

import io
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from desk.language import Words


class SealState(StrEnum):
    """The state of a file's seal. Whom to trust is decided by the reader's own list of certificates."""

    NONE = "none"
    INTACT = "intact"
    """The file has not been changed since it was sealed."""
    BROKEN = "broken"

    @property
    def words(self) -> Words:
        """The state in words."""
        return _SEALS[self]


_SEALS = {
    SealState.NONE: Words("no seal", "无电子印章"),
    SealState.INTACT: Words("sealed, and unchanged since", "有电子印章，盖章后未改动"),
    SealState.BROKEN: Words(
        "the seal is broken: the file was changed later", "电子印章失效：盖章后文件被改动"
    ),
}


class UnusableCertificate(Exception):
    """A file that does not hold a key and a certificate, or has another password."""


@dataclass(frozen=True, slots=True)
class BureauSeal:
    """A bureau's key and certificate: a PKCS #12 file and its password."""

    file: Path
    password: bytes

    async def put_on(self, printed: bytes) -> bytes:
        """The sealed file, which begins with the printed bytes. Raises UnusableCertificate."""
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import signers

        signer = signers.SimpleSigner.load_pkcs12(  # type: ignore[no-untyped-call]
            self.file, passphrase=self.password
        )
        if signer is None:
            raise UnusableCertificate
        sealed = io.BytesIO()
        await signers.async_sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(printed)),
            signers.PdfSignatureMetadata(field_name="Seal", reason="电子印章"),
            signer=signer,
            output=sealed,
        )
        return sealed.getvalue()


async def seal_of(raw: bytes) -> SealState:
    """Whether a file is sealed, and whether it is unchanged since then."""
    if b"/ByteRange" not in raw:
        return SealState.NONE
    from pyhanko.pdf_utils.misc import PdfReadError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import SignatureCoverageLevel, async_validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    # The state depends on the file alone: no certificate of the operating system counts.
    nobody_trusted = ValidationContext(trust_roots=[])
    try:
        signatures = PdfFileReader(io.BytesIO(raw)).embedded_signatures
        if not signatures:
            return SealState.NONE
        found = [await async_validate_pdf_signature(one, nobody_trusted) for one in signatures]
    except (PdfReadError, ValueError):
        return SealState.BROKEN
    whole = all(
        one.intact and one.valid and one.coverage is SignatureCoverageLevel.ENTIRE_FILE for one in found
    )
    return SealState.INTACT if whole else SealState.BROKEN
