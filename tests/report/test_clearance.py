"""Clearance: what is above a reader's clearance is nowhere in a report, in no encoding, and moves no number in it.

A canary stands in every statement and field that a reader may not see; the files are then searched for it.
The numbers are searched otherwise: a figure that is shown must be the one that the open statements alone give.
WATCHKEEPER_ORDEAL=full tries ten times as many ledgers.
"""

from __future__ import annotations

import base64
import io
import json
import os
import random  # noqa: TID251 - a seeded ledger is drawn by chance on purpose
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

import pypdf
import pytest
from tests.ledger.tables import Ledger, ledger, statement

from watchkeeper.report import document as doc
from watchkeeper.report import page, pdf, present, statements, word
from watchkeeper.report.compose import compose, plan
from watchkeeper.report.figures import cards, compute

DAY = date(2025, 1, 31)
PLAN = replace(plan("cyber-theft-2019"), subject="record", edition=None, title="A report", subtitle="Of a test")
SEEDS = range(200 if os.environ.get("WATCHKEEPER_ORDEAL") == "full" else 20)
CANARY = "KzanarievogelQx"
OPEN = """
    incident | field         | says        | confidence | stated_on  | published_on
    ---------+---------------+-------------+------------+------------+-------------
    A1       | attribution   | A group     | moderate   | 2023-05-01 |
    A1       | title         | First       |            |            |
    A1       | occurred      | 2023-04     |            |            |
    A1       | victim_state  | KR          |            |            |
    A1       | sector        | bank        |            |            |
    A1       | attempted     | 90 USD      |            |            |
    A1       | loss_reported | 7..9 USD    |            |            |
    A1       | in_edition    | S/2019/691  |            |            |
    B1       | attribution   | A group     | low        | 2022-05-01 |
    B1       | title         | Second      |            |            |
    B1       | occurred      | 2022-04     |            |            |
    B1       | victim_state  | JP          |            |            |
    B1       | loss_reported | 40 USD      |            |            |
    C1       | attribution   | Nobody      | low        |            |
    C1       | occurred      | 2021        |            |            |
    D1       | title         | Ungraded    |            |            |
"""
TALLIES = """
    series | scope | key  | value | unit
    -------+-------+------+-------+-----
    One    | year  | 2022 | 50    | USD
    One    | year  | 2023 | 60    | USD
    One    | total | 2023 | 60    | USD
"""
EDITIONS = """
    edition_id       | status | title
    -----------------+--------+---------
    S/2019/691       | final  | A table
    S/2019/691-draft | draft  | A draft
"""
PARTIES = """
    party_id | kind
    ---------+-------------
    P-1      | organisation
    P-2      | company
"""
FACTS = """
    party_id | field | value
    ---------+-------+------------
    P-1      | name  | The Bureau
"""
LINKS = """
    subject | relation     | object | stated_on
    --------+--------------+--------+-----------
    P-2     | part-of      | P-1    | 2023-05-01
    P-2     | alleged-same | P-1    |
"""
SAID = {
    "source_id": "ANNEX", "published_on": "2024-01-31", "checked": "text", "author": CANARY, "entered_on": "2024-12-31",
}  # fmt: skip
SOURCE = {
    "source_id": "SECRET", "title": f"Letter {CANARY}", "publisher": CANARY, "reference": f"{CANARY}, 1",
    "via": CANARY, "published_on": "2024-01-31", "checked": "text", "redistribute": "hash_only",
    "note": CANARY,
}  # fmt: skip


@dataclass
class Made:
    """One ledger of chance: what anybody may see, what not, and the chapter that asks for figures of it."""

    seed: int
    open: list[dict[str, Any]] = field(default_factory=list)
    closed: list[dict[str, Any]] = field(default_factory=list)
    text: str = ""

    @property
    def whole(self) -> Ledger:
        """Return the ledger with all that was entered."""
        return Ledger([*self.open, *self.closed])


