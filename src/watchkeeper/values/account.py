"""Account: the name under which a person decides; two spellings that a reader takes for one name are one account.

A name on one machine proves nobody's identity. It only keeps one name from being both hands of a four-eyes rule.
"""

from __future__ import annotations

import re
import unicodedata

from watchkeeper.values.refused import Invalid
from watchkeeper.values.texts import flags

_LONGEST = 64  # characters
_SPACE = re.compile(r"\s+")
# Small letters that are drawn as plain Latin ones: confusables.txt of UTS 39, the everyday ones.
_AS_LATIN = str.maketrans("авекмнорстухіјѕһԁԛԝαεικνορτυχıłøđɑɡ", "abekmhopctyxijshdqwaeikvoptuxilodag")


def read(text: str) -> str:
    """Return an account's name, trimmed, in Unicode form NFC.

    Raises:
        Invalid: it is empty or too long, or holds what a reader cannot see or takes for other letters.
    """
    name = _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()
    if not key(name) or len(name) > _LONGEST:
        raise Invalid(
            f'"{text[:80]}" is no name of an account; use 1 to {_LONGEST} characters, with a letter or digit.'
        )
    if found := flags(name):
        raise Invalid(f"The account {name!r} could be taken for another one: {'; '.join(found)}. Type it anew.")
    return name


def key(name: str) -> str:
    """Return what spellings of one account share: case, accents, spaces, stops and like letters do not count."""
    folded = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in folded if c.isalnum()).translate(_AS_LATIN)
