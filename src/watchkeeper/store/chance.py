"""Chance: the one file that draws it. Salts and keys must be guessed by nobody; no finding depends on them."""

from __future__ import annotations

import secrets


def draw(size: int) -> bytes:
    """Return bytes that nobody can foretell."""
    return secrets.token_bytes(size)


def draw_each(number: int, size: int) -> list[bytes]:
    """Return a number of such byte strings, drawn at once."""
    data = secrets.token_bytes(number * size)
    return [data[start : start + size] for start in range(0, len(data), size)]
