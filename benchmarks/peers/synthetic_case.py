"""A SYNTHETIC case with every kind of party, field and relation; its exports, and those of the bundled case, for peers.

Run with the project's own environment: `python benchmarks/peers/synthetic_case.py FOLDER` writes the exports there.
Names and numbers are invented. The IMO number is the example that explanations of the check digit use.
"""

from __future__ import annotations

import csv
import io
import sys
import tempfile
from datetime import date
from pathlib import Path

from watchkeeper.model.entries import TABLES
from watchkeeper.model.vocabulary import party_fields, words
from watchkeeper.runs.exporting import export_ftm, export_stix
from watchkeeper.runs.importing import import_tables
from watchkeeper.runs.opening import demo_case
from watchkeeper.store.case import Case

_DAY = "2026-11-01"
_KINDS = {
    "P-1": ("company", "SYNTHETIC Trading Co"),
    "P-2": ("person", "SYNTHETIC Kim Example"),
    "P-3": ("vessel", "SYNTHETIC STAR"),
    "P-4": ("organisation", "SYNTHETIC Bureau 합성"),
    "P-5": ("state", "SYNTHETIC State of Examples"),
    "P-6": ("address", "1 SYNTHETIC Street, Exampleville"),
    "P-7": ("company", "SYNTHETIC Trading Company Limited"),  # one with P-1 by decision
    "P-8": ("company", "SYNTHETIC Unreviewed Ltd"),
    "P-9": ("company", "SYNTHETIC Restricted Ltd"),
}
_VALUES = {
    "country": "KP", "flag": "PA", "nationality": "GB", "born": "1970-05", "imo": "9074729", "mmsi": "445000001",
    "call_sign": "HMXX", "registration": "HR 000001 (SYNTHETIC)", "lei": "SYNT0000000000000055", "bic": "SYNTKPPY",
    "passport": "000000000 (KP)", "national_id": "0000 (KP)", "wallet": "bitcoin:1SYNTHETICwallet",
    "phone": "+12025550100", "email": "nobody@example.org", "website": "https://example.org/", "alias": "Синтетика",
}  # fmt: skip


def tables() -> dict[str, bytes]:
    """Return the case as ledger tables."""
    return {
        "sources.csv": _csv("source", [
            _row(source_id="SYN-S1", title="SYNTHETIC report", publisher="SYNTHETIC Panel", published_on="2024-03-01",
                 reference="https://example.org/report", checked="text", redistribute="yes", tlp="CLEAR"),
            _row(source_id="SYN-S2", title="SYNTHETIC letter", publisher="SYNTHETIC Ministry", tlp="CLEAR",
                 published_on="2024-04-01", reference="letter of 1 April 2024", checked="secondary",
                 redistribute="extract"),
            _row(source_id="SYN-S3", title="SYNTHETIC notes", publisher="SYNTHETIC Analyst", checked="recalled",
                 reference="own notes", redistribute="hash_only", tlp="AMBER"),
        ]),
        "parties.csv": _csv("party", [_row(party_id=p, kind=k, note="SYNTHETIC") for p, (k, _) in _KINDS.items()]),
        "facts.csv": _csv("fact", list(_facts())),
        "links.csv": _csv("link", list(_links())),
        "incidents.csv": _csv("incident", [_row(incident_id=f"SYN-I{n}", kind="incident") for n in (1, 2)]),
        "claims.csv": _csv("claim", list(_claims())),
    }  # fmt: skip


def build(folder: Path) -> Case:
    """Return the case, made in a new folder."""
    case = Case.create(folder)
    # The facts as the bundled case has them, persons among them; the decisions as each of two people hands them in.
    import_tables(case, tables(), by="SYNTHETIC", strict=True, today=date.max, tlp="CLEAR", settled=True)
    for author in ("SYNTHETIC first", "SYNTHETIC second"):
        decisions = {"decisions.csv": _csv("decision", list(_decisions(author)))}
        import_tables(case, decisions, by=author, strict=True, today=date.max, tlp="CLEAR")
    return case


