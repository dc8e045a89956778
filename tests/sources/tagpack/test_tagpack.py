"""TagPack in: a tag becomes a label with its chain, kind, basis, source and day, or is rejected with its reason."""

from __future__ import annotations

from collections import Counter

import pytest
import yaml

from watchkeeper.model.vocabulary import words
from watchkeeper.sources.chain_readers import reader
from watchkeeper.sources.chain_reading import Labelled, Settings
from watchkeeper.sources.limits import limit
from watchkeeper.sources.tagpack import tagpack
from watchkeeper.values import chain, chain_address
from watchkeeper.values.refused import Invalid

ONE, TWO = "0x" + "1" * 40, "0x" + "2" * 40
HEADER = (
    "title: SYNTHETIC\ncreator: nobody\nlabel: A\ncurrency: ETH\nsource: https://example.org/a\nlastmod: 2022-08-10\n"
)
FAILS = (
    "{} fails its checksum (EIP-55): a letter's case or a digit is wrong, and another address may be meant. "
    "Copy it again from where it came."
)
TRANSCRIPTION = "A TagPack is a transcription: none of its labels says that an address is listed."


def read(text):
    return tagpack.read(text.encode(), "x.yaml", Settings("eip155:1"))


def refusal(text):
    with pytest.raises(Invalid) as caught:
        read(text)
    return str(caught.value)


def only(text):
    found = read(text)
    assert (found.read, found.kept, found.rejected) == (1, 1, ())
    return found.labels[0]


def reasons(text):
    found = read(text)
    assert found.read == found.kept + len(found.rejected)
    return [one.reason for one in found.rejected]


def test_a_tag_inherits_what_it_does_not_say_itself():
    other = f"- address: '{TWO}'\n  label: B\n  source: s\n"
    text = f"{HEADER}category: exchange\nactor: a\ntags:\n- address: '{ONE}'\n{other}"
    assert read(text).labels == (
        Labelled(
            f"eip155:1:{ONE}", "A", "line 10", "a", "exchange", "researcher", "https://example.org/a", "2022-08-10"
        ),
        Labelled(f"eip155:1:{TWO}", "B", "line 11", "a", "exchange", "researcher", "s", "2022-08-10"),
    )


def test_blanks_behind_an_address_and_a_label_are_no_part_of_them():
    found = only(f"{HEADER}tags:\n- address: '{ONE} '\n  label: 'B  '\n")
    assert (found.address, found.label) == (f"eip155:1:{ONE}", "B")


def test_a_tag_that_stands_twice_is_one_label_with_both_lines():
    found = read(f"{HEADER}tags:\n- address: '{ONE}'\n- address: '{TWO}'\n- address: '{ONE} '\n")
    assert (found.read, found.kept) == (3, 3)
    assert [(one.address[-1], one.locator) for one in found.labels] == [("1", "line 8, line 10"), ("2", "line 9")]
    assert found.notes == (
        "Tags that repeat another one of the file: 1; each label stands once, with all its lines.",
        TRANSCRIPTION,
    )


def test_two_sources_for_one_label_stand_side_by_side():
    found = read(f"{HEADER}tags:\n- address: '{ONE}'\n- address: '{ONE}'\n  source: another\n")
    assert [one.cites for one in found.labels] == ["https://example.org/a", "another"]


@pytest.mark.parametrize(
    ("category", "stop"),
    [
        ("exchange", "exchange"),
        ("mixing_service", "mixer"),
        ("defi_bridge", "bridge"),
        ("defi_dex", "contract"),
        ("defi_lending", "contract"),
        ("user", "wallet"),
        ("perpetrator", "wallet"),
        ("coinjoin", "unknown"),
        ("market", "unknown"),
        ("black_list", "unknown"),
        ("a_word_of_next_year", "unknown"),
    ],
)
def test_the_kind_is_what_the_category_says_and_no_more(category, stop):
    assert only(f"{HEADER}category: {category}\ntags: [{{address: '{ONE}'}}]\n").kind == stop


def test_concepts_count_beside_the_category_and_the_narrower_word_wins():
    assert only(f"{HEADER}category: exchange\ntags: [{{address: '{ONE}', concepts: [hot_wallet]}}]\n").kind == "hot"


