"""Publication: what must hold before a report may be handed to the public; every fault is named, all at once.

A party that is named has been looked at by two persons and has been heard, or somebody says why not; a quotation is
tied to words that the record holds. Who asked whom is told in the chapter that `replies.py` writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import polars as pl

from watchkeeper.ledger.decisions import in_force
from watchkeeper.ledger.labels import stem
from watchkeeper.ledger.parties import names
from watchkeeper.ledger.requests import HEARD
from watchkeeper.ledger.rules import rule
from watchkeeper.ledger.statuses import status
from watchkeeper.model.vocabulary import words
from watchkeeper.report import lint
from watchkeeper.report.figures import cards
from watchkeeper.report.fillers import Mention
from watchkeeper.report.lint import known
from watchkeeper.report.lint import text as lint_text
from watchkeeper.report.lint.fault import Fault
from watchkeeper.report.markup import Piece, RawBlock
from watchkeeper.report.named import Naming, Standing, standing_of
from watchkeeper.values.refused import Invalid

Tables = Mapping[str, pl.DataFrame]
Parsed = Mapping[str, list[RawBlock]]
_UNNAMED = ("unnamed",)
_SURE = ("wallet", "script")  # rules of the linter on names that do not guess
_QUOTED = re.compile(r"\"([^\"]+)\"|“([^”]+)”")
_HOLDING = ("claim", "fact", "link")  # entries whose quote is a source's words


def refuse(faults: Sequence[str]) -> None:
    """Raise `Invalid` with every fault that keeps a report from publication, if there is one."""
    if faults:
        many = f"{len(faults)} faults keep" if len(faults) > 1 else "1 fault keeps"
        raise Invalid(f"{many} this report from publication; nothing was written.", tuple(faults))


def party_faults(mentions: Iterable[Mention], tables: Tables, on: date) -> list[str]:
    """Return what each party that a text names lacks, where it is named and what to do.

    Args:
        mentions: Where parties are named.
        tables: The case's tables by kind.
        on: The day looked from.
    """
    found: dict[str, Standing] = {}
    naming = Naming(tables, on)
    told: dict[tuple[str, str, str], str] = {}  # a party that a paragraph names twice lacks the same twice
    for one in mentions:
        standing = found.setdefault(one.subject, standing_of(tables, one.subject, on))
        for lack in _lacks(one.subject, standing):
            line = f'{one.where} ({one.place}): {one.subject} "{naming.words_of(one.subject)}": {lack}'
            told.setdefault((one.place, one.subject, lack), line)
    return list(told.values())


def _lacks(party: str, standing: Standing) -> list[str]:
    status, request = standing.status, standing.request
    lacks = []
    if status.word == "withdrawn":
        lacks.append("it was withdrawn; take it out of the text")
    elif status.reopened:
        lacks.append(
            f"its review is older than the entries on it: have two accounts look again (watchkeeper decide {party} "
            "reviewed --reason ...)"
        )
    elif not _reached(status.word, "reviewed"):
        lacks.append(
            f"not reviewed by two accounts: have each of two say so (watchkeeper decide {party} reviewed --reason ...)"
        )
    if request is None or request.state not in HEARD:
        drafted = f"{request.id} is a draft that was not sent" if request else "no request for its reply"
        lacks.append(
            f"no reply status: {drafted}; send a request (watchkeeper request add {party} --party {party} ...), or "
            f"waive it with a reason (watchkeeper request waive --party {party} --reason ...)"
        )
    return lacks


def _reached(word: str, rung: str) -> bool:
    ladder = words("statuses")
    return ladder.index(word) >= ladder.index(rung)


def quote_faults(mentions: Iterable[Mention], tables: Tables, on: date) -> list[str]:
    """Return each quotation that is not tied to words of its source that the record holds, with where it stands."""
    held = held_quotes(tables, on)
    return [
        f'{one.where} ({one.place}): "{one.words}" is not in any words of {one.subject} that the record holds: enter '
        f"the claim that quotes them (watchkeeper claim add ... --source {one.subject} --quote ...), or take them out"
        for one in mentions
        if not entries_of(one, held)
    ]


def entries_of(mention: Mention, held: Mapping[str, Sequence[tuple[str, str]]]) -> list[str]:
    """Return the ids of the entries whose quoted words hold those of a quotation; the source's own id is one."""
    wanted = _collapsed(mention.words)
    return [entry for entry, quote in held.get(mention.subject, ()) if wanted and wanted in _collapsed(quote)]


def held_quotes(tables: Tables, on: date) -> dict[str, list[tuple[str, str]]]:
    """Return the words of each source that standing entries quote, as pairs of entry and words.

    What stands in quotation marks in the note of a source counts as well: some phrases are quoted everywhere, and the
    source's own mark says how far they were checked.
    """
    held: dict[str, list[tuple[str, str]]] = {}
    for kind in _HOLDING:
        for row in standing(tables, kind, on).iter_rows(named=True):
            said = [row.get(name) for name in ("quote", "quote_translation")]
            held.setdefault(row["source_id"], []).extend((row[f"{kind}_id"], one) for one in said if one)
    for source, note in tables["source"].select("source_id", "note").iter_rows():
        found = [first or second for first, second in _QUOTED.findall(note or "")]
        held.setdefault(source, []).extend((source, one) for one in found)
    return held


def standing(tables: Tables, kind: str, on: date) -> pl.DataFrame:
    """Return the claims, facts or links that were known on a day and are not withdrawn, in the record's order."""
    decisions = tables["decision"].filter(pl.col("decided_on") <= on)
    gone = in_force(decisions, on).filter(pl.col("verdict") == "withdrawn").select("subject")
    known = tables[kind].filter(pl.coalesce("published_on", "entered_on") <= on)
    return known.join(gone, left_on=f"{kind}_id", right_on="subject", how="anti", maintain_order="left")


