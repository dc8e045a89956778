"""Verify: what a stranger's program says of a bundle, figure by figure, and what it refuses."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from tests.evidence.small_bundle import FIGURES, KEY, LOG, LOSS, RED, bundle, entry, figure, rebagged

from watchkeeper.evidence import verify
from watchkeeper.evidence.note import Signer


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
    assert Decimal("8100000000") + Decimal("100000000") == Decimal("82000000") * 100
    assert Decimal("8100000000") + Decimal("250000000") == Decimal("83500000") * 100
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


def test_claims_are_counted_by_what_they_say():
    steps = {
        "text": {"op": "count", "over": "claims", "where": {"checked": "text"}},
        "cited": {"op": "count", "over": "claims", "where": {"basis": "cited", "published_on": None}},
        "held": {"op": "count", "over": "claims", "where": {"basis": "held"}},
    }
    assert one(figure("f", {"text": 1, "cited": 2, "held": 0}, steps)).verdict == "RE-DERIVED"


def test_a_claim_that_rests_on_a_capture_is_held():
    log = [entry("claim", "c-1", capture="ab" * 32, checked="text")]
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
        ({"derivation": {"instances": {**LOSS["low"], "over": ["c-3"]}}}, "c-3 is added up in USD and is not"),
        ({"derivation": {"instances": {**LOSS["low"], "of": "value"}}}, "the figure is malformed"),
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
        ({"instances": {"op": "sum", "of": "low", "unit": "XBT", "over": ["c-1"]}}, "the unit XBT"),
        ({"instances": {"op": "count", "over": "ids"}, "table": {"op": "table"}}, "its table have no steps"),
    ],
)
def test_what_lies_beyond_the_steps_names_the_command_that_does_it(derivation, why):
    told = one(FIGURES["instances"] | {"derivation": derivation, "edition": "S/2019/691"})
    assert told.verdict == "RE-RUN NEEDED"
    assert why in told.why
    command = "watchkeeper figure show cyber.instances --edition S/2019/691 --as-of 2026-11-22 --case CASE"
    assert told.why.endswith(command)


def test_a_number_in_a_table_without_a_step_is_not_vouched_for():
    told = one(FIGURES["by_state"] | {"rows": [FIGURES["by_state"]["rows"][0] | {"extra": 4}]})
    assert (told.verdict, "row 1 has no steps for extra" in told.why) == ("RE-RUN NEEDED", True)


def test_a_claim_of_which_the_quote_is_kept_back_still_gives_the_figure_and_says_so():
    assert one(FIGURES["states"], kept_back=RED | {"body/quote"}).verdict == "RE-DERIVED-REDACTED"


def test_a_field_that_the_steps_need_and_that_is_kept_back_needs_the_case():
    told = one(FIGURES["states"], kept_back=RED | {"body/value"})
    assert (told.verdict, told.why.split(":")[0]) == ("RE-RUN NEEDED", "c-3 keeps back value")


def test_the_statement_logged_first_holds_where_one_id_was_logged_twice():
    again = entry("claim", "c-1", incident_id="UN19-03", low="1", high="1", checked="text", unit="USD")
    assert one(FIGURES["loss"], log=[*LOG, again]).verdict == "RE-DERIVED"
    assert one(FIGURES["loss"], log=[again, *LOG]).verdict == "FAILED"


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
        (b'"kept_back":["by"]', b'"kept_back":[]'),
        (b'"kept_back":["by"]', b'"kept_back":["at"]'),
        (b'"closed":[', b'"closed":["x",'),
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
    assert "figures.json is not a file that a run in the log made" in faults(
        changed(files, "data/report/figures.json", figures)
    )
    assert "report.pdf is not a file" in faults(changed(files, "data/report/report.pdf", b"another"))
    assert "extra.html is not a file" in faults(changed(files, "data/report/extra.html", b"more"))


def test_a_manifest_that_was_changed_to_fit_is_not_the_one_the_log_names():
    files = bundle()
    (name,) = [inner for inner in files if inner.startswith("data/runs/")]
    assert f"{name} is not the manifest that the log names" in faults(changed(files, name, files[name] + b" "))


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
        assert "did not only grow since" in faults(changed(files, f"data/timestamps/001.{name}", data))
    without = {name: data for name, data in files.items() if not name.endswith(".tsr")}
    assert "the stamp is missing" in faults(rebagged(without))


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


def test_the_program_tells_programs_the_same(tmp_path, capsysbinary):
    assert verify.main(["--json", str(written(tmp_path, bundle(stamped_at=4)))]) == 0
    told = json.loads(capsysbinary.readouterr().out)
    assert (told["sound"], told["time_stamps"], told["log"]["size"]) == (True, 1, len(LOG) + 2)
    assert {one["figure"]: one["verdict"] for one in told["figures"]}["withheld"] == "WITHHELD"
    assert verify.main(["--json", str(tmp_path / "nowhere")]) == 5
    assert json.loads(capsysbinary.readouterr().out)["log"] is None


def test_the_program_prints_nothing_that_a_terminal_would_obey(tmp_path, capsysbinary):
    verify.main([str(written(tmp_path, bundle({"\x1b[2Jf": FIGURES["instances"]})))])
    told = capsysbinary.readouterr().out
    assert b"\x1b" not in told
    assert b"<U+001B>[2Jf" in told
