"""Country: what a code or a name names, and what is refused rather than guessed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from watchkeeper.values import country
from watchkeeper.values.refused import Invalid


def test_a_code_or_a_name_gives_the_same_state():
    for text in ("KR", "KOR", "Republic of Korea", "South Korea", "Korea, South", "republic  of KOREA"):
        assert country.parse(text).alpha2 == "KR"


def test_the_two_koreas_are_two_digits_apart():
    assert country.by_m49("408").un_name == "Democratic People's Republic of Korea"
    assert country.by_m49("410").un_name == "Republic of Korea"


def test_korea_alone_is_refused_with_both_states_and_the_reason():
    with pytest.raises(Invalid, match=r"KP\) or Republic of Korea \(KR\).*KP \(408\) is the north and KR \(410\)"):
        country.parse("Korea")


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("Congo", "Democratic Republic of the Congo (CD) or Congo (CG)"),
        ("Virgin Islands", "British Virgin Islands (VG) or United States Virgin Islands (VI)"),
        ("St. Martin", "Saint Martin (French part) (MF) or Sint Maarten (Dutch part) (SX)"),
        ("Republic of China", "China (CN) or Taiwan (TW)"),
    ],
)
def test_a_name_of_two_places_lists_them(text, candidates):
    with pytest.raises(Invalid) as refusal:
        country.parse(text)
    assert candidates in str(refusal.value)


def test_sk_is_slovakia():
    assert country.parse("SK").un_name == "Slovakia"


def test_guinea_is_a_state_of_its_own_and_not_its_neighbours():
    assert [country.parse(name).alpha2 for name in ("Guinea", "Guinea-Bissau", "Equatorial Guinea")] == [
        "GN",
        "GW",
        "GQ",
    ]


@pytest.mark.parametrize(
    ("text", "alpha2"),
    [("Viet Nam", "VN"), ("Vietnam", "VN"), ("Turkiye", "TR"), ("Türkiye", "TR"), ("Turkey", "TR"), ("UK", "GB"),
     ("Cote d\u2019Ivoire", "CI"), ("Iran", "IR"), ("USA", "US"), ("Hong Kong", "HK"), ("Taiwan", "TW"), ("UAE", "AE"),
     ("Gambia, The", "GM"), ("Laos", "LA"), ("Russia", "RU"), ("DPRK", "KP"), ("ROK", "KR"), ("Palestine", "PS")],
)  # fmt: skip
def test_other_spellings_that_name_one_place_are_read(text, alpha2):
    assert country.parse(text).alpha2 == alpha2


def test_a_code_in_small_letters_is_refused_with_the_code_it_may_have_meant():
    with pytest.raises(Invalid, match='Codes are written in capitals: "KR" is Republic of Korea'):
        country.parse("kr")


def test_uk_in_small_letters_is_a_language_code_and_not_the_united_kingdom():
    with pytest.raises(Invalid):
        country.parse("uk")


def test_an_unknown_name_lists_the_nearest():
    with pytest.raises(Invalid, match=r"Nearest: Malaysia \(MY\)"):
        country.parse("Malasia")


@pytest.mark.parametrize("text", ["", " ", "global", "XK", "408", "America"])
def test_what_is_no_place_in_the_table_is_refused(text):
    with pytest.raises(Invalid, match="no State or territory we know"):
        country.parse(text)


@pytest.mark.parametrize("code", ["4", "4.0", "999", "EU"])
def test_a_code_that_is_not_in_the_scheme_is_refused(code):
    for read in (country.by_m49, country.by_alpha2):
        with pytest.raises(Invalid, match="code of a State or territory"):
            read(code)


def test_m49_keeps_its_leading_zeros():
    assert country.by_m49("004").alpha2 == "AF"


def test_taiwan_and_hong_kong_are_counted_as_territories():
    assert [(country.by_alpha2(code).short_name, country.by_alpha2(code).kind) for code in ("TW", "HK", "KP")] == [
        ("Taiwan", "territory"),
        ("Hong Kong", "territory"),
        ("DPR Korea", "state"),
    ]


def test_the_table_is_whole():
    listed = country.countries()
    assert len(listed) == 249
    assert [c.alpha2 for c in listed] == sorted(c.alpha2 for c in listed)
    # 193 Members of the United Nations, and the Holy See and the State of Palestine
    assert sum(c.kind == "state" for c in listed) == 193 + 2
    assert {c.kind for c in listed} == {"state", "territory"}
    for column in ("alpha2", "alpha3", "m49", "un_name", "short_name"):
        assert len({getattr(c, column) for c in listed}) == 249
    assert all(len(c.m49) == 3 and c.m49.isdigit() for c in listed)
    assert max(len(c.short_name) for c in listed) <= 24


def test_every_name_in_the_table_reads_back_except_congo():
    for listed in country.countries():
        names = {listed.alpha2, listed.alpha3, listed.un_name, listed.short_name} - {"Congo"}
        assert {country.parse(name) for name in names} == {listed}


def test_importing_reads_no_table():
    script = "import sys, watchkeeper.values.country as c; assert c._table.cache_info().currsize == 0, 'read'"
    subprocess.run([sys.executable, "-c", script], check=True)
