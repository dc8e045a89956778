"""Chapters: the words of a report, with a placeholder wherever a figure speaks."""
