"""Words: what is never said in our own voice, what a quotation may say, and the phrases that mean something else."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
import yaml

from watchkeeper.report import lint
from watchkeeper.report.markup import parse

ENTRIES = yaml.safe_load(files("watchkeeper.report.lint").joinpath("words.yml").read_text("utf-8"))


def found(text: str) -> list[str]:
    return [fault.words for fault in lint.faults({"x.md": parse(text, "x.md")}) if fault.rule == "word"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])
def test_every_entry_says_why_and_what_to_write_instead(entry):
    assert len(entry["because"].split()) > 4
    assert len(entry["instead"].split()) > 2
    assert entry["forms"]


def test_every_plain_form_is_found():
    """A form without pattern marks, in a bare sentence, is refused; those bound to a sentence are tried elsewhere."""
    forms = [form for entry in ENTRIES if "sentence_has" not in entry for form in entry["forms"]]
    plain = [form for form in forms if re.fullmatch(r"[a-z ]+", form)]
    assert len(plain) > 40
    assert [form for form in plain if not found(f"Here {form} is said.")] == []


def test_the_words_of_the_wording_page_are_refused_one_by_one():
    said = (
        "It proves an illicit flow, laundered by a broker, owned by a bad actor; the ship went dark, switched off "
        "its AIS, discharged, and the sanctions-buster was a hit."
    )
    assert found(said) == [
        "proves", "illicit", "laundered", "owned by", "bad actor", "dark", "switched off", "discharged",
        "sanctions-buster", "hit",
    ]  # fmt: skip


def test_a_quotation_may_say_what_we_do_not():
    assert found('The firm said {quote F-1 "hackers laundered the stolen millions"}.') == []
    assert found("The firm said that hackers laundered the stolen millions.") == ["hackers", "laundered", "stolen"]


@pytest.mark.parametrize(
    "phrase",
    [
        "The offence of money-laundering is defined in the law.",
        "Anti-money-laundering rules apply.",
        "The hull is dark blue.",
        "The burden of proof lies elsewhere.",
        "Criminal proceedings are pending.",
        "People whose identity was stolen are victims.",
        "The broker pleaded not guilty.",
        "The instances are listed in the annex.",
        "A designated contact answers such requests.",
    ],
)
def test_a_phrase_in_which_the_word_means_something_else_passes(phrase):
    assert found(phrase) == []


def test_listed_and_designated_pass_beside_the_edition_that_holds_it():
    assert found("The wallet was listed that day.") == ["listed"]
    assert found("The wallet was listed that day.{cite OFAC-SDN-1}") == []
    assert found("The company was designated under {measure UN-1718/asset-freeze}.") == []


def test_likelihood_and_confidence_may_follow_each_other_but_share_no_sentence():
    assert found("It is likely. We say so with high confidence.") == []
    assert found("It is likely, and we say so with high confidence.") == ["high confidence"]


def test_a_count_carries_no_confidence_word():
    assert found("There are {fig cyber.instances} instances, with moderate confidence.") == ["moderate confidence"]
    assert found("There are probably {fig cyber.instances} instances.") == ["probably"]
    assert found("Of them {fig cyber.instances high_n} incidents are graded high.") == []


def test_a_word_broken_over_lines_is_one_word():
    (fault,) = lint.faults({"x.md": parse("The trader is a sanctions\nbuster.", "x.md")})
    assert (fault.line, fault.column, fault.words) == (1, 17, "sanctions buster")


@pytest.mark.parametrize(
    "written", ["_stolen_", "**stolen**", "sto**len**", "sto\u00adlen", "sto\u200blen", "`stolen`", "st\u00f3len"]
)
def test_marks_and_invisible_characters_do_not_hide_a_word(written: str) -> None:
    (fault,) = lint.faults({"x.md": parse(f"The tokens were {written} again.", "x.md")})
    assert (fault.rule, fault.line) == ("word", 1)
