"""Archives: every member is listed by number, label and digest, or the archive is not opened and the reason said."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import stat
import tarfile
import zipfile
import zlib

import pytest
from tests.faults.bombs import deflated, raw_zip, tar_head
from tests.faults.samples import ARCHIVES, CLAIMS, GOOD, INCIDENTS, tarred, zipped

from watchkeeper.sources import archives, limits, tar_members, unpacking, zip_members
from watchkeeper.sources.archives import Member, form_of, listing
from watchkeeper.values.refused import Invalid


def refusal_of(data):
    with pytest.raises(Invalid) as refused:
        listing(data, "reply.zip")
    return str(refused.value)


@pytest.fixture
def limited(monkeypatch):
    """Return a function that sets one limit for every reader of archives."""

    def set_to(key, value):
        for module in (archives, zip_members, tar_members, unpacking):
            monkeypatch.setattr(module, "limit", lambda asked: value if asked == key else limits.limit(asked))

    return set_to


def sha(data):
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("form", ["ZIP", "tar"])
def test_members_are_listed_by_number_label_digest_and_length(form):
    told = listing(ARCHIVES[form], "reply")
    assert told.form == form
    assert told.members == tuple(
        Member(str(number), name, sha(data), len(data)) for number, (name, data) in enumerate(GOOD.items(), start=1)
    )
    assert told.expanded == sum(map(len, GOOD.values()))


@pytest.mark.parametrize("form", ["gzip", "bzip2", "xz"])
def test_a_packed_stream_is_an_archive_of_one_member_without_a_name(form):
    told = listing(ARCHIVES[form], "reply")
    assert (told.form, told.members) == (form, (Member("1", "", sha(INCIDENTS), len(INCIDENTS)),))


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_a_zip_may_be_packed_in_three_ways(method):
    assert [member.bytes for member in listing(zipped(GOOD, method=method), "a").members] == [300, len(INCIDENTS), 256]


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_and_names_in_any_script_are_read_from_a_tar(form):
    told = listing(tarred({"n" * 150: b"1", "라자루스": b"22", "folder/" + "m" * 120: b"333"}, form=form), "a")
    assert [member.label for member in told.members] == ["n" * 150, "라자루스", "folder/" + "m" * 120]


def test_folders_are_members_of_no_bytes():
    data = zipped({"folder/": b"", "folder/a": b"x"})
    assert [(member.label, member.bytes) for member in listing(data, "a").members] == [("folder/", 0), ("folder/a", 1)]
    assert listing(tarred({"folder": b""}, kind=tarfile.DIRTYPE), "a").members[0].bytes == 0


def test_archives_in_an_archive_are_listed_behind_the_member_they_are_and_counted_in_full():
    told = listing(ARCHIVES["nested"], "a")
    assert [member.number for member in told.members] == [
        "1", "1.1", "1.2", "1.3", "2", "2.1", "2.2", "2.3", "3", "3.1",
    ]  # fmt: skip
    assert told.members[-1] == Member("3.1", "", sha(CLAIMS), len(CLAIMS))
    assert told.expanded == sum(member.bytes for member in told.members)


def test_a_tar_in_a_stream_counts_as_one_archive():
    inner = gzip.compress(b"x")
    assert len(listing(gzip.compress(tarred({"a.gz": inner})), "a.tar.gz").members) == 3
    assert "archives lie more than 2 deep" in refusal_of(gzip.compress(tarred({"a.gz": gzip.compress(inner)})))


def test_streams_that_follow_each_other_are_one_and_zeros_behind_them_are_nothing():
    for pack in (gzip.compress, bz2.compress, lzma.compress):
        told = listing(pack(b"first ") + pack(b"second") + b"\0" * 1024, "a")
        assert told.members[0].sha256 == sha(b"first second")


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd", "/etc/passwd", "..\\..\\x", "C:\\Windows\\x", "\\\\host\\share", "CON", "NUL.txt", "a:b",
        "~/.ssh/id", "./a", "a/../../b", "-rf", "$(id)", "a\nb", "a\x1b[2Jb", "a\u202eb", " ", "." * 300, "x" * 4000,
    ],
)  # fmt: skip
def test_a_name_is_only_ever_a_label(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for data in (zipped({name: b"x"}), tarred({name: b"x"})):
        (member,) = listing(data, "a").members
        assert (member.number, member.sha256) == ("1", sha(b"x"))
        assert not set(member.label) & set("\n\x1b\u202e")
        assert len(member.label) <= 203
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_no_utf_8_is_shown_escaped():
    data = raw_zip([(b"caf\xe9\x00", 0, b"x", zlib.crc32(b"x"), 1)])
    assert listing(data, "a").members[0].label == "caf\\xe9<U+0000>"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x28\xb5\x2f\xfd" + b"x" * 20, "zstd: not every Python that Watchkeeper runs on can expand it"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip: there is no reader"),
        (b"Rar!\x1a\x07\x01", "RAR: there is no reader"),
        (b"plain", "these bytes begin like no archive"),
        (ARCHIVES["ZIP"][:-1], "the list at the end of the ZIP file is missing"),
        (ARCHIVES["ZIP"] + b"x", "bytes follow the end of the ZIP file"),
        (b"PK\x03\x04" + ARCHIVES["ZIP"], "the list of the ZIP file breaks off"),
        (ARCHIVES["gzip"][:-1], "member 1: the gzip stream is cut"),
        (ARCHIVES["gzip"] + b"x", "member 1: the gzip stream is "),
        (ARCHIVES["xz"][:-20], "the xz stream is "),
        (ARCHIVES["bzip2"][:20] + b"xxxx" + ARCHIVES["bzip2"][24:], "the bzip2 stream is damaged"),
        (ARCHIVES["tar"][:700], "the tar archive is cut"),
        (ARCHIVES["tar"] + b"x" * 512, "bytes follow the end of the tar archive"),
        (ARCHIVES["tar"][:1024] + b"x" * 1024, "a block that should be a member's head is none"),
        (raw_zip([(b"a", 9, b"x", 0, 1)]), "a member is packed by method 9, which is not read"),
        (raw_zip([(b"a", 0, b"x", 0, 1)]), "member 1: its bytes are not as listed"),
        (raw_zip([(b"a", 8, deflated(b"xy"), zlib.crc32(b"xy"), 1)]), "member 1: its bytes are not as listed"),
        (raw_zip([(b"a", 8, deflated(b"x") + b"y", zlib.crc32(b"x"), 1)]), "bytes follow the end of a packed member"),
        (raw_zip([(b"a", 0, b"x", zlib.crc32(b"x"), 1)] * 2), "two members have one name"),
        (tar_head("a", b"00000000000\0") * 2 + b"\0" * 1024, "two members have one name"),
        (raw_zip([(b"n" * 5000, 0, b"", 0, 0)]), "a member's name has 5000 bytes"),
        (tar_head("a", b"00000000012\0", b"x") + b"x" * 512, "the properties of a member are damaged"),
        (tar_head("a", b"00000000012\0", b"x") + b"10 size=9\n".ljust(512, b"\0"), "a size beside that of its head"),
        (tar_head("a", b"00000100000\0", b"x") + b"x" * 512, "the properties of a member have 32768 bytes"),
    ],
)  # fmt: skip
def test_what_cannot_be_listed_to_its_end_is_not_opened(data, words):
    refusal = refusal_of(data)
    assert refusal.startswith("reply.zip: not opened: ")
    assert words in refusal


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_refused(kind):
    assert "a member is a link, a device or a file with holes" in refusal_of(tarred({"a": b""}, kind=kind))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices_in_a_zip_are_refused(kind):
    head = zipfile.ZipInfo("a")
    head.external_attr = (kind | 0o777) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(head, b"target")
    assert "a member is a link or a device and no file" in refusal_of(out.getvalue())


def test_an_encrypted_member_is_refused():
    data = bytearray(zipped({"a": b"x"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "a member is encrypted; what it holds cannot be checked" in refusal_of(bytes(data))


def test_a_member_whose_two_names_differ_is_refused():
    data = zipped({"report.txt": b"x"})
    assert "two programs would see different files" in refusal_of(data.replace(b"report.txt", b"report.exe", 1))


def test_a_part_of_an_archive_in_parts_is_refused():
    data = bytearray(zipped({"a": b"x"}))
    data[-18] = 1  # number of this disk
    assert "one part of an archive in several parts" in refusal_of(bytes(data))


def test_each_limit_holds_at_its_boundary(limited):
    two = zipped({"a": b"x", "b": b"y"})
    limited("archive_members", 2)
    assert len(listing(two, "a").members) == 2
    limited("archive_members", 1)
    assert "it lists 2 members or more, and at most 1 are read" in refusal_of(two)
    assert "there are more than 1 members" in refusal_of(tarred({"a": b"x", "b": b"y"}))
    limited("archive_expanded", len(INCIDENTS))
    assert listing(ARCHIVES["gzip"], "a").expanded == len(INCIDENTS)
    limited("archive_expanded", len(INCIDENTS) - 1)
    assert f"more than {len(INCIDENTS) - 1} bytes come out of it" in refusal_of(ARCHIVES["gzip"])
    nested = zipped({"a.zip": zipped({"b": b"x"})})
    limited("archive_depth", 1)
    assert "member 1: archives lie more than 1 deep" in refusal_of(nested)
    limited("archive_inner_zip", 10)
    assert "a ZIP file within an archive has more than 10 bytes" in refusal_of(nested)


def test_a_short_file_may_pack_as_well_as_it_likes_and_a_long_one_a_hundredfold(limited):
    blanks = gzip.compress(b" " * 1_000_000)
    assert listing(blanks, "a").expanded == 1_000_000
    limited("archive_ratio_from", 999_999)
    assert "it expands to more than 100 times its size" in refusal_of(blanks)
    limited("archive_ratio", 2000)
    assert listing(gzip.compress(b" " * 2_000_000), "a").expanded == 2_000_000


@pytest.mark.parametrize("form", ["ZIP", "tar", "gzip", "bzip2", "xz"])
def test_the_form_is_told_from_the_first_bytes(form):
    assert form_of(ARCHIVES[form][:512]) == form
    assert form_of(INCIDENTS) is None


def test_an_archive_of_nothing_has_no_members():
    assert listing(zipped({}), "a").members == ()
