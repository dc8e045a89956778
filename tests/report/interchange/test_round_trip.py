"""Round trip: what is written as FtM and read again has the same names, identifiers and links."""

from __future__ import annotations

from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from tests.report.interchange.synthetic import SOURCES

from watchkeeper.model.vocabulary import party_fields, words
from watchkeeper.report.interchange.ftm import write
from watchkeeper.report.interchange.selection import Link, Party, Selection
from watchkeeper.sources.ftm import ftm, rows
from watchkeeper.sources.ftm.model import edges, model, property_of

SAID = {
    "source_id": "S-1", "stance": "states", "since": None, "until": None, "stated_by": None, "stated_on": None,
    "published_on": date(2024, 3, 1), "entered_on": date(2026, 11, 1), "checked": "text", "basis": "cited",
    "locator": None, "lang": None, "note": None, "tlp": "CLEAR",
}  # fmt: skip
KINDS = words("party_kinds")
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co", "Z"]), min_size=1, max_size=8)
VALUES = {
    "state": st.sampled_from(["KP", "KR", "GB", "SK"]),
    "when": st.sampled_from(["1970", "1970-05", "1970-05-01"]),
    "imo": st.just("9074729"),
    "text": WORDS,
}


@st.composite
def selections(draw):
    parties = []
    for place, kind in enumerate(draw(st.lists(st.sampled_from(KINDS), min_size=2, max_size=4))):
        facts = [("name", draw(WORDS))]
        fields = draw(st.lists(st.sampled_from([one for one in party_fields() if one != "wallet"]), max_size=6))
        facts += [(field, draw(VALUES[party_fields()[field].kind])) for field in fields]
        if kind in ("person", "company", "organisation", "state") and draw(st.booleans()):
            facts.append(("wallet", f"bitcoin:{draw(WORDS)}"))
        told = tuple({**SAID, "fact_id": f"f-{place}-{n}", "field": f, "value": v} for n, (f, v) in enumerate(facts))
        parties.append(Party(f"P-{place}", kind, "", (), told, (), "CLEAR"))
    links = []
    for place in range(draw(st.integers(0, 4))):
        ends = draw(st.permutations([one.id for one in parties]))[:2]
        relation = draw(st.sampled_from(words("relations")))
        row = {**SAID, "link_id": f"l-{place}", "relation": relation, "from": ends[0], "to": ends[1], "joint": None,
               "share": draw(st.sampled_from([None, "25", "33.3 %", "1/3"])) if relation == "owns" else None,
               "since": draw(st.sampled_from([None, "2019", "2019-05", "2019-05-01"])),
               "until": draw(st.sampled_from([None, "2020", "2020-01-31"]))}  # fmt: skip
        links.append(Link(f"l-{place}", *ends, "", row))
    sources = {one["source_id"]: {**one, "note": None} for one in SOURCES}
    return Selection(tuple(parties), tuple(links), (), sources)


@given(selections())
def test_names_identifiers_and_links_come_back(selection):
    reading = ftm.read(write(selection), "x")
    assert reading.rejected == ()
    facts, links = Counter(), Counter()
    for entity in reading.kept:
        if rows.kind_of(entity):
            facts.update((one.about, one.field, one.value.removeprefix("IMO")) for one in rows.facts(entity)[0])
        elif entity.schema == "CryptoWallet":
            facts.update((one.about, one.field, one.value) for one in rows.wallets(entity)[0])
        elif entity.schema in edges():
            row, _ = rows.link(entity, described=True)
            # A share is kept where the model has a place for it, and in the words of the link anyway.
            share = row["share"] if entity.schema == "Ownership" else None
            links[row["subject"], row["relation"], row["object"], share, row["since"], row["until"]] += 1
    assert facts == Counter(dict.fromkeys(_held(selection), 1))
    assert links == Counter(_linked(selection))


def _held(selection):
    """Return the facts that the model has a property for; the others stand in notes, which are not read."""
    for party in selection.parties:
        schema = model()["kinds"][party.kind]
        for row in party.facts:
            if row["field"] == "wallet" or property_of(schema, row["field"]):
                yield party.id, row["field"], row["value"]


def _linked(selection):
    kinds = {party.id: party.kind for party in selection.parties}
    for link in selection.links:
        row = link.row
        owned = kinds[link.subject] not in ("vessel", "address") and kinds[link.object] in ("company", "vessel")
        share = row["share"] if owned else None
        yield link.subject, row["relation"], link.object, share, row["since"], row["until"]
