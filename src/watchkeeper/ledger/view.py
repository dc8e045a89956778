"""View: what the record says, seen on a day, through an edition or a population.

`as_of` answers "what did the record know on that day": a claim published later drops out. An
undated claim was public at the latest when it was entered, so it counts from that day on;
before it, it is set apart and counted, since nobody can say whether it was public.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
import yaml

from watchkeeper.ledger import traced
from watchkeeper.ledger.decisions import in_force
from watchkeeper.ledger.evidence import in_final_editions, reopened, reviewed_parties
from watchkeeper.ledger.requests import heard
from watchkeeper.model.vocabulary import at_least, words
from watchkeeper.values.refused import NotFound

# What a row of `members` is folded from: whether it is one, and what it is called, dated and classed.
FOLDED = ("attribution", "in_edition", "title", "occurred", "sector")
# What a listing in an edition reads like when another source than the edition's own makes it.
FOREIGN_LISTING = " (not listed by its publisher)"
_REVIEWED = " Only those that two accounts reviewed, or that a final edition of its own publisher lists."


@dataclass(frozen=True, eq=False)
class View:
    """One way of looking at the ledger; every rule takes a view and nothing else.

    `claims` are those known on the day, `undated` those set apart, `later` the number that
    dropped out (`dropped` holds them). `members` are the incidents counted, one row each, sorted by date
    and id. `decisions` are all those made by the day, `in_force` what they came to (`ledger/decisions.py`).
    `withdrawn` holds the withdrawals known on the day, each with its label and that of its claim.
    `unreviewed` are the incidents that a view of reviewed ones leaves out. `facts` and `links` are what is known of
    `parties` on the day, the withdrawn ones left out. `traces`, their `findings`, `labels` of addresses and `prices`
    are told in the same way; `trace` is the one of them that is asked about.
    """

    claims: pl.DataFrame
    undated: pl.DataFrame
    later: int
    members: pl.DataFrame
    tallies: pl.DataFrame
    sources: pl.DataFrame
    decisions: pl.DataFrame
    editions: pl.DataFrame
    population: str
    sentence: str
    edition: str | None = None
    as_of: date | None = None
    incidents: pl.DataFrame = field(default_factory=pl.DataFrame)
    dropped: pl.DataFrame = field(default_factory=pl.DataFrame)
    withdrawn: pl.DataFrame = field(default_factory=pl.DataFrame)
    in_force: pl.DataFrame = field(default_factory=pl.DataFrame)
    unreviewed: pl.Series = field(default_factory=lambda: pl.Series("incident_id", [], dtype=pl.String))
    parties: pl.DataFrame = field(default_factory=pl.DataFrame)
    facts: pl.DataFrame = field(default_factory=pl.DataFrame)
    links: pl.DataFrame = field(default_factory=pl.DataFrame)
    traces: pl.DataFrame = field(default_factory=pl.DataFrame)
    findings: pl.DataFrame = field(default_factory=pl.DataFrame)
    labels: pl.DataFrame = field(default_factory=pl.DataFrame)
    prices: pl.DataFrame = field(default_factory=pl.DataFrame)
    readings: pl.DataFrame = field(default_factory=pl.DataFrame)
    trace: str | None = None
    reviewed_only: bool = False

    def following(self, trace: str | None) -> View:
        """Return the view with the trace that is asked about, and its findings alone.

        In a view of reviewed ones, a trace that is not is none: its figures say so, also where they were printed once.

        Args:
            trace: Its name; None is the only one there is.

        Raises:
            NotFound: there is no such trace, or none is named and there are several.
        """
        known = self.traces["trace_id"].to_list()
        if trace is None and len(known) > 1:
            raise NotFound(f"{len(known)} traces are known: {', '.join(known)}. Say which, e.g. --trace {known[0]}.")
        if trace is not None and trace not in known and not self.reviewed_only:
            raise NotFound(f"No trace {trace} is known; known: {', '.join(known) or 'none'}.")
        chosen = next((one for one in known if trace in (None, one)), None)
        return replace(self, trace=chosen, findings=self.findings.filter(pl.col("trace_id") == (chosen or "")))

    @property
    def member_ids(self) -> pl.Series:
        """Return the ids of the incidents counted."""
        return self.members["incident_id"]

    def of(self, *fields: str) -> pl.DataFrame:
        """Return the known claims of these fields on the members, in the record's order."""
        return self.claims.filter(pl.col("field").is_in(fields)).join(
            self.members.select("incident_id"), on="incident_id", how="semi"
        )


