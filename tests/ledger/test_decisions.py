"""What people decided, folded into what is in force: two accounts, taking back, ends, and evidence that changed.

A story is one line a decision: its name, who, what on which subject, and where a test needs it the pair, the day, the
end and the evidence seen.
"""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.tables import rows

from watchkeeper.ledger.decisions import in_force, standings
from watchkeeper.model.schemas import SCHEMAS
from watchkeeper.model.vocabulary import question_of
from watchkeeper.store.tables import frame
from watchkeeper.values import account


def decided(story: str) -> pl.DataFrame:
    """Return the table of decisions that a story on the page tells."""
    told = []
    for number, row in enumerate(rows(story)):
        one = dict.fromkeys(column.name for column in SCHEMAS["decision"])
        one |= {"decision_id": row.get("id") or f"d{number}", "reason": row.get("reason") or "said so", "tlp": "CLEAR"}
        one |= {key: row.get(key) for key in ("subject", "verdict", "other", "until", "rests_on")}
        one |= {"author": row["who"], "decided_on": row.get("on") or "2026-01-01"}
        needs = row["verdict"] not in ("undone", "dissent", "confirmed") and question_of(row["verdict"]).second
        one["calls_for"] = "second" if needs and row.get("alone") is None else None
        told.append(one)
    return frame("decision", told)


def only(story: str, on: date | None = None):
    (one,) = standings(decided(story), on)
    return one


def test_one_account_alone_proposes_and_changes_nothing():
    one = only("""
        who | verdict   | subject
        A   | contested | UN1
    """)
    assert (one.state, one.verdict, one.proposed) == ("proposed", None, {"contested": ("A",)})
    assert in_force(decided("who | verdict | subject\n A | contested | UN1")).is_empty()


def test_two_accounts_that_say_the_same_settle_it():
    one = only("""
        who | verdict   | subject | on
        A   | contested | UN1     | 2026-01-01
        B   | contested | UN1     | 2026-01-05
    """)
    assert (one.state, one.verdict, one.by, one.since) == ("in force", "contested", ("A", "B"), date(2026, 1, 5))
    assert not one.single


def test_a_confirmation_is_the_same_verdict_by_another():
    one = only("""
        id | who | verdict   | subject
        d1 | A   | contested | UN1
        d2 | B   | confirmed | d1
    """)
    assert (one.verdict, one.by, one.decisions) == ("contested", ("A", "B"), ("d1", "d2"))


@pytest.mark.parametrize("spelling", ["A", "a", " A ", "Á", "Ａ"])
def test_one_account_is_no_second_person_however_it_is_spelt(spelling):
    story = decided("who | verdict | subject\n A | contested | UN1\n B | contested | UN2")
    again = story.with_columns(pl.Series("author", ["A", spelling]), pl.Series("subject", ["UN1", "UN1"]))
    (one,) = standings(again)
    assert one.verdict is None


def test_one_person_deciding_twice_has_one_word_the_newest():
    one = only("""
        who | verdict     | subject
        A   | contested   | UN1
        A   | uncontested | UN1
    """)
    assert one.proposed == {"uncontested": ("A",)}
    settled = only("""
        who | verdict     | subject
        A   | contested   | UN1
        A   | uncontested | UN1
        B   | contested   | UN1
    """)
    assert (settled.state, settled.verdict) == ("divided", None)  # A does not say contested any more


def test_two_persons_of_two_minds_leave_it_divided_until_a_third():
    story = """
        who | verdict     | subject
        A   | contested   | UN1
        B   | uncontested | UN1
    """
    assert (only(story).state, only(story).verdict) == ("divided", None)
    third = only(story + "\n C | contested | UN1")
    assert (third.verdict, third.by) == ("contested", ("A", "C"))
    assert third.dissent == (("B", "said so"),)  # the outvoted word is kept beside it


def test_what_two_settled_only_two_unsettle():
    story = """
        who | verdict     | subject
        A   | contested   | UN1
        B   | contested   | UN1
        A   | uncontested | UN1
    """
    one = only(story)
    assert (one.verdict, one.proposed) == ("contested", {"uncontested": ("A",)})
    assert only(story + "\n B | uncontested | UN1").verdict == "uncontested"


