"""A journalist's day: from addresses to questions. Workflow of the product, step by step, as typed.

The transfers are the real ones of LaunderNet's LI.FI case (135 rows, one source, 33 terminals; worth in USD alone), the
labels those of the rows themselves and of a TagPack. The reply is SYNTHETIC, and so are the two accounts.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile

import pytest
import typst
from docx import Document

from watchkeeper.model.entries import TABLES
from watchkeeper.store.case import Case

LIFI = "tracing/launder_net/LIFI"
MAPPING = """
columns: {tx: Tx_hash, block: Block, time: Timestamp, from: From, to: To, amount: Value_in_USD,
          from_label: From_label, to_label: To_label}
asset: USD
"""
LISTING = {
    "address": "eip155:1:0xd90e2f925da726b50c4ed8d0fb90ad053324f31b", "label": "TORNADO CASH", "kind": "mixer",
    "label_basis": "designated", "list": "OFAC SDN", "since": "2022-08-08", "until": "2025-03-20",
    "source_id": "OFAC-HELD", "checked": "recalled", "author": "A", "entered_on": "2026-11-22",
}  # fmt: skip
SOURCE = {
    "source_id": "OFAC-HELD", "title": "Listing and removal of Tornado Cash", "publisher": "OFAC",
    "reference": "press releases", "published_on": "2025-03-21", "checked": "recalled", "redistribute": "yes",
    "tlp": "CLEAR",
}  # fmt: skip
REPLY = """
#set document(title: "Reply (SYNTHETIC)")
#set page(width: 12cm, height: 8cm)
SYNTHETIC. We have no record of these transfers and will look again.
"""
CHAPTER = """# The services

Funds arrived at an address labelled {party P-1}, and at one labelled {party P-2}; {fig proceeds.followed} of all that
arrived is followed from what was taken. {attribution}
"""
ACCUSED = """# The services

eXch laundered the stolen millions.

What is left is at 0x5a7ec7cc9be7a9f9966d37934a9488d9d7d4a072, and at {wallet %s}.
"""
WALLET = (
    "eip155:1:0xf5e10380213880111522dd0efd3dbb45b9f62bcc"  # labelled by the rows themselves, and reviewed by nobody
)
RUN = (
    *("trace", "run", "lifi", "--name", "lifi", "--chain", "eth", "--asset", "USD", "--method", "fifo"),
    *("--from", "sources", "--to", "terminals"),
)
# Sink, transfers, received: from the file itself.
RECORDED = {
    "LI.FI Exploiter": (8, "5035114.62"),
    "Tornado.Cash: Router": (32, "1899088.1"),
    "Tornado.Cash: L1 Helper": (3, "10369"),
    "no label": (18, "1651656.29"),
    "Hop": (2, "6713.06"),
    "Symbiosis Finance: Portal": (1, "3355.84"),
    "eXch": (3, "2341.97"),
    "ChangeHero": (1, "346.44"),
    "LI.FI Hack Terminus": (1, "347.55"),
}
COLUMNS = {
    "sink", "kind", "label_source", "label_date", "transfers", "first", "last", "received", "fifo", "haircut",
    "lowest_balance", "least", "most", "freezable_by",
}  # fmt: skip


@pytest.fixture
def folder(watchkeeper, tmp_path):
    """Return a case of the journalist's own, with the bundled ledger in it."""
    assert watchkeeper("case", "init", tmp_path / "case").code == 0
    return tmp_path / "case"


@pytest.fixture
def desk(watchkeeper, folder, tmp_path):
    """Return the journalist's desk: a function that types a command in the case and gives code, data and words."""
    (tmp_path / "lifi.yml").write_text(MAPPING)
    (tmp_path / "reply.pdf").write_bytes(typst.compile(REPLY.encode()))

    def type_(*words, by="A", code=0):
        wants_by = words[0] == "decide" or words[:2] in (("trace", "run"), ("trace", "notify"), ("party", "fact"))
        ran = watchkeeper(*words, *(("--by", by) if wants_by else ()), "--case", folder)
        assert ran.code == code, ran.err
        return ran

    return type_