def test_what_was_done_does_not_say_what_an_address_is():
    assert only(f"{HEADER}abuse: service_hack\ntags: [{{address: '{ONE}'}}]\n").kind == "unknown"


def test_an_actor_who_holds_a_wallet_is_no_service():
    text = f"{HEADER}category: user\nactor: somebody\ntags: [{{address: '{ONE}'}}]\n"
    assert only(text).service is None
    assert "Tags of wallets that name an actor, who is no service: 1; the actor is not kept." in read(text).notes


def test_a_copy_of_a_list_of_sanctions_designates_nobody():
    text = HEADER.replace("https://example.org/a", "https://www.treasury.gov/ofac/downloads/sdnlist.txt")
    found = read(f"{text}confidence: authority_data\nabuse: sanction\ntags: [{{address: '{ONE}'}}]\n")
    assert found.labels[0].basis == "researcher"
    assert found.labels[0].confidence == "authority_data"
    assert found.notes == (TRANSCRIPTION,)


def test_an_authoritys_own_page_makes_an_alert_only_if_the_tag_claims_its_data():
    text = HEADER.replace("https://example.org/a", "https://www.fbi.gov/news/x")
    tags = f"tags: [{{address: '{ONE}'}}]\n"
    assert only(f"{text}confidence: authority_data\n{tags}").basis == "authority-alert"
    assert only(f"{text}confidence: web_crawl\n{tags}").basis == "researcher"
    for host in ("www.fbi.gov.example.org", "www.fbi.gov@example.org", "example.org/www.fbi.gov"):
        elsewhere = text.replace("www.fbi.gov", host)
        assert only(f"{elsewhere}confidence: authority_data\n{tags}").basis == "researcher"


def test_a_blacklist_read_from_the_chain_is_an_issuers_freeze():
    text = HEADER.replace("label: A", "label: USDT_blacklisted") + "category: black_list\n"
    assert only(f"{text}confidence: ledger_immanent\ntags: [{{address: '{ONE}'}}]\n").basis == "issuer-freeze"
    assert only(f"{text}confidence: web_crawl\ntags: [{{address: '{ONE}'}}]\n").basis == "researcher"


