"""Rewriting by whoever has the key: an old checkpoint kept elsewhere shows it; and no redaction can be forged."""

from __future__ import annotations

from tests.faults.scale import chance, trials

from watchkeeper.evidence import note, verify
from watchkeeper.evidence.merkle import Tree, leaf_hash
from watchkeeper.evidence.redaction import redacted
from watchkeeper.evidence.statement import field_digest, flat, leaf_of
from watchkeeper.values.digest import canonical


def statements(draw, count):
    """Return statements with their salts, as a log holds them."""
    return [
        {
            "kind": "claim", "id": f"c{number}", "at": "2026-11-22T10:00:00Z", "by": draw.choice(["A", "B"]),
            "salt": draw.randbytes(16).hex(),
            "body": {"field": "loss_reported", "low": str(draw.randrange(10**9)), "unit": "USD", "checked": True},
        }
        for number in range(count)
    ]  # fmt: skip


def tree_over(log):
    return Tree(leaf_hash(leaf_of(statement)) for statement in log)


def test_a_log_rewritten_with_its_own_key_is_caught_by_a_checkpoint_kept_elsewhere():
    draw = chance("rewritten with the key")
    signer = note.Signer("watchkeeper/case-1", draw.randbytes(32))
    caught = 0
    for _ in range(100):
        log = statements(draw, draw.randint(1, 60))
        tree = tree_over(log)
        kept = signer.sign(verify.Checkpoint("watchkeeper/case-1", len(log), tree.root()))
        changed = [*log]
        place = draw.randrange(len(log))
        changed[place] = {**log[place], "body": {**log[place]["body"], "low": "0"}}
        more = statements(draw, draw.randint(0, 40))
        assert holds(kept, signer, tree_over([*log, *more]))  # the control: a log that only grew
        caught += not holds(kept, signer, tree_over([*changed, *more]))
    assert caught == 100


def holds(kept, signer, tree):
    """Say whether a tree, freshly signed, goes on from a checkpoint that somebody kept."""
    old = note.open_note(kept.encode(), signer.verifier)
    signed = signer.sign(verify.Checkpoint("watchkeeper/case-1", len(tree), tree.root()))
    new = verify.open_note(signed, signer.verifier)
    return verify.verify_consistency(old.size, new.size, tree.consistency_proof(old.size), old.root, new.root)


def test_no_forged_opening_of_a_redacted_statement_gives_the_leaf_under_the_root():
    draw = chance("forged redactions")
    log = statements(draw, 50)
    tree = tree_over(log)
    made = 0
    while made < trials(2000):
        number = draw.randrange(len(log))
        names = sorted(flat(log[number]).keys() - {"salt"})
        told = redacted(number, log[number], draw.sample(names, draw.randint(1, len(names))), None)
        fields, closed = {name: tuple(opening) for name, opening in told["opened"].items()}, [*told["closed"].items()]
        assert under(tree, number, fields.items(), closed)  # the control: as it was opened
        fields, closed = draw.choice(FORGERIES)(fields, closed, draw)
        if fields is not None:
            assert not under(tree, number, fields, closed)
            made += 1


def under(tree, number, fields, closed):
    """Say whether opened fields and closed digests are the statement of this number under the root.

    By the rule of the digests alone: the offline verifier refuses malformed ones besides.
    """
    named = [*((name, field_digest(salt, name, value)) for name, (salt, value) in fields), *closed]
    leaf = leaf_hash("\n".join(f"{digest} {name}" for name, digest in sorted(named)).encode())
    return verify.verify_inclusion(leaf, number, len(tree), tree.inclusion_proof(number), tree.root())


def change_a_value(fields, closed, draw):
    name = draw.choice(sorted(fields))
    salt, value = fields[name]
    other = draw.choice([f"{value}0", "", None, 1, True, False, {"closed": value}, [value]])
    return ({**fields, name: (salt, other)}.items(), closed) if canonical(other) != canonical(value) else (None, None)


def change_a_salt(fields, closed, draw):
    name = draw.choice(sorted(fields))
    return {**fields, name: (draw.randbytes(16).hex(), fields[name][1])}.items(), closed


def change_a_name(fields, closed, draw):
    name = draw.choice(sorted(fields))
    new = draw.choice([f"{name}x", name[1:], f"body/{name}", name.upper()])
    return [(new if key == name else key, opening) for key, opening in fields.items()], closed


def swap_two_fields(fields, closed, draw):
    if len(fields) < 2:
        return None, None
    one, two = draw.sample(sorted(fields), 2)
    (salt, value), (other_salt, other_value) = fields[one], fields[two]
    if value == other_value:
        return None, None
    return {**fields, one: (salt, other_value), two: (other_salt, value)}.items(), closed


def drop_a_field(fields, closed, draw):
    gone = draw.choice(sorted(fields))
    return {name: opening for name, opening in fields.items() if name != gone}.items(), closed


def add_a_field(fields, closed, draw):
    return [*fields.items(), ("body/note", (draw.randbytes(16).hex(), "added"))], closed


def show_a_field_twice(fields, closed, draw):
    return [*fields.items(), draw.choice(list(fields.items()))], closed


def drop_a_digest(fields, closed, draw):
    return (fields.items(), draw.sample(closed, len(closed) - 1)) if closed else (None, None)


def change_a_digest(fields, closed, draw):
    return (fields.items(), [*closed[1:], (closed[0][0], draw.randbytes(32).hex())]) if closed else (None, None)


def change_the_name_of_a_digest(fields, closed, draw):
    """Pass a field that is kept back off as another, so that what it says seems never to have been stated."""
    return (fields.items(), [*closed[1:], (f"{closed[0][0]}x", closed[0][1])]) if closed else (None, None)


def join_two_digests(fields, closed, draw):
    """Pass two digests off as one longer: the lines of the leaf must not run together."""
    if len(closed) < 2:
        return None, None
    (name, one), (_, two) = closed[:2]
    return fields.items(), [(name, one + two), *closed[2:]]


FORGERIES = (
    change_a_value, change_a_value, change_a_salt, change_a_name, swap_two_fields, drop_a_field, add_a_field,
    show_a_field_twice, drop_a_digest, change_a_digest, change_the_name_of_a_digest,
    join_two_digests,
)  # fmt: skip