@cache
def populations() -> Mapping[str, Mapping[str, Any]]:
    """Return every population by name, from populations.yml."""
    loaded: Mapping[str, Mapping[str, Any]] = yaml.safe_load(
        files("watchkeeper.ledger").joinpath("populations.yml").read_text("utf-8")
    )
    return loaded


def look(
    tables: Mapping[str, pl.DataFrame],
    *,
    population: str = "record",
    edition: str | None = None,
    as_of: date | None = None,
    today: date | None = None,
    reviewed_only: bool = False,
) -> View:
    """Return the view of a population, or of a published edition as it was published.

    Args:
        tables: The case's tables by kind.
        population: A name in populations.yml; ignored when `edition` is given.
        edition: A published set; it picks the set and filters nothing else.
        as_of: The day looked from, inclusive; None is everything recorded.
        today: The day by which decisions that end have lapsed, if `as_of` is not given.
        reviewed_only: Count only incidents that two accounts reviewed, or that a final edition of its own publisher
            lists; the others are told as `unreviewed`. Of parties, tell only what was reviewed.

    Raises:
        NotFound: no such population or edition, or the edition was not published by the day.
    """
    decisions = _by(tables["decision"], "decided_on", as_of)
    force = in_force(decisions, as_of or today)
    standing = _listings(_standing(tables["claim"], force), tables["edition"])
    chosen = _edition(tables, edition, as_of) if edition else _population(population)
    claims = standing if as_of is None else standing.filter(_known_on(as_of))
    entries = tables["incident"].filter(pl.col("kind") == chosen.get("kind", "incident"))
    incidents = _folded(entries, claims, force)
    undated, dropped = _apart(standing, entries, force, chosen, as_of)
    members = _members(incidents, claims, chosen)
    kept = members if not reviewed_only else members.filter(_reviewed(tables, claims, force))
    return View(
        claims=claims,
        undated=undated,
        later=dropped.height,
        members=kept,
        tallies=tables["tally"],
        sources=tables["source"],
        decisions=decisions,
        editions=tables["edition"],
        population=edition or population,
        sentence=str(chosen["sentence"]) + (_REVIEWED if reviewed_only else ""),
        edition=edition,
        as_of=as_of,
        incidents=incidents,
        dropped=dropped,
        withdrawn=_withdrawn(tables, force),
        in_force=force,
        unreviewed=members.join(kept, on="incident_id", how="anti")["incident_id"],
        parties=tables["party"],
        **_of_parties(tables, force, as_of, reviewed_only=reviewed_only),
        **traced.known(tables, force, as_of, reviewed_only=reviewed_only),
        reviewed_only=reviewed_only,
    )


def _of_parties(
    tables: Mapping[str, pl.DataFrame], force: pl.DataFrame, as_of: date | None, *, reviewed_only: bool
) -> dict[str, Any]:
    """Return the facts and links known; for publication those on parties that were reviewed and heard, or waived."""
    told = {f"{kind}s": _told(tables[kind], f"{kind}_id", force, as_of) for kind in ("fact", "link")}
    if not reviewed_only:
        return told
    reviewed = [one for one in reviewed_parties(tables, force, as_of) if heard(tables, one, as_of)]
    parties = pl.Series(sorted(reviewed), dtype=pl.String).implode()
    return {
        "facts": told["facts"].filter(pl.col("party_id").is_in(parties)),
        "links": told["links"].filter(pl.col("subject").is_in(parties) & pl.col("object").is_in(parties)),
    }


