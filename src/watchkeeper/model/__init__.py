"""The nine nouns, the vocabulary of claims, and the column contract of every table."""
