"""Language: a tag has the form of BCP 47; whether there is such a language is not asked."""

from __future__ import annotations

import pytest

from watchkeeper.values.language import parse
from watchkeeper.values.refused import Invalid


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("ko", "ko"),
        ("KO-kp", "ko-KP"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("sr-LATN", "sr-Latn"),
        ("de-ch-1996", "de-CH-1996"),
        ("zh-cmn-hans", "zh-cmn-Hans"),
        ("en-u-ca-gregory", "en-u-ca-gregory"),
        ("ko-x-dialect", "ko-x-dialect"),
        ("xx", "xx"),
    ],
)
def test_a_tag_is_written_in_its_usual_capital_letters(text, tag):
    assert parse(text) == tag


@pytest.mark.parametrize(
    "text", ["Korean language", "k", "ko_KP", "ko-", "-ko", "ko--KP", "한국어", "ko-KP-KR", "x-a", ""]
)
def test_what_has_not_the_form_of_a_tag_is_refused(text):
    with pytest.raises(Invalid, match=r"is no language tag \(BCP 47\); write e\.g\. ko, ko-KP, ru or zh-Hant\."):
        parse(text)