def _told(table: pl.DataFrame, name: str, force: pl.DataFrame, as_of: date | None) -> pl.DataFrame:
    """Return the facts or links known on the day, in the record's order; one withdrawn is not among them."""
    withdrawn = force.filter(pl.col("verdict") == "withdrawn").select("subject")
    standing = table.join(withdrawn, left_on=name, right_on="subject", how="anti", maintain_order="left")
    return standing if as_of is None else standing.filter(_known_on(as_of))


def _reviewed(tables: Mapping[str, pl.DataFrame], claims: pl.DataFrame, force: pl.DataFrame) -> pl.Expr:
    """Say which incidents two accounts reviewed as they stand now, or a final edition lists as its publisher."""
    reviewed = force.filter((pl.col("verdict") == "reviewed") & (pl.col("calls_for") == "second"))
    held = in_final_editions(claims, tables["edition"]) | (set(reviewed["subject"]) - reopened(tables, reviewed))
    return pl.col("incident_id").is_in(sorted(held))


def _population(name: str) -> Mapping[str, Any]:
    try:
        return populations()[name]
    except KeyError:
        raise NotFound(f'No population "{name}"; known: {", ".join(populations())}.') from None


def _edition(tables: Mapping[str, pl.DataFrame], edition: str, as_of: date | None) -> Mapping[str, Any]:
    known = tables["edition"]["edition_id"].to_list()
    if edition not in known:
        raise NotFound(f'No edition "{edition}" in this case; known: {", ".join(known) or "none"}.')
    published = tables["edition"].filter(pl.col("edition_id") == edition)["published_on"][0]
    if as_of is not None and published is not None and published > as_of:
        raise NotFound(
            f"{edition} was published on {published}; on {as_of} nobody could count it. There is no default."
        )
    return {
        "sentence": f"Incidents as published in {edition}, whatever was decided since.",
        "edition": edition,
        "as_published": True,
    }


def _standing(claims: pl.DataFrame, force: pl.DataFrame) -> pl.DataFrame:
    withdrawn = force.filter(pl.col("verdict") == "withdrawn").select("subject")
    return claims.with_row_index("position").join(withdrawn, left_on="claim_id", right_on="subject", how="anti")


def _withdrawn(tables: Mapping[str, pl.DataFrame], decisions: pl.DataFrame) -> pl.DataFrame:
    """Return the withdrawals with their own label, the kind of what they take away, and the label of that."""
    withdrawals = decisions.filter(pl.col("verdict") == "withdrawn").select("subject", "tlp")
    entries = [
        tables[kind].select(
            pl.col(f"{kind}_id").alias("subject"), pl.col("tlp").alias("tlp_of_claim"), pl.lit(kind).alias("kind")
        )
        for kind in ("claim", "fact", "link", "label", "trace")
    ]
    return withdrawals.join(pl.concat(entries), on="subject")


def _by(table: pl.DataFrame, column: str, as_of: date | None) -> pl.DataFrame:
    return table if as_of is None else table.filter(pl.col(column) <= as_of)


def _listings(claims: pl.DataFrame, editions: pl.DataFrame) -> pl.DataFrame:
    """Mark listings in an edition that its own source did not make: nobody else can add a row to a published set."""
    published = editions.select(pl.col("edition_id").alias("value"), pl.col("source_id").alias("publisher"))
    known = claims.join(published, on="value", how="left", maintain_order="left")
    foreign = (pl.col("field") == "in_edition") & (pl.col("publisher") != pl.col("source_id"))
    marked = pl.when(foreign).then(pl.col("value") + FOREIGN_LISTING).otherwise(pl.col("value"))
    return known.with_columns(marked.alias("value")).drop("publisher")


def _known_on(as_of: date) -> pl.Expr:
    return pl.coalesce("published_on", "entered_on") <= as_of


