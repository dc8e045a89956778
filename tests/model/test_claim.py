"""Claim: what a row says, every fault of it, and what makes two claims one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.model import claim
from watchkeeper.model.vocabulary import fields
from watchkeeper.values.refused import Invalid

SAID_BY = {
    "incident_id": "UN19-11", "source_id": "S-2019-691", "confidence": "moderate", "checked": "secondary",
    "author": "ledger compilers", "entered_on": "2026-11-22",
}  # fmt: skip
LOSS = {**SAID_BY, "field": "loss_reported", "low": "81000000", "unit": "USD"}
ACCUSED = {**SAID_BY, "field": "attribution", "value": "DPRK", "stance": "attributes", "stated_by": "FBI"}


def faults(row):
    with pytest.raises(Invalid) as refusal:
        claim.read(row)
    return list(refusal.value.faults)


def test_an_amount_without_a_high_end_is_exact():
    body = claim.read({**LOSS, "valuation": "at the day's price"})
    # 81,000,000 USD x 100 = 8,100,000,000 cents, kept as text so that no program rounds it
    assert (body["low"], body["high"], body["unit"]) == ("8100000000", "8100000000", "USD")
    assert body["valuation"] == "at the day's price"


def test_an_amount_may_be_a_range_whose_ends_are_equal_or_in_order():
    assert claim.read({**LOSS, "low": "37000000", "high": "40000000"})["high"] == "4000000000"
    assert claim.read({**LOSS, "low": "5", "high": "5.00"})["high"] == "500"
    assert faults({**LOSS, "low": "5", "high": "4.99"}) == ["high: is below low (4.99 < 5)."]


def test_nothing_is_kept_of_what_the_row_does_not_say():
    assert claim.read(LOSS) == {
        "incident_id": "UN19-11", "field": "loss_reported", "low": "8100000000", "high": "8100000000", "unit": "USD",
        "source_id": "S-2019-691", "confidence": "moderate", "checked": "secondary",
        "author": "ledger compilers", "entered_on": "2026-11-22",
    }  # fmt: skip


def test_everything_the_row_says_is_kept():
    told = {"locator": "annex 21", "quote": "\u201clost\u201d", "published_on": "2019-08-30", "admiralty": "B2",
            "note": "n", "capture": "ab" * 32}  # fmt: skip
    assert told.items() <= claim.read({**LOSS, **told}).items()


@pytest.mark.parametrize(
    ("cells", "body"),
    [
        ({"field": "title", "value": "Bank, unnamed"}, {"value": "Bank, unnamed"}),
        ({"field": "occurred", "value": "2016-02..2016-03"}, {"value": "2016-02..2016-03"}),
        ({"field": "victim_state", "value": "Republic of Korea"}, {"value": "KR"}),
        ({"field": "sector", "value": "exchange"}, {"value": "exchange"}),
        ({"field": "method", "value": "phishing"}, {"value": "phishing"}),
        ({"field": "in_edition", "value": "S/2019/691"}, {"value": "S/2019/691"}),
        ({"field": "native", "low": "0.5", "unit": "BTC"}, {"low": "50000000", "high": "50000000", "unit": "BTC"}),
        (
            {**ACCUSED, "stated_on": "2016-02"},
            {"value": "DPRK", "stance": "attributes", "stated_by": "FBI", "stated_on": "2016-02"},
        ),
    ],
)
def test_each_kind_of_field_is_read_in_its_own_way(cells, body):
    assert body.items() <= claim.read({**SAID_BY, **cells}).items()


def test_a_number_of_persons_or_employers_is_an_interval_in_its_own_unit():
    persons = {**LOSS, "field": "identities_misused", "low": "68", "high": "", "unit": "persons", "valuation": ""}
    assert {key: claim.read(persons)[key] for key in ("low", "high", "unit")} == {
        "low": "68", "high": "68", "unit": "persons",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"field": "identities_misused"}, 'unit: "USD" is not what this field counts; write persons.'),
        ({"field": "employers", "unit": "persons"}, 'unit: "persons" is not what this field counts; write companies.'),
        ({"unit": "persons"}, 'unit: "persons" counts things; this field holds an amount of money or coins.'),
        ({"field": "paid", "unit": "companies"}, 'unit: "companies" counts things; this field holds an amount'),
    ],
)
def test_persons_are_no_money_and_money_is_no_number_of_persons(cells, fault):
    found = faults({**LOSS, **cells})
    assert len(found) == 1
    assert found[0].startswith(fault)


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"incident_id": ""}, "incident_id: is empty"),
        ({"incident_id": "x"}, 'incident_id: "x" is no incident id'),
        ({"incident_id": "bad id"}, 'incident_id: "bad id" is no incident id'),
        ({"incident_id": "../etc"}, 'incident_id: "../etc" is no incident id'),
        ({"incident_id": "x" * 65}, "incident_id: "),
        ({"source_id": ""}, "source_id: is empty"),
        ({"checked": ""}, "checked: is empty"),
        ({"checked": "yes"}, 'checked: "yes" is not one of the checked: text, secondary, recalled.'),
        ({"author": " "}, "author: is empty"),
        ({"entered_on": ""}, "entered_on: is empty"),
        ({"entered_on": "2026-11"}, 'entered_on: "2026-11" is not a day'),
        ({"published_on": "2019-02-30"}, 'published_on: "2019-02-30" names a day that does not exist'),
        ({"confidence": "certain"}, 'confidence: "certain" is not one of the confidences'),
        ({"admiralty": "G1"}, 'admiralty: "G1" is no Admiralty grade'),
        ({"admiralty": "b2"}, 'admiralty: "b2" is no Admiralty grade'),
        ({"admiralty": "B22"}, "admiralty: "),
        ({"capture": "AB" * 32}, "capture: "),
        ({"capture": "ab" * 31}, "capture: "),
        ({"quote": "x", "lang": "Korean language"}, 'lang: "Korean language" is no language tag'),
        ({"quote_translation": "x", "translator": "T"}, "quote_translation: translates nothing; give"),
        ({"quote": "x", "quote_translation": "y"}, "translator: is empty; who translated answers for the words."),
        ({"quote": "x", "translator": "T"}, "translator: is named, and there is no quote_translation."),
        ({"quote": "x", "transcription": "ab" * 32}, "transcription: is of held bytes; name them as capture."),
        ({"capture": "cd" * 32, "transcription": "ab" * 32}, "transcription: says how a quote reads"),
        ({"capture": "cd" * 32, "quote": "x", "transcription": "ab"}, 'transcription: "ab" is no SHA-256'),
        ({"note": "a\x1b[2Jb"}, "note: holds the control or unassigned character U+001B."),
        ({"quote": "x" * 20_001}, "quote: holds 20001 characters"),
        ({"low": ""}, "low: is empty"),
        ({"low": "-1"}, 'low: "-1" is not an amount'),
        ({"low": "81,000,000"}, 'low: "81,000,000" is not an amount'),
        ({"low": "NaN"}, 'low: "NaN" is not an amount'),
        ({"low": "8.1e7"}, 'low: "8.1e7" is not an amount'),
        ({"low": "\uff18\uff11"}, 'low: "\uff18\uff11" is not an amount'),
        ({"low": "0.001"}, 'low: "0.001" has more decimals than USD can carry (2)'),
        ({"high": "unknown"}, 'high: "unknown" is not an amount'),
        ({"unit": ""}, "unit: is empty"),
        ({"unit": "GBP"}, 'unit: Unknown unit "GBP"'),
        ({"value": "81 million"}, "value: must be empty: an amount stands in low, high and unit."),
        ({"stance": "attributes"}, "stance: must be empty: only an attribution has a speaker and a stance."),
        ({"stated_by": "FBI"}, "stated_by: must be empty"),
        ({"stated_on": "2016"}, "stated_on: must be empty"),
    ],
)
def test_each_fault_of_a_claim_of_an_amount_is_named_alone(cells, fault):
    found = faults({**LOSS, **cells})
    assert len(found) == 1
    assert found[0].startswith(fault)


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"field": "occurred", "value": "2016-02-30"}, 'value: "2016-02-30" names a day that does not exist'),
        ({"field": "occurred", "value": "2017..2016"}, 'value: "2017..2016" ends before it starts'),
        ({"field": "occurred", "value": "early 2016"}, 'value: "early 2016" is not a date'),
        ({"field": "victim_state", "value": "Korea"}, 'value: "Korea" names more than one'),
        ({"field": "victim_state", "value": "Atlantis"}, 'value: "Atlantis" is no State or territory we know'),
        ({"field": "sector", "value": "casino"}, 'value: "casino" is not one of the sectors'),
        ({"field": "method", "value": "magic"}, 'value: "magic" is not one of the methods'),
        ({"field": "title", "value": ""}, "value: is empty"),
        ({"field": "victim_state", "value": ""}, "value: is empty"),
        ({"field": "title", "value": "x", "low": "1"}, "low: must be empty: a claim of kind text is no amount."),
        ({"field": "occurred", "value": "2016", "valuation": "x"}, "valuation: must be empty"),
        ({**ACCUSED, "value": ""}, "value: is empty"),
        ({**ACCUSED, "stance": ""}, "stance: is empty"),
        ({**ACCUSED, "stance": "doubts"}, 'stance: "doubts" is not one of the stances: attributes, disputes.'),
        ({**ACCUSED, "stated_by": ""}, "stated_by: is empty"),
        ({**ACCUSED, "stated_on": "last week"}, 'stated_on: "last week" is not a date'),
        ({**ACCUSED, "unit": "USD"}, "unit: must be empty: a claim of kind attribution is no amount."),
        ({"field": "", "value": "x"}, "field: is empty"),
        (
            {"field": "damage", "low": "5", "unit": "USD"},
            'field: "damage" is not a field of the ledger; known: title, ',
        ),
    ],
)
def test_each_fault_of_the_other_kinds_is_named_alone(cells, fault):
    found = faults({**SAID_BY, **cells})
    assert len(found) == 1
    assert found[0].startswith(fault)


def test_a_row_with_several_faults_tells_all_of_them_at_once():
    found = faults({**LOSS, "incident_id": "", "low": "1,5", "checked": "", "admiralty": "Z9"})
    assert [fault.split(":")[0] for fault in found] == ["incident_id", "admiralty", "checked", "low"]


def test_a_refused_claim_is_named_by_what_the_row_calls_its_incident():
    for row, name in (({}, "?"), ({"incident_id": "UN19-11"}, "UN19-11")):
        with pytest.raises(Invalid, match=rf"Claim on {name.replace('?', '[?]')} cannot be read"):
            claim.read(row)


def test_dollars_are_held_up_to_what_a_64_bit_total_can_carry():
    # 2^63 - 1 cents = 92,233,720,368,547,758.07 USD
    assert claim.read({**LOSS, "low": "92233720368547758.07"})["high"] == str(2**63 - 1)
    assert faults({**LOSS, "low": "1", "high": "92233720368547758.08"}) == [
        "high: is beyond what totals are summed in (2^63 cents); no economy states such an amount."
    ]
    # Only dollars are summed; a coin's smallest part may need more.
    assert (
        claim.read({**LOSS, "field": "native", "unit": "ETH", "low": "92233720368"})["low"] == "92233720368" + "0" * 18
    )


def test_a_quote_stands_in_its_own_language_and_may_have_a_translation_beside_it():
    told = {"quote": "\uc190\uc2e4", "lang": "KO-kp", "quote_translation": "loss", "translator": "A. Translator",
            "capture": "cd" * 32, "transcription": "ab" * 32}  # fmt: skip
    assert ({**told, "lang": "ko-KP"}).items() <= claim.read({**LOSS, **told}).items()
    assert claim.read({**LOSS, "quote": "\uc190\uc2e4", "lang": "ko"})["lang"] == "ko"  # untranslated


def test_who_translated_is_kept_out_of_the_name_of_a_claim():
    told = {**LOSS, "quote": "x", "quote_translation": "y", "translator": "A"}
    assert claim.claim_id(claim.read(told)) == claim.claim_id(claim.read({**told, "translator": "B"}))
    assert claim.claim_id(claim.read(told)) != claim.claim_id(claim.read({**told, "quote_translation": "z"}))


def test_a_combined_loss_covers_several_incidents():
    body = claim.read({**LOSS, "field": "combined_loss", "incident_id": "UN19-11 + UN19-12+UN19-13"})
    assert (body["incident_id"], body["covers"]) == ("UN19-11", ["UN19-12", "UN19-13"])


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (
            {"field": "combined_loss", "incident_id": "UN19-11"},
            "incident_id: names one incident; a combined_loss covers several",
        ),
        (
            {"field": "loss_reported", "incident_id": "UN19-11+UN19-12"},
            "incident_id: names several incidents; only a combined_loss may",
        ),
        (
            {"field": "combined_loss", "incident_id": "UN19-11+UN19-12+UN19-11"},
            'incident_id: "UN19-11+UN19-12+UN19-11" names one incident twice.',
        ),
        ({"field": "combined_loss", "incident_id": "UN19-11+"}, 'incident_id: "" is no incident id'),
    ],
)
def test_several_incidents_are_named_in_a_combined_loss_and_nowhere_else(cells, fault):
    assert faults({**LOSS, **cells})[0].startswith(fault)


def test_a_claim_is_named_by_its_content_so_the_same_row_twice_is_one_claim():
    name = claim.claim_id(claim.read(LOSS))
    assert name == claim.claim_id(claim.read(dict(reversed(LOSS.items()))))
    assert (name[:2], len(name)) == ("c-", 22)


@pytest.mark.parametrize(
    "cells", [{"low": "81000000.01"}, {"source_id": "S-2019-692"}, {"note": "x"}, {"entered_on": "2026-11-23"}]
)
def test_a_changed_letter_makes_another_claim(cells):
    assert claim.claim_id(claim.read({**LOSS, **cells})) != claim.claim_id(claim.read(LOSS))


def test_how_an_amount_was_written_does_not_make_another_claim():
    assert claim.read({**LOSS, "low": "081000000.0"}) == claim.read(LOSS)


@given(
    st.fixed_dictionaries(
        {},
        optional={name: st.text(max_size=12) for name in claim.COLUMNS}
        | {"field": st.sampled_from(sorted(fields())), "unit": st.sampled_from(["USD", "ETH", "x"])},
    )
)
def test_any_row_is_a_claim_or_is_refused_with_its_faults(cells):
    try:
        outcome = claim.read({**LOSS, **cells})["field"] in fields()
    except Invalid as refusal:
        outcome = len(refusal.faults) > 0
    assert outcome
