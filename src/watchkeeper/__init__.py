"""Watchkeeper: findings and figures about sanctions, each a path back to bytes."""

__version__ = "0.1.0"
