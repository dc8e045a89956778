"""Power: what a disk may hold after a power cut, from a recording of every call that the record makes.

What was synced before the cut is there: a file's bytes by a sync of the file, a name by a sync of
its folder. Of the rest anything may be there: each sector as it was after any of the writes that
were not synced, the size old or new, a name old or new. A rename is there or not, never half, and so
is a sector of 512 bytes that is written over in place; of a file of two sectors one may be old, one new.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from watchkeeper.store.disk import Calls

_ROOT = 0


class Killed(BaseException):
    """The process ends here; no `except` of the program may hold it up."""


class Recorder(Calls):
    """Does what is asked within a folder, except waiting for the disk, and notes it as events.

    A process may be killed before any call; the machine runs on, and another process goes on from there.
    """

    def __init__(self, root: Path) -> None:
        self.events: list[tuple[Any, ...]] = []
        self.calls_left: int | None = None
        self._root = root
        self._folders: dict[int, dict[str, int]] = {_ROOT: {}}
        self._handles: dict[int, list[int]] = {}  # inode and place
        self._inodes = 1

    def open(self, path, flags, mode=0o777):
        self._count()
        handle = os.open(path, flags, mode)
        parts = Path(path).relative_to(self._root).parts
        if parts and parts[-1] not in self._folder(parts[:-1]):
            self._name(path, self._new())
        inode = self._inode(parts)
        if flags & os.O_TRUNC:
            self.events.append(("size", inode, 0))
        self._handles[handle] = [inode, 0]
        return handle

    def write(self, handle, data):
        self._count()
        written = os.write(handle, data)
        inode, place = self._handles[handle]
        self.events.append(("write", inode, place, bytes(data[:written])))
        self._handles[handle][1] += written
        return written

    def truncate(self, handle, size):
        self._count()
        os.ftruncate(handle, size)
        self.events.append(("size", self._handles[handle][0], size))

    def seek(self, handle, place, whence):
        self._handles[handle][1] = os.lseek(handle, place, whence)
        return self._handles[handle][1]

    def fsync(self, handle):
        self._count()
        self.events.append(("sync", self._handles[handle][0]))

    def close(self, handle):
        del self._handles[handle]
        os.close(handle)

    def rename(self, path, new):
        self._count()
        inode = self._inode(Path(path).relative_to(self._root).parts)
        os.replace(path, new)  # noqa: PTH105 - the call as the store makes it
        folder = self._inode(Path(path).relative_to(self._root).parts[:-1])
        assert Path(path).parent == Path(new).parent, "the model knows renames within one folder"
        self._change(folder, {Path(path).name: None, Path(new).name: inode})

    def unlink(self, path):
        self._count()
        os.unlink(path)  # noqa: PTH108
        self._name(path, None)

    def mkdir(self, path, mode=0o777):
        self._count()
        os.mkdir(path, mode)  # noqa: PTH102
        inode = self._new()
        self._folders[inode] = {}
        self.events.append(("folder", inode))
        self._name(path, inode)

    def link(self, path, other):
        self._count()
        os.link(path, other)
        self._name(other, self._inode(Path(path).relative_to(self._root).parts))

    def _count(self) -> None:
        if self.calls_left is not None:
            self.calls_left -= 1
            if self.calls_left < 0:
                self.calls_left = None
                raise Killed

    def _new(self) -> int:
        self._inodes += 1
        return self._inodes

    def _inode(self, parts: tuple[str, ...]) -> int:
        inode = _ROOT
        for part in parts:
            inode = self._folders[inode][part]
        return inode

    def _folder(self, parts: tuple[str, ...]) -> dict[str, int]:
        return self._folders[self._inode(parts)]

    def _name(self, path, inode: int | None) -> None:
        self._change(self._inode(Path(path).relative_to(self._root).parts[:-1]), {Path(path).name: inode})

    def _change(self, folder: int, names: dict[str, int | None]) -> None:
        self.events.append(("names", folder, names))
        _apply(self._folders[folder], names)


class NeverSyncs(Recorder):
    """A disk whose sync does nothing: the control for all that a sync is for."""

    def fsync(self, handle):
        self._count()


class SyncsNoFolder(Recorder):
    """A disk that syncs bytes but no names: the control for the syncs of folders."""

    def fsync(self, handle):
        if self._handles[handle][0] in self._folders:
            return self._count()
        return super().fsync(handle)


@dataclass
class _File:
    synced: bytes = b""
    since: list[tuple[Any, ...]] = field(default_factory=list)

    def versions(self) -> list[bytes]:
        """Return the file as last synced, and as it was after each write since."""
        found, now = [self.synced], bytearray(self.synced)
        for event in self.since:
            if event[0] == "size":
                now = now[: event[2]].ljust(event[2], b"\0")
            else:
                _, _, place, data = event
                now = now.ljust(place, b"\0")
                now[place : place + len(data)] = data
            found.append(bytes(now))
        return found


@dataclass
class _Folder:
    synced: dict[str, int] = field(default_factory=dict)
    since: list[dict[str, int | None]] = field(default_factory=list)


@dataclass(frozen=True)
class Manner:
    """How a disk treats what it was not told to sync: its sectors, the order of names, how much it had done."""

    sector: int
    names_in_order: bool
    share: float

    @classmethod
    def drawn(cls, chance: random.Random) -> Manner:
        share = chance.choice((0.0, 1.0, chance.random(), chance.random()))
        return cls(chance.choice((512, 4096)), chance.random() < 0.5, share)


def lay_after_cut(events: list[tuple[Any, ...]], cut: int, folder: Path, chance: random.Random) -> Manner:
    """Write into an empty folder what the disk may hold if the power went before event `cut`; return how."""
    files: dict[int, _File] = {}
    folders = {_ROOT: _Folder()}
    for event in events[:cut]:
        _note(event, files, folders)
    manner = Manner.drawn(chance)
    names = {inode: _names(one, manner, chance) for inode, one in sorted(folders.items())}
    laid: dict[int, Path] = {}

    def lay(inode: int, place: Path) -> None:
        for name, child in sorted(names[inode].items()):
            path = place / name
            if child in names:
                path.mkdir()
                lay(child, path)
            elif child in laid:
                os.link(laid[child], path)
            else:
                path.write_bytes(_bytes(files.get(child, _File()), manner, chance))
                laid[child] = path

    lay(_ROOT, folder)
    return manner


def _note(event: tuple[Any, ...], files: dict[int, _File], folders: dict[int, _Folder]) -> None:
    kind, inode = event[:2]
    if kind == "folder":
        folders[inode] = _Folder()
    elif kind == "names":
        folders[inode].since.append(event[2])
    elif kind != "sync":
        files.setdefault(inode, _File()).since.append(event)
    elif inode in folders:
        for change in folders[inode].since:
            _apply(folders[inode].synced, change)
        folders[inode].since.clear()
    else:
        one = files.setdefault(inode, _File())
        one.synced, one.since = one.versions()[-1], []


def _names(folder: _Folder, manner: Manner, chance: random.Random) -> dict[str, int]:
    names = dict(folder.synced)
    if manner.names_in_order:
        done = folder.since[: _some(len(folder.since), manner, chance)]
    else:
        done = [change for change in folder.since if chance.random() < manner.share]
    for change in done:
        _apply(names, change)
    return names


def _bytes(file: _File, manner: Manner, chance: random.Random) -> bytes:
    versions = file.versions()
    last = len(versions) - 1
    size = len(versions[_some(last, manner, chance)])
    sectors = []
    for start in range(0, size, manner.sector):
        end = min(start + manner.sector, size)
        held = versions[_some(last, manner, chance)][start:end]
        sectors.append(held.ljust(end - start, b"\0"))
    return b"".join(sectors)


def _some(most: int, manner: Manner, chance: random.Random) -> int:
    """Return how many of some steps the disk had done; all or none of them as often as the manner says."""
    if not most or chance.random() >= manner.share:
        return 0
    return most if manner.share == 1.0 else chance.randint(1, most)


def _apply(names: dict[str, int], change: dict[str, int | None]) -> None:
    for name, inode in change.items():
        if inode is None:
            names.pop(name, None)
        else:
            names[name] = inode


def quick() -> Calls:
    """Return calls that do all but wait for the disk, for looking at what a cut left."""

    class Quick(Calls):
        fsync: Callable[[int], None] = staticmethod(lambda handle: None)

    return Quick()
