"""Refused: the root of every error that is the user's to mend, not ours.

A Refused is shown as text without a traceback and ends the command with its own exit
code. Anything else that reaches the top is a bug of ours (exit code 1).

    Refused             2  the call cannot be understood
    |-- NotFound        3  the thing named is not there
    |-- Invalid         4  an input is faulty; nothing was written
    `-- Unsound         5  bytes, log or figures do not agree with their digests
"""

from __future__ import annotations

_SHOWN = 25  # faults; a reader mends a pattern, not a thousand lines


class Refused(Exception):
    """A request we decline, with words that say what, where, why it matters and what to do."""

    exit_code = 2


class NotFound(Refused):
    """The thing named does not exist; the text lists the nearest names."""

    exit_code = 3


class Invalid(Refused):
    """An input is faulty. `faults` holds one line for each fault, all of a file at once."""

    exit_code = 4

    def __init__(self, summary: str, faults: tuple[str, ...] = ()) -> None:
        """Keep the summary and every fault; the text shows the first ones and says how many follow."""
        more = (f"... and {len(faults) - _SHOWN} more.",) if len(faults) > _SHOWN else ()
        super().__init__("\n".join((summary, *faults[:_SHOWN], *more)))
        self.summary = summary
        self.faults = faults


class Unsound(Refused):
    """Bytes, log or figures do not agree with their digests; the text names the first one."""

    exit_code = 5
