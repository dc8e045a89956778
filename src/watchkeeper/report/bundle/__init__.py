"""Bundle: a report with everything a third party needs to check it, as a bag of files."""
