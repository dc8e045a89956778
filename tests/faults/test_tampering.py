"""Tampering without the key: no change of log, checkpoint, case card or capture is read as the record."""

from __future__ import annotations

import pytest
from tests.faults.scale import chance, trials
from tests.faults.small_case import PAGES, small_case
from tests.faults.tampering import ANY_FILE, LOG_ONLY, rewrite, same_meaning

from watchkeeper.evidence import frames
from watchkeeper.store import captures
from watchkeeper.store.case import Case
from watchkeeper.values.digest import of_bytes
from watchkeeper.values.refused import Invalid, NotFound, Unsound

LOG, CHECKPOINT, CARD = "log/000001.elog", "log/checkpoint", "case.json"


@pytest.fixture
def case(workshop):
    return small_case(workshop / "case")


@pytest.fixture
def other(workshop):
    """Return another case, with another key and the same words."""
    return small_case(workshop / "other")


def read(folder):
    """Return what a reader is told; raise what refuses him."""
    case = Case(folder)
    sealed = case.log.read()
    case.check_captures()
    return sealed.statements


def accepted(path, data, folder):
    """Say whether a file with these bytes in its place is read as if nothing had been done."""
    before = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(data)
    try:
        read(folder)
    except (Unsound, Invalid, NotFound):
        return False
    else:
        return True
    finally:
        path.write_bytes(before)


def test_no_tampering_with_any_file_of_the_record_is_accepted(case, other):
    draw = chance("tampering")
    page = captures.path_of(case.folder, of_bytes(PAGES[0]))
    another = captures.path_of(case.folder, of_bytes(PAGES[1]))
    files = {name: (case.folder / name, (other.folder / name).read_bytes()) for name in (LOG, CHECKPOINT, CARD)}
    files["capture"] = (page, another.read_bytes())
    told = read(case.folder)
    made = 0
    while made < trials(5000):
        name = draw.choice([LOG, LOG, LOG, CHECKPOINT, CHECKPOINT, CARD, "capture"])
        path, of_another = files[name]
        change = draw.choice(ANY_FILE + LOG_ONLY if name == LOG else ANY_FILE)
        before = path.read_bytes()
        changed = change(before, of_another, draw)
        if same_meaning(name, before, changed) or (name == LOG and changed.startswith(before)):
            continue
        assert not accepted(path, changed, case.folder), (name, change.__name__)
        made += 1
    assert read(case.folder) == told  # the control: as it was, it is read


def test_what_is_written_behind_the_acknowledged_end_is_told_as_torn_and_is_no_statement(case):
    draw = chance("tampering behind the end")
    path = case.folder / LOG
    before, told = path.read_bytes(), read(case.folder)
    for _ in range(trials(200)):
        end = frames.read(before).head
        forged, _ = frames.batch([{"kind": "claim", "id": "forged", "body": {}}], [draw.randbytes(16)], end)
        tail = draw.choice((forged, forged[: draw.randrange(1, len(forged))], draw.randbytes(draw.randint(1, 9000))))
        path.write_bytes(before + tail)
        sealed = Case(case.folder).log.read()
        assert (sealed.statements, sealed.torn_bytes) == (told, len(tail))
        assert [head.size for _, head in Case(case.folder).log.batches()][-1] == len(told)
    case.append([{"kind": "custody", "id": "next", "body": {}}], at="2026-11-22T10:00:00Z", by="x")
    assert [statement["id"] for statement in read(case.folder)] == [*(s["id"] for s in told), "next"]


def test_a_checkpoint_put_back_behind_two_batches_is_not_taken_for_a_crash(case):
    older = (case.folder / CHECKPOINT).read_bytes()
    for name in ("one", "two"):
        case.append([{"kind": "custody", "id": name, "body": {}}], at="2026-11-22T10:00:00Z", by="x")
    (case.folder / CHECKPOINT).write_bytes(older)
    again = Case(case.folder)
    before = again.log.path.read_bytes()
    with pytest.raises(Unsound, match="2 whole batches stand behind what its checkpoint vouches for"):
        again.log.read()
    with pytest.raises(Unsound):
        again.append([], at="2026-11-22T10:00:00Z", by="x")
    assert again.log.path.read_bytes() == before


def test_a_checker_that_asks_for_no_checkpoint_accepts_a_rewritten_log(case):
    """The control: all that a rewritten log lacks is the signature."""
    draw = chance("rewritten without a checkpoint")
    before = (case.folder / LOG).read_bytes()
    for _ in range(trials(100)):
        sealed = frames.read(rewrite(before, b"", draw))
        assert len(frames.audit(sealed)) == len(sealed.statements) == 6
        assert sealed.statements != frames.read(before).statements
