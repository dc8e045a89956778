"""Korean: the readings that spellings of one Korean name share, in any romanisation and order, or in Hangul.

"Kim Chol-sam", "KIM Cheolsam", "Chul Sam Gim" and 김철삼 give one reading. Readings are coarse on
purpose: they are only compared with names that the case knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from watchkeeper.report.lint.text import folded

_FIRST_SYLLABLE, _LAST_SYLLABLE = "가", "힣"
_VOWELS, _FINALS = 21, 28  # in Unicode's order of syllables
_SHORTEST_GIVEN = 3  # letters


def readings(parts: Sequence[str]) -> Iterator[str]:
    """Yield the readings of a name by its parts, with the family name first and last."""
    spelled = [_spelled(part) for part in parts]
    letters = [part for word in spelled for part in word if part]
    for family, given in ((letters[:1], letters[1:]), (letters[-1:], letters[:-1])):
        shared = _families().get(family[0]) if family else None
        whole = _coarse("".join(given))
        if shared and len(whole) >= _SHORTEST_GIVEN and len(given) <= 3:
            yield f"{shared} {whole}"


@cache
def _spelled(part: str) -> tuple[str, ...]:
    """Return a part of a name in Latin letters; Hangul gives its family syllable and the rest."""
    if not all(_FIRST_SYLLABLE <= c <= _LAST_SYLLABLE for c in part):
        return (re.sub(r"[^a-z]", "", folded(part)),)
    syllables = [_romanised(c) for c in part]
    return syllables[0], "".join(syllables[1:])


def _romanised(syllable: str) -> str:
    initial, rest = divmod(ord(syllable) - ord(_FIRST_SYLLABLE), _VOWELS * _FINALS)
    places = zip(("initials", "vowels", "finals"), (initial, *divmod(rest, _FINALS)), strict=True)
    letters = [str(_data()[part]).split()[place] for part, place in places]
    return "".join(letters).replace("-", "")


@cache
def _coarse(letters: str) -> str:
    """Return letters with what romanisations differ in made the same."""
    for seen, meant in _data()["same"]:
        letters = letters.replace(seen, meant)
    return re.sub(r"(.)\1+", r"\1", letters)


@cache
def _families() -> Mapping[str, str]:
    return {spelling: group.split()[0] for group in _data()["families"] for spelling in group.split()}


@cache
def _data() -> Mapping[str, Any]:
    told: Mapping[str, Any] = yaml.safe_load(files(__package__).joinpath("korean.yml").read_text("utf-8"))
    return told
