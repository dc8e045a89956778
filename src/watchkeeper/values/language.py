"""Language: a tag for the language of a text, as BCP 47 (RFC 5646) writes it, e.g. "ko", "ko-KP", "zh-Hant-TW".

The form is checked, not whether the language is registered: "xx" passes.
"""

from __future__ import annotations

import re

from watchkeeper.values.refused import Invalid

# RFC 5646, section 2.1. Irregular tags that are only grandfathered in are not taken; each has a regular successor.
_TAG = re.compile(
    r"""(?P<language>[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})
        (?P<script>-[a-z]{4})?
        (?P<region>-(?:[a-z]{2}|[0-9]{3}))?
        (?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)
        (?P<extensions>(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*)
        (?P<private>-x(?:-[a-z0-9]{1,8})+)?\Z""",
    re.VERBOSE,
)


def parse(text: str) -> str:
    """Return a language tag in its usual capital letters, so that "KO-kp" and "ko-KP" are one.

    Raises:
        Invalid: the text is no well-formed tag.
    """
    found = _TAG.match(text.lower()) if text.isascii() else None
    if found is None:
        raise Invalid(f'"{text[:40]}" is no language tag (BCP 47); write e.g. ko, ko-KP, ru or zh-Hant.')
    parts = found.groupdict(default="")
    return "".join(
        (
            parts["language"],
            parts["script"].title(),
            parts["region"].upper(),
            parts["variants"],
            parts["extensions"],
            parts["private"],
        )
    )
