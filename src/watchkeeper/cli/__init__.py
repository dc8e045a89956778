"""Typer commands, one for each use case."""
