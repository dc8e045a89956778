"""Unpacking: the bytes of a gzip, bzip2, xz or deflate stream, piece by piece, as they are asked for.

Nothing is expanded ahead of its reader, so whoever counts the pieces can stop at any of them. What a stream declares
about its own size is not looked at.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from watchkeeper.sources.limits import limit
from watchkeeper.values.refused import Invalid

PIECE = 65_536  # bytes handed on at a time
# Each concatenated stream is a new start for the decoder; millions of empty ones give no byte and take minutes.
_STREAMS = "archive_members"
_FAULTS = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)


class _Machine(Protocol):
    """What expands one stream: give it packed bytes, get at most a piece; `rest` is what it has not taken yet."""

    def step(self, packed: bytes) -> bytes: ...
    def hungry(self) -> bool: ...
    def ended(self) -> bool: ...
    def behind(self) -> bytes: ...


class _Inflate:
    """Deflate, bare or in a gzip frame."""

    def __init__(self, bits: int) -> None:
        self._machine = zlib.decompressobj(bits)
        self._full = False

    def step(self, packed: bytes) -> bytes:
        piece = self._machine.decompress(self._machine.unconsumed_tail + packed, PIECE)
        self._full = len(piece) == PIECE
        return piece

    def hungry(self) -> bool:
        return not self._full and not self._machine.unconsumed_tail

    def ended(self) -> bool:
        return self._machine.eof

    def behind(self) -> bytes:
        return self._machine.unused_data


class _Buffered:
    """Bzip2 or xz: both keep what they have not taken yet themselves."""

    def __init__(self, machine: bz2.BZ2Decompressor | lzma.LZMADecompressor) -> None:
        self._machine = machine

    def step(self, packed: bytes) -> bytes:
        return self._machine.decompress(packed, PIECE)

    def hungry(self) -> bool:
        return self._machine.needs_input

    def ended(self) -> bool:
        return self._machine.eof

    def behind(self) -> bytes:
        return self._machine.unused_data


def _xz() -> _Machine:
    return _Buffered(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=limit("archive_decoder_memory")))


_MACHINES: dict[str, Callable[[], _Machine]] = {
    "gzip": lambda: _Inflate(31),
    "deflate": lambda: _Inflate(-15),
    "bzip2": lambda: _Buffered(bz2.BZ2Decompressor()),
    "xz": _xz,
}


def pieces(data: bytes | memoryview) -> Iterator[bytes]:
    """Return bytes in pieces, without a copy of the whole."""
    view = memoryview(data)
    return (bytes(view[at : at + PIECE]) for at in range(0, len(view), PIECE))


def unpack(form: str, packed: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the expanded bytes of a stream, at most 64 KiB at a time.

    Args:
        form: gzip, deflate, bzip2 or xz. Streams of all but deflate may follow each other and are one.
        packed: The packed bytes in pieces.

    Raises:
        Invalid: the stream is damaged or cut, bytes follow it, it asks for too much memory or too many new starts,
            or more comes out than any honest stream gives for what was taken so far.
    """
    source = _Source(packed)
    left = b""
    for _ in range(limit(_STREAMS)):
        machine = _MACHINES[form]()
        for piece in _one(machine, left, source, form):
            source.given(len(piece))
            yield piece
        left = _behind(machine.behind(), source, padded=form != "deflate")
        if not left:
            return
        if form == "deflate":
            raise Invalid("bytes follow the end of a packed member.")
    raise Invalid(f"more than {limit(_STREAMS)} {form} streams follow each other.")


class _Source:
    """The packed pieces, counted as they are taken, against the bytes that came out of them."""

    def __init__(self, packed: Iterable[bytes]) -> None:
        self._packed = iter(packed)
        self._taken = 0
        self._given = 0

    def take(self) -> bytes:
        """Return the next piece, empty at the end."""
        piece = next(self._packed, b"")
        self._taken += len(piece)
        return piece

    def given(self, size: int) -> None:
        """Count bytes that came out; stop at what only bombs do."""
        self._given += size
        if self._given > max(limit("archive_ratio_from"), limit("archive_ratio") * self._taken):
            raise Invalid(f"it expands to more than {limit('archive_ratio')} times its size, as only bombs do.")


def _one(machine: _Machine, left: bytes, source: _Source, form: str) -> Iterator[bytes]:
    """Yield what one stream holds."""
    packed = left
    while not machine.ended():
        if machine.hungry() and not packed:
            packed = source.take()
            if not packed:
                raise Invalid(f"the {form} stream is cut: it has no end.")
        try:
            piece = machine.step(packed)
        except _FAULTS as error:
            raise Invalid(f"the {form} stream is damaged ({error}).") from error
        packed = b""
        if piece:
            yield piece


def _behind(left: bytes, source: _Source, *, padded: bool) -> bytes:
    """Return what follows a stream; zeros fill up a block of a tape and are nothing."""
    while padded:
        left = left.lstrip(b"\0")
        if left:
            return left
        left = source.take()
        if not left:
            return b""
    return left or source.take()
