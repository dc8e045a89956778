"""Interchange: what may be passed on to the tools of others, in their formats, with its provenance."""