def data(desk, *words, **more):
    return json.loads(desk(*words, "-f", "json", **more).out)


def test_the_whole_day(desk, folder, shared_data, tmp_path):
    before = figures_of_the_record(desk)
    step_1_the_files_are_added_with_a_mapping(desk, shared_data, tmp_path)
    step_2_the_method_is_decided_before_anything_is_found(desk, folder)
    step_3_where_it_went(desk)
    step_4_the_router_and_the_lists(desk, tmp_path)
    step_5_nobody_is_said_to_have_done_it(desk, before)
    step_6_the_paths_to_a_service(desk)
    step_7_two_letters_ask(desk, tmp_path)
    step_8_one_answers_and_one_does_not(desk, folder, tmp_path)
    step_9_the_report_is_published_and_checked_by_a_stranger(desk, folder, tmp_path)
    step_10_what_may_not_be_said_is_refused(desk, folder, tmp_path)


def figures_of_the_record(desk):
    names = ("record.instances", "record.loss_reported", "cyber.instances", "later.by_grade", "record.timeline")
    return {name: data(desk, "figure", "show", name)["digest"] for name in names}


def step_1_the_files_are_added_with_a_mapping(desk, shared_data, tmp_path):
    folder = shared_data(LIFI)
    added = desk(
        *("add", folder / "LIFI.csv", "--as", "plain/table", "--chain", "eth", "--name", "lifi"),
        *("--mapping", tmp_path / "lifi.yml", "--tlp", "CLEAR"),
    )
    assert "read 135 = kept 135 + rejected 0" in added.err
    assert "USD only; internal transfers and other inflows unknown" in added.err
    for file, name, rows in (("source addresses.csv", "sources", 1), ("terminal addresses.csv", "terminals", 33)):
        listed = desk(
            *("add", folder / file, "--as", "plain/addresses", "--chain", "eth", "--name", name, "--tlp", "CLEAR")
        )
        assert f"read {rows} = kept {rows} + rejected 0" in listed.err
    pack = shared_data("tracing/tagpacks/tornado_cash.yaml")
    desk("add", pack, "--as", "tagpack/tagpack", "--name", "tags", "--tlp", "CLEAR")


def step_2_the_method_is_decided_before_anything_is_found(desk, folder):
    refused = desk(*RUN, code=2)
    assert "--reason" in refused.err
    desk(*RUN, "--reason", "the rows keep their order, and courts have used it")
    log = [s for s in statements(folder) if s["kind"] in ("trace", "finding")]
    assert log[0]["kind"] == "trace"
    assert log[0]["body"]["method"] == "fifo"
    assert {s["kind"] for s in log[1:]} == {"finding"}


def statements(folder):
    return Case(folder).statements()


def step_3_where_it_went(desk):
    told = data(desk, "figure", "show", "proceeds.sinks", "--trace", "lifi")
    assert told["values"]["received"] == {"low": "8609332.87", "high": "8609332.87", "unit": "USD"}
    assert {row["sink"]: (row["transfers"], row["received"]) for row in told["rows"]} == RECORDED
    assert {"received", "fifo", "least"} <= {c["name"] for c in told["columns"]}
    for row in told["rows"]:
        assert row.keys() >= COLUMNS
        assert (row["least"], row["most"]) == ("not established", "not established")
    shown = data(desk, "trace", "show", "lifi")
    rows = {row["sink"]: row["transfers"] for row in shown["rows"]}
    assert rows == {name: n for name, (n, _) in RECORDED.items()}
    parts = data(desk, "figure", "show", "proceeds.identity")["values"]
    cents = {name: round(100 * float(value["low"])) for name, value in parts.items()}
    assert cents.pop("stolen") == sum(cents.values())


