"""Given: what a user hands over is looked at before it is taken: a file that can be read, a day that has come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from watchkeeper.values.refused import Invalid, NotFound

_LARGEST = 2 * 2**30  # bytes; larger files are kept by reference once a reader for them exists
_DAYS = ("published_on", "entered_on", "decided_on")


def usable(path: Path, done: str) -> None:
    """Refuse a path that cannot be read whole, before it is opened: a pipe would be waited for without end.

    Args:
        path: What the user named.
        done: What would have been done with it, e.g. "added".

    Raises:
        NotFound: it does not exist; Invalid: it is no plain file, or too large.
    """
    if not path.exists():
        raise NotFound(f"{path} does not exist; nothing was {done}.")
    if not path.is_file():
        raise Invalid(f"{path} is no plain file; name the files in it one by one. Nothing was {done}.")
    if path.stat().st_size > _LARGEST:
        raise Invalid(f"{path} is larger than {_LARGEST} bytes; nothing was {done}.")


def days_to_come(body: Mapping[str, Any], today: date) -> str | None:
    """Return what is wrong with an entry's days if one lies after today; None if none does.

    Nothing can be published, entered or decided on a day that has not come, and `--as-of` would drop it.
    """
    late = [f"{name} {body[name]}" for name in _DAYS if str(body.get(name) or "") > today.isoformat()]
    if not late:
        return None
    return f"{', '.join(late)} is later than today, {today.isoformat()}; mend the day, or this machine's clock"
