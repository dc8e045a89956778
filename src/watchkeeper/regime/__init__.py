"""The law as dated data: measures, series of measures, conversion factors and their closed words."""
