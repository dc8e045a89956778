"""Timestamp: what a third party (RFC 3161), or a voice on the telephone, says of a root hash.

A token proves that the root was known to an authority at `gen_time`, and nothing about who
held it or whether what it covers is true. A token can be altered in its unsigned envelope and
still verify, so its own hash is never an identity: time and serial are. Certificates are judged
at `gen_time`, not today: a stamp does not lapse with the certificate. Revocation is not looked
up, and neither is the signed hash of the stamper's certificate: `openssl ts -verify` does that.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning
from rfc3161_client import TimeStampResponse, VerificationError, VerifierBuilder, decode_timestamp_response

from watchkeeper.values.refused import Invalid, Unsound

ROOT_BYTES = 32  # SHA-256
_SHA256 = "2.16.840.1.101.3.4.2.1"
_GRANTED = 0  # PKIStatus of RFC 3161; 1, "with mods", is something else than was asked for
_UNREADABLE = (ValueError, TypeError, OverflowError, UnsupportedAlgorithm, x509.DuplicateExtension)
_OPENSSL_REASON = re.compile(r"Verify error: ([^\"]+)|reason: \"([^\"]+)\"")
_GROUPS, _PER_LINE, _CHECKS = 16, 4, "0123456789abcdefx"
_DIGITS = re.compile(r"[0-9a-f]{4}[0-9a-fx]\Z")


@dataclass(frozen=True, slots=True)
class Stamped:
    """What a verified token says.

    gen_time: UTC to the second as YYYY-MM-DDTHH:MM:SSZ; a fraction is dropped.
    policy: The authority's policy, a dotted OID. serial: hex digits, as openssl prints them.
    tsa: Subject of the certificate that signed. anchor: SHA-256 of the root certificate it leads to.
    """

    gen_time: str
    policy: str
    serial: str
    tsa: str
    anchor: str


def verify(token: bytes, root: bytes, chain: Sequence[bytes]) -> Stamped:
    """Return what a token says of a root, once its signature and certificates are found good at its own time.

    Args:
        token: A TimeStampResp, the content of a .tsr file, with the stamper's certificate in it.
        root: The 32 bytes that were stamped.
        chain: PEM certificates. Every self-signed one is TRUSTED, so take them from where the reader
            would, never from the token; the others only help to reach one.

    Raises:
        Unsound: the token is unreadable, over another root, or not signed by a stamper that a root vouches for.
        Invalid: the chain holds no certificate, or no self-signed one.
    """
    with warnings.catch_warnings():
        # A certificate against the rules only in form is openssl's to judge, not a warning on a user's screen.
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        anchors, between = _certificates(chain)
        return _verified(_over(token, root), root, anchors, between)


def check_answer(answer: bytes, root: bytes, nonce: int) -> None:
    """Raise `Unsound` unless an answer grants a token over this root for this request; it is not yet verified."""
    reply = _over(answer, root)
    if reply.tst_info.nonce != nonce:
        raise Unsound("The answer is to another request (its nonce differs); it may be replayed. Ask again.")
    if not reply.signed_data.certificates:
        raise Unsound("The token lacks its certificates, though they were asked for. Ask another authority.")


def spoken(root: bytes) -> str:
    """Return a 32-byte root as lines to be read out over the telephone, or mailed, to a second custodian.

    16 groups of 4 hex digits, each with a check character behind a hyphen (0-9, a-f or x) that holds the
    group's place too; the last line is a check of 4 digits over the whole. The checks catch a slip of
    tongue, ear or hand, not a liar: what protects is that the second custodian is another person.
    """
    digits = _sized(root).hex()
    parts = [digits[at : at + 4] for at in range(0, len(digits), 4)]
    groups = [f"{part}-{_check(part, place)}" for place, part in enumerate(parts, start=1)]
    lines = [" ".join(groups[at : at + _PER_LINE]) for at in range(0, _GROUPS, _PER_LINE)]
    return "\n".join([*lines, _whole(root)])


def heard(text: str) -> bytes:
    """Return the root that was read out.

    Args:
        text: What `spoken` gave; capitals, hyphens and line ends do not matter.

    Raises:
        Invalid: too few or too many groups, wrong groups (each is named), or a wrong last check.
    """
    *groups, whole = text.lower().replace("-", "").split() or [""]
    if len(groups) != _GROUPS:
        raise Invalid(
            f"{len(groups)} groups and a last check were heard, not {_GROUPS}. "
            "Have the root read out again from group 1."
        )
    faults = tuple(
        f'group {place}: "{group}" does not agree with its check'
        for place, group in enumerate(groups, start=1)
        if not _right(group, place)
    )
    if faults:
        raise Invalid("The root was not heard as it was said. Have these groups read out again:", faults)
    root = bytes.fromhex("".join(group[:4] for group in groups))
    if whole != _whole(root):
        raise Invalid(
            f'The last check was heard as "{whole}", and these groups give another. '
            "Have the check and all groups read out again."
        )
    return root


def _over(token: bytes, root: bytes) -> TimeStampResponse:
    """Return a granted reply that is over the root; nothing else of it may be believed yet."""
    try:
        reply = decode_timestamp_response(token)
        if reply.status != _GRANTED:
            words = "; ".join(reply.status_string) or "no reason given"
            raise Unsound(f"The authority gave no token: status {reply.status} ({words}). Ask again, or ask another.")
        imprint = reply.tst_info.message_imprint
        algorithm, stamped = imprint.hash_algorithm.dotted_string, imprint.message
    except _UNREADABLE as error:
        raise _unreadable(error) from error
    if algorithm != _SHA256 or stamped != _sized(root):
        raise Unsound(
            f"The token is over another root: {stamped.hex()} (hash {algorithm}), not {root.hex()} (SHA-256). "
            "Find the checkpoint it belongs to."
        )
    return reply


def _verified(
    reply: TimeStampResponse, root: bytes, anchors: list[x509.Certificate], between: list[x509.Certificate]
) -> Stamped:
    reasons = []
    for anchor in anchors:
        try:
            VerifierBuilder(roots=[anchor], intermediates=list(between)).build().verify(reply, root)
            return _stamped(reply, anchor)
        except (VerificationError, *_UNREADABLE) as error:
            reasons.append(_reason(error))
    raise Unsound(
        f"The token does not verify at its own time: {'; '.join(dict.fromkeys(reasons))}. It proves nothing as it is: "
        "restore it from a copy, or give the root certificate of the authority that made it."
    )


def _stamped(reply: TimeStampResponse, anchor: x509.Certificate) -> Stamped:
    info, signer = reply.tst_info, next(iter(reply.signed_data.signer_infos))
    shown = [x509.load_der_x509_certificate(der) for der in reply.signed_data.certificates]
    stamper = next(one for one in shown if (one.issuer, one.serial_number) == (signer.issuer, signer.serial_number))
    serial = f"{info.serial_number:X}"
    return Stamped(
        gen_time=info.gen_time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        policy=info.policy.dotted_string,
        serial=serial.zfill(len(serial) + len(serial) % 2),
        tsa=stamper.subject.rfc4514_string(),
        anchor=hashlib.sha256(anchor.public_bytes(Encoding.DER)).hexdigest(),
    )


def _certificates(chain: Sequence[bytes]) -> tuple[list[x509.Certificate], list[x509.Certificate]]:
    """Return the self-signed certificates, which are trusted, and the others."""
    try:
        unique = dict.fromkeys(one for pem in chain for one in x509.load_pem_x509_certificates(pem))
    except _UNREADABLE as error:
        raise Invalid(f"The certificate chain cannot be read ({error}). Give PEM certificates.") from error
    anchors = [one for one in unique if _signs_itself(one)]
    if not anchors:
        raise Invalid(
            "The certificate chain holds no root (no self-signed certificate), so nothing could be trusted. "
            "Add the authority's root certificate in PEM."
        )
    return anchors, [one for one in unique if one not in anchors]


def _signs_itself(certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(certificate)
    except (InvalidSignature, *_UNREADABLE):
        return False
    return True


def _reason(error: Exception) -> str:
    """Return openssl's own words for a refusal, without the stack it wraps them in."""
    found = [first or second for first, second in _OPENSSL_REASON.findall(str(error))]
    return found[-1] if found else str(error).rstrip(".")


def _unreadable(error: Exception) -> Unsound:
    return Unsound(
        f"The token cannot be read ({error}). Restore it from a copy, or ask the authority again, or another one."
    )


def _sized(root: bytes) -> bytes:
    if len(root) != ROOT_BYTES:
        raise ValueError(f"A root is {ROOT_BYTES} bytes of SHA-256, not {len(root)}.")
    return root


def _check(digits: str, place: int) -> str:
    # Weights modulo a prime, as in ISBN-10: every one-digit slip and every swap of two digits shows,
    # and so does a group said in another place.
    return _CHECKS[(sum(weight * int(digit, 16) for weight, digit in enumerate(digits, start=2)) + place) % 17]


def _right(group: str, place: int) -> bool:
    return bool(_DIGITS.match(group)) and group[4] == _check(group[:4], place)


def _whole(root: bytes) -> str:
    return f"{int.from_bytes(hashlib.sha256(root).digest()[:8], 'big') % 10_000:04d}"
