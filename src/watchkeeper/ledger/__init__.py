"""Incidents as folds of claims and decisions; same-event, counting and adding rules."""
