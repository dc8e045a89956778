"""Archives: what is in a ZIP, tar, gzip, bzip2 or xz file, listed without trusting anything it says of itself.

A member is known by its number, its SHA-256 and its name as an escaped label; a name is never a path. Limits count
the bytes that come out, while they come out. A fault in any member refuses the whole archive: what cannot be read to
its end cannot be listed. The bytes stay what they are, one capture.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from watchkeeper.sources import tar_members, zip_members
from watchkeeper.sources.limits import limit
from watchkeeper.sources.unpacking import pieces, unpack
from watchkeeper.values.refused import Invalid
from watchkeeper.values.texts import visible

_HEAD = 512  # bytes; a tar member's head is that long, every other mark is shorter
_LONGEST_LABEL = 200  # characters shown
_STREAMS = {b"\x1f\x8b": "gzip", b"\xfd7zXZ\x00": "xz"} | {b"BZh%d1AY&SY" % level: "bzip2" for level in range(1, 10)}
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # the second: an archive of nothing
_NOT_READ = {
    b"\x28\xb5\x2f\xfd": "zstd: not every Python that Watchkeeper runs on can expand it; repack it as gzip or ZIP",
    b"7z\xbc\xaf\x27\x1c": "7-Zip: there is no reader for it; repack it as ZIP",
    b"Rar!\x1a\x07": "RAR: there is no reader for it; repack it as ZIP",
}


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its number ("3", or "3.1" within archive 3), its escaped label, its SHA-256 and its length."""

    number: str
    label: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Listing:
    """What an archive holds: its form, its members, and how many bytes came out, nested archives in full."""

    form: str
    members: tuple[Member, ...]
    expanded: int


def form_of(head: bytes) -> str | None:
    """Return which kind of archive bytes begin like, or None; `head` must be at least 512 bytes or all there are."""
    if head.startswith(_ZIP):
        return "ZIP"
    stream = next((form for magic, form in _STREAMS.items() if head.startswith(magic)), None)
    return stream or ("tar" if tar_members.is_head(head[:_HEAD]) else None)


def listing(data: bytes, name: str) -> Listing:
    """Return what is in an archive, each member hashed; nested archives are listed behind the member they are.

    Args:
        data: The archive's bytes.
        name: What to call the file in errors.

    Raises:
        Invalid: a limit is reached, or the archive is damaged, encrypted, ambiguous, or of a form that is not read.
    """
    told = next((words for magic, words in _NOT_READ.items() if data.startswith(magic)), None)
    form = form_of(data[:_HEAD])
    if told or form is None:
        raise Invalid(f"{name}: not opened: {told or 'these bytes begin like no archive that is read'}.")
    walk = _Walk(len(data))
    try:
        walk.within(form, data)
    except Invalid as refusal:
        place = f"member {walk.place}: " if walk.place else ""
        raise Invalid(f"{name}: not opened: {place}{refusal.summary} Its bytes are kept as they are.") from refusal
    return Listing(form, tuple(walk.found), walk.expanded)


@dataclass
class _Walk:
    """One walk through an archive: what was found, and how much came out so far."""

    packed: int
    found: list[Member] = field(default_factory=list)
    expanded: int = 0
    begun: int = 0
    place: str = ""

    def within(self, form: str, data: bytes) -> None:
        """Walk through an archive that is held whole."""
        self._members(form, _opened(form, data), depth=1, prefix="")

    def _members(self, form: str, members: Iterator[tuple[bytes, Iterator[bytes]]], depth: int, prefix: str) -> None:
        for number, (name, stream) in enumerate(members, start=1):
            self.begun += 1
            if self.begun > limit("archive_members"):
                raise Invalid(f"there are more than {limit('archive_members')} members.")
            self.place = f"{prefix}{number}"
            self._member(self.place, name, _Counted(stream, self), depth, form)
        self.place = prefix.removesuffix(".")

    def _member(self, place: str, name: bytes, stream: _Counted, depth: int, within: str) -> None:
        mine = len(self.found)
        head = _begin(stream)
        form = form_of(head)
        if form is not None:
            # A tar in a stream is one archive: nobody packs a folder otherwise.
            deeper = depth + (not (form == "tar" and within in _STREAMS.values()))
            if deeper > limit("archive_depth"):
                raise Invalid(f"archives lie more than {limit('archive_depth')} deep in each other.")
            self._members(form, _nested(form, chain([head], stream)), deeper, f"{place}.")
        for _ in stream:
            pass
        self.found.insert(mine, Member(place, label(name), stream.digest.hexdigest(), stream.size))

    def count(self, size: int) -> None:
        """Count bytes that came out of anything at any depth; stop where no honest archive gets."""
        self.expanded += size
        if self.expanded > limit("archive_expanded"):
            raise Invalid(f"more than {limit('archive_expanded')} bytes come out of it.")
        if self.expanded > max(limit("archive_ratio_from"), limit("archive_ratio") * self.packed):
            raise Invalid(f"it expands to more than {limit('archive_ratio')} times its size, as only bombs do.")


class _Counted:
    """A member's bytes, hashed and counted while they pass."""

    def __init__(self, source: Iterator[bytes], walk: _Walk) -> None:
        self._source, self._walk = source, walk
        self.digest = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = next(self._source)
        self._walk.count(len(piece))
        self.digest.update(piece)
        self.size += len(piece)
        return piece


def label(name: bytes) -> str:
    """Return a member's name as one line that can be shown: what is no UTF-8 and what cannot be seen is escaped."""
    shown = visible(name.decode("utf-8", "backslashreplace"), lines=False)
    return shown if len(shown) <= _LONGEST_LABEL else f"{shown[:_LONGEST_LABEL]}..."


def _begin(stream: _Counted) -> bytes:
    head = b""
    for piece in stream:
        head += piece
        if len(head) >= _HEAD:
            break
    return head


def _nested(form: str, stream: Iterator[bytes]) -> Iterator[tuple[bytes, Iterator[bytes]]]:
    if form != "ZIP":
        return _streamed(form, stream)
    held = bytearray()
    for piece in stream:
        held += piece
        if len(held) > limit("archive_inner_zip"):
            raise Invalid(f"a ZIP file within an archive has more than {limit('archive_inner_zip')} bytes.")
    return _opened(form, bytes(held))


def _opened(form: str, data: bytes) -> Iterator[tuple[bytes, Iterator[bytes]]]:
    if form != "ZIP":
        return _streamed(form, pieces(data))
    entries = zip_members.listed(data)
    return ((entry.name, entry.stream(data)) for entry in entries)


def _streamed(form: str, stream: Iterator[bytes]) -> Iterator[tuple[bytes, Iterator[bytes]]]:
    return tar_members.members(stream) if form == "tar" else iter([(b"", unpack(form, stream))])
