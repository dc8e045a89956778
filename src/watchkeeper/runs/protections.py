"""Protections: what the machine under a case does for it, or fails to do, as far as can be seen.

"unknown" is an answer: a drive that encrypts itself and a virtual machine's host cannot be seen
from here. Nothing is changed, and no other program is run.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

_MOUNTS = Path("/proc/self/mountinfo")
_SWAPS = Path("/proc/swaps")
_DEVICES = Path("/sys/dev/block")  # by number, "253:0"
_BLOCKS = Path("/sys/class/block")  # by name, "dm-0"
_SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
# Filesystems that encrypt each file themselves.
_ENCRYPTING = frozenset({"ecryptfs", "fuse.cryfs", "fuse.encfs", "fuse.gocryptfs"})
_OCTAL = re.compile(r"\\([0-7]{3})")  # how the kernel writes a space in a path
_OTHERS_ENTER, _OTHERS_READ_OR_ENTER, _NOT_OWNER = 0o001, 0o005, 0o077
_TIME_ERROR, _STA_UNSYNC = 5, 0x40  # adjtimex(2)

_NO_CASE = "no case is named, so there is no folder to look at"
_VOLUME = {
    "ok": "lies on a volume that is encrypted (dm-crypt, or an encrypting file system)",
    "off": "no encryption of the volume is seen: whoever takes the disk reads it; one done by the drive itself, or by "
    "the host of a virtual machine, cannot be seen from here",
    "unknown": "whether the volume is encrypted cannot be told for this kind of file system",
}


class _Mount(NamedTuple):
    device: str
    point: Path
    kind: str
    source: str


def protections(case: Path | None, keys: Iterable[Path] = ()) -> list[dict[str, Any]]:
    """Return one row a protection: what, state ("ok", "off", "unknown"), and what it means.

    Args:
        case: The case folder; without one the rows on the folder are "unknown".
        keys: Files that hold secret keys, or folders of such files.
    """
    return [
        _disk(case),
        _folder(case),
        _keys(keys),
        _clock(),
        _swap(),
    ]


def _row(what: str, state: str, means: str) -> dict[str, Any]:
    return {"what": what, "state": state, "means": means}


def _disk(case: Path | None) -> dict[str, Any]:
    if case is None:
        return _row("disk encryption", "unknown", _NO_CASE)
    state = _volume(case)
    return _row("disk encryption", state, f"{case}: {_VOLUME[state]}")


def _volume(path: Path) -> str:
    mount = _mount_of(path)
    if mount is None:
        return "unknown"
    if mount.kind in _ENCRYPTING:
        return "ok"
    device = _device(mount)
    return "unknown" if device is None else _encrypted(device)


def _mount_of(path: Path) -> _Mount | None:
    """Return the mount a path lies on: the deepest one, and of two on one point the later, which covers the other."""
    resolved = path.resolve()
    over = [mount for mount in _mounts() if resolved.is_relative_to(mount.point)]
    return max(enumerate(over), key=lambda each: (len(each[1].point.parts), each[0]))[1] if over else None


def _mounts() -> list[_Mount]:
    """Return the mounts; fields as in proc(5): 36 35 98:0 /root /point options [tags] - type source options."""
    found = []
    for line in _lines(_MOUNTS):
        before, _, after = line.partition(" - ")
        fields, rest = before.split(), after.split()
        if len(fields) > 4 and len(rest) > 1:
            found.append(_Mount(fields[2], Path(_plain(fields[4])), rest[0], _plain(rest[1])))
    return found


def _plain(text: str) -> str:
    return _OCTAL.sub(lambda found: chr(int(found[1], 8)), text)


def _device(mount: _Mount) -> Path | None:
    """Return the kernel's folder on the device under a mount, or None if it is on no one block device."""
    by_number = _DEVICES / mount.device
    if by_number.exists():
        return by_number.resolve()
    return _named(mount.source)  # btrfs shows a number of its own, and its device by name


def _named(source: str) -> Path | None:
    by_name = _BLOCKS / Path(source).resolve().name
    return by_name.resolve() if source.startswith("/dev/") and by_name.exists() else None


def _encrypted(device: Path) -> str:
    """Return the state of a device: that of what it is made of, down to a dm-crypt layer or a bare disk."""
    if _text(device / "dm" / "uuid").startswith("CRYPT-"):
        return "ok"
    if (device / "loop").exists():
        return "unknown"  # a file on some other volume
    if (device / "partition").exists():
        return _encrypted(device.parent)
    below = {_encrypted(each.resolve()) for each in sorted((device / "slaves").glob("*"))}
    return next((state for state in ("off", "unknown", "ok") if state in below), "off")


