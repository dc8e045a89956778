"""Words: an assessment as sentences, each of which names the links it rests on. No sentence says "owned by"."""

from __future__ import annotations

from watchkeeper.ledger.ownership import Assessed, Assessment
from watchkeeper.ledger.ownership_stakes import Holding, Stands
from watchkeeper.regime.ownership.rule import Test
from watchkeeper.values.share import WHOLE, between, plain

_LISTED = {Stands.CERTAINLY: "is listed itself", Stands.POSSIBLY: "may be listed itself; the dates leave it open"}


def reasons(assessed: Assessed, party: str) -> tuple[str, ...]:
    """Return why a party's verdict is what it is, sentence by sentence, for a person to read."""
    found, test = assessed[party], assessed.test
    said = [_verdict(found, test, assessed.rule.key)]
    if found.stands_listed:
        said.append(f"{party} {_LISTED[found.stands_listed]} ({_ids(found.listed_by)}); that is apart from ownership.")
    if found.individual:
        return (*said, *found.left_out)
    said += _shares(found)
    said += [f"Counts at least: {_holding(each, each.low)}." for each in found.low_by if each.low]
    said += [f"Counts at most: {_holding(each, each.high)}." for each in found.high_by if each.high > _low(each, found)]
    if found.lows_sum > WHOLE:
        said.append(
            f"The evidence contradicts itself: the stakes stated in {party} add up to {plain(found.lows_sum)}. The "
            "excess is taken off what counts at least, and left in what counts at most."
        )
    said += _control(found, test)
    if test.recalled:
        said.append(f"Of the test, these parts are from memory: {', '.join(test.recalled)}.")
    return tuple(said)


def _verdict(found: Assessment, test: Test, key: str) -> str:
    if found.individual:
        return f"{found.party} is an individual and cannot be owned; only a listing counts."
    if test.share is None:
        return f"Not established: {key} gives no percentage, so none decides; what is stated follows as fact."
    line = f"the test of {key} is {str(test.word('reach')).replace('-', ' ')} {plain(test.share)}"
    if found.verdict != "not established" or found.among_stated == "not established":
        return f"{found.verdict.capitalize()}: {line}."
    return f"Not established: {line}. Among the holders that are stated: {found.among_stated}."


def _shares(found: Assessment) -> list[str]:
    least, most = _whose(found.low_through), _whose(found.high_through)
    if least == most or found.low == found.stated_high == 0:
        said = [f"Held by {most}: {between(found.low, found.stated_high)} of {found.party}, by the stakes stated."]
    else:
        said = [
            f"Held by {least}: at least {plain(found.low)} of {found.party}, by the stakes stated.",
            f"Held by {most}: at most {plain(found.stated_high)}, by the stakes stated.",
        ]
    if found.high > found.stated_high:
        said.append(f"At most {plain(found.high)}, since the other holders, or their owners, are not all stated.")
    return said


def _whose(through: str | None) -> str:
    if through is None:
        return "all listed parties and what meets the test through them"
    return f"{through} and what meets the test through it"


def _control(found: Assessment, test: Test) -> list[str]:
    ground = "another ground of this regime" if test.word("control") == "apart" else "no ground of this test"
    return [
        f"{each.by} is stated to control {found.party} ({_ids(each.link_ids)}): {ground}; no share is counted for it."
        for each in found.controls
    ]


def _holding(holding: Holding, share: int) -> str:
    owners = " and ".join(holding.owners)
    jointly = ", jointly" if len(holding.owners) > 1 else ""
    notes = f" {' '.join(holding.notes)}".rstrip(".") if holding.notes else ""
    return f"{plain(share)} held by {owners}{jointly} ({_ids(holding.link_ids)}){f'.{notes}' if notes else ''}"


def _low(holding: Holding, found: Assessment) -> int:
    return holding.low if holding in found.low_by else 0


def _ids(ids: tuple[str, ...]) -> str:
    return ", ".join(ids) or "a statement without an id"
