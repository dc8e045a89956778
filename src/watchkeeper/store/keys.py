"""Keys: what a case holds in secret. The signing key vouches for the log; record keys open personal fields.

They lie in `keys/`, readable by their owner alone, and belong in a backup of their own: without
the signing key nothing more can be recorded, and without a record's key its personal fields are
gone. Whoever holds the signing key can write another history; only a checkpoint kept elsewhere
shows that.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from watchkeeper.evidence.note import Signer
from watchkeeper.evidence.personal import KEY_BYTES
from watchkeeper.evidence.verify import Checkpoint
from watchkeeper.store import chance, disk
from watchkeeper.values.digest import of_bytes
from watchkeeper.values.refused import Refused, Unsound

_SIGNING, _PERSONAL, _ERASED = "signing.key", "personal.keys", "erased.keys"
_SECRET = 0o600


class KeyMissing(Refused):
    """The key that is needed is not there, or is another's."""

    exit_code = 5


def folder(case: Path) -> Path:
    """Return where a case's keys lie."""
    return case / "keys"


def make(case: Path) -> Signer:
    """Draw the signing key of a new case and keep it."""
    disk.make_folders(folder(case), within=case, mode=0o700)
    private = chance.draw(KEY_BYTES)
    disk.put(folder(case) / _SIGNING, f"{private.hex()}\n".encode(), mode=_SECRET)
    disk.put(folder(case) / _PERSONAL, b"", mode=_SECRET)
    return _signer(private)


def signer(case: Path) -> Signer:
    """Return what signs for a case.

    Raises:
        KeyMissing: the key is gone or is no key.
    """
    path = folder(case) / _SIGNING
    try:
        private = bytes.fromhex(disk.read(path).decode("ascii"))
        if len(private) == KEY_BYTES:
            return _signer(private)
    except (OSError, ValueError):
        pass
    raise KeyMissing(
        f"{path} is missing or is no key, so nothing new can be vouched for; reading goes on. "
        "Restore it from your backup of keys/."
    )


def signed_root(case: Path, size: int, root: bytes) -> bytes:
    """Return a checkpoint to hand out: size and root alone, signed.

    The one beside the log says its length in bytes too: two of those tell how much was written between, open or not.

    Raises:
        KeyMissing: the key is gone or is no key.
    """
    key = signer(case)
    return key.sign(Checkpoint(key.verifier.name, size, root)).encode()


@lru_cache(maxsize=1)  # a tenth of the time of a single append goes into it
def _signer(private: bytes) -> Signer:
    unnamed = Signer("", private).verifier
    return Signer(f"watchkeeper/case-{of_bytes(unnamed.key)[:16]}", private)


def add_personal(case: Path, keys: dict[str, bytes]) -> None:
    """Keep the keys of records with personal fields, by the key's own digest; before the record is written."""
    if keys:
        _write_personal(case, {**personal(case), **keys})


def erase_personal(case: Path, records: set[str]) -> int:
    """Erase the keys of these records; return how many there were.

    The old file is written over in place once the new one is durable, as far as the machine does so:
    a drive may still keep older blocks, and a backup what it copied.
    """
    _write_over_old(case)  # what a crash left the last time
    for left in folder(case).glob(".new-*"):  # as when keys were added
        disk.write_over(left)
        disk.remove(left)
    held = personal(case)
    kept = {record: key for record, key in held.items() if record not in records}
    if len(kept) < len(held):
        if disk.link(folder(case) / _PERSONAL, folder(case) / _ERASED):
            _write_personal(case, kept)
            _write_over_old(case)
        else:
            disk.put_over(folder(case) / _PERSONAL, _written(kept), mode=_SECRET)
    return len(held) - len(kept)


def _write_over_old(case: Path) -> None:
    held, old = folder(case) / _PERSONAL, folder(case) / _ERASED
    if not old.exists():
        return
    # After a crash just behind the link, both names are one file: the keys that are still held.
    if not (held.exists() and old.samefile(held)):
        # A crash behind the rename may have left it unsynced: after a power cut the old file would hold all keys again.
        disk.sync_folder(folder(case))
        disk.write_over(old)
    disk.remove(old)


def personal(case: Path) -> dict[str, bytes]:
    """Return the keys of records with personal fields, by the digest of each key, which their records name."""
    path = folder(case) / _PERSONAL
    try:
        lines = disk.read(path).splitlines()
    except FileNotFoundError:
        return {}
    try:
        return {record: bytes.fromhex(key) for record, key in map(json.loads, lines)}
    except (ValueError, TypeError, RecursionError):
        raise Unsound(f"{path} is damaged, so personal fields cannot be opened; restore it from your backup.") from None


def check_personal(case: Path) -> dict[str, bytes]:
    """Return the keys of records as `personal` does; raise `Unsound` if one is not the key whose digest names it."""
    held = personal(case)
    for record, key in held.items():
        if of_bytes(key) != record:
            raise Unsound(
                f"{folder(case) / _PERSONAL} holds another key than the one named {record}, so its record cannot be "
                "opened; restore it from your backup."
            )
    return held


def _write_personal(case: Path, keys: dict[str, bytes]) -> None:
    disk.put(folder(case) / _PERSONAL, _written(keys), mode=_SECRET)


def _written(keys: dict[str, bytes]) -> bytes:
    return "".join(f"{json.dumps([record, key.hex()])}\n" for record, key in keys.items()).encode()
