"""A certificate authority for tests: made on the spot, believed by nobody else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Authority:
    """Signs certificates. `ca` is the file by which it is believed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder, self.ca = folder, folder / "ca.pem"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(folder.name)
        self._issued = 0
        own = self._builder(self._name, self._key.public_key(), 30).add_extension(
            x509.BasicConstraints(True, None), True
        )
        own = own.add_extension(_usage(ca=True), True)
        self.ca.write_bytes(own.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM))

    def issue(self, name: str, *, days: int = 30) -> tuple[Path, Path]:
        """A certificate for a host's name and its key, as files; with negative `days` it ran out so long ago."""
        self._issued += 1
        key = ec.generate_private_key(ec.SECP256R1())
        built = self._builder(_named(name), key.public_key(), days)
        built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        built = built.add_extension(x509.BasicConstraints(False, None), True).add_extension(_usage(ca=False), True)
        built = built.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), False)
        cert, secret = self.folder / f"{self._issued}.pem", self.folder / f"{self._issued}.key"
        cert.write_bytes(built.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM))
        secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        secret.chmod(0o600)
        return cert, secret

    def _builder(self, name: x509.Name, key: ec.EllipticCurvePublicKey, days: int) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=60))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), False)
        )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(*, ca: bool) -> x509.KeyUsage:
    signs = {"key_cert_sign": ca, "crl_sign": ca}
    rest = (
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(digital_signature=True, **signs, **dict.fromkeys(rest, False))
