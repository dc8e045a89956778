"""A small report with every block and every run, and with what breaks pages: Korean, a rune, wide and long tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from watchkeeper.report import document as doc
from watchkeeper.report.charts.map import world_map

KOREAN = "정찰총국"
RUNE = "\u16a0"
EDITION = "cyber.instances@S/2019/691"

_LOST = ("loss_reported_low", "loss_reported_high")
INSTANCES = [
    {
        "incident_id": "X-01",
        "occurred": "2016-02",
        "states": "BD",
        _LOST[0]: "81000000",
        _LOST[1]: "101000000",
        "disputed": None,
        "source": "S/2019/691",
        "basis": "cited",
        "checked": "secondary",
        "note": None,
    },
    {
        "incident_id": "X-02",
        "occurred": "2017",
        "states": "KR",
        **dict.fromkeys(_LOST, "1234567.89"),
        "disputed": "the victim: not so",
        "source": "https://example.org/a?b=<c>&d",
        "basis": "held",
        "checked": "text",
        "note": None,
    },
]


def _columns(rows: list[dict[str, Any]]) -> list[dict[str, str | None]]:
    """Return the columns of rows as a rule would name them: ends of amounts in USD, all else as it is."""
    columns: list[dict[str, str | None]] = []
    for name in dict.fromkeys(name for row in rows for name in row):
        words = name.replace("_", " ")
        label = (words[:1].upper() + words[1:]).replace(" low", ", low").replace(" high", ", high")
        text = any(isinstance(row[name], str) for row in rows)
        columns.append(
            {"name": name, "label": label, "unit": "USD" if text and name.endswith(("low", "high", "usd")) else None}
        )
    return columns


def figure(key: str, **told: Any) -> dict[str, Any]:
    """Return a figure's JSON as `present.to_json` gives it; `told` replaces any part."""
    return {
        "figure": key.partition("@")[0],
        "title": "Reported instances",
        "question": "How many instances does the table list?",
        "value": 35,
        "unit": "reported instances",
        "values": {"instances": 35},
        "means": {"instances": "reported instances"},
        "rule": {"id": "at-least-n/1", "sentence": "At least n: each listed by one source.", "parameters": {}},
        "population": {"name": "panel-2019", "sentence": "Instances of the table."},
        "edition": key.partition("@")[2] or None,
        "as_of": "2026-11-22",
        "notes": [],
        "is_not": "Not the number of attacks.",
        "tlp": "CLEAR",
        "ids": ["X-01", "X-02"],
        "claims": ["c-1", "c-2", "c-3"],
        "basis": {"held": 1, "cited": 2},
        "checked": {"text": 1, "secondary": 2, "recalled": 0},
        "undated_set_apart": 4,
        "published_later": 0,
        "derivation": {"instances": {"op": "count", "over": "ids"}},
        "columns": _columns(told.get("rows", INSTANCES)),
        "rows": INSTANCES,
        "digest": "0123456789abcdef" * 4,
        **told,
    }


FIGURES = {
    EDITION: figure(EDITION),
    "cyber.loss": figure(
        "cyber.loss",
        title="Losses reported",
        value={"low": "82234567.89", "high": "102234567.89", "unit": "USD"},
        unit="USD",
        values={"loss_reported": {"low": "82234567.89", "high": "102234567.89", "unit": "USD"}, "rows": 2},
        means={"loss_reported": "USD", "rows": "incidents with a reported loss"},
        rule={"id": "sum-of-field/1", "sentence": "The sum of one field.", "parameters": {"field": "loss_reported"}},
        notes=["Gross or net is not stated."],
    ),
    "cyber.map": figure("cyber.map", title="Instances by State", rows=[{"state": "Viet Nam", "code": "VN", "n": 1200}]),
    "cyber.wide": figure("cyber.wide", title="A table of 22 columns", ids=[], claims=[], rows=[]),
    "cyber.long": figure("cyber.long", title="A table of 60 rows", ids=[f"R-{n:02}" for n in range(1, 61)]),
}