def test_taking_back_counts_as_if_it_had_not_been_made():
    story = """
        id | who | verdict   | subject
        d1 | A   | contested | UN1
        d2 | B   | confirmed | d1
        d3 | B   | undone    | d2
    """
    one = only(story)
    assert (one.state, one.proposed) == ("proposed", {"contested": ("A",)})


def test_undo_of_undo_brings_it_back_and_so_on():
    story = """
        id | who | verdict   | subject
        d1 | A   | contested | UN1
        d2 | B   | contested | UN1
        d3 | B   | undone    | d2
        d4 | B   | undone    | d3
    """
    assert only(story).verdict == "contested"
    assert only(story + "\n d5 | B | undone | d4").verdict is None


def test_nobody_takes_back_what_another_decided():
    story = """
        id | who | verdict   | subject
        d1 | A   | contested | UN1
        d2 | B   | contested | UN1
        d3 | C   | undone    | d2
    """
    assert only(story).verdict == "contested"


def test_taking_back_what_was_confirmed_takes_the_confirmation_with_it():
    story = """
        id | who | verdict   | subject
        d1 | A   | contested | UN1
        d2 | B   | confirmed | d1
        d3 | A   | undone    | d1
    """
    assert standings(decided(story)) == ()  # B confirmed what is not there any more


def test_an_undone_change_leaves_what_stood_before_it():
    story = """
        id | who | verdict     | subject
        d1 | A   | contested   | UN1
        d2 | B   | contested   | UN1
        d3 | A   | uncontested | UN1
        d4 | B   | uncontested | UN1
        d5 | B   | undone      | d4
    """
    one = only(story)
    assert (one.verdict, one.proposed) == ("contested", {"uncontested": ("A",)})


def test_merge_and_split_of_two_parties_is_one_question():
    merged = """
        who | verdict | subject | other
        A   | same-as | P1      | P2
        B   | same-as | P2      | P1
    """
    assert (only(merged).verdict, only(merged).state) == ("same-as", "in force")  # the pair has no direction
    split = only(merged + "\n A | not-same-as | P1 | P2\n B | not-same-as | P1 | P2")
    assert split.verdict == "not-same-as"
    again = only(merged + "\n A | not-same-as | P1 | P2")
    assert again.verdict == "same-as"  # one alone splits nothing


def test_a_decision_with_an_end_lapses_the_day_after():
    story = """
        who | verdict   | subject | until      | on
        A   | contested | UN1     | 2026-06-30 | 2026-01-01
        B   | contested | UN1     |            | 2026-01-02
    """
    assert only(story, date(2026, 6, 30)).verdict == "contested"
    lapsed = only(story, date(2026, 7, 1))
    assert (lapsed.verdict, lapsed.state) == (None, "lapsed")


def test_a_proposal_that_lapsed_cannot_be_seconded():
    one = only("""
        who | verdict   | subject | until      | on
        A   | contested | UN1     | 2026-01-31 | 2026-01-01
        B   | contested | UN1     |            | 2026-02-01
    """)
    assert (one.verdict, one.proposed) == (None, {"contested": ("B",)})


def test_two_accounts_must_have_looked_at_the_same_entries():
    story = """
        who | verdict  | subject | rests_on
        A   | reviewed | UN1     | old
        B   | reviewed | UN1     | new
    """
    assert only(story).verdict is None
    assert only(story + "\n A | reviewed | UN1 | new").verdict == "reviewed"


def test_dissent_is_kept_and_changes_nothing():
    one = only("""
        id | who | verdict   | subject | reason
        d1 | A   | contested | UN1     |
        d2 | B   | contested | UN1     |
        d3 | C   | dissent   | d1      | the forensic report says otherwise
    """)
    assert (one.verdict, one.dissent) == ("contested", (("C", "the forensic report says otherwise"),))


