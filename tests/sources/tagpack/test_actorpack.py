"""ActorPack in: services by name, so that a label with that exact name can say what kind of service it is."""

from __future__ import annotations

from collections import Counter

import pytest

from watchkeeper.sources.tagpack import actorpack
from watchkeeper.sources.tagpack.actorpack import Actor
from watchkeeper.values.refused import Invalid

PACK = """
title: SYNTHETIC
actors:
- id: swapper
  label: Swapper.example
  categories: [exchange]
  jurisdictions: [HK]
  uri: swapper.example
  context: {active: true}
- {id: swap, label: Swap, categories: [defi_dex]}
"""


def read(text):
    return actorpack.read_actors(text.encode(), "x.yaml")


def refusal(text):
    with pytest.raises(Invalid) as caught:
        read(text)
    return str(caught.value)


def test_an_actor_has_a_name_categories_and_where_it_is_said_to_be():
    assert read(PACK) == (
        Actor("swapper", "Swapper.example", ("exchange",), ("HK",), "swapper.example", "exchange", "line 4"),
        Actor("swap", "Swap", ("defi_dex",), (), None, "contract", "line 10"),
    )


def test_the_kind_is_found_by_the_exact_name_and_never_by_half_of_it():
    kinds = actorpack.kinds_by_name(read(PACK))
    assert kinds == {"swapper": "exchange", "swapper.example": "exchange", "swap": "contract"}
    assert "swapper.exam" not in kinds


def test_a_name_of_two_kinds_of_service_says_nothing():
    twice = read(
        "actors:\n- {id: a, label: Same, categories: [exchange]}\n- {id: b, label: same, categories: [defi]}\n"
    )
    assert actorpack.kinds_by_name(twice)["same"] == "unknown"
    third = (*twice, Actor("c", "SAME", ("exchange",), (), None, "exchange", "line 4"))
    assert actorpack.kinds_by_name(third)["same"] == "unknown"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tags: []\n", "x.yaml:1: no ActorPack; it has tags: read it with tagpack/tagpack."),
        ("a: b\n", "x.yaml:1: no ActorPack; it has no list of actors."),
        ("actors: [a]\n", "x.yaml, actor 1: no mapping of keys to values."),
        ("actors:\n- {label: A}\n", "x.yaml, actor 1 (line 2): has no id."),
        ("actors:\n- {id: a}\n", "x.yaml, actor 1 (line 2): has no label."),
        ("actors:\n- {id: [a]}\n", "x.yaml, actor 1 (line 2): id is no text."),
        ("actors:\n- {id: a, label: A, categories: b}\n", "x.yaml, actor 1 (line 2): categories is no list of texts."),
        (
            "actors:\n- {id: a, label: A}\n- {id: a, label: B}\n",
            'x.yaml, line 3: the id "a" stands twice; one actor would pass for another.',
        ),
    ],
)
def test_a_file_that_is_no_actorpack_is_refused_whole(text, words):
    assert refusal(text) == words


def test_the_real_pack_is_read_whole(shared_data):
    file = shared_data("tracing/tagpacks/graphsense.actorpack.yaml")
    actors = actorpack.read_actors(file.read_bytes(), file.name)
    assert Counter(actor.kind for actor in actors) == {
        "exchange": 1_301, "wallet": 1_074, "unknown": 741, "contract": 620, "bridge": 71, "mixer": 6,
    }  # fmt: skip
    kinds = actorpack.kinds_by_name(actors)
    assert (kinds["changehero"], kinds["hop protocol"], kinds["tornado"]) == ("exchange", "bridge", "mixer")
    assert "exch" not in kinds  # the pack does not know it, so its kind must come from elsewhere
