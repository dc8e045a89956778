"""Inputs: the labels of every statement that a figure looked at, so that it is as closed as the strictest of them.

More is an input than what is counted. An incident is in a count because of claims that grade or list it; it is
out of it because of a decision; a row shows its title; and a claim set apart is still told as a number. A figure
that left one of them out could tell, by its value, what its reader may not see.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from watchkeeper.ledger.view import FOLDED, View
from watchkeeper.model.figure import Outcome
from watchkeeper.model.tlp import LABELS


def labels(view: View, outcome: Outcome, *, shown: pl.Series, editions: Collection[str], over: str) -> list[str]:
    """Return the TLP labels behind an outcome, each once.

    Args:
        view: The view that the rule looked through.
        outcome: What the rule gave.
        shown: Incidents whose rows are shown, with all that the view knows of them.
        editions: Published sets that the card or its population names.
        over: What the figure's rule is over; only one over incidents rests on members of the view.
    """
    counts = over == "incidents"
    said = _claims(view, outcome, shown, editions if counts else None)
    tallies = view.tallies.filter(_in("tally_id", outcome.claims))
    published = _editions(view, said, tallies, editions)
    facts, links = view.facts.filter(_in("fact_id", outcome.claims)), view.links.filter(_in("link_id", outcome.claims))
    named = pl.concat([table["source_id"] for table in (said, tallies, published, facts, links)])
    found = [said, tallies, published, facts, links, view.sources.filter(_in("source_id", named))]
    if counts:
        incidents = _considered(view, outcome, shown)
        found += [
            view.incidents.filter(_in("incident_id", incidents)),
            _decisions(view, incidents, said["claim_id"]),
            _withdrawals(view, "claim"),
        ]
    if over == "parties":
        parties = pl.concat([facts["party_id"], links["subject"], links["object"]])
        found += [
            view.parties.filter(_in("party_id", parties)),
            _decisions(view, pl.concat([facts["fact_id"], parties]), links["link_id"]),
            _withdrawals(view, "fact", "link"),
        ]
    if over == "traces":
        found += _of_trace(view)
    return pl.concat([table["tlp"] for table in found]).unique().sort().to_list()


def _of_trace(view: View) -> list[pl.DataFrame]:
    """Return what a figure of a trace looked at: the trace, what it was read from, what it found, and its labels.

    A label tells what kind of stop an address is and in which row it stands, also where the figure does not show it.
    """
    trace = view.traces.filter(pl.col("trace_id") == (view.trace or ""))
    readings = view.readings.filter(_in("reading_id", trace["readings"].explode().cast(pl.String)))
    said = view.labels.filter(_in("address", view.findings["subject"]))
    priced = view.prices.filter(_in("unit", view.findings["unit"]))
    named = pl.concat([table["source_id"] for table in (said, readings, priced)])
    subjects = pl.concat([trace["trace_id"], said["label_id"]])
    return [
        trace,
        readings,
        view.findings,
        said,
        priced,
        view.sources.filter(_in("source_id", named)),
        view.incidents.filter(_in("incident_id", trace["incident_id"])),
        view.claims.filter(_in("incident_id", trace["incident_id"]) & (pl.col("field") == "attribution")),
        _decisions(view, subjects, said["label_id"].clear()),
        _withdrawals(view, "label", "trace"),
    ]


def _claims(view: View, outcome: Outcome, shown: pl.Series, editions: Collection[str] | None) -> pl.DataFrame:
    """Return the claims used or shown; with editions also those that make, fill or keep out a member, or are set apart.

    A claim set apart is told as a number, of the incidents that would be members if it were known.
    """
    wanted = _in("claim_id", outcome.claims) | _in("incident_id", shown) | _in("incident_id", _reopened(view))
    if editions is None:
        return view.claims.filter(wanted)
    apart = pl.concat([view.undated, view.dropped])
    counted = pl.concat([view.member_ids, outcome.incidents, apart["incident_id"]])
    # Being listed in a set can also keep an incident out, of those outside that set.
    listed = (pl.col("field") == "in_edition") & pl.col("value").is_in(sorted(editions))
    folded = _in("incident_id", counted) & pl.col("field").is_in(FOLDED)
    return pl.concat([view.claims.filter(wanted | folded | listed), apart])


def _editions(view: View, said: pl.DataFrame, tallies: pl.DataFrame, named: Collection[str]) -> pl.DataFrame:
    """Return the published sets named: by the card, by the view, by a claim that lists an incident, by a tally."""
    listed = said.filter(pl.col("field") == "in_edition")["value"]
    every = pl.concat([listed, tallies["series"], pl.Series([*named, *([view.edition] if view.edition else [])])])
    return view.editions.filter(_in("edition_id", every))


def _considered(view: View, outcome: Outcome, shown: pl.Series) -> pl.Series:
    """Return the incidents counted, shown or set apart, and those that a decision alone kept out."""
    kept_out = view.incidents.filter(pl.col("contested") | pl.col("duplicate"))["incident_id"]
    apart = [view.undated["incident_id"], view.dropped["incident_id"], _reopened(view)]
    return pl.concat(
        [view.member_ids, outcome.incidents, shown, *apart, kept_out if view.edition is None else shown.clear()]
    )


def _reopened(view: View) -> pl.Series:
    """Return the incidents that were reviewed and are left out all the same: a later word or entry keeps them out."""
    asked = view.decisions.filter(pl.col("verdict") == "reviewed")["subject"]
    return view.unreviewed.filter(view.unreviewed.is_in(asked.implode()))


def _decisions(view: View, incidents: pl.Series, claims: pl.Series) -> pl.DataFrame:
    """Return what was decided on these, and what was said of those decisions: that moves them too."""
    subjects = pl.concat([incidents, claims])
    found = view.decisions.filter(_in("subject", subjects) | _in("other", subjects))
    newest = found
    while not newest.is_empty():
        newest = view.decisions.filter(
            _in("subject", newest["decision_id"]) & ~_in("decision_id", found["decision_id"])
        )
        found = pl.concat([found, newest])
    return found


def _withdrawals(view: View, *kinds: str) -> pl.DataFrame:
    """Return the withdrawals of entries of these kinds that are more closed than what they take away.

    One that is as open as its claim changes nothing for a reader: who may not see the one does not see the other.
    """
    rank = {label: place for place, label in enumerate(LABELS)}
    stricter = pl.col("tlp").replace_strict(rank, return_dtype=pl.Int64) > pl.col("tlp_of_claim").replace_strict(
        rank, return_dtype=pl.Int64
    )
    return view.withdrawn.filter(stricter & pl.col("kind").is_in(kinds))


def _in(column: str, values: pl.Series) -> pl.Expr:
    return pl.col(column).is_in(values.unique().implode())
