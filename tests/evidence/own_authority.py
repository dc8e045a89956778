"""A time stamp authority of our own: certificates and RFC 3161 replies, written byte by byte.

The DER is written here by hand and the signing is done by `cryptography`, so that the tests
need no openssl program and can also make the replies that no honest authority would give.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SHA256, SHA512 = "2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.3"
POLICY = "1.3.6.1.4.1.55555.1"
_SIGNED_DATA, _TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE_V2, _ECDSA_SHA256 = "1.2.840.113549.1.9.16.2.47", "1.2.840.10045.4.3.2"


def der(tag: int, *parts: bytes) -> bytes:
    """Return one DER value: tag, length, content."""
    content = b"".join(parts)
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content


def sequence(*parts: bytes) -> bytes:
    return der(0x30, *parts)


def set_of(*parts: bytes, tag: int = 0x31) -> bytes:
    """Return a SET OF; DER wants its members in the order of their bytes."""
    return der(tag, *sorted(parts))


def integer(value: int) -> bytes:
    return der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def octets(data: bytes) -> bytes:
    return der(4, data)


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    return der(6, b"".join(_arc(arc) for arc in (first * 40 + second, *rest)))


def _arc(arc: int) -> bytes:
    septets = [arc & 0x7F]
    while arc := arc >> 7:
        septets.insert(0, 0x80 | arc & 0x7F)
    return bytes(septets)


def algorithm(dotted: str) -> bytes:
    return sequence(oid(dotted), der(5))


@dataclass(frozen=True)
class Key:
    """A key with its certificate."""

    private: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.der).hexdigest()


def certified(name: str, by: Key | None = None, *, first="2020-01-01", last="2040-01-01", ca=True, eku=None) -> Key:
    """Return a new key certified by another, or by itself; `eku` is (purpose, critical)."""
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(private.public_key())
        .serial_number(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") | 1)
        .not_valid_before(datetime.fromisoformat(first))
        .not_valid_after(datetime.fromisoformat(last))
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
    )
    if eku:
        made = made.add_extension(x509.ExtendedKeyUsage([eku[0]]), critical=eku[1])
    return Key(private, made.sign(by.private if by else private, hashes.SHA256()))


STAMPING = (ExtendedKeyUsageOID.TIME_STAMPING, True)


@dataclass(frozen=True)
class Authority:
    """What stamps: a root, perhaps an issuer between, the stamping key, and what it writes into a reply."""

    root: Key
    stamper: Key
    between: tuple[Key, ...] = ()
    gen_time: str = "20261122100000Z"
    serial: int = 0x1F2E
    status: int = 0
    words: str = ""
    hash_algorithm: str = SHA256
    shows_certificates: bool = True

    def but(self, **changes) -> Authority:
        return replace(self, **changes)

    def reply(self, root: bytes, nonce: int = 7) -> bytes:
        """Return a TimeStampResp over a hash; a status of 2 or more carries no token."""
        words = (sequence(der(0x0C, self.words.encode())),) if self.words else ()
        status = sequence(integer(self.status), *words)
        return sequence(status) if self.status > 1 else sequence(status, self._token(root, nonce))

    def _token(self, root: bytes, nonce: int) -> bytes:
        info = sequence(
            integer(1),
            oid(POLICY),
            sequence(algorithm(self.hash_algorithm), octets(root)),
            integer(self.serial),
            der(0x18, self.gen_time.encode()),
            integer(nonce),
        )
        shown = (self.stamper, *self.between) if self.shows_certificates else ()
        signed = sequence(
            integer(3),
            set_of(algorithm(SHA256)),
            sequence(oid(_TST_INFO), der(0xA0, octets(info))),
            *([set_of(*(key.der for key in shown), tag=0xA0)] if shown else []),
            set_of(self._signer(info)),
        )
        return sequence(oid(_SIGNED_DATA), der(0xA0, signed))

    def _signer(self, info: bytes) -> bytes:
        certificate = self.stamper.certificate
        attributes = (
            sequence(oid(_CONTENT_TYPE), set_of(oid(_TST_INFO))),
            sequence(oid(_MESSAGE_DIGEST), set_of(octets(hashlib.sha256(info).digest()))),
            sequence(
                oid(_SIGNING_CERTIFICATE_V2),
                set_of(sequence(sequence(sequence(octets(hashlib.sha256(self.stamper.der).digest()))))),
            ),
        )
        signature = self.stamper.private.sign(set_of(*attributes), ec.ECDSA(hashes.SHA256()))
        return sequence(
            integer(1),
            sequence(certificate.issuer.public_bytes(), integer(certificate.serial_number)),
            algorithm(SHA256),
            set_of(*attributes, tag=0xA0),
            sequence(oid(_ECDSA_SHA256)),
            octets(signature),
        )


def authority(name: str = "Own", **stamper) -> Authority:
    """Return an authority with a root, an issuer between and a stamping key."""
    root = certified(f"{name} Root")
    between = certified(f"{name} Stamping CA", root)
    return Authority(
        root, certified(f"{name} Stamper", between, **{"ca": False, "eku": STAMPING, **stamper}), (between,)
    )


def later(gen_time: str, **step: int) -> str:
    """Return a genTime some time after another."""
    moved = datetime.strptime(gen_time, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC) + timedelta(**step)
    return moved.strftime("%Y%m%d%H%M%SZ")
