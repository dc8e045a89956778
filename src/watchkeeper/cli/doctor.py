"""Doctor: say what this installation can do, and what is missing for the rest."""

from __future__ import annotations

from watchkeeper.cli.options import CaseOption, FormatOption, OutputOption
from watchkeeper.cli.output import emit


def doctor(case: CaseOption = None, form: FormatOption = None, output: OutputOption = None) -> None:
    """Check the installation: Python, libraries, fonts, regime files, bundled ledger, and which protections are active.

    Example: watchkeeper doctor
    """
    from watchkeeper.runs.checking import checks
    from watchkeeper.runs.opening import case_if_any

    emit(checks(case_if_any(case)), form=form, output=output)