def _facts():
    for party, (_, name) in _KINDS.items():
        yield _said(party_id=party, field="name", value=name, source_id="SYN-S3" if party == "P-9" else "SYN-S1")
    for field in party_fields():
        if field != "name":
            yield _said(party_id="P-1", field=field, value=_VALUES.get(field, f"SYNTHETIC {field}"), locator="page 2")
    for party, field in (("P-2", "nationality"), ("P-2", "born"), ("P-2", "passport"), ("P-2", "wallet"),
                         ("P-3", "imo"), ("P-3", "flag"), ("P-3", "mmsi"), ("P-3", "call_sign"), ("P-3", "wallet"),
                         ("P-4", "country"), ("P-5", "country"), ("P-6", "country")):  # fmt: skip
        yield _said(party_id=party, field=field, value=_VALUES[field])
    yield _said(party_id="P-2", field="born", value="1970..1972", source_id="SYN-S2")
    yield _said(party_id="P-3", field="flag", value="SL", since="2019-05", until="2020", source_id="SYN-S2")
    yield _said(party_id="P-4", field="country", value="CN", source_id="SYN-S1")
    yield _said(party_id="P-4", field="country", value="CN", source_id="SYN-S2", stance="disputes")
    yield _said(party_id="P-4", field="alias", value="SYNTHETIC secret alias", source_id="SYN-S3")


def _links():
    pairs = [("P-2", "P-1"), ("P-4", "P-1"), ("P-2", "P-1"), ("P-1", "P-3"), ("P-1", "P-3"), ("P-4", "P-5"),
             ("P-2", "P-4"), ("P-1", "P-4"), ("P-1", "P-2"), ("P-1", "P-6"), ("P-2", "P-4")]  # fmt: skip
    for relation, (subject, target) in zip(words("relations"), pairs, strict=True):
        yield _said(subject=subject, relation=relation, object=target, since="2019-05-01", until="2020-06-30")
    yield _said(subject="P-1", relation="owns", object="P-3", share="60", joint="SYNTHETIC pool", since="2018")
    yield _said(subject="P-5", relation="owns", object="P-1", share="1/3")
    yield _said(subject="P-5", relation="owns", object="P-4")
    yield _said(subject="P-7", relation="same-address", object="P-1")
    yield _said(subject="P-8", relation="owns", object="P-1")
    yield _said(subject="P-2", relation="controls", object="P-4")
    yield _said(subject="P-2", relation="controls", object="P-4", stance="disputes", source_id="SYN-S2")


def _claims():
    for incident in ("SYN-I1", "SYN-I2"):
        for field, cells in (("title", {"value": f"SYNTHETIC bank {incident}"}), ("occurred", {"value": "2019-02"}),
                             ("victim_state", {"value": "BD"}), ("actor", {"value": "SYNTHETIC cluster"}),
                             ("loss_reported", {"low": "1000000", "high": "2500000", "unit": "USD"}),
                             ("attribution", {"value": "DPRK", "stance": "attributes", "confidence": "moderate",
                                              "stated_by": "SYNTHETIC Panel", "stated_on": "2024-03"})):  # fmt: skip
            yield {**_said(incident_id=incident, field=field), "stance": "", **cells}


def _decisions(author: str):
    reviewed = (*(one for one in _KINDS if one not in ("P-7", "P-8")), "SYN-I1", "SYN-I2")
    told = [("P-1", "same-as", "P-7"), ("SYN-I2", "contested", ""), *((one, "reviewed", "") for one in reviewed)]
    for subject, verdict, other in told:
        yield _row(
            subject=subject, verdict=verdict, other=other, reason=f"{author} looked", author=author, decided_on=_DAY
        )


def _said(**cells: str) -> dict[str, str]:
    return {"source_id": "SYN-S1", "checked": "secondary", "author": "SYNTHETIC", "entered_on": _DAY, **cells}


def _row(**cells: str) -> dict[str, str]:
    return cells


def _csv(kind: str, rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, TABLES[kind].columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def main() -> None:
    """Write the exports of this case and of the bundled one into a folder; say what was left out."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        synthetic, bundled = build(Path(scratch) / "case"), demo_case(Path(scratch) / "cache")
        everything = {"candidates": True, "clearance": "RED"}
        for kind, case, asked in (
            ("reviewed", synthetic, {}),
            ("all", synthetic, everything),
            ("bundled", bundled, everything),
        ):
            for name, export in (("ftm.json", export_ftm), ("stix.json", export_stix)):
                told = export(case, **asked)
                (folder / f"{kind}.{name}").write_bytes(told.data)
                print(f"{kind}.{name}: {' '.join(told.words())}")


if __name__ == "__main__":
    main()
