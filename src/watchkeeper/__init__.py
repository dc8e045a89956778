"""Watchkeeper: findings and figures about sanctions, each a path back to bytes."""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"
__all__ = ["OpenCase", "__version__", "open", "verify_bundle"]


def __getattr__(name: str) -> Any:
    """Load the Python interface when it is first asked for: the command line's help must not pay for it."""
    if name in ("open", "OpenCase", "verify_bundle"):
        from watchkeeper import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
