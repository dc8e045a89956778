"""Figures, chapters, wording, and the documents made of them."""
