"""Taint: which units of a mixed balance are the stolen ones, under each named convention, in exact integers."""