def _folder(case: Path | None) -> dict[str, Any]:
    what = "case folder closed to others"
    if case is None:
        return _row(what, "unknown", _NO_CASE)
    try:
        is_open = _open_to_others(case.resolve(strict=True))
    except OSError as error:
        return _row(what, "unknown", f"{case} cannot be looked at ({error.strerror})")
    if is_open:
        return _row(what, "off", f"every user of this machine can enter {case}; close it with `chmod 700 {case}`")
    return _row(what, "ok", "no user outside its owner and group can enter it; an administrator always can")


def _open_to_others(folder: Path) -> bool:
    """Return whether any user may list or enter a folder: no folder above it shuts them out."""
    return bool(_mode(folder) & _OTHERS_READ_OR_ENTER) and all(
        _mode(parent) & _OTHERS_ENTER for parent in folder.parents
    )


def _mode(path: Path) -> int:
    return path.stat().st_mode


def _keys(keys: Iterable[Path]) -> dict[str, Any]:
    what = "secret keys closed to others"
    try:
        found = [file for path in keys for file in _files(path)]
        faulty = [file for file in found if _mode(file) & _NOT_OWNER]
    except OSError as error:
        return _row(what, "unknown", f"{error.filename} cannot be looked at ({error.strerror})")
    if not found:
        return _row(what, "unknown", "no key file is named or there")
    if faulty:
        more = f" and {len(faulty) - 1} more" if len(faulty) > 1 else ""
        return _row(what, "off", f"others may read or change {faulty[0]}{more}; close it with `chmod 600`")
    return _row(what, "ok", f"{len(found)} key files, for their owner alone")


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.is_file())
    path.stat()  # a named file that is not there is a fault, not an empty list
    return [path]


def _clock() -> dict[str, Any]:
    what, synchronised = "clock synchronised", _kernel_clock()
    if _SYNCHRONISED.exists() or synchronised:
        return _row(what, "ok", "the system says that its clock follows a time source")
    if synchronised is None:
        return _row(what, "unknown", "the system does not say; compare the clock before instants are recorded")
    return _row(
        what,
        "off",
        "the kernel says that its clock follows no time source: recorded instants may be wrong, the order of the log "
        "is not",
    )


class _Timex(ctypes.Structure):
    """`struct timex` of adjtimex(2) up to `status`; the rest, 128 bytes or so, is room the kernel writes to."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_long * 64),
    )


def _kernel_clock() -> bool | None:
    """Return whether the kernel holds its clock for synchronised, or None if it cannot be asked."""
    try:
        ask = ctypes.CDLL(None).adjtimex
    except (AttributeError, OSError):
        return None
    told = _Timex()  # modes 0: asks, and sets nothing
    state = ask(ctypes.byref(told))
    if state < 0:
        return None
    return state != _TIME_ERROR and not told.status & _STA_UNSYNC


def _swap() -> dict[str, Any]:
    what = "swap encrypted or absent"
    if not _SWAPS.exists():
        return _row(what, "unknown", "the system does not list its swap")
    swaps = [_plain(line.split()[0]) for line in _lines(_SWAPS)[1:] if line.strip()]
    on_disk = [swap for swap in swaps if not re.match(r"/dev/zram[0-9]+\Z", swap)]
    if not on_disk:
        return _row(what, "ok", "memory is not swapped to a disk")
    states = {swap: _swap_state(swap) for swap in on_disk}
    for state in ("off", "unknown"):
        named = ", ".join(swap for swap in on_disk if states[swap] == state)
        if named:
            return _row(what, state, f"what is in memory, opened keys too, can be left on {named}: {_VOLUME[state]}")
    return _row(what, "ok", f"{', '.join(on_disk)}: {_VOLUME['ok']}")


def _swap_state(swap: str) -> str:
    device = _named(swap)
    if device is not None:
        return _encrypted(device)
    return "unknown" if swap.startswith("/dev/") else _volume(Path(swap))


def _lines(path: Path) -> list[str]:
    return _text(path).splitlines()


def _text(path: Path) -> str:
    """Return the text of a file of the kernel's; one that is not there says nothing, as an empty one does."""
    try:
        return path.read_text("utf-8", errors="surrogateescape")
    except OSError:
        return ""