def step_4_the_router_and_the_lists(desk, tmp_path):
    router = sink(desk, "Tornado.Cash: Router")
    assert (router["first"], router["last"]) == ("2024-07-16 14:22:47", "2024-09-03 07:07:35")
    assert not listed(desk)  # the TagPack transcribes a list, and is none
    for kind, row in (("source", SOURCE), ("label", LISTING)):
        columns = TABLES[kind].columns
        with (tmp_path / f"{kind}s.csv").open("w") as file:
            csv.writer(file).writerows([columns, [row.get(name, "") for name in columns]])
        desk("ledger", "import", tmp_path / f"{kind}s.csv")
    assert listed(desk) == [
        "Tornado.Cash: Router: on the transfer dates: listed by OFAC SDN; newest edition held: removed 21 March 2025."
    ]


def sink(desk, name):
    (found,) = [row for row in data(desk, "figure", "show", "proceeds.sinks")["rows"] if row["sink"] == name]
    return found


def listed(desk):
    return [note for note in data(desk, "figure", "show", "proceeds.sinks")["notes"] if "newest edition held" in note]


def step_5_nobody_is_said_to_have_done_it(desk, before):
    assert "No claim in this ledger attributes this theft." in desk("trace", "show", "lifi").err
    assert figures_of_the_record(desk) == before  # no figure of the DPRK moved by a byte


def step_6_the_paths_to_a_service(desk):
    told = data(desk, "trace", "path", "lifi", "--sink", "eXch")
    hops = told["hops"] if isinstance(told, dict) else told
    assert len({hop["path"] for hop in hops}) == 3
    for hop in hops:
        assert hop["tx"].startswith("0x")
        assert len(hop["tx"]) == 66
        assert hop.keys() >= {"block", "from", "to", "amount"}


def step_7_two_letters_ask(desk, tmp_path):
    rows = data(
        desk,
        *("trace", "notify", "lifi", "--role", "journalist", "--service", "eXch,ChangeHero"),
        *("--deadline", "2026-11-15", "--letters", tmp_path / "letters"),
    )
    assert [(row["service"], row["party_id"], row["request_id"], row["transfers"]) for row in rows] == [
        ("eXch", "P-1", "REQ-1", 3), ("ChangeHero", "P-2", "REQ-2", 1),
    ]  # fmt: skip
    letter = words_of(tmp_path / "letters" / "REQ-1.docx")
    assert "DRAFT" in letter
    assert "No wrongdoing by the service is alleged." in letter
    assert "freeze" not in letter.lower()
    assert "0x2e2b7ab8" not in letter
    for row in data(desk, "figure", "show", "proceeds.received")["rows"]:
        told = row["tx"] in letter and row["at"].replace("T", " ").removesuffix("Z") in letter
        assert told == (row["sink"] == "eXch")  # its own transfers, and nobody else's
    assert "undated; entered 22 November 2026" in letter  # by whom, and when: the source gives no day
    assert not any(name in letter for name in ("ChangeHero", "LI.FI Exploiter", "Tornado", "a.analyst", "Dear A"))


def words_of(path):
    document = Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells]).replace("\u200b", "")


def step_8_one_answers_and_one_does_not(desk, folder, tmp_path):
    for request in ("REQ-1", "REQ-2"):
        desk("request", "sent", request, "--channel", "e-mail", "--at", "2026-11-02T10:00Z")
    for day in ("03", "04", "06", "09", "12"):
        desk("request", "attempt", "REQ-2", "--channel", "e-mail", "--at", f"2026-11-{day}T09:00Z")
    desk("add", tmp_path / "reply.pdf", "--tlp", "CLEAR")
    sha = hashlib.sha256((tmp_path / "reply.pdf").read_bytes()).hexdigest()
    desk("request", "close", "REQ-1", "--reply", sha, "--may-publish", "yes", "--at", "2026-11-10T09:00Z")
    desk("request", "close", "REQ-2", "--no-reply")
    desk(
        *("party", "fact", "P-1", "description=says that it has no record of the transfers", "--capture", sha),
        *("--page", "1", "--quote", "We have no record of these transfers and will look again."),
    )
    desk("report", "build", "proceeds", "--trace", "lifi", "--name", "draft")
    page = (folder / "reports" / "draft" / "report.html").read_text("utf-8")
    assert "We have no record of these transfers and will look again." in page
    assert "did not respond by 15 November 2026 after five attempts" in page


