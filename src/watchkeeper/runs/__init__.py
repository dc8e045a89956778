"""Use cases, one file a verb; the only room where shell meets core."""