def _apart(
    standing: pl.DataFrame,
    entries: pl.DataFrame,
    decisions: pl.DataFrame,
    chosen: Mapping[str, Any],
    as_of: date | None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the undated claims set apart on a day, and those that dropped out as published later.

    Both are counted on the incidents that the population holds once everything recorded is known.
    """
    if as_of is None:
        return standing.clear(), standing.clear()
    members = _members(_folded(entries, standing, decisions), standing, chosen)
    missing = standing.filter(~_known_on(as_of)).join(members, on="incident_id", how="semi")
    undated = pl.col("published_on").is_null()
    return missing.filter(undated), missing.filter(~undated)


def _folded(incidents: pl.DataFrame, claims: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Return one row an incident with what counts ask of it: title, date, grade, contested, duplicate."""
    strongest = list(words("confidences"))
    graded = claims.filter(
        (pl.col("field") == "attribution") & (pl.col("stance") == "attributes") & pl.col("confidence").is_not_null()
    )
    rank = pl.col("confidence").replace_strict(strongest, range(len(strongest)), return_dtype=pl.Int64)
    grade = (
        graded.group_by("incident_id")
        .agg(rank.min().alias("rank"))
        .select(
            "incident_id",
            pl.col("rank").replace_strict(range(len(strongest)), strongest, return_dtype=pl.String).alias("grade"),
        )
    )
    folded = incidents.join(grade, on="incident_id", how="left")
    for name in ("title", "sector"):
        folded = folded.join(
            _first(claims, name).select("incident_id", pl.col("value").alias(name)), on="incident_id", how="left"
        )
    when = _first(claims, "occurred").select(
        "incident_id", pl.col("value").alias("occurred"), "first_on", "end_on", "year"
    )
    return (
        folded.join(when, on="incident_id", how="left")
        .with_columns(
            pl.col("incident_id").is_in(_standing_subjects(decisions)).alias("contested"),
            pl.col("incident_id").is_in(_duplicates(decisions)).alias("duplicate"),
        )
        .sort("first_on", "incident_id", nulls_last=True)
    )


def _first(claims: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return the first claim entered of a field for each incident; later ones are shown as differing, not used."""
    return claims.filter(pl.col("field") == name).unique("incident_id", keep="first", maintain_order=True)


def _standing_subjects(decisions: pl.DataFrame) -> list[str]:
    """Return incidents whose newest word on being contested is "contested"."""
    spoken = decisions.filter(pl.col("verdict").is_in(["contested", "uncontested"]))
    newest = spoken.unique("subject", keep="last", maintain_order=True)
    return newest.filter(pl.col("verdict") == "contested")["subject"].to_list()


def _duplicates(decisions: pl.DataFrame) -> list[str]:
    """Return every incident but one of each event that people found to be entered more than once.

    The newest word on a pair holds. Of incidents joined by such words, also over a third, the one that the
    earliest decision kept stays; so two decisions the other way round cannot make both vanish.
    """
    newest: dict[frozenset[str], tuple[str, str, str]] = {}
    for row in decisions.filter(pl.col("verdict").is_in(["same-event", "not-same-event"])).iter_rows(named=True):
        newest[frozenset((row["subject"], row["other"]))] = (row["verdict"], row["subject"], row["other"])
    kept: dict[str, str] = {}

    def keeper(incident: str) -> str:
        while kept.get(incident, incident) != incident:
            incident = kept[incident]
        return incident

    for verdict, subject, other in newest.values():
        if verdict == "same-event" and keeper(subject) != keeper(other):
            kept[keeper(other)] = keeper(subject)
    return sorted(incident for incident in kept if keeper(incident) != incident)


def _members(incidents: pl.DataFrame, claims: pl.DataFrame, chosen: Mapping[str, Any]) -> pl.DataFrame:
    members = incidents.join(claims, on="incident_id", how="semi")
    for key, how in (("edition", "semi"), ("outside_edition", "anti")):
        if key in chosen:
            listed = claims.filter((pl.col("field") == "in_edition") & (pl.col("value") == chosen[key]))
            members = members.join(listed, on="incident_id", how="semi" if how == "semi" else "anti")
    if "least_confidence" in chosen:
        graded = pl.col("grade").is_in(at_least("confidences", chosen["least_confidence"]))
        members = members.filter(graded & ~pl.col("contested") & ~pl.col("duplicate"))
    return members
