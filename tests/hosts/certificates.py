"""A test's certificate authority, with certificates of a server and a client, as PEM files."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SERVER_NAME = "temporal.example"


class Authority:
    """Signs certificates; `trusted` is the file with its own certificate."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _name("tests of several hosts")
        self.own = self._signed(self.name, self.key, x509.BasicConstraints(ca=True, path_length=0))
        self.trusted = directory / "authority.pem"
        self.trusted.write_bytes(self.own.public_bytes(serialization.Encoding.PEM))

    def certify(self, who: str) -> tuple[Path, Path]:
        """Issue a certificate; returns the files of certificate and key."""
        key = ec.generate_private_key(ec.SECP256R1())
        signed = self._signed(_name(who), key, x509.BasicConstraints(ca=False, path_length=None), who)
        certificate, secret = (self.directory / f"{who}.{kind}.pem" for kind in ("certificate", "key"))
        certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        plain = serialization.NoEncryption()
        pkcs8 = serialization.PrivateFormat.PKCS8
        secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, pkcs8, plain))
        return certificate, secret

    def _signed(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        kind: x509.BasicConstraints,
        host: str = "",
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(kind, critical=True)
        )
        if host:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        return builder.sign(self.key, hashes.SHA256())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