@cache
def made(seed: int) -> Made:
    """Return the ledger of a seed: the open one, with two to five closed statements."""
    chance = random.Random(seed)  # noqa: S311 - no secret is made of it
    held = {"kind": "capture", "id": "ab" * 32, "body": {"name": CANARY, "bytes": 1, "format": CANARY}}
    told = Made(seed, [*_entered(_opened().statements), held | {"tlp": "AMBER"}])
    kinds = [_claim, _by_a_secret_source, _incident, _decision, _withdrawal, _tally, _edition, _fact, _link, _party]
    for make in chance.choices(kinds, k=chance.randint(2, 5)):
        told.closed += [one | {"tlp": label} for one, label in make(chance, told)]
    told.text = _chapter(chance, any(one["id"] == "SECRET" for one in told.closed))
    return told


def _opened() -> Ledger:
    return ledger(OPEN, tallies=TALLIES, editions=EDITIONS, parties=PARTIES, facts=FACTS, links=LINKS)


def _entered(entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Return open statements with what an entry is stamped with, and an analyst's name wherever one stands."""
    for one in entries:
        body = {**one["body"], **({"author": CANARY} if "author" in one["body"] else {})}
        yield {**one, "body": body, "by": CANARY, "at": "2024-12-31T12:00:00Z", "from": {"capture": CANARY, "line": 2}}


def _label(chance: random.Random) -> str | None:
    return chance.choice(["GREEN", "AMBER", "AMBER+STRICT", "RED", None])


def _claim(chance: random.Random, _: Made, source: str = "ANNEX") -> Iterator[tuple[dict[str, Any], str | None]]:
    incident = chance.choice(["A1", "B1", "C1", "D1"])
    say = chance.choice([
        {"field": chance.choice(["title", "victim", "modus", "actor"]), "value": CANARY},
        {"field": "attribution", "value": CANARY, "stance": chance.choice(["attributes", "disputes"]),
         "stated_by": CANARY, "confidence": chance.choice(["high", "low", "single-analyst"])},
        {"field": chance.choice(["loss_reported", "attempted", "taken"]), "low": str(chance.randint(1, 999)),
         "unit": chance.choice(["USD", "ETH"]), "note": CANARY},
        {"field": "victim_state", "value": chance.choice(["VN", "IN"]), "quote": CANARY, "locator": CANARY},
        {"field": "occurred", "value": str(chance.randint(2000, 2020)), "locator": CANARY},
        {"field": "sector", "value": "mining", "locator": CANARY},
        {"field": "in_edition", "value": "S/2019/691", "locator": CANARY},
    ])  # fmt: skip
    late = {"published_on": chance.choice(["2024-01-31", "2025-06-30", None])}
    yield statement("claim", {**SAID, **late, **say, "incident_id": incident, "source_id": source}), _label(chance)


def _by_a_secret_source(chance: random.Random, told: Made) -> Iterator[tuple[dict[str, Any], str | None]]:
    label = _label(chance) or "RED"
    yield statement("source", {**SOURCE, "tlp": label}), chance.choice(["CLEAR", label])
    for claim, _ in _claim(chance, told, "SECRET"):
        yield claim, "CLEAR"  # wrongly: it is as closed as its source


def _incident(chance: random.Random, _: Made) -> Iterator[tuple[dict[str, Any], str | None]]:
    name = f"{CANARY}-{chance.randint(1, 9)}"
    yield statement("incident", {"incident_id": name, "kind": "incident", "note": CANARY}), _label(chance)
    yield (
        statement("claim", {**SAID, "incident_id": name, "field": "attribution", "value": "A group",
                            "stance": "attributes", "stated_by": "Panel", "confidence": "low"}),
        "CLEAR",
    )  # fmt: skip


def _decision(chance: random.Random, _: Made) -> Iterator[tuple[dict[str, Any], str | None]]:
    pair = {"verdict": "same-event", "subject": "A1", "other": "B1"}
    alone = {"verdict": "contested", "subject": chance.choice(["A1", "B1", "C1"])}
    usual = {"reason": CANARY, "author": CANARY, "decided_on": "2024-12-31"}
    yield statement("decision", {**usual, **chance.choice([pair, alone])}), _label(chance)


def _withdrawal(chance: random.Random, told: Made) -> Iterator[tuple[dict[str, Any], str | None]]:
    claims = [one["id"] for one in told.open if one["kind"] in ("claim", "fact", "link")]
    body = {"verdict": "withdrawn", "subject": chance.choice(claims), "reason": CANARY, "author": CANARY,
            "decided_on": "2024-12-31"}  # fmt: skip
    yield statement("decision", body), _label(chance)


def _tally(chance: random.Random, _: Made) -> Iterator[tuple[dict[str, Any], str | None]]:
    said = {key: cell for key, cell in SAID.items() if key != "author"}
    row = {**said, "series": chance.choice([CANARY, "One"]), "scope": chance.choice(["year", "total"]), "key": "2024",
           "value": "70", "unit": "USD", "vintage": "newest held", "note": CANARY}  # fmt: skip
    yield statement("tally", row), _label(chance)


def _edition(chance: random.Random, _: Made) -> Iterator[tuple[dict[str, Any], str | None]]:
    name = f"X/{CANARY}"
    row = {"edition_id": name, "title": CANARY, "status": "final", "source_id": "ANNEX"}
    yield statement("edition", row), _label(chance)
    listed = {**SAID, "incident_id": "A1", "field": "in_edition", "value": name}
    yield statement("claim", listed), "CLEAR"


def _fact(chance: random.Random, _: Made) -> Iterator[tuple[dict[str, Any], str | None]]:
    said = {"party_id": chance.choice(["P-1", "P-2"]), "value": CANARY, "note": CANARY, "locator": CANARY}
    field = chance.choice(["name", "alias", "listed", "description", "phone"])
    yield statement("fact", {**SAID, **said, "field": field}), _label(chance)


def _link(chance: random.Random, _: Made) -> Iterator[tuple[dict[str, Any], str | None]]:
    said = {"subject": "P-2", "object": "P-1", "stated_by": CANARY, "note": f"{CANARY}.", "quote": CANARY}
    relation, stance = chance.choice(["part-of", "controls", "alleged-same"]), chance.choice(["states", "disputes"])
    yield statement("link", {**SAID, **said, "relation": relation, "stance": stance}), _label(chance)


def _party(chance: random.Random, _: Made) -> Iterator[tuple[dict[str, Any], str | None]]:
    name = f"P-{CANARY}-{chance.randint(1, 9)}"
    yield statement("party", {"party_id": name, "kind": "organisation", "note": CANARY}), _label(chance)
    yield statement("link", {**SAID, "subject": name, "relation": "part-of", "object": "P-1"}), "CLEAR"


def _chapter(chance: random.Random, secret: bool) -> str:
    known = list(cards())
    lines = [f"Words {{fig {name}}}." for name in chance.sample(known, 12)]
    lines += [f":table {name}" for name in chance.sample(known, 6)]
    lines += [":chart record.timeline", ":chart record.map", ":table record.loss_bridge", ":table record.instances"]
    if secret:
        lines += ["{doc SECRET} and {cite SECRET}", f'{{quote SECRET "words of {CANARY}"}}']
    return "\n\n".join(lines)


def composed(told: Made, clearance: str) -> doc.Document:
    return compose(PLAN, told.whole, DAY, {"x.md": told.text}, clearance=clearance)


def figures_json(document: doc.Document, tables: Mapping[str, Any]) -> bytes:
    behind = statements.behind(document.figures.values(), tables, document.clearance)
    return json.dumps({"figures": dict(document.figures), **behind}, ensure_ascii=False).encode()


def files(document: doc.Document, tables: Mapping[str, Any]) -> dict[str, bytes]:
    """Return every file of a report by name."""
    return {
        "figures.json": figures_json(document, tables),
        "report.html": page.render(document),
        "report.docx": word.render(document),
        "report.pdf": pdf.render(document).data,
    }


def unpacked(name: str, data: bytes) -> Iterator[bytes]:
    """Yield a file's bytes, and all that a reader's program would take out of it."""
    yield data
    if name.endswith(".docx"):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            yield from (parts.read(part) for part in parts.namelist())
    if name.endswith(".pdf"):
        reader = pypdf.PdfReader(io.BytesIO(data))
        yield "".join(one.extract_text() for one in reader.pages).encode()
        yield str(reader.metadata).encode()
        for number in range(1, len(reader.xref[0]) + 1 if reader.xref else 1):
            yield from _stream(reader, number)
        for number in reader.xref_objStm:
            yield from _stream(reader, number)


def _stream(reader: pypdf.PdfReader, number: int) -> Iterator[bytes]:
    found = reader.get_object(pypdf.generic.IndirectObject(number, 0, reader))
    if isinstance(found, pypdf.generic.StreamObject):
        yield found.get_data()
    yield str(found).encode()


def encodings(canary: str) -> list[bytes]:
    """Return a word as it could hide: as text, as wide text, in hex, and in base64 at each of three places."""
    plain = canary.encode()
    found = [plain, canary.encode("utf-16-le"), canary.encode("utf-16-be"), plain.hex().encode()]
    found += [plain.hex().upper().encode()]
    for shift, skip in enumerate((0, 2, 3)):
        whole = (shift + len(plain)) * 8 // 6  # letters that the word alone decides
        found.append(base64.b64encode(b"\0" * shift + plain)[skip:whole])
    return found


def found_in(name: str, data: bytes, canary: str = CANARY) -> list[bytes]:
    return [form for part in unpacked(name, data) for form in encodings(canary) if form in part]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_byte_of_what_is_above_the_clearance_is_in_a_report(seed):
    told = made(seed)
    document = composed(told, "CLEAR")
    for name, data in files(document, told.whole).items():
        assert found_in(name, data) == [], f"{name} of seed {seed}"
    assert document.tlp == "CLEAR"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_figure_that_is_shown_is_the_one_that_the_open_statements_alone_give(seed):
    told = made(seed)
    only_open = Ledger(told.open)
    for name in cards():
        said = present.to_json(compute(name, told.whole, as_of=DAY), "CLEAR")
        if not said.get("withheld"):
            assert said == present.to_json(compute(name, only_open, as_of=DAY), "CLEAR"), f"{name} of seed {seed}"


def test_the_search_finds_the_canary_where_a_reader_may_see_it():
    """Positive control: the same search, on the same ledger, for a reader cleared to RED."""
    told = next(one for one in map(made, SEEDS) if any(said["id"] == "SECRET" for said in one.closed))
    for name, data in files(composed(told, "RED"), told.whole).items():
        assert found_in(name, data), name


def test_the_check_on_numbers_can_fail():
    """Positive control: over all ledgers, some figure that is withheld would have told by its value."""
    moved = [
        name
        for told in map(made, SEEDS)
        for name in ("record.instances", "record.loss_reported", "record.states", "attribution.units")
        if compute(name, told.whole, as_of=DAY).outcome.values
        != compute(name, Ledger(told.open), as_of=DAY).outcome.values
    ]
    assert moved


@pytest.mark.parametrize(
    "hidden",
    [
        CANARY.encode(),
        CANARY.encode("utf-16-le"),
        CANARY.encode().hex().encode(),
        *(base64.b64encode(b"x" * n + CANARY.encode() + b"yz") for n in (3, 4, 5)),
    ],
)
def test_the_search_knows_each_way_a_word_can_hide(hidden):
    assert found_in("a.json", b"before " + hidden + b" behind")
    assert not found_in("a.json", b"before behind")


def test_withheld_is_said_in_words_in_tables_in_charts_on_cards_and_in_figures_json():
    tables = ledger("""
        incident | field         | says  | tlp
        ---------+---------------+-------+------
        A1       | loss_reported | 7 USD | AMBER
    """, graded="A1", sources="""
        source_id | tlp
        ----------+-----
        SECRET    | RED
    """)  # fmt: skip
    text = "{fig record.instances} {doc SECRET}{cite SECRET}{quote SECRET words}\n\n:table record.loss_reported\n\n"
    made_for = compose(PLAN, tables, DAY, {"x.md": f"{text}:chart record.timeline\n\n{{fig record.states}}"}, "CLEAR")
    inline, table, chart, shown = made_for.blocks
    assert inline.inlines == (
        doc.Number("withheld (TLP:AMBER)", "record.instances"),
        doc.Text(" "),
        doc.Text("a source withheld (TLP:RED)"),
        doc.Note("a source withheld (TLP:RED)"),
        doc.Text("a source withheld (TLP:RED)"),
    )
    assert "".join(run.words for run in table.inlines) == (
        f"{cards()['record.loss_reported'].title}: withheld (TLP:AMBER)."
    )
    assert chart.inlines[1] == doc.Number("withheld (TLP:AMBER)", "record.timeline")
    assert shown.inlines == (doc.Number("0", "record.states"),)
    assert made_for.figures["record.instances"].keys() == {
        "figure", "title", "question", "edition", "as_of", "withheld", "tlp", "rule",
    }  # fmt: skip
    assert made_for.figures["record.instances"]["rule"].keys() == {"id", "sentence"}
    assert (made_for.tlp, made_for.clearance) == ("CLEAR", "CLEAR")
    assert "TLP:CLEAR; what is above that is withheld" in made_for.cover[-1]
    html = page.render(made_for).decode()
    assert html.count("withheld (TLP:AMBER)") >= 6  # three in the text, three on cards
    assert statements.behind(made_for.figures.values(), tables, "CLEAR")["statements"].keys() == set()


@pytest.mark.parametrize(("clearance", "shown"), [("CLEAR", False), ("GREEN", False), ("AMBER", True), ("RED", True)])
def test_a_figure_is_shown_to_whoever_is_cleared_as_high_as_all_behind_it(clearance, shown):
    tables = ledger("""
        incident | field         | says  | tlp
        ---------+---------------+-------+------
        A1       | loss_reported | 7 USD | AMBER
    """, graded="A1")  # fmt: skip
    made_for = compose(PLAN, tables, DAY, {"x.md": "{fig record.loss_reported}"}, clearance)
    assert made_for.blocks[0].inlines[0].words == ("7 USD" if shown else "withheld (TLP:AMBER)")
    assert made_for.tlp == ("AMBER" if shown else "CLEAR")


def test_a_report_is_as_strict_as_a_source_that_it_only_cites():
    tables = ledger(sources="""
        source_id | tlp
        ----------+------
        SECRET    | AMBER
    """)  # fmt: skip
    assert compose(PLAN, tables, DAY, {"x.md": "Words {cite SECRET}"}).tlp == "AMBER"


def test_no_file_names_the_machine_its_user_or_a_path(monkeypatch, tmp_path):
    """Whoever builds a report stands nowhere in it: not as its author, not in a path, not in a host's name."""
    home = tmp_path / CANARY
    home.mkdir()
    for name in ("LOGNAME", "USER", "USERNAME", "HOSTNAME", "HOME", "TMPDIR"):
        monkeypatch.setenv(name, str(home) if name in ("HOME", "TMPDIR") else CANARY)
    monkeypatch.setattr("socket.gethostname", lambda: CANARY)
    monkeypatch.setattr("getpass.getuser", lambda: CANARY)
    monkeypatch.chdir(home)
    tables = ledger(OPEN, tallies=TALLIES, editions=EDITIONS)
    document = compose(PLAN, tables, DAY, {"x.md": ":chart record.map\n\n{fig record.instances}"}, "CLEAR")
    rendered = files(document, tables)
    for name, data in rendered.items():
        assert found_in(name, data) == []
        assert not any(
            place in part
            for part in unpacked(name, data)
            for place in (b"/" + name for name in (b"home/", b"Users/", b"tmp/"))
        )
    told = pypdf.PdfReader(io.BytesIO(rendered["report.pdf"])).metadata
    assert told is not None
    assert (told.author, told.title) == ("Watchkeeper", "A report")
    with zipfile.ZipFile(io.BytesIO(rendered["report.docx"])) as parts:
        core = parts.read("docProps/core.xml").decode()
    assert "<dc:creator>Watchkeeper</dc:creator>" in core
    assert "<cp:lastModifiedBy>Watchkeeper</cp:lastModifiedBy>" in core
    assert b'<meta name="author" content="Watchkeeper">' in rendered["report.html"]
