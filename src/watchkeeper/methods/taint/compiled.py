"""Compiled: how this room's kernels are compiled, where the compiled form is kept, and the instructions they share.

With NUMBA_DISABLE_JIT=1 the same files run as plain Python, and the instructions as their plain twins.
A kernel and its helpers may stand in several files: numba itself would not notice a change in another one, so the
folder's name holds a digest of every file of this room.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import watchkeeper


def cache_folder(room: Path = Path(__file__).parent) -> Path | None:
    """Return the folder for compiled kernels, per user, version and source; null where none can be written.

    It lies in the user's cache folder (XDG), or in the one that NUMBA_CACHE_DIR names.

    Args:
        room: Where the sources lie.
    """
    digest = hashlib.sha256()
    for path in sorted(room.glob("*.py")):
        digest.update(f"{path.name} {path.stat().st_size}\n".encode() + path.read_bytes())
    name = f"kernels-{watchkeeper.__version__}-{digest.hexdigest()[:16]}"
    named = os.environ.get("NUMBA_CACHE_DIR")
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "watchkeeper"
    folder = Path(named) if named else base
    # A process that we start inherits the whole name.
    folder = folder if folder.name == name else folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None


_FOLDER = cache_folder()
if _FOLDER is not None:
    # numba reads it when it is first imported, and again when it sees that it changed.
    os.environ["NUMBA_CACHE_DIR"] = str(_FOLDER)

# Typed in part, and not where we need it.
numba: Any = importlib.import_module("numba")

if _FOLDER is not None:
    numba.config.CACHE_DIR = str(_FOLDER)

PLAIN = bool(numba.config.DISABLE_JIT)

# Counting who holds an array, at every helper that takes one, made the queues six times as slow. A kernel allocates
# nothing and outlives none of its arrays, so it needs no count.
_WAYS = {"nogil": True, "_nrt": False}


def kernel(function: Callable[..., Any]) -> Any:
    """Return the compiled form of a function, kept for the next process where there is a place for it.

    It must not make arrays.
    """
    return numba.njit(cache=_FOLDER is not None, **_WAYS)(function)


def inlined(function: Callable[..., Any]) -> Any:
    """Return the compiled form of a helper that becomes part of its callers, which is worth a quarter of the time."""
    return numba.njit(inline="always", **_WAYS)(function)


def _prefetch(_typing: Any, array: Any, _index: Any) -> Any:
    """Ask for the cache line of one element, which costs nothing if it is already there."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        ir, cgutils = importlib.import_module("llvmlite.ir"), importlib.import_module("numba.core.cgutils")
        made = importlib.import_module("numba.np.arrayobj").make_array(signature.args[0])(
            context, builder, arguments[0]
        )
        # No wrap-around: the index is not negative.
        place = cgutils.get_item_pointer(context, builder, signature.args[0], made, [arguments[1]], wraparound=False)
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        function = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(ir.VoidType(), [byte, number, number, number]), "llvm.prefetch.p0"
        )
        hints = [number(1), number(3), number(1)]  # to be written, keep in every cache, data
        builder.call(function, [builder.bitcast(place, byte), *hints])
        return context.get_dummy_value()

    return numba.types.void(array, numba.types.uint64), build


def _high_product(_typing: Any, _a: Any, _b: Any) -> Any:
    """Return the upper 64 bits of a product of two uint64."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        ir = importlib.import_module("llvmlite.ir")
        wide = ir.IntType(128)
        product = builder.mul(builder.zext(arguments[0], wide), builder.zext(arguments[1], wide))
        return builder.trunc(builder.lshr(product, wide(64)), ir.IntType(64))

    return numba.types.uint64(numba.types.uint64, numba.types.uint64), build


def _no_prefetch(_array: Any, _index: Any) -> None:
    """Stand in for the prefetch where nothing is compiled."""


def _plain_high_product(a: Any, b: Any) -> Any:
    """Return the upper 64 bits of a product where nothing is compiled."""
    return np.uint64((int(a) * int(b)) >> 64)


prefetch: Any = _no_prefetch if PLAIN else numba.extending.intrinsic(_prefetch)
high_product: Any = _plain_high_product if PLAIN else numba.extending.intrinsic(_high_product)
