"""Jail cell: what a jailed child does to itself before it looks at a byte from outside.

Nothing here can be undone by the process it was done to. A layer that the kernel does not permit is reported as not
active, and the others hold: the network layer needs user namespaces, which some machines forbid.
"""

from __future__ import annotations

import ctypes
import resource
from collections.abc import Callable, Mapping

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # clone(2), linux/sched.h
_NO_NEW_PRIVILEGES = 38  # prctl(2), linux/prctl.h


def shut(limits: Mapping[str, int]) -> dict[str, bool]:
    """Shut this process in; return which layers hold.

    Args:
        limits: `memory` in bytes, `processor` in seconds, `files` in open files.
    """
    layers: dict[str, Callable[[], bool]] = {
        "network": _no_network,
        "privileges": _no_privileges,
        "memory": lambda: _limit(resource.RLIMIT_AS, limits["memory"]),
        "processor": lambda: _limit(resource.RLIMIT_CPU, limits["processor"]),
        "files": lambda: _limit(resource.RLIMIT_NOFILE, limits["files"]),
        "writing": lambda: _limit(resource.RLIMIT_FSIZE, 0),
        "core": lambda: _limit(resource.RLIMIT_CORE, 0),
    }
    return {layer: close() for layer, close in layers.items()}


def _limit(what: int, most: int) -> bool:
    _, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    try:
        resource.setrlimit(what, (most, most))
    except (OSError, ValueError):  # a kernel may refuse to hold it; then it does not hold, and that is told
        return False
    return True


def _no_network() -> bool:
    """Move into a network of this process alone, in which even the loopback is down."""
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    return unshare is not None and unshare(_NEW_USER | _NEW_NETWORK) == 0


def _no_privileges() -> bool:
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    return prctl is not None and prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