def trace_faults(parsed: Parsed, subject: str, tables: Tables, on: date, trace: str | None) -> list[str]:
    """Return what the trace that a report tells of lacks; none where it tells of no trace.

    Args:
        parsed: The chapters.
        subject: The plan's subject, which "@" stands for in a figure.
        tables: The case's tables by kind.
        on: The day looked from.
        trace: Its name; None is the only one there is.
    """
    if not _tells_of_traces(parsed, subject):
        return []
    known = tables["trace"].filter(pl.col("decided_on") <= on)["trace_id"].to_list()
    asked = [trace] if trace else known
    if len(asked) != 1 or asked[0] not in known:
        which = f"there are {', '.join(known)}; say which with --trace" if known else "there is none; see `trace run`"
        return [f"trace {trace or '?'}: {which}"]
    said = _words_of_trace(tables, asked[0], on)
    found = status(tables, "trace", asked[0], on)
    if found.word != "candidate":
        return said
    again = "its review is older than what it found or how that is labelled; look again" if found.reopened else ""
    lack = again or "not reviewed by two accounts: have each of two say so"
    return [f"trace {asked[0]}: {lack} (watchkeeper decide {asked[0]} reviewed --reason ...)", *said]


def _words_of_trace(tables: Tables, trace: str, on: date) -> list[str]:
    """Return what may not be printed of a trace's own name and reason, which stand under every figure of it.

    They stand in the log and cannot be mended, so only what is sure counts: of both a name that the record has and an
    address, of the reason also a label of the trace and a word that accuses. Its numbers are its writer's, no figures.
    """
    (reason,) = tables["trace"].filter(pl.col("trace_id") == trace)["reason"]
    called = {name: f"write {{party {party}}}" for name, party in names(tables, on).items()}
    sure = [
        *_sure(f"trace {trace}, name", re.sub(r"[-_.]", " ", trace), called, _SURE),
        *_sure(f"trace {trace}, reason", " ".join(reason.split()), known_names(tables, on), (*_SURE, "word")),
    ]
    found = tables["finding"].filter(pl.col("trace_id") == trace).select(address="subject").unique()
    labels = tables["label"].join(found, on="address", how="semi")
    services = {stem(text) for name in ("label", "service") for text in labels[name].drop_nulls()}
    sure += [
        f'trace {trace}, reason: name "{one}": a label of an address that it came to; whom it names was not heard'
        for one in sorted(services)
        if any(letter.isupper() for letter in one) and re.search(rf"(?<!\w){re.escape(one)}(?!\w)", reason)
    ]
    return [f"{one}; run the trace again under another name, with a reason that names nobody" for one in sure]


def _sure(where: str, said: str, known_: Mapping[str, str], rules_: Sequence[str]) -> list[str]:
    """Return the faults in words of which the linter is sure: of these rules, or a name that is known."""
    parsed = {where: [RawBlock("paragraph", (), (Piece(said, None, (), 1, 1),), 1)]}
    instead = {f"write {one}" for one in known_.values()}
    found = lint.faults(parsed, known_)
    return [str(one) for one in found if one.rule in rules_ or (one.rule == "name" and one.instead in instead)]


def _tells_of_traces(parsed: Parsed, subject: str) -> bool:
    pieces = (piece for blocks in parsed.values() for block in blocks for piece in block.pieces)
    named = [piece.arguments[0] for piece in pieces if piece.verb == "fig" and piece.arguments]
    shown = [b.arguments[0] for blocks in parsed.values() for b in blocks if b.kind in ("table", "chart")]
    ids = {one.replace("@.", f"{subject}.").partition("@")[0] for one in (*named, *shown)}
    return any(one in cards() and rule(cards()[one].rule).over == "traces" for one in ids)


def known_names(tables: Tables, on: date) -> dict[str, str]:
    """Return every name that the record has for somebody, with what to write in its place.

    Names of parties lead to their reference; a victim or an actor that is no party yet has none.
    """
    spoken = standing(tables, "claim", on).filter(
        pl.col("field").is_in(["victim", "actor"]) & pl.col("value").is_not_null()
    )
    bare = {
        value: f'{{party ID}} once it is entered as a party, or {{term "{value}"}} if it names nobody'
        for value in spoken["value"].to_list()
        if value.lower() not in _UNNAMED and '"' not in value
    }
    return bare | {name: f"{{party {party}}}" for name, party in names(tables, on).items()}


def term_faults(parsed: Parsed, laid_open: Parsed, tables: Tables, on: date) -> list[str]:
    """Return where a {term ...} holds, begins or ends a name of a party: who it names is not left to its writer.

    Args:
        parsed: The chapters.
        laid_open: The same with each term as plain words.
        tables: The case's tables by kind.
        on: The day looked from.
    """
    parties = known.index({name: f"write {{party {party}}}" for name, party in names(tables, on).items()})
    told = {(fault.file, fault.line, fault.column) for fault in _named_in(parsed, parties)}
    opened = _named_in(laid_open, parties)
    return [str(fault) for fault in opened if (fault.file, fault.line, fault.column) not in told]


def _named_in(chapters: Parsed, parties: known.Index) -> list[Fault]:
    because = "a party is named as a reference, which carries its review and its reply; a term carries neither"
    return [
        text.fault(span, "name", because, instead)
        for text in lint_text.read(chapters)
        for span, instead in known.find(text, parties)
    ]


def _collapsed(text: str) -> str:
    return " ".join(text.split())
