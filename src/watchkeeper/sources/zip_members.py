"""ZIP members: what a ZIP file lists, each as a stream of its bytes, if both of its lists agree.

A ZIP names every member twice: at its bytes and in a list at the end. Two programs may believe different ones, and
entries that share bytes expand a kilobyte to terabytes; so a file whose lists differ, or whose entries overlap, is
refused.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from watchkeeper.sources.limits import limit
from watchkeeper.sources.unpacking import pieces, unpack
from watchkeeper.values.refused import Invalid

_END = struct.Struct("<4s4H2LH")
_LISTED = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_LONGEST_REMARK = 65_535
_FORMS = {0: "stored", 8: "deflate", 12: "bzip2"}  # APPNOTE 4.4.5
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF8 = 0x800
_WIDE = 0xFFFFFFFF
_UNIX = (3, 19)  # systems whose modes are Unix modes: Unix, macOS


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of the list at the end: all that is said of a member, and where its packed bytes lie."""

    name: bytes
    form: str
    check: int
    packed: int
    expanded: int
    at: int

    def stream(self, data: bytes) -> Iterator[bytes]:
        """Yield the member's bytes, checked against what the list says of them once they end."""
        start = self.start(data)
        packed = pieces(memoryview(data)[start : start + self.packed])
        size, check = 0, 0
        for piece in packed if self.form == "stored" else unpack(self.form, packed):
            size += len(piece)
            check = zlib.crc32(piece, check)
            if size > self.expanded:
                break
            yield piece
        if (size, check) != (self.expanded, self.check):
            raise Invalid(f"its bytes are not as listed ({self.expanded} bytes, CRC {self.check:08x}).")

    def start(self, data: bytes) -> int:
        """Return where the packed bytes begin; refuse a member whose own head says otherwise than the list."""
        if self.at + _LOCAL.size > len(data):
            raise Invalid("the list points behind the end of the file.")
        magic, _, flags, method, _, _, _, _, _, name, extra = _LOCAL.unpack_from(data, self.at)
        named = data[self.at + _LOCAL.size : self.at + _LOCAL.size + name]
        if magic != b"PK\x03\x04" or flags & _ENCRYPTED or _FORMS.get(method) != self.form or named != self.name:
            raise Invalid("the list and the member itself do not agree; two programs would see different files.")
        return self.at + _LOCAL.size + int(name) + int(extra)


def listed(data: bytes) -> tuple[Listed, ...]:
    """Return the members of a ZIP file in the order of its list.

    Raises:
        Invalid: no list or a broken one, too many members, two of one name, an encrypted one, a link or device,
            a way of packing that is not read, entries that share bytes.
    """
    count, size, start, end = _end(data)
    found: list[Listed] = []
    at = start
    for _ in range(count):
        entry, at = _entry(data, at, end)
        found.append(entry)
    if at != end or start + size != end:
        raise Invalid("the list of the ZIP file and what is said of its length do not agree.")
    _refuse_bomb(data, found)
    _refuse_twice(found)
    _refuse_overlap(data, found, start)
    return tuple(found)


def _end(data: bytes) -> tuple[int, int, int, int]:
    """Return how many entries the list has, its length, where it begins and where it ends."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - _LONGEST_REMARK - _END.size))
    if at < 0 or at + _END.size > len(data):
        raise Invalid("the list at the end of the ZIP file is missing; the file may be cut.")
    _, disk, first, here, count, size, start, remark = _END.unpack_from(data, at)
    if at + _END.size + remark != len(data):
        raise Invalid("bytes follow the end of the ZIP file.")
    if count > limit("archive_members"):
        raise Invalid(f"it lists {count} members or more, and at most {limit('archive_members')} are read.")
    if _WIDE in (start, size) or data[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        raise Invalid("it is in the form for archives beyond 4 GiB or 65,535 members (zip64), which is not read.")
    if disk or first or here != count:
        raise Invalid("it is one part of an archive in several parts.")
    return count, size, start, at


def _entry(data: bytes, at: int, end: int) -> tuple[Listed, int]:
    if at + _LISTED.size > end or not data.startswith(b"PK\x01\x02", at):
        raise Invalid("the list of the ZIP file breaks off.")
    (_, made_by, _, flags, method, _, _, check, packed, expanded, name, extra, remark, _, _, mode, place) = (
        _LISTED.unpack_from(data, at)
    )
    named = data[at + _LISTED.size : at + _LISTED.size + name]
    if name > limit("archive_name"):
        raise Invalid(f"a member's name has {name} bytes, more than {limit('archive_name')}.")
    _refuse_kind(flags, made_by >> 8, mode >> 16)
    if method not in _FORMS:
        raise Invalid(f"a member is packed by method {method}, which is not read; deflate, bzip2 and stored are.")
    if _WIDE in (packed, expanded, place) or expanded > limit("archive_expanded"):
        raise Invalid(f"a member is said to have more than {limit('archive_expanded')} bytes.")
    entry = Listed(named, _FORMS[method], check, packed, expanded, place)
    return entry, at + _LISTED.size + name + extra + remark


def _refuse_kind(flags: int, system: int, mode: int) -> None:
    if flags & _ENCRYPTED:
        raise Invalid("a member is encrypted; what it holds cannot be checked.")
    kind = stat.S_IFMT(mode) if system in _UNIX else 0
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Invalid("a member is a link or a device and no file.")


def _refuse_bomb(data: bytes, found: list[Listed]) -> None:
    # Sizes are believed only when they speak against the file; that no more comes out is counted at each member.
    said = sum(entry.expanded for entry in found)
    if said > max(limit("archive_ratio_from"), limit("archive_ratio") * len(data)):
        raise Invalid(f"its members are said to have {said} bytes, more than {limit('archive_ratio')} times its own.")


def _refuse_twice(found: list[Listed]) -> None:
    if len({entry.name for entry in found}) != len(found):
        raise Invalid("two members have one name; which one is meant cannot be known.")


def _refuse_overlap(data: bytes, found: list[Listed], start_of_list: int) -> None:
    last = 0
    for entry in sorted(found, key=lambda entry: entry.at):
        if entry.at < last:
            raise Invalid("two members share the same bytes, as in an archive made to expand without end.")
        last = entry.start(data) + entry.packed
    if last > start_of_list:
        raise Invalid("a member reaches into the list at the end of the file.")
