"""Failing: calls to the operating system of which one goes wrong, as a disk, a full file system or a signal does it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from watchkeeper.store.disk import Calls

WATCHED = ("open", "write", "read", "fsync", "truncate", "rename", "unlink", "mkdir", "link")


@dataclass(frozen=True)
class Fault:
    """What goes wrong: an error, at one call or at all that follow, before or after the call did its work."""

    errno: int | None  # None: a write or read that gives less than was asked for, and no error
    lasting: bool = False
    after: bool = False

    def __str__(self) -> str:
        name = "short" if self.errno is None else f"{os.strerror(self.errno)}{' and on' * self.lasting}"
        return f"{name}{', the work done' * self.after}"


class Failing(Calls):
    """Fails the call of a number, counted over all that are watched; never waits for the disk."""

    def __init__(self, number: int | None, fault: Fault) -> None:
        self.counted = 0
        self.failed: str | None = None
        self._number, self._fault = number, fault
        for name in WATCHED:
            setattr(self, name, self._watched(name, getattr(Calls, name)))

    def mend(self) -> None:
        """Let every call from here on succeed."""
        self._number = None

    def _watched(self, name: str, really: Callable[..., Any]) -> Callable[..., Any]:
        work = (lambda _: None) if name == "fsync" else really

        def call(*given: Any) -> Any:
            self.counted += 1
            if not self._due():
                return work(*given)
            self.failed = name
            if self._fault.errno is None:
                return self._short(name, work, *given)
            if self._fault.after:
                work(*given)
            raise OSError(self._fault.errno, os.strerror(self._fault.errno))

        return call

    def _due(self) -> bool:
        if self._number is None:
            return False
        return self.counted == self._number or (self._fault.lasting and self.counted > self._number)

    def _short(self, name: str, work: Callable[..., Any], *given: Any) -> Any:
        if name == "write":
            handle, data = given
            return work(handle, data[: max(1, len(data) // 3)])
        if name == "read":
            handle, size = given
            return work(handle, min(size, 7))
        return work(*given)