def test_a_decision_that_calls_for_nobody_stands_at_once_as_single_and_a_second_account_joins_it():
    alone = """
        who       | verdict   | subject | alone
        compilers | contested | UN1     | yes
    """
    assert (only(alone).verdict, only(alone).single) == ("contested", True)
    joined = only(alone + "\n B | contested | UN1 |")
    assert (joined.by, joined.single) == (("compilers", "B"), False)
    assert only(alone + "\n B | uncontested | UN1 |").verdict == "contested"  # one person does not overturn it


def test_a_confirmation_joins_a_decision_that_called_for_nobody_and_is_alone_no_more_than_a_proposal():
    story = """
        id | who       | verdict     | subject | alone
        d1 | compilers | contested   | UN1     | yes
    """
    joined = only(story + "\n d2 | B | confirmed | d1 |")
    assert (joined.by, joined.single) == (("compilers", "B"), False)
    overturned = story + "\n d2 | A | uncontested | UN1 |\n d3 | B | uncontested | UN1 |"
    assert only(overturned).verdict == "uncontested"
    alone = only(overturned + "\n d4 | C | confirmed | d1 |")
    assert (alone.verdict, alone.by, alone.proposed) == ("uncontested", ("A", "B"), {"contested": ("C",)})


def test_which_of_two_entries_leaves_all_counts_is_part_of_the_verdict():
    story = """
        id | who | verdict    | subject | other
        d1 | A   | same-event | UN1     | UN2
        d2 | B   | same-event | UN2     | UN1
    """
    assert (only(story).verdict, only(story).proposed) == (None, {"same-event": ("A", "B")})
    agreed = only(story + "\n d3 | A | confirmed | d2 |")
    assert (agreed.verdict, agreed.subject, agreed.other) == ("same-event", "UN2", "UN1")


def test_of_two_parties_the_order_says_nothing():
    assert only("""
        who | verdict | subject | other
        A   | same-as | P-1     | P-2
        B   | same-as | P-2     | P-1
    """).by == ("A", "B")


def test_withdrawing_an_entry_needs_no_second_person():
    table = in_force(decided("who | verdict | subject\n A | withdrawn | c-1"))
    assert table["subject"].to_list() == ["c-1"]


def test_what_is_in_force_is_as_strict_as_both_decisions_and_dated_by_the_later():
    story = decided("""
        who | verdict   | subject | on         | reason
        A   | contested | UN1     | 2026-01-01 | an inside job
        B   | contested | UN1     | 2026-01-05 | agreed
    """).with_columns(pl.Series("tlp", ["RED", "CLEAR"]))
    (row,) = in_force(story).to_dicts()
    assert (row["tlp"], row["decided_on"], row["reason"]) == ("RED", date(2026, 1, 5), "an inside job")


# A plain second reading of the rules: replay votes without what was taken back.
ACTS = st.lists(
    st.tuples(st.sampled_from("ABC"), st.sampled_from(["contested", "uncontested", "undo"]), st.integers(0, 9)),
    max_size=12,
)


@given(ACTS)
def test_any_story_comes_to_what_a_plain_replay_of_it_comes_to(acts):
    table, log = [], []
    for number, (who, act, which) in enumerate(acts):
        if act == "undo":
            if not log:
                continue
            target = log[which % len(log)]
            log.append((f"d{number}", who, "undo", target[0]))
            table.append(f"d{number} | {who} | undone | {target[0]}")
        else:
            log.append((f"d{number}", who, act, "UN1"))
            table.append(f"d{number} | {who} | {act} | UN1")
    found = standings(decided("id | who | verdict | subject\n" + "\n".join(table))) if table else ()
    verdict = found[0].verdict if found else None
    assert verdict == replayed(log)


def replayed(log):
    author = {name: who for name, who, _, _ in log}

    def alive(name):
        back = [n for n, who, act, target in log if act == "undo" and target == name and who == author[name]]
        return not any(alive(n) for n in back)

    settled, words = None, {}
    for name, who, act, _ in log:
        if act == "undo" or not alive(name):
            continue
        words[who] = act
        if sum(word == act for word in words.values()) > 1:
            settled, words = act, {}
    return settled


def test_spellings_of_an_account():
    assert account.key("Kim, A.") == account.key("kim a") != account.key("kim b")
