"""The LI.FI theft of July 2024, from the real file: the table of workflow 3, to the cent."""

from __future__ import annotations

import pytest

from watchkeeper.runs.chain_adding import Asked as Add
from watchkeeper.runs.chain_adding import add_chain
from watchkeeper.runs.trace_asking import Asked
from watchkeeper.runs.trace_comparing import compare
from watchkeeper.runs.trace_paths import APPEARS, paths
from watchkeeper.runs.trace_reading import show
from watchkeeper.runs.tracing import run
from watchkeeper.store.case import Case

MAPPING = {
    "columns": {"tx": "Tx_hash", "block": "Block", "time": "Timestamp", "from": "From", "to": "To",
                "amount": "Value_in_USD", "from_label": "From_label", "to_label": "To_label"},
    "asset": "USD",
}  # fmt: skip
FILES = "tracing/launder_net/LIFI"


@pytest.fixture
def case(shared_data, tmp_path, clock):
    folder = shared_data(FILES)
    made = Case.create(tmp_path / "case")
    add_chain(made, [folder / "LIFI.csv"], Add("plain/table", "eth", "lifi", MAPPING), by="a")
    for name in ("source", "terminal"):
        add_chain(made, [folder / f"{name} addresses.csv"], Add("plain/addresses", "eth", f"{name}s"), by="a")
    asked = Asked(["lifi"], "eth", "USD", "fifo", "the rule courts know best", ["sources"], ["terminals"])
    run(made, "lifi", asked, by="a.analyst")
    return made


def test_the_table_is_that_of_the_journalist_s_day(case):
    told = show(case, "lifi")
    assert {row["sink"]: (row["transfers"], row["received"]) for row in told["rows"]} == {
        "LI.FI Exploiter": (8, "5035114.62"),
        "Tornado.Cash: Router": (32, "1899088.10"),
        "Tornado.Cash: L1 Helper": (3, "10369.00"),
        "no label": (18, "1651656.29"),
        "Hop": (2, "6713.06"),
        "Symbiosis Finance: Portal": (1, "3355.84"),
        "eXch": (3, "2341.97"),
        "ChangeHero": (1, "346.44"),
        "LI.FI Hack Terminus": (1, "347.55"),
    }
    received, *_ = told["by_policy"]
    assert (sum(row["transfers"] for row in told["rows"]), received["arrived"]) == (69, "8609332.87")


def test_first_in_first_out_calls_99_percent_of_what_arrived_stolen(case):
    told = {row["policy"]: (row["arrived"], row["of_received"]) for row in show(case, "lifi")["by_policy"]}
    assert told["fifo"] == ("8538835.05", "99.1 %")
    assert told["reached"] == (None, "68 of 69 transfers")
    assert told["tiho"] == (None, None)


def test_the_router_has_its_first_and_last_transfer_and_no_list_is_claimed(case):
    (router,) = show(case, "lifi", sink="Tornado.Cash: Router")["rows"]
    assert (router["first"], router["last"]) == ("2024-07-16 14:22:47", "2024-09-03 07:07:35")
    assert router["listing"] == "no edition of a list held names it"


def test_what_the_file_cannot_say_is_said(case):
    told = show(case, "lifi")
    assert told["completeness"] == (
        "135 rows of 1 file. Blocks 20318954 to 20668558. USD only: what moved is known by its worth, not by token or "
        'log; internal transfers and other inflows are unknown, so "least" reads "not established".'
    )
    assert told["attribution"] == "No claim in this ledger attributes this theft."
    assert {row[bound] for row in told["rows"] for bound in ("least", "most")} == {"not established"}


def test_three_paths_lead_to_exch_and_say_where_value_appears(case):
    rows = paths(case, "lifi", "eXch")
    assert [row["path"] for row in rows if row["note"] == "taken here"] == [1, 2, 3]
    ends = [row for row, after in zip(rows, [*rows[1:], {"path": 0}], strict=True) if row["path"] != after["path"]]
    assert [row["amount"] for row in ends] == ["821.05", "346.64", "1174.28"]
    assert sum(APPEARS in (row["note"] or "") for row in rows) == 3
    assert all(row["tx"] and row["block"] and row["utc"] and row["capture"] for row in rows)


def test_every_method_stands_beside_the_others(case):
    everything = compare(case, "lifi")[-1]
    columns = ("transfers", "received", "fifo", "lifo", "haircut", "lowest_balance")
    assert tuple(everything[name] for name in columns) == (
        69, "8609332.87", "8538835.05", "8532108.32", "8532220.24", "8532443.48",
    )  # fmt: skip


def test_tagpacks_beside_the_file_say_what_kind_of_stop_it_is_and_the_file_still_names_the_row(case, shared_data):
    packs = shared_data("tracing/tagpacks")
    for name in ("tornado_cash", "ofac"):
        add_chain(case, [packs / f"{name}.yaml"], Add("tagpack/tagpack"), by="a")
    kinds = {row["sink"]: row["kind"] for row in show(case, "lifi")["rows"]}
    assert kinds["Tornado.Cash: Router"] == "mixer"
    (router,) = show(case, "lifi", sink="Tornado.Cash: Router")["rows"]
    assert len(router["labels"]) >= 3
    assert router["labels"][0].startswith('"Tornado.Cash: Router": researcher (capture-')
    assert "arrived: mixer" in show(case, "lifi")["identity"]
    # A data set that says "listed" is no edition of a list.
    assert router["listing"] == "no edition of a list held names it"


def test_listing_and_delisting_by_their_notices_are_told_for_the_days_and_for_now(case, tmp_path):
    from watchkeeper.runs.importing import import_tables

    sources = (
        "source_id,title,publisher,reference,via,published_on,checked,redistribute,tlp,note\n"
        "NOTICE-1,SYNTHETIC notice of listing,OFAC,n1,,2022-08-08,recalled,extract,CLEAR,\n"
        "NOTICE-2,SYNTHETIC notice of removal,OFAC,n2,,2025-03-21,recalled,extract,CLEAR,\n"
    )
    router = "eip155:1:0xd90e2f925da726b50c4ed8d0fb90ad053324f31b"
    header = "address,label,service,party_id,kind,label_basis,list,since,until,stated_by,confidence,source_id,capture"
    header += ",locator,quote,published_on,checked,author,entered_on,note\n"
    rows = [("2022-08-08", "", "NOTICE-1"), ("", "2025-03-20", "NOTICE-2")]
    labels = header + "".join(
        f"{router},Tornado Cash,,,mixer,designated,OFAC,{since},{until},,,{source},,,,,recalled,a,2026-11-22,\n"
        for since, until, source in rows
    )
    files = {"sources.csv": sources.encode(), "labels.csv": labels.encode()}
    import_tables(case, files, by="a", strict=True)
    (row,) = show(case, "lifi", sink="Tornado.Cash: Router")["rows"]
    assert row["listing"] == ("on the transfer dates: listed by OFAC; newest edition held: removed 21 March 2025")
    assert row["labels"][0].startswith('"Tornado Cash": designated (NOTICE-')
    assert show(case, "lifi")["rows"][1]["sink"] == "Tornado.Cash: Router"
