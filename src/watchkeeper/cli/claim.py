"""Claim commands: enter one claim by hand, or withdraw one that was entered in error."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from watchkeeper.cli.case import user
from watchkeeper.cli.options import CaseOption, FormatOption, OutputOption, TlpOption, day
from watchkeeper.cli.output import emit, say

app = typer.Typer(help="Single claims: what one source says of one incident.", no_args_is_help=True)


@app.command("add")
def add(  # noqa: PLR0913, PLR0917 - each is an option of the command
    incident: Annotated[str, typer.Argument(help="Incident id, e.g. UN19-21.")],
    said: Annotated[str, typer.Argument(help="FIELD=VALUE, e.g. loss_reported=9000000USD.")],
    source: Annotated[
        str | None, typer.Option("--source", help="Source id; see `ledger sources`.", show_default=False)
    ] = None,
    capture: Annotated[
        str | None, typer.Option("--capture", help="SHA-256 of held bytes; see `add`.", show_default=False)
    ] = None,
    page: Annotated[int | None, typer.Option("--page", min=1, help="Page in the source.", show_default=False)] = None,
    locator: Annotated[
        str | None, typer.Option("--locator", help="Place in the source, if it is no page.", show_default=False)
    ] = None,
    quote: Annotated[
        str | None,
        typer.Option("--quote", help="The source's own words; held bytes must have them.", show_default=False),
    ] = None,
    lang: Annotated[
        str | None, typer.Option("--lang", help="Language of the quote, e.g. ko or ru.", show_default=False)
    ] = None,
    quote_translation: Annotated[
        str | None,
        typer.Option("--quote-translation", help="The quote in your language; needs --translator.", show_default=False),
    ] = None,
    translator: Annotated[
        str | None, typer.Option("--translator", help="Who translated; kept AMBER.", show_default=False)
    ] = None,
    transcription: Annotated[
        str | None,
        typer.Option(
            "--transcription",
            help="SHA-256 of held text typed from a scan or image; it must have the quote.",
            show_default=False,
        ),
    ] = None,
    checked: Annotated[
        str | None,
        typer.Option(
            "--checked",
            help="text, secondary or recalled; default: the source's mark, for a new capture text.",
            show_default=False,
        ),
    ] = None,
    published_on: Annotated[
        str | None,
        typer.Option("--published-on", help="Day it was published; default: the source's.", show_default=False),
    ] = None,
    stance: Annotated[str | None, typer.Option("--stance", help="attributes or disputes.", show_default=False)] = None,
    stated_by: Annotated[
        str | None, typer.Option("--stated-by", help="Who states an attribution.", show_default=False)
    ] = None,
    stated_on: Annotated[
        str | None, typer.Option("--stated-on", help="When, as precisely as known.", show_default=False)
    ] = None,
    confidence: Annotated[
        str | None, typer.Option("--confidence", help="high, moderate, low or single-analyst.", show_default=False)
    ] = None,
    admiralty: Annotated[
        str | None, typer.Option("--admiralty", help="Admiralty grade, e.g. B2.", show_default=False)
    ] = None,
    valuation: Annotated[
        str | None, typer.Option("--valuation", help="Day and prices of valuation.", show_default=False)
    ] = None,
    note: Annotated[str | None, typer.Option("--note", help="What a reader must know.", show_default=False)] = None,
    personal: Annotated[
        str | None,
        typer.Option(
            "--personal",
            help="Encrypt the claim's words, so that they can be erased; the lawful basis for holding them.",
            show_default=False,
        ),
    ] = None,
    retain_until: Annotated[
        date | None,
        typer.Option(
            "--retain-until", parser=day, metavar="DATE", help="With --personal: when they must go.", show_default=False
        ),
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Who enters it; default: your login name.", show_default=False)] = "",
    tlp: TlpOption = None,
    case: CaseOption = None,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Enter one claim beside what is there; nothing is overwritten.

    Example: watchkeeper claim add UN19-21 loss_reported=9000000USD --source RECALLED
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.claiming import Personal, add_claim

    if (personal is None) != (retain_until is None):
        raise typer.BadParameter("--personal and --retain-until go together: why words are held, and until when.")
    held = Personal(personal, retain_until) if personal and retain_until else None

    row = {
        "source_id": source,
        "capture": capture,
        "locator": locator,
        "page": str(page) if page else None,
        "quote": quote,
        "lang": lang,
        "quote_translation": quote_translation,
        "translator": translator,
        "transcription": transcription,
        "checked": checked,
        "published_on": published_on,
        "stance": stance,
        "stated_by": stated_by,
        "stated_on": stated_on,
        "confidence": confidence,
        "admiralty": admiralty,
        "valuation": valuation,
        "note": note,
    }
    told = add_claim(open_case(case), incident, said, row, by=by or user(), tlp=tlp, personal=held)
    beside = len(told["beside"])
    say(f"Entered {told['claim_id']} beside {beside} {'claim' if beside == 1 else 'claims'} of the same field.")
    if told["quote_located"] is False:
        say("The quote was not looked for in this format: not located by the program. The claim's note says so.")
    elif transcription:
        say("The quote stands in the transcription. That this is what the capture shows, a person must compare.")
    elif told["quote_located"]:
        say(f"The quote stands in the capture{', ' + where if (where := told['claim'].get('locator')) else ''}.")
    for words in told["flagged"]:
        say(f"{words}; kept as it is.")
    emit([{"claim_id": told["claim_id"], **told["claim"]}], form=form, output=output, whole=told)


@app.command("withdraw")
def withdraw(
    claim: Annotated[str, typer.Argument(help="Claim id, as `ledger show` prints it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; stands in the record.")],
    by: Annotated[
        str, typer.Option("--by", help="Who withdraws it; default: your login name.", show_default=False)
    ] = "",
    case: CaseOption = None,
) -> None:
    """Withdraw a claim entered in error: it stays in the log and leaves all figures.

    Example: watchkeeper claim withdraw c-0123456789abcdef0123 --reason "entered on the wrong row"
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.claiming import withdraw_claim

    told = withdraw_claim(open_case(case), claim, reason, by=by or user())
    say(f"Withdrawn by decision {told['decision_id']}; see `watchkeeper report verify` for the figures that move.")
