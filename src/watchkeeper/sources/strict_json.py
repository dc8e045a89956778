"""Strict JSON: read so that nothing is guessed, with the place of whatever cannot be read.

Plain JSON readers keep the last of two equal keys, take NaN, and turn 0.1 and 10^18 into something near it. Here a
number is its text, two equal keys are a fault, and half a character is none.
"""

from __future__ import annotations

import json
import re
from typing import NoReturn

from watchkeeper.sources.limits import limit
from watchkeeper.values.refused import Invalid

_BLANK = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?")
_WORD = re.compile(r"[A-Za-z]+")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class Number(str):
    """A number as it was written; no float was ever made of it."""

    __slots__ = ()


Read = None | bool | str | Number | list["Read"] | dict[str, "Read"]


def read(data: bytes, name: str) -> Read:
    """Return the value of a JSON document; every number in it is a `Number`, its own text.

    Args:
        data: The document's bytes, UTF-8.
        name: What to call the file in errors.

    Raises:
        Invalid: no JSON, no UTF-8, a key twice, NaN or infinity, too long, too deep or too wide a number; with
            line and column.
    """
    if len(data) > limit("json_size"):
        raise Invalid(f"{name}: {len(data)} bytes, more than the {limit('json_size')} a JSON document may have.")
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Invalid(f"{name}:{line}: byte {error.start} is not UTF-8. Names would be read wrong.") from error
    return _Reader(text, name).document()


class _Reader:
    """Goes through a text once; `_at` is how far."""

    def __init__(self, text: str, name: str) -> None:
        self._text, self._name, self._at = text, name, 0

    def document(self) -> Read:
        value = self._value(0)
        self._blank()
        if self._at != len(self._text):
            self._refuse("something follows the end of the document.")
        return value

    def _value(self, depth: int) -> Read:
        self._blank()
        sign = self._text[self._at : self._at + 1]
        if sign == "{":
            return self._object(self._deeper(depth))
        if sign == "[":
            return self._array(self._deeper(depth))
        return self._string() if sign == '"' else self._plain()

    def _deeper(self, depth: int) -> int:
        if depth >= limit("json_depth"):
            self._refuse(f"values lie more than {limit('json_depth')} deep in each other.")
        self._at += 1
        return depth + 1

    def _object(self, depth: int) -> Read:
        found: dict[str, Read] = {}
        while not self._ends("}", first=not found):
            self._blank()
            start = self._at
            key = self._string()
            if key in found:
                self._at = start
                self._refuse(f"the key {json.dumps(key[:60])} stands twice; one of the two would be lost.")
            self._expect(":")
            found[key] = self._value(depth)
        return found

    def _array(self, depth: int) -> Read:
        found: list[Read] = []
        while not self._ends("]", first=not found):
            found.append(self._value(depth))
        return found

    def _ends(self, bracket: str, *, first: bool) -> bool:
        self._blank()
        if self._text.startswith(bracket, self._at):
            self._at += 1
            return True
        if not first:
            self._expect(",")
        return False

    def _expect(self, sign: str) -> None:
        self._blank()
        if not self._text.startswith(sign, self._at):
            self._refuse(f'"{sign}" is missing here; the document may be cut.')
        self._at += 1

    def _string(self) -> str:
        found = _STRING.match(self._text, self._at)
        if not found:
            self._refuse("a text should begin here and end on its line.")
        text = str(json.loads(found[0])) if "\\" in found[0] else found[0][1:-1]
        if any("\ud800" <= c <= "\udfff" for c in text):
            self._refuse("half a character (a lone surrogate); the text is damaged.")
        self._at = found.end()
        return text

    def _plain(self) -> Read:
        number = _NUMBER.match(self._text, self._at)
        if number:
            if len(number[0]) > limit("json_number"):
                self._refuse(f"a number of {len(number[0])} characters, more than {limit('json_number')}.")
            self._at = number.end()
            return Number(number[0])
        word = _WORD.match(self._text, self._at)
        if not word or word[0] not in _WORDS:
            self._refuse(f"{word[0][:20] if word else 'this'} is no JSON value; NaN and Infinity are none either.")
        self._at = word.end()
        return _WORDS[word[0]]

    def _blank(self) -> None:
        found = _BLANK.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _refuse(self, words: str) -> NoReturn:
        line = self._text.count("\n", 0, self._at) + 1
        column = self._at - self._text.rfind("\n", 0, self._at)
        raise Invalid(f"{self._name}:{line}:{column}: {words}")
