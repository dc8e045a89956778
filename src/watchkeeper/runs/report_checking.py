"""Report checking: are the files of a report those that were built, and which figure reads otherwise now, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

from watchkeeper.fetch import clock
from watchkeeper.report.compose import PUBLICATION
from watchkeeper.report.figures import compute
from watchkeeper.report.present import to_json
from watchkeeper.runs.drift import Since, drift_of, reads_otherwise
from watchkeeper.runs.report_folders import checked, folder_of, read_json
from watchkeeper.store.case import Case


def verify(case: Case, name: str) -> dict[str, Any]:
    """Check a report's files against its manifest, and every figure against the record of today.

    A report built for a stated day is looked at from that day; one built without, from today.

    Args:
        case: The case.
        name: Name of a report in the case, or the folder that one was built to with `out`.

    Returns:
        Number of figures checked, and for each that drifted: old, new, and the claims or decisions behind it;
        apart from these the keys of figures that say the same and whose rows read otherwise, and of those that the
        report withholds: what it does not say cannot drift.

    Raises:
        NotFound: no such report; Unsound: a file is not the one that was built.
    """
    folder = folder_of(case, name)
    manifest = checked(folder, name)
    told = read_json(folder / "figures.json")
    as_of = manifest["as_of"] if manifest["as_of_given"] else max(clock.today(), manifest["as_of"])
    since = _since(case, manifest["log_statements"], manifest["as_of"])
    drifted, otherwise = [], []
    withheld = [key for key, old in told["figures"].items() if old.get("withheld")]
    for key, old in told["figures"].items():
        if key in withheld:
            continue
        figure = compute(
            old["figure"],
            case.tables,
            edition=old["edition"],
            as_of=as_of,
            reviewed_only=manifest["purpose"] == PUBLICATION,
            trace=old.get("trace"),
        )
        new = to_json(figure)
        found = drift_of(key, old, new, figure.view, since)
        if found:
            drifted.append({**found, "tlp": new["tlp"]})
        elif reads_otherwise(old, new):
            otherwise.append(key)
    return {
        "report": name,
        "as_of": as_of.isoformat(),
        "checked": len(told["figures"]) - len(withheld),
        "drifted": drifted,
        "reads_otherwise": otherwise,
        "withheld": withheld,
    }


def _since(case: Case, statements: int, day: date) -> Since:
    """Return the claims entered or withdrawn, and the decisions, that stand behind this statement of the log."""
    later = case.statements()[statements:]
    moved = {s["id"] for s in later} | {s["body"].get("subject") for s in later}
    claims = case.tables["claim"].select("claim_id", "incident_id")
    return Since(
        {claim: incident for claim, incident in claims.iter_rows() if claim in moved},
        frozenset(s["id"] for s in later if s["kind"] == "decision"),
        day,
    )
