"""Disk: how bytes of the record reach the disk, so that a crash or a power cut loses nothing acknowledged.

Every call to the operating system that the record depends on goes through `calls`, so that
tests can fail, cut short or reorder each of them. What a call returns from is durable; what it
raises from is not acknowledged.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from watchkeeper.values.refused import Refused

T = TypeVar("T")
_NEW = ".new-"
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)


class DiskRefused(Refused):
    """The machine did not write or read what was asked; nothing of it was acknowledged."""

    exit_code = 4


class Calls:
    """The calls to the operating system that the record depends on; tests put another in its place."""

    open = staticmethod(os.open)
    write = staticmethod(os.write)
    read = staticmethod(os.read)
    fsync = staticmethod(os.fsync)
    truncate = staticmethod(os.ftruncate)
    seek = staticmethod(os.lseek)
    close = staticmethod(os.close)
    rename = staticmethod(os.replace)
    unlink = staticmethod(os.unlink)
    mkdir = staticmethod(os.mkdir)
    link = staticmethod(os.link)


calls = Calls()


def put(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write a file whole, in the place of an older one if there is one; it is durable, its name included.

    Before that, a crash or a power cut leaves either it or the older one, never a part.
    """
    put_pieces(path, [data], mode=mode)


def put_pieces(path: Path, data: Iterable[bytes], *, mode: int = 0o644) -> None:
    """Write a file as `put` does, from pieces; nothing is put in its place if they break off with a `Refused`."""
    new = path.with_name(f"{_NEW}{path.name}")
    with _refusing("write", path), _removing(new):
        with suppress(FileNotFoundError):  # a crash left it: perhaps read-only, or readable by all
            _again(lambda: calls.unlink(new))
        # The mode is set at opening: no one else may read a key even for an instant.
        with _opened(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode) as handle:
            for piece in data:
                _write(handle, piece)
            _again(lambda: calls.fsync(handle))
        _again(lambda: calls.rename(new, path))
    sync_folder(path.parent)


def put_new(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write a new file, durably; raise `FileExistsError` if anything is there, were it a link that leads nowhere."""
    made = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with _refusing("write", path), _opened(path, made, mode) as handle, _removing(path):
        _write(handle, data)
        _again(lambda: calls.fsync(handle))
    sync_folder(path.parent)


def put_over(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write a file whole in the place of an older one, and zeros over the older one once the new one is durable.

    A crash between the two leaves the older bytes without a name; `link` and `write_over` do not, where links are.
    """
    with _refusing("write over", path), _opened(path, os.O_WRONLY) as older:
        put(path, data, mode=mode)
        _zero(older)


def append(path: Path, at: int, data: bytes) -> None:
    """Write bytes from a place in a file on, cutting off what stood behind it; they are durable."""
    with _refusing("write", path), _opened(path, os.O_WRONLY) as handle:
        _again(lambda: calls.truncate(handle, at))
        _again(lambda: calls.seek(handle, at, os.SEEK_SET))
        _write(handle, data)
        _again(lambda: calls.fsync(handle))


def write_in_place(path: Path, data: bytes) -> None:
    """Write over a file that is there, which keeps its length; up to a sector it is written whole or not at all."""
    with _refusing("write", path), _opened(path, os.O_WRONLY) as handle:
        _write(handle, data)
        _again(lambda: calls.fsync(handle))


def write_over(path: Path) -> None:
    """Write zeros over a file's bytes where they lie, not cutting it first, which would only let them go."""
    with _refusing("write over", path), _opened(path, os.O_WRONLY) as handle:
        _zero(handle)


def read(path: Path) -> bytes:
    """Return a file's bytes; raise `FileNotFoundError` if it is not there."""
    with _refusing("read", path), _opened(path, os.O_RDONLY) as handle:
        parts = []
        while part := _again(lambda: calls.read(handle, 2**24)):
            parts.append(part)
        return b"".join(parts)


def pieces(path: Path, size: int) -> Iterator[bytes]:
    """Yield a file's bytes, at most `size` at a time; raise `FileNotFoundError` if it is not there."""
    with _refusing("read", path), _opened(path, os.O_RDONLY) as handle:
        while part := _again(lambda: calls.read(handle, size)):
            yield part


def link(path: Path, other: Path) -> bool:
    """Give a file a second name, durably; return whether the file system knows second names (exFAT does not)."""
    with _refusing("link", path):
        try:
            _again(lambda: calls.link(path, other))
        except OSError as error:
            if error.errno in _NO_LINKS:
                return False
            raise
    sync_folder(other.parent)
    return True


def remove(path: Path) -> None:
    """Remove a file; that it is gone is durable."""
    with _refusing("remove", path):
        _again(lambda: calls.unlink(path))
    sync_folder(path.parent)


def move(path: Path, new: Path) -> None:
    """Give a file or folder another name in the same folder, durably."""
    with _refusing("rename", path):
        _again(lambda: calls.rename(path, new))
    sync_folder(new.parent)


def make_folders(folder: Path, *, within: Path, mode: int = 0o777) -> None:
    """Make a folder and those above it below `within`; each is durable, also one that a crash left unsynced.

    Folders that are made get the mode, less what the user's umask takes; those that are there keep theirs.
    """
    below = [one for one in (folder, *folder.parents) if one.is_relative_to(within) and one != within]
    for one in reversed(below):
        with _refusing("make", one), suppress(FileExistsError):
            _again(lambda one=one: calls.mkdir(one, mode))  # type: ignore[misc]
        sync_folder(one.parent)


def sync_folder(folder: Path) -> None:
    """Sync a folder, so that a new file's name survives a power cut."""
    with _refusing("sync", folder), _opened(folder, os.O_RDONLY) as handle:
        _again(lambda: calls.fsync(handle))


def _zero(handle: int) -> None:
    size = _again(lambda: calls.seek(handle, 0, os.SEEK_END))
    _again(lambda: calls.seek(handle, 0, os.SEEK_SET))
    _write(handle, bytes(size))
    _again(lambda: calls.fsync(handle))


def _write(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        written = _again(lambda rest=rest: calls.write(handle, rest))  # type: ignore[misc]
        if written == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        rest = rest[written:]


@contextmanager
def _opened(path: Path, flags: int, mode: int = 0o644) -> Iterator[int]:
    handle = _again(lambda: calls.open(path, flags | os.O_CLOEXEC, mode))
    try:
        yield handle
    finally:
        # After a sync, closing has nothing left to fail for; before one, another error is on its way already.
        with suppress(OSError):
            calls.close(handle)


@contextmanager
def _removing(new: Path) -> Iterator[None]:
    """Leave no half-written file behind when writing fails."""
    try:
        yield
    except (OSError, Refused):
        with suppress(OSError):
            calls.unlink(new)
        raise


@contextmanager
def _refusing(what: str, path: Path) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, FileExistsError, NotADirectoryError, PermissionError):
        raise
    except OSError as error:
        raise DiskRefused(
            f"The machine could not {what} {path} ({error.strerror}). Nothing was acknowledged and nothing that was "
            "recorded before is lost; mend that, look with `watchkeeper case status`, and run the command again."
        ) from error


def _again(call: Callable[[], T]) -> T:
    """Return what a call gives, asking again when a signal came between."""
    while True:
        try:
            return call()
        except InterruptedError:
            continue
