"""The Merkle tree beside another's: pymerkle 7 gives the same roots, and each takes the other's proofs."""

from __future__ import annotations

import pytest
from pymerkle import InmemoryTree
from tests.faults.scale import chance, trials

from watchkeeper.evidence import verify
from watchkeeper.evidence.merkle import Frontier, Tree, leaf_hash


def grown(leaves):
    """Return our tree, our frontier and theirs over the same leaves."""
    tree, frontier, oracle = Tree(), Frontier(), InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        tree.append(leaf_hash(leaf))
        frontier.append(leaf_hash(leaf))
        oracle.append_entry(leaf)
    return tree, frontier, oracle


def checked(tree, oracle, index, old, size, leaf):
    """Say whether both trees have these roots and each proof holds; their indices count from one."""
    root, old_root = oracle.get_root(size), oracle.get_root(old)
    theirs = oracle.prove_inclusion(index + 1, size)
    theirs.verify(leaf_hash(leaf), tree.root(size))
    inclusion = tree.inclusion_proof(index, size)
    consistency = tree.consistency_proof(old, size)
    oracle.prove_consistency(old, size).verify(tree.root(old), tree.root(size))
    return (
        (tree.root(size), tree.root(old)) == (root, old_root)
        and verify.verify_inclusion(leaf_hash(leaf), index, size, inclusion, root)
        and verify.verify_consistency(old, size, consistency, old_root, root)
    )


def test_trees_of_every_size_have_the_roots_and_proofs_of_another_program():
    draw = chance("merkle oracle")
    for _ in range(trials(40)):
        leaves = [draw.randbytes(draw.randint(0, 80)) for _ in range(draw.randint(1, 400))]
        tree, frontier, oracle = grown(leaves)
        assert frontier.root() == tree.root() == oracle.get_root()
        for _ in range(100):
            size = draw.randint(1, len(leaves))
            index, old = draw.randrange(size), draw.randint(1, size)
            assert checked(tree, oracle, index, old, size, leaves[index]), (len(leaves), index, old, size)


def test_a_proof_for_anything_else_holds_with_neither():
    draw = chance("merkle forgeries")
    refused = 0
    for _ in range(trials(2000)):
        leaves = [draw.randbytes(20) for _ in range(draw.randint(2, 64))]
        tree, _, _ = grown(leaves)
        index, other = draw.sample(range(len(leaves)), 2)
        proof, root = tree.inclusion_proof(index), tree.root()
        forged = [*proof]
        place = draw.randrange(len(proof))
        forged[place] = draw.choice((draw.randbytes(32), forged[place][::-1], leaf_hash(leaves[index])))
        assert verify.verify_inclusion(leaf_hash(leaves[index]), index, len(leaves), proof, root)
        refused += not verify.verify_inclusion(leaf_hash(leaves[index]), index, len(leaves), forged, root)
        refused += not verify.verify_inclusion(leaf_hash(leaves[other]), index, len(leaves), proof, root)
        refused += not verify.verify_inclusion(leaf_hash(leaves[index]), other, len(leaves), proof, root)
        refused += not verify.verify_inclusion(leaf_hash(leaves[index]), index, len(leaves), [*proof, root], root)
        refused += not verify.verify_inclusion(leaf_hash(leaves[index]), index, len(leaves), proof[:-1], root)
    assert refused == 5 * trials(2000)


def test_the_oracle_refuses_a_tree_that_is_not_of_the_standard():
    """The control: leaves without their prefix give another root, and the comparison sees it."""
    leaves = [b"a", b"b", b"c"]
    tree, _, _ = grown(leaves)
    other = InmemoryTree(algorithm="sha256", disable_security=True)
    other.append_entries(leaves)
    assert other.get_root() != tree.root()
    with pytest.raises(AssertionError):
        assert tree.root() == other.get_root()
