"""Custody: what was done with bytes, so that a reader can follow an exhibit from hand to hand.

The instant of a custody event is that of its statement. It is this machine's word: nobody else
vouches for the clock, and the event says so.
"""

from __future__ import annotations

from watchkeeper.model.naming import named
from watchkeeper.model.tlp import ON_ENTRY
from watchkeeper.values.digest import Json
from watchkeeper.values.refused import Invalid

CLOCK = "machine clock, not checked"
_ACTS = ("import", "copy", "export")


def custody(act: str, size: int, how: str, **of: str) -> dict[str, Json]:
    """Return the statement of one custody event, named by a digest of what is as open as it is.

    Args:
        act: "import", "copy" or "export".
        size: Bytes that changed hands.
        how: Through which command.
        of: Either `capture`, the SHA-256 of the bytes, or `what`, for what is no capture; beside it, of bytes that
            the case holds already, `obtained_from` and `obtained_how`.

    Raises:
        Invalid: another act, or neither capture nor what.
    """
    if act not in _ACTS or not of.keys() & {"capture", "what"}:
        raise Invalid(f'"{act}" of {", ".join(of) or "nothing"} is no custody event; known acts: {", ".join(_ACTS)}.')
    body: dict[str, Json] = {"act": act, "bytes": size, "clock": CLOCK, "how": how, **of}
    return {"kind": "custody", "id": named("custody", body), "tlp": ON_ENTRY, "body": body}
