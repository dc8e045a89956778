"""Doctor: say what this installation can do, and what is missing for the rest."""

from __future__ import annotations

from watchkeeper.cli.options import FormatOption, OutputOption
from watchkeeper.cli.output import emit


def doctor(form: FormatOption = None, output: OutputOption = None) -> None:
    """Check the installation: Python, libraries, fonts, regime files, bundled ledger, and which protections are active.

    Example: watchkeeper doctor
    """
    from watchkeeper.runs.checking import checks

    emit(checks(), form=form, output=output)