def step_9_the_report_is_published_and_checked_by_a_stranger(desk, folder, tmp_path):
    (tmp_path / "services.md").write_text(CHAPTER)
    build = ("report", "build", "proceeds", "--trace", "lifi", "--for", "publication")
    build = (*build, "--chapter", tmp_path / "services.md", "--name", "out")
    refused = desk(*build, code=4)
    assert "trace lifi: not reviewed by two accounts" in refused.err
    for subject in ("lifi", "P-1", "P-2"):
        for by in ("A.Analyst", "B.Analyst"):
            desk("decide", subject, "reviewed", "--reason", "compared with the rows", by=by)
    desk(*build)
    each_sentence_stands_in_the_sheet(folder / "reports" / "out")
    desk("bundle", "make", "out", "--public", "--out", tmp_path)
    (bundle,) = tmp_path.glob("out*.zip")
    nobody_is_given_away(bundle, folder)
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path / "stranger")
    (verifier,) = (tmp_path / "stranger").rglob("verify.py")
    checked = subprocess.run([sys.executable, "-I", verifier, "--json"], capture_output=True, check=True, timeout=120)
    told = json.loads(checked.stdout)
    assert {one["verdict"] for one in told["figures"]} == {"RE-DERIVED"}
    assert len(told["figures"]) == 8


def each_sentence_stands_in_the_sheet(report):
    rows = list(csv.DictReader((report / "fact-check.csv").read_text("utf-8-sig").splitlines()))
    assert all(row["checked by"] == "" for row in rows)
    for row in rows:
        if row["figures"] and row["figures"] != "proceeds.method":  # that one counts a decision
            assert row["entries"], row["sentence"]
    own = [row for row in rows if row["file"] == "services.md"]
    assert any("eXch" in row["sentence"] and row["parties"] for row in own)
    page = (report / "report.html").read_text("utf-8")
    assert "capture SHA-256" in page
    assert "LI.FI Exploiter" not in page  # a label of a wallet that is no reviewed party
    assert "a mixer (1)" in page


def nobody_is_given_away(bundle, folder):
    """Look for analysts, the host and paths in every file of the public bundle, its PDF and DOCX unpacked."""
    with zipfile.ZipFile(bundle) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    docx = next(data for name, data in files.items() if name.endswith(".docx"))
    with zipfile.ZipFile(io.BytesIO(docx)) as inner:
        files |= {name: inner.read(name) for name in inner.namelist()}
    secret = [b"A.Analyst", b"B.Analyst", b"a.analyst", str(folder).encode(), b"LIFI.csv", b"e-mail", b"reply.pdf"]
    for name, held in files.items():
        assert not [word for word in secret if word in held], name


def step_10_what_may_not_be_said_is_refused(desk, folder, tmp_path):
    (tmp_path / "accused.md").write_text(ACCUSED % WALLET)
    refused = desk(
        *("report", "build", "proceeds", "--trace", "lifi", "--for", "publication", "--name", "again"),
        *("--chapter", tmp_path / "accused.md"),
        code=4,
    ).err
    assert 'accused.md:3:6: word "laundered"' in refused  # the verb
    assert 'accused.md:3:27: number in words "millions"' in refused  # the unsupported amount
    assert 'accused.md:5:20: wallet "0x5a7ec7cc9be7a9f9966d37934a9488d9d7d4a072"' in refused
    (unreviewed,) = [line for line in refused.splitlines() if f"{WALLET} has no label" in line]
    assert unreviewed.startswith("accused.md:5:")
    assert "no label that two accounts reviewed" in unreviewed  # the missing review
    assert not (folder / "reports" / "again").exists()
