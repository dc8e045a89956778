"""Sealed exports: bytes encrypted to named readers with age (X25519), for bundles and backups.

Whoever holds one of the identities reads everything; a seal says nothing of who made it, so a
sealed bundle is signed inside, not by its seal. age's format: https://age-encryption.org/v1.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyrage import DecryptError, IdentityError, RecipientError, decrypt, encrypt, x25519

from watchkeeper.values.refused import Invalid, Refused, Unsound

_BEGINS = (b"age-encryption.org/v1\n", b"-----BEGIN AGE ENCRYPTED FILE-----")  # plain, or as text to mail
_SECRET = "AGE-SECRET-KEY-"  # noqa: S105 - how a secret begins, not one
_NO_KEY = "No matching keys found"  # pyrage tells a stranger's key from damage by its words alone


def seal(data: bytes, recipients: Sequence[str]) -> bytes:
    """Return bytes that only the holders of the recipients' identities can open.

    Sealing the same bytes twice gives different bytes: keep the digest of what was sealed.

    Args:
        data: What to seal.
        recipients: Public keys, "age1...", at least one. Add your own, or you cannot open it yourself.

    Raises:
        Refused: no recipient is given.
        Invalid: a recipient is malformed; all faults at once. A secret key given by mistake is not repeated.
    """
    if not recipients:
        raise Refused("No recipient is given, so nobody could open the export. Name one or more with --to age1...")
    faults, readers = [], []
    for number, recipient in enumerate(recipients, start=1):
        try:
            readers.append(x25519.Recipient.from_str(recipient.strip()))
        except RecipientError as error:
            faults.append(_recipient_fault(number, recipient.strip(), error))
    if faults:
        raise Invalid("Nothing was sealed: a recipient cannot be read.", tuple(faults))
    sealed: bytes = encrypt(data, readers)
    return sealed


def open_sealed(data: bytes, identity: str) -> bytes:
    """Return what was sealed.

    Args:
        data: A sealed export.
        identity: One or more secret keys, "AGE-SECRET-KEY-1...", one a line; lines with # are comments, as
            `age-keygen` writes them.

    Raises:
        Invalid: the bytes are no sealed export, or the identity is malformed (it is not repeated).
        Refused: the export is sealed to others.
        Unsound: the export is cut or changed; nothing of it is returned.
    """
    if not data.startswith(_BEGINS):
        raise Invalid("This is no sealed export: it does not begin as a file of age version 1 does. Check the file.")
    keys = _identities(identity)
    try:
        opened: bytes = decrypt(data, keys)
    except DecryptError as error:
        if str(error) == _NO_KEY:
            raise Refused(
                "The export is sealed to other recipients than this identity. Use the identity whose public key was "
                "named when it was sealed, or ask the sender to seal it to yours."
            ) from error
        raise Unsound(
            f"The sealed export is cut or changed ({error}); nothing of it can be trusted. Ask for it again."
        ) from error
    return opened


def _identities(text: str) -> list[x25519.Identity]:
    lines = [line.strip() for line in text.splitlines()]
    keys = [line for line in lines if line and not line.startswith("#")]
    if not keys:
        raise Invalid(f"The identity is empty. Give the line that begins with {_SECRET}1.")
    try:
        return [x25519.Identity.from_str(key) for key in keys]
    except IdentityError:
        # Not chained: the words of the library could repeat a secret into a log.
        raise Invalid(
            f"The identity cannot be read (it is not repeated here). Give a line that begins with {_SECRET}1, "
            "as `age-keygen` wrote it, not a public key."
        ) from None


def _recipient_fault(number: int, recipient: str, error: RecipientError) -> str:
    if recipient.upper().startswith(_SECRET):
        return (
            f"recipient {number} is a SECRET key (not repeated here). Give its public key, age1..., and treat the "
            "secret as seen by whoever reads this machine's command history."
        )
    return f'recipient {number}: "{recipient}" is no X25519 public key ({error}). It begins with age1; copy it whole.'
