"""Log: the case's append-only record behind one small interface: read, append.

Two files: the log itself, and the signed checkpoint that says how far it was acknowledged.
Acknowledged means that both are on disk when `append` returns. The batch is synced before the
checkpoint names it, so a power cut may leave a batch that nobody was promised, never a promise
without its batch. What stands behind the checkpoint is no statement, however whole it looks:
anyone may have written it, and the next append cuts it off.

The checkpoint is written over in place. It always has the length of one sector, which a disk
writes whole or not at all, and no name or length has to reach the disk with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from watchkeeper.evidence import frames, note
from watchkeeper.evidence.note import Signer
from watchkeeper.evidence.statement import SALT_BYTES
from watchkeeper.evidence.verify import Checkpoint, Verifier
from watchkeeper.store import chance, disk
from watchkeeper.store.keys import KeyMissing
from watchkeeper.values.digest import Json
from watchkeeper.values.refused import Unsound

_CHECKPOINT = "checkpoint"
_SECTOR = 512  # bytes; the smallest unit that disks write, and write whole


class Log:
    """One log file of a case; make it with `create`, then `read` and `append`."""

    def __init__(self, path: Path, verifier: Verifier) -> None:
        """Point at the file, and take the key that its checkpoint must be signed with; nothing is read yet."""
        self.path = path
        self.verifier = verifier
        self._head: frames.Head | None = None
        self._vouched = b""  # the checkpoint that was checked to vouch for that head
        self._durable = b""  # the checkpoint that this process knows to be on disk

    @classmethod
    def create(cls, path: Path, signer: Signer) -> Log:
        """Write an empty log and its checkpoint; raise `FileExistsError` if there is a log already."""
        if path.exists():
            raise FileExistsError(f"{path} is a log already; it is never begun anew.")
        disk.put(path, frames.MAGIC)
        made = cls(path, signer.verifier)
        disk.put(path.with_name(_CHECKPOINT), made._signed(frames.Head(), signer))
        return made

    def read(self) -> frames.Sealed:
        """Return all acknowledged statements; raise `Unsound` if the log is damaged or missing."""
        self._head = None  # nobody goes on from a log that was seen to be damaged
        data, acknowledged, checkpoint = self._bytes()
        sealed = frames.read(data[: acknowledged.sealed_bytes], acknowledged)
        self._head, self._vouched = sealed.head, checkpoint
        if len(data) == acknowledged.sealed_bytes or self.checkpoint() != checkpoint:
            return sealed  # or another process went on between the two reads: its batches are no torn tail
        _refuse_more_than_a_crash_leaves(data, acknowledged)
        return replace(sealed, torn_bytes=len(data) - acknowledged.sealed_bytes)

    def batches(self) -> Iterator[tuple[list[dict[str, Any]], frames.Head]]:
        """Yield each acknowledged batch with the head behind it, for a log too long to hold at once."""
        data, acknowledged, _ = self._bytes()
        return frames.batches(data[: acknowledged.sealed_bytes], acknowledged)

    def append(self, statements: Sequence[Json], signer: Signer) -> None:
        """Add one sealed batch; a torn tail left by a crash is cut first.

        The caller holds the case's lock, so nobody else writes between the look at the end and the end.

        Raises:
            KeyMissing: the key is another case's; its checkpoint would not be believed here.
        """
        if signer.verifier != self.verifier:
            raise KeyMissing(
                f"The signing key is that of {signer.verifier.name}, and this is {self.verifier.name}; nothing was "
                "recorded, reading goes on. Restore keys/signing.key from your backup of this case."
            )
        head = self.head()
        salts = chance.draw_each(len(statements), SALT_BYTES)
        data, after = frames.batch(statements, salts, head)
        if self._vouched != self._durable:
            # Whoever wrote that checkpoint may have been killed before it was on disk, and we go on from it. It is
            # written again: after a failed sync the system may call bytes clean that never reached the disk.
            disk.write_in_place(self.path.with_name(_CHECKPOINT), self._vouched)
        self._head = None  # until all is on disk, nobody may go on from here
        try:
            disk.append(self.path, head.sealed_bytes, data)
        except (OSError, disk.DiskRefused):
            with suppress(OSError, disk.DiskRefused):  # a full disk gets its space back
                disk.append(self.path, head.sealed_bytes, b"")
            raise
        # From here on nothing is cut: when this fails, the new checkpoint may stand already.
        self._acknowledge(after, signer)

    def head(self) -> frames.Head:
        """Return where the log ends for certain; reads it only if another wrote since the last look."""
        if self._head is None or not self._as_left():
            self.read()
        if self._head is None:  # pragma: no cover - read sets it or raises
            raise AssertionError("a log was read and has no head")
        return self._head

    def checkpoint(self) -> bytes:
        """Return the signed checkpoint; raise `Unsound` if it is missing, or not this case's."""
        return self._checked()[1]

    def acknowledged(self) -> frames.Acknowledged:
        """Return what the checkpoint vouches for; raise `Unsound` if it is not this case's, or is no checkpoint."""
        return self._checked()[0]

    def _opened(self, written: bytes) -> frames.Acknowledged:
        checkpoint = note.open_note(written, self.verifier)
        try:
            (_, sealed_bytes), (_, chain), _ = (line.split(" ") for line in checkpoint.further)
            if checkpoint.origin == self.verifier.name:
                return frames.Acknowledged(checkpoint.size, checkpoint.root, int(sealed_bytes), bytes.fromhex(chain))
        except ValueError:
            pass
        raise Unsound("The checkpoint beside the log is signed, and speaks of another log. Restore it from a copy.")

    def _acknowledge(self, head: frames.Head, signer: Signer) -> None:
        signed = self._signed(head, signer)
        disk.write_in_place(self.path.with_name(_CHECKPOINT), signed)
        self._head, self._vouched, self._durable = head, signed, signed

    def _signed(self, head: frames.Head, signer: Signer) -> bytes:
        """Return the checkpoint of a head; a line of zeros in it brings it to the length of a sector."""
        lines = [f"bytes {head.sealed_bytes}", f"chain {head.chain.hex()}", "pad "]
        told = Checkpoint(signer.verifier.name, head.size, head.root, tuple(lines))
        lines[-1] += "0" * (_SECTOR - signer.length(told))
        return signer.sign(replace(told, further=tuple(lines))).encode()

    def _bytes(self) -> tuple[bytes, frames.Acknowledged, bytes]:
        # The checkpoint first: a batch that is added between the two reads is then only more than was vouched for.
        acknowledged, checkpoint = self._checked()
        try:
            return disk.read(self.path), acknowledged, checkpoint
        except FileNotFoundError:
            raise Unsound(f"{self.path} is missing: the record of this case is gone. Restore it from a copy.") from None

    def _written(self) -> bytes:
        try:
            return disk.read(self.path.with_name(_CHECKPOINT))
        except FileNotFoundError:
            raise Unsound(
                f"{self.path.with_name(_CHECKPOINT)} is missing: nothing says how far this log was acknowledged. "
                "Restore the case from a copy."
            ) from None

    def _checked(self) -> tuple[frames.Acknowledged, bytes]:
        """Return the checkpoint, read again as long as another process is just writing over it."""
        written = self._written()
        while True:
            try:
                return self._opened(written), written
            except Unsound:
                again = self._written()
                if again == written:
                    raise
                written = again

    def _as_left(self) -> bool:
        """Say whether the log ends where this process saw it end, beside the checkpoint it read or wrote then."""
        if self._head is None or not self.path.exists() or self.path.stat().st_size != self._head.sealed_bytes:
            return False
        return self._written() == self._vouched

    def __len__(self) -> int:
        """Return the number of sealed statements."""
        return self.head().size


def _refuse_more_than_a_crash_leaves(data: bytes, acknowledged: frames.Acknowledged) -> None:
    """Raise `Unsound` if more than one whole batch stands behind the checkpoint: it is older than the log.

    Whoever appends makes sure of the checkpoint, cuts what stands behind it and adds one batch, so a crash leaves one
    at most.
    """
    behind = sum(head.sealed_bytes > acknowledged.sealed_bytes for _, head in frames.batches(data))
    if behind > 1:
        raise Unsound(
            f"The log is longer than it was acknowledged: {behind} whole batches stand behind what its checkpoint "
            "vouches for, and a crash leaves one at most. An older checkpoint stands beside it: restore both from one "
            "copy."
        )
