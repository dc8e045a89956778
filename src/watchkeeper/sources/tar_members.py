"""Tar members: each file of a tar archive as a stream of its bytes, read once from front to back.

A long name and a record of properties are members of their own before the one they speak of; only their names are
used. A property may give another size than the head, and programs differ in which they believe: that is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from watchkeeper.sources.limits import limit
from watchkeeper.sources.unpacking import PIECE
from watchkeeper.values.refused import Invalid

_BLOCK = 512
_FILE = b"0\x007"
_FOLDER = b"5"
_LONG_NAME = b"L"
_PROPERTIES = b"x"
_OF_ALL = b"g"
_LONGEST_PROPERTIES = 16_384  # bytes; a path and three times take a third of it
_MOST_PROPERTIES = 100  # records of one member


class _Tape:
    """Bytes in pieces, taken in portions."""

    def __init__(self, source: Iterable[bytes]) -> None:
        self._source = iter(source)
        self._held = b""

    def take(self, size: int) -> bytes:
        """Return the next bytes; fewer only at the end."""
        while len(self._held) < size and (piece := next(self._source, b"")):
            self._held += piece
        taken, self._held = self._held[:size], self._held[size:]
        return taken

    def exactly(self, size: int) -> bytes:
        """Return the next bytes; refuse the archive if it ends before."""
        taken = self.take(size)
        if len(taken) != size:
            raise Invalid("the tar archive is cut.")
        return taken

    def stream(self, size: int) -> Iterator[bytes]:
        """Yield a member's bytes and skip what fills up its last block."""
        left = size
        while left:
            piece = self.exactly(min(left, PIECE))
            left -= len(piece)
            yield piece
        self.exactly(-size % _BLOCK)


def is_head(block: bytes) -> bool:
    """Return whether a block is the head of a tar member: marked as one, and its sum is right."""
    return len(block) >= _BLOCK and block[257:262] == b"ustar" and _octal(block[148:156]) == _sum(block)


def members(source: Iterable[bytes]) -> Iterator[tuple[bytes, Iterator[bytes]]]:
    """Yield name and bytes of each file and folder; a stream must be read before the next member is asked for.

    Raises:
        Invalid: a damaged or cut archive, a link, a device, a sparse file, two members of one name.
    """
    tape = _Tape(source)
    seen: set[bytes] = set()
    name: bytes | None = None
    announced = 0
    while (block := tape.take(_BLOCK)).strip(b"\0"):
        if not is_head(block):
            raise Invalid("the tar archive is damaged: a block that should be a member's head is none.")
        kind, size = block[156:157], _size(block)
        if kind in (_LONG_NAME, _PROPERTIES, _OF_ALL):
            announced += 1
            if announced > limit("archive_members"):
                raise Invalid(f"more than {limit('archive_members')} of its entries only speak of others.")
            name = _announced(tape, kind, size) or name
            continue
        if kind not in _FILE and kind != _FOLDER:
            raise Invalid("a member is a link, a device or a file with holes, and no plain file.")
        named = name if name is not None else _name(block)
        if named in seen:
            raise Invalid("two members have one name; which one is meant cannot be known.")
        seen.add(named)
        name = None
        yield named, tape.stream(size if kind != _FOLDER else 0)
    _refuse_rest(tape)


def _refuse_rest(tape: _Tape) -> None:
    while rest := tape.take(PIECE):
        if rest.strip(b"\0"):
            raise Invalid("bytes follow the end of the tar archive.")


def _announced(tape: _Tape, kind: bytes, size: int) -> bytes | None:
    """Return the name that a member before the one it speaks of gives it, if it gives one."""
    if size > _LONGEST_PROPERTIES:
        raise Invalid(f"the properties of a member have {size} bytes, more than {_LONGEST_PROPERTIES}.")
    said = b"".join(tape.stream(size))
    if kind == _LONG_NAME:
        return said.rstrip(b"\0")[: limit("archive_name")]
    properties = dict(_properties(said))
    if any(key == b"size" or key.startswith(b"GNU.sparse") for key in properties):
        raise Invalid("a member has a size beside that of its head; programs differ in which they believe.")
    return properties.get(b"path") if kind == _PROPERTIES else None


def _properties(said: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield key and value of records "LENGTH KEY=VALUE" and a line feed."""
    for _ in range(_MOST_PROPERTIES):
        if not said:
            return
        length, blank, _ = said.partition(b" ")
        if not blank or not length.isdigit() or len(length) > 5 or not len(length) < int(length) <= len(said):
            raise Invalid("the properties of a member are damaged.")
        key, _, value = said[len(length) + 1 : int(length) - 1].partition(b"=")
        yield key, value
        said = said[int(length) :]
    raise Invalid(f"a member has {_MOST_PROPERTIES} properties or more.")


def _name(block: bytes) -> bytes:
    name, prefix = block[:100].partition(b"\0")[0], block[345:500].partition(b"\0")[0]
    posix = block[257:263] == b"ustar\0"  # the older GNU form keeps times where POSIX has a prefix
    return prefix + b"/" + name if posix and prefix else name


def _size(block: bytes) -> int:
    size = _octal(block[124:136])
    if size is None or size > limit("archive_expanded"):
        raise Invalid(f"a member is said to have more than {limit('archive_expanded')} bytes.")
    return size


def _octal(field: bytes) -> int | None:
    text = field.strip(b"\0 ")
    return int(text, 8) if text and not text.strip(b"01234567") else None


def _sum(block: bytes) -> int:
    return sum(block[:148]) + sum(block[156:_BLOCK]) + 8 * ord(" ")
