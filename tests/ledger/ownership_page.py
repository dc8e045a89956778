"""Stakes and listings from a table on the page: owner, owned, share, and where a test needs it days, joint, stance.

A link is named "owner>owned", with its line's own name instead where the table gives one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from watchkeeper.ledger.ownership import Assessed, assess
from watchkeeper.ledger.ownership_rows import controls_from, stakes_from
from watchkeeper.ledger.ownership_stakes import Listed
from watchkeeper.regime.ownership.load import ownership_rule
from watchkeeper.values import when
from watchkeeper.values.share import between

TODAY = date(2025, 1, 1)
_OTHERS = ("relation", "joint", "since", "until", "stance", "share", "link_id")


def rows(page: str) -> list[dict[str, str | None]]:
    """Return the lines of a table as the rows of a case."""
    head, _, *lines = [[cell.strip() for cell in line.split("|")] for line in page.strip().splitlines()]
    told = [dict(zip(head, line, strict=True)) for line in lines]
    return [
        {name: each.get(name) or None for name in _OTHERS}
        | {
            "subject": each["owner"],
            "object": each["owned"],
            "relation": each.get("relation") or "owns",
            "stance": each.get("stance") or "states",
            "link_id": each.get("link") or f"{each['owner']}>{each['owned']}",
        }
        for each in told
    ]


def listed(*names: str) -> list[Listed]:
    """Return listings: "X", or "X since 2016-03" or "X since 2016 until 2018" with days as written."""
    return [_listing(name) for name in names]


def look(
    page: str, *names: str, rule: str = "US-OFAC", on: date = TODAY, individuals: Iterable[str] = ("X", "Y", "Z", "P")
) -> Assessed:
    """Return what a page says of every party, where the named ones are listed; X, Y, Z and P are individuals."""
    read = rows(page)
    return assess(
        stakes_from(read),
        listed(*names),
        ownership_rule(rule),
        on,
        individuals=individuals,
        controls=controls_from(read),
    )


def says(assessed: Assessed, parties: str) -> list[str]:
    """Return verdict and share of each party, e.g. "A met 50 %"; a share in brackets counts what nobody states."""
    found = [assessed[party] for party in parties.split()]
    return [
        f"{one.party} {one.verdict} {between(one.low, one.stated_high)}"
        + (f" ({between(one.high, one.high)})" if one.high > one.stated_high else "")
        for one in found
    ]


def _listing(text: str) -> Listed:
    party, *days = text.split()
    told = dict(zip(days[::2], days[1::2], strict=True))
    since, until = (when.parse(told[name]) if name in told else None for name in ("since", "until"))
    return Listed(
        party=party,
        from_first=since.first if since else None,
        from_end=since.end if since else None,
        until_first=until.first if until else None,
        until_end=until.end if until else None,
        statement_ids=(f"list:{party}",),
    )
