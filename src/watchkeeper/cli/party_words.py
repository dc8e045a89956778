"""Words beside the data of a party: who it is, what contradicts, what is open; and the rule an answer follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def profile(told: Mapping[str, Any]) -> Iterator[str]:
    """Return the sentences that stand beside a profile, as `party_reading.show` gives it."""
    reviewers = f", by {' and '.join(told['reviewers'])}" if told["reviewers"] else ""
    who = f"{told['party_id']}, {told['kind']}: {told['name'] or 'no name stands'}"
    yield f"{who}. Status: {told['status']}{reviewers}."
    if len(told["members"]) > 1:
        yield f"One with {', '.join(told['members'][1:])}, as people decided; each entry says on which it was entered."
    for clash in told["contradictions"]:
        yield f"Contradiction on {clash['about']}: {clash['why']} ({', '.join(clash['entries'])}). All are kept."
    for one in told["open"]:
        pair = f"{one['subject']} and {one['other']}" if one["other"] else one["subject"]
        yield f"Open: {one['verdict']} on {pair}, by {' and '.join(one['by'])}, waits for another account."
    yield from told["not_applied"]
    for one in told["requests"]:
        until = f", deadline {one['deadline']}" if one["deadline"] else ""
        yield f"Request {one['request_id']} ({one['purpose']}): {one['state']}{until}."
    for one in told["incidents"]:
        yield f"Named as {one['field']} of {one['incident_id']} ({one['claim_id']}, {one['source_id']})."
    later, undated = told["left_out"]["published_later"], told["left_out"]["undated_entered_later"]
    if later or undated:
        yield f"Left out: {later} entries published later, {undated} undated and entered later."


def rule(told: Mapping[str, Any]) -> Iterator[str]:
    """Return the parts of the rule that an answer on ownership follows, each with its mark."""
    for part in told["rule"]:
        value = f" {part['value']}" if part["value"] else ""
        mark = f" [{part['checked']}: {part['source'] or 'no page'}]" if part["checked"] else ""
        yield f"Rule {told['regime']}, {part['part']}{value}. {part['because'].strip()}{mark}"
