"""Publications: that a report was made for publication, and that something in it was corrected later.

A correction names every figure and bundle that it touches. Its id begins with "x-", since "c-" is a claim's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from watchkeeper.model.naming import named
from watchkeeper.values.digest import Json
from watchkeeper.values.refused import Invalid

_LONGEST_REASON = 2000  # characters; a longer one is a document


def publication(said: Mapping[str, Json], *, tlp: str) -> dict[str, Json]:
    """Return the statement that a report was published.

    Args:
        said: Its body: report, plan, as_of, run, figures (keys), parties (ids), entered_on.
        tlp: Label of what was made.
    """
    body = dict(said)
    return {"kind": "publication", "id": named("publication", body), "tlp": tlp, "body": body}


def correction(
    publication_id: str, reason: str, figures: Iterable[str], bundles: Iterable[str], *, by: str, on: str, tlp: str
) -> dict[str, Json]:
    """Return the statement that corrects a publication.

    Args:
        publication_id: What it corrects.
        reason: Why, in words that readers are shown.
        figures: Keys of the figures that read otherwise now.
        bundles: SHA-256 of each bundle that was made of it.
        by: The account that corrects.
        on: The day.
        tlp: Label of what it tells.

    Raises:
        Invalid: no reason is given, or one that is too long.
    """
    told = reason.strip()
    if not told:
        raise Invalid("A correction needs a reason, which its readers are shown. Nothing was written.")
    if len(told) > _LONGEST_REASON:
        raise Invalid(f"The reason has {len(told)} characters; keep it to {_LONGEST_REASON}. Nothing was written.")
    body: dict[str, Json] = {
        "publication_id": publication_id,
        "reason": told,
        "figures": list(figures),
        "bundles": list(bundles),
        "author": by,
        "entered_on": on,
    }
    name = f"x-{named('correction', body).partition('-')[2]}"
    return {"kind": "correction", "id": name, "tlp": tlp, "body": body}