WIDE = doc.TableBlock(
    key="cyber.wide",
    caption="A table of 22 columns",
    header=("Row", *(f"Year {year}" for year in range(2005, 2026))),
    align=("left", *("right",) * 21),
    rows=tuple((f"Row {n}", *(f"{n * 1000 + column:,}" for column in range(21))) for n in range(1, 9)),
    notes=("Not to be added up.",),
    landscape=True,
)

LONG = doc.TableBlock(
    key="cyber.long",
    caption="A table of 60 rows",
    header=("Row", "Date", "What a source says", "Amount (USD)"),
    align=("left", "left", "left", "right"),
    rows=tuple(
        (f"R-{n:02}", "2018-05", f"A body stated on a day that {KOREAN} is named. " * (1 + n % 3), f"{n * 1_234_567:,}")
        for n in range(1, 61)
    ),
    notes=("Amounts as stated; an empty cell is not known.",),
)

BLOCKS: tuple[doc.Block, ...] = (
    doc.Heading("Summary", 1),
    doc.Box(
        "Summary",
        (
            (doc.Text("The table lists at least "), doc.Number("35", EDITION), doc.Text(" reported instances.")),
            (
                doc.Text("Losses reported: "),
                doc.Number("82,234,567.89 to 102,234,567.89 USD", "cyber.loss"),
                doc.Text("."),
                doc.Note("Panel of Experts, S/2019/691, annex 21. Checked: secondary."),
            ),
        ),
    ),
    doc.Heading("Method", 1),
    doc.Paragraph(
        (
            doc.Text("The unit is called "),
            doc.Text(KOREAN, "strong"),
            doc.Text(" and a mark reads "),
            doc.Text(RUNE, "emphasis"),
            doc.Text(". The Panel writes "),
            doc.Quote("up to two billion US dollars"),
            doc.Note("https://example.org/" + "a-long-path/" * 9 + "0123456789abcdef" * 4),
            doc.Text("; the table has "),
            doc.Number("35", EDITION),
            doc.Text(" rows & <no> more. " + "A claim is never edited: a later claim stands beside it. " * 5),
        ),
        1,
    ),
    doc.Heading("Two sections", 2),
    doc.Paragraph((doc.Text("Words without a number of their own."),), None),
    doc.Bullets(((doc.Text("One point.", "strong"),), (doc.Text("Another point."), doc.Note("A third note.")))),
    doc.Heading("The second section", 2),
    doc.Paragraph((doc.Number("2", "cyber.loss"), doc.Text(" instances state a loss.")), 2),
    doc.Recommendation(
        (doc.Text("Member States could state each amount "), doc.Number("2", "cyber.loss"), doc.Text(" times.")), 1
    ),
    doc.Heading("Tables and drawings", 1),
    doc.Paragraph((doc.Text("A wide table stands on a page of its own."),), 3),
    WIDE,
    doc.Paragraph((doc.Text("A long one runs over pages."),), 4),
    LONG,
    doc.ChartBlock(
        "cyber.map",
        "Instances by State",
        world_map({"VN": 3, "BD": 1, "KR": 10}, title="Map", alt="Three States."),
        ("No opinion.",),
    ),
    doc.Recommendation((doc.Text("Bodies that publish totals could publish rows."), doc.Note("A fourth note.")), 2),
)  # fmt: skip


def document(**told: Any) -> doc.Document:
    """Return the report; `told` replaces any part."""
    whole = doc.Document(
        id="sample",
        title="A sample: the report that holds one of each",
        subtitle="Every block and every run",
        cover=("Not a United Nations document", "As at 22 November 2026", "Figures open to their rows."),
        as_at=date(2026, 11, 22),
        blocks=BLOCKS,
        figures=FIGURES,
    )
    return replace(whole, **told)


def numbers(document: doc.Document) -> list[str]:
    """Return the words of every number in reading order; a recommendation is read twice."""
    said = [block for block in document.blocks if not isinstance(block, doc.TableBlock | doc.ChartBlock | doc.Heading)]
    again = [block for block in said if isinstance(block, doc.Recommendation)]
    return [
        run.words for block in (*said, *again) for item in _items(block) for run in item if isinstance(run, doc.Number)
    ]


def _items(block: Any) -> tuple[tuple[doc.Inline, ...], ...]:
    return block.items if isinstance(block, doc.Box | doc.Bullets) else (block.inlines,)