@pytest.mark.parametrize(
    ("ticker", "address", "chain_id"),
    [
        ("ETH", ONE, "eip155:1"),
        ("BEP20", ONE, "eip155:56"),
        ("BTC", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "bip122:000000000019d6689c085ae165831e93"),
        ("USDT", ONE, "eip155:1"),
        ("USDT", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", chain.parse("tron").id),
        ("USDT", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "bip122:000000000019d6689c085ae165831e93"),
    ],
)
def test_the_ticker_says_the_chain_and_for_a_token_the_form_of_the_address_does(ticker, address, chain_id):
    found = only(HEADER.replace("ETH", ticker) + f"tags: [{{address: '{address}'}}]\n")
    assert found.address == f"{chain_id}:{address}"


def test_the_network_goes_before_the_currency():
    assert only(f"{HEADER}network: BSC\ntags: [{{address: '{ONE}'}}]\n").address == f"eip155:56:{ONE}"


def test_a_tag_that_cannot_be_kept_says_why():
    wrong = "0x098b716B8Aaf21512996dC57EB0615e2383E2f96"
    assert reasons(
        f"{HEADER}tags:\n- address: '{ONE}'\n- {{address: r1, currency: XRP}}\n- address: '{wrong}'\n- label: B\n"
        "- {address: abc, currency: USDC}\n- tx_hash: '0xab'\n"
    ) == [
        "r1 is on XRP, a chain that is not read here.",
        FAILS.format(wrong),
        "has no address.",
        "abc is no address of a chain that is known to have USDC.",
        "names a transaction (0xab) and no address; only addresses carry labels here.",
    ]
    assert reasons(f"tags: [{{address: '{ONE}', label: A}}]\n") == [
        f"{ONE} has neither network nor currency, so its chain is not known."
    ]
    assert reasons(f"currency: ETH\ntags: [{{address: '{ONE}'}}]\n") == [
        f"{ONE} has no label, and the header gives none."
    ]


def test_tags_of_transactions_are_set_aside_and_counted():
    found = read(f"{HEADER}tags: [{{tx_hash: '0xab'}}, {{address: '{ONE}'}}]\n")
    assert (found.read, found.kept, found.rejected[0].locator) == (2, 1, "line 7")
    assert "Tags that name a transaction and no address: 1; they were set aside." in found.notes


@pytest.mark.parametrize(
    ("written", "day"),
    [("2023-08-16 12:18:52.619444", "2023-08-16"), ("2023-13-45", None), ("16.8.2023", None), ("~", None)],
)
def test_a_day_is_taken_as_a_day_or_not_at_all(written, day):
    text = HEADER.replace("2022-08-10", written)
    assert only(f"{text}tags: [{{address: '{ONE}'}}]\n").said_on == day
    told = (
        "Tags without a day on which they were last changed: 1." in read(f"{text}tags: [{{address: '{ONE}'}}]\n").notes
    )
    assert told is (day is None)


def test_a_file_that_is_no_tagpack_is_refused_whole():
    assert refusal("actors: []\n") == "x.yaml:1: no TagPack; it has actors: read it with tagpack/actorpack."
    assert refusal("a: b\n") == "x.yaml:1: no TagPack; it has no list of tags."
    assert refusal("tags: []\n") == "x.yaml:1: a TagPack without a tag; it may be cut, or is a template."
    assert refusal("tags: [a]\n") == "x.yaml, tag 1: no mapping of keys to values."
    assert refusal("tags:\n- label: [a]\n") == "x.yaml, tag 1 (line 2): label is no text."


def test_every_word_of_the_data_files_is_one_of_the_vocabulary():
    assert {rule["kind"] for rule in tagpack._data("kinds")["kinds"]} < set(words("stops"))
    bases = {rule["basis"] for rule in tagpack._data("bases")["rules"]} | {tagpack._data("bases")["otherwise"]}
    assert bases < set(words("label_bases")) - {"designated"}
    ledgers = tagpack._data("ledgers")
    for slug in [*ledgers["networks"].values(), *(one for many in ledgers["tokens"].values() for one in many)]:
        assert chain.parse(slug).slug == slug


# The packs of graphsense-tagpacks, counted with an ordinary YAML reader: tags, and labels by kind of stop.
PACKS = """
africrypt-hack               1    unknown 1
binance_hack                 44   unknown 44
blender_io                   45   mixer 45
chaininfo                    122  exchange 122
coinjoin_bounty              1    wallet 1
defi-protocols-csh           1407 contract 1407
defi-protocols_1inch         4    contract 4
defi-protocols_aave          31   contract 31
defi-protocols_compound      13   contract 13
defi-protocols_curve         4    contract 4
defi-protocols_instadapp     18   contract 18
defi-protocols_sushiswap     10   contract 10
defi-protocols_synthetix     40   contract 40
defi-protocols_uniswap       16   contract 16
defi-protocols_uniswap_pools 46   contract 46
etherscamdb_tagpack          3117 unknown 3116 rejected 1
etherscan-label-word-cloud   8453 unknown 8451 rejected 2
etherscan-wordcloud-exchange 646  exchange 646
etherscan-wordcloud-mixing_service 61 mixer 61
exchange-wallets-bybit       8    exchange 8
exchange-wallets-okx         36   exchange 36
hacks                        608  exchange 403 unknown 205
hydra                        117  unknown 117
interpol-real_services       10   mixer 9 exchange 1
lazarus                      21   wallet 21
lazarus2                     6    wallet 6
mixing_fc2021                66   mixer 66
plustoken                    12   unknown 10 rejected 2
ransomware                   7178 unknown 7178
richest_addresses            36   exchange 35 unknown 1
ronin_bridge                 6    unknown 6
sinbad_io                    2    mixer 2
tornado_cash                 39   mixer 38 doubles 1
twitter_hack_scam            3    unknown 3
usdt_blacklist               774  unknown 774
walletexplorer               386  unknown 229 exchange 120 mixer 37
wasabi_collector             2    unknown 2
"""
# Packs of many chains: tags, and those rejected for a chain or an address that is not read.
MIXED = {
    "demo": (5, 1),
    "exchange-wallets-binance": (86, 25),
    "exchange-wallets-huobi": (58, 12),
    "exchange-wallets-kucoin": (59, 17),
    "ofac": (572, 11),
}


def pack(shared_data, name):
    file = shared_data(f"tracing/tagpacks/{name}.yaml")
    return tagpack.read(file.read_bytes(), file.name, Settings("eip155:1"))


@pytest.mark.parametrize("row", PACKS.split("\n")[1:-1])
def test_a_real_pack_is_read_whole(shared_data, row):
    name, tags, *told = row.split()
    found = pack(shared_data, name)
    wanted = {key: int(count) for key, count in zip(told[::2], told[1::2], strict=True)}
    rejected, doubles = wanted.pop("rejected", 0), wanted.pop("doubles", 0)
    assert found.read == int(tags) == sum(wanted.values()) + rejected + doubles
    assert dict(Counter(label.kind for label in found.labels)) == wanted
    assert len(found.rejected) == rejected


@pytest.mark.parametrize("name", MIXED)
def test_a_real_pack_of_many_chains_rejects_what_is_not_read_and_says_so(shared_data, name):
    found = pack(shared_data, name)
    assert (found.read, len(found.rejected)) == MIXED[name], [one.reason for one in found.rejected]
    assert found.kept == found.read - len(found.rejected)


def test_every_tag_of_the_real_packs_is_a_label_or_is_rejected_at_its_line(shared_data):
    folder = shared_data("tracing/tagpacks")
    read_tags, names = 0, {row.split()[0] for row in PACKS.split("\n")[1:-1]} | set(MIXED)
    assert {file.stem for file in folder.glob("*.yaml")} == names | {"concepts", "graphsense.actorpack"}
    for name in sorted(names):
        data = (folder / f"{name}.yaml").read_bytes()
        tags = yaml.load(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["tags"]  # noqa: S506
        found = tagpack.read(data, name, Settings("eip155:1"))
        told = {place: one.address for one in found.labels for place in one.locator.split(", ")}
        places = sorted({*told, *(one.locator for one in found.rejected)}, key=lambda place: int(place.split()[1]))
        assert len(places) == len(tags) == found.read
        lines = data.decode().split("\n")
        # A tag's line and those up to the next tag's hold its address, and the label there is of that address.
        for place, tag in zip(places, tags, strict=True):
            at = int(place.split()[1]) - 1
            assert any(tag["address"].strip() in line for line in lines[at : at + 12])
            if place in told:
                on, _, _ = told[place].rpartition(":")
                assert chain_address.parse(on, tag["address"]).caip10 == told[place]
        read_tags += found.read
    assert read_tags == 24_169


def test_the_tornado_pack_has_one_address_twice_once_with_a_blank_behind_it(shared_data):
    doubles = [label for label in pack(shared_data, "tornado_cash").labels if "," in label.locator]
    assert [(one.address, one.label, one.kind, one.service) for one in doubles] == [
        ("eip155:1:0x4736dcf1b7a3d580672cce6e7c65cd5cc9cfba9d", "tornado.cash", "mixer", "tornado")
    ]


def test_the_real_packs_give_these_bases(shared_data):
    folder = shared_data("tracing/tagpacks")
    bases = Counter()
    for file in folder.glob("*.yaml"):
        if file.stem not in ("concepts", "graphsense.actorpack"):
            labels = tagpack.read(file.read_bytes(), file.name, Settings("eip155:1")).labels
            bases.update((label.basis, file.stem) for label in labels if label.basis != "researcher")
    assert bases == {("issuer-freeze", "usdt_blacklist"): 774, ("authority-alert", "lazarus2"): 6}


def test_it_is_registered_by_its_card_and_takes_no_more_than_it_can_read():
    known = reader("tagpack/tagpack")
    assert (known.gives, known.largest_mib * 2**20) == (("labels",), limit("json_size"))
    assert known.read(f"{HEADER}tags: [{{address: '{ONE}'}}]\n".encode(), "x.yaml", Settings("eth")).kept == 1
