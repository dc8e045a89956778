"""FtM rows: what a property is of ours, and what is noted or set aside because nothing of ours is that."""

from __future__ import annotations

import pytest

from watchkeeper.model.vocabulary import party_fields, words
from watchkeeper.sources.ftm import rows
from watchkeeper.sources.ftm.ftm import Entity, Value
from watchkeeper.sources.ftm.model import edge_of, edges, model, properties
from watchkeeper.values.refused import Invalid


def entity(schema, **props):
    values = tuple(Value(prop, text, 1, n) for prop, texts in props.items() for n, text in enumerate(texts, start=1))
    return Entity("e", schema, values, (), (1,))


def said(schema, **props):
    return [(one.field, one.value) for one in rows.facts(entity(schema, **props))[0]]


def test_properties_are_read_as_fields():
    assert said("Person", name=["A"], weakAlias=["B"], citizenship=["kp"], birthDate=["1970-05-01T00:00:00"]) == [
        ("name", "A"), ("alias", "B"), ("nationality", "KP"), ("born", "1970-05-01"),
    ]  # fmt: skip
    assert said("Address", full=["1 SYNTHETIC Street"]) == [("name", "1 SYNTHETIC Street")]


def test_a_property_that_no_field_holds_is_set_aside():
    kept, aside = rows.facts(entity("Company", name=["A"], topics=["sanction"], mmsi=["1"]))
    assert [one.field for one in kept] == ["name"]
    assert [one.origin.prop for one in aside] == ["topics", "mmsi"]  # a company has no transmitter


def test_a_wallet_is_a_fact_of_its_holder():
    (fact,), aside = rows.wallets(
        entity("CryptoWallet", holder=["p"], publicKey=["1SYN"], currencySymbol=["BTC"], name=["n"])
    )
    assert (fact.about, fact.field, fact.value) == ("p", "wallet", "btc:1SYN")
    assert [one.origin.prop for one in aside] == ["name"]


@pytest.mark.parametrize("missing", ["holder", "publicKey", "currencySymbol"])
def test_a_wallet_without_holder_address_or_chain_is_no_fact(missing):
    told = {"holder": ["p"], "publicKey": ["1SYN"], "currencySymbol": ["BTC"]} | {missing: []}
    with pytest.raises(Invalid, match="is no fact of a party"):
        rows.wallets(entity("CryptoWallet", **told))


@pytest.mark.parametrize(
    ("percentage", "share", "note"),
    [
        (["25"], "25", None),
        (["25%"], "25%", None),
        ([">25"], None, "percentage: >25 (as in the file; not read)"),
        (["25", "30"], None, "percentage: 25, 30 (as in the file; not read)"),
        ([], None, None),
    ],
)
def test_a_share_is_read_only_if_one_is_stated_and_it_is_a_number(percentage, share, note):
    row, _ = rows.link(entity("Ownership", owner=["a"], asset=["b"], percentage=percentage), described=True)
    assert (row["share"], row["note"]) == (share, note)


def test_dates_stay_as_precise_as_they_are():
    row, _ = rows.link(
        entity("Ownership", owner=["a"], asset=["b"], startDate=["2019-05"], endDate=["2020"]), described=True
    )
    assert (row["since"], row["until"]) == ("2019-05", "2020")


def test_an_end_before_the_beginning_is_noted():
    row, _ = rows.link(
        entity("Ownership", owner=["a"], asset=["b"], startDate=["2020"], endDate=["2019"]), described=True
    )
    assert (row["since"], row["until"], row["note"]) == ("2020", None, "endDate: 2019, before its startDate")


def test_an_unknown_link_is_what_its_role_says_or_nothing():
    row, _ = rows.link(entity("UnknownLink", subject=["a"], object=["b"], role=["charterer"]), described=True)
    assert (row["relation"], row["note"]) == ("charterer", None)
    with pytest.raises(Invalid, match="no relation of ours"):
        rows.link(entity("UnknownLink", subject=["a"], object=["b"], role=["friend"]), described=True)


def test_a_role_is_kept_as_a_note():
    row, _ = rows.link(entity("Directorship", director=["a"], organization=["b"], role=["secretary"]), described=True)
    assert (row["relation"], row["note"]) == ("director", "role: secretary")


def test_the_words_of_a_link_of_persons_are_set_aside():
    told = entity("Directorship", director=["a"], organization=["b"], description=["SYNTHETIC Kim directs it"])
    assert rows.link(told, described=True)[0]["note"] == "SYNTHETIC Kim directs it"
    row, aside = rows.link(told, described=False)
    assert (row["note"], [one.origin.prop for one in aside]) == (None, ["description"])


def test_a_link_with_two_owners_is_rejected():
    with pytest.raises(Invalid, match="this one has 2 and 1"):
        rows.link(entity("Ownership", owner=["a", "c"], asset=["b"]), described=True)


def test_one_id_in_two_sources_is_two_parties():
    assert rows.party_id("S-1", "a") == rows.party_id("S-1", "a") != rows.party_id("S-2", "a")


@pytest.mark.parametrize("relation", words("relations"))
def test_every_relation_comes_back_as_itself(relation):
    edge = edge_of(relation, "Company", "Company")
    told = entity(edge.schema, **{edge.subject: ["a"], edge.object: ["b"]}, role=[relation])
    assert edge.schema in edges()
    assert rows.link(told, described=True)[0]["relation"] == relation


def test_the_table_of_the_model_names_what_is_there():
    assert set(model()["kinds"]) == set(words("party_kinds"))
    assert set(model()["fields"]) | {"listed", "wallet", "identity_misused"} == set(party_fields())
    known = {prop for schema in model()["schemata"] for prop in properties(schema)}
    assert {prop for props in model()["fields"].values() for prop in props} | set(model()["read_also"]) <= known
    for schema, told in model()["schemata"].items():
        assert {schema, *told["is"]} <= set(model()["schemata"])
