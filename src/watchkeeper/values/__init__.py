"""Leaf values: parse, normalise, check. Imports nothing of ours."""
