"""Party commands that write: enter a party, a fact or a link, and withdraw what was entered in error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from watchkeeper.cli import party_options as given
from watchkeeper.cli.case import user
from watchkeeper.cli.options import ByOption, CaseOption, FormatOption, OutputOption, TlpOption
from watchkeeper.cli.output import emit, say
from watchkeeper.cli.party_options import cells, readable


def add(  # noqa: PLR0913, PLR0917 - each is an option of the command
    name: Annotated[str, typer.Argument(help="Its name, as the source writes it.")],
    kind: Annotated[str, typer.Option("--kind", help="person, company, organisation, vessel, address or state.")],
    own_id: Annotated[
        str | None, typer.Option("--id", help="Its id; default: P- and the next number.", show_default=False)
    ] = None,
    source: given.SourceOption = None,
    capture: given.CaptureOption = None,
    transcription: given.TranscriptionOption = None,
    page: given.PageOption = None,
    locator: given.LocatorOption = None,
    quote: given.QuoteOption = None,
    lang: Annotated[str | None, typer.Option("--lang", help="Language of the name.", show_default=False)] = None,
    checked: given.CheckedOption = None,
    published_on: given.PublishedOption = None,
    note: given.NoteOption = None,
    basis: given.BasisOption = None,
    retain_until: given.RetainOption = None,
    by: ByOption = "",
    tlp: TlpOption = None,
    case: CaseOption = None,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Enter a party with its first name; parties with a name that looks alike are shown.

    Example: watchkeeper party add "Kum San Trading" --kind company --source RECALLED
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.partying import add_party

    row = cells(source_id=source, capture=capture, transcription=transcription, page=page, locator=locator,
                quote=quote, lang=lang, checked=checked, published_on=published_on, note=note)  # fmt: skip
    held = given.personal(basis, retain_until)
    told = add_party(open_case(case), name, kind, row, by=by or user(), own_id=own_id, tlp=tlp, personal=held)
    for party, names in told["alike"].items():
        say(
            f"Looks alike: {party}, {'; '.join(names)}. If both are one: "
            f"watchkeeper party merge {party} {told['party_id']} --reason ..."
        )
    say(f"Entered {told['party_id']} with its name, {told['fact_id']}.")
    _say_of(told)
    emit([{"party_id": told["party_id"], "kind": kind, "fact_id": told["fact_id"], "name": told["fact"]["value"]}],
         form=form, output=output, whole=told)  # fmt: skip


def fact(  # noqa: PLR0913, PLR0917 - each is an option of the command
    party: Annotated[str, typer.Argument(help="Party id, e.g. P-1.")],
    said: Annotated[str, typer.Argument(help='FIELD=VALUE, e.g. flag=PA or "listed=OFAC SDN".')],
    source: given.SourceOption = None,
    capture: given.CaptureOption = None,
    transcription: given.TranscriptionOption = None,
    page: given.PageOption = None,
    locator: given.LocatorOption = None,
    quote: given.QuoteOption = None,
    lang: Annotated[str | None, typer.Option("--lang", help="Language of the value.", show_default=False)] = None,
    since: given.SinceOption = None,
    until: given.UntilOption = None,
    stance: given.StanceOption = None,
    stated_by: given.StatedByOption = None,
    stated_on: given.StatedOnOption = None,
    checked: given.CheckedOption = None,
    published_on: given.PublishedOption = None,
    note: given.NoteOption = None,
    basis: given.BasisOption = None,
    retain_until: given.RetainOption = None,
    by: ByOption = "",
    tlp: TlpOption = None,
    case: CaseOption = None,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Enter what one source says of one party, beside what is there; nothing is overwritten.

    Example: watchkeeper party fact P-1 country=HK --since 2019 --source RECALLED
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.partying import add_fact

    row = cells(source_id=source, capture=capture, transcription=transcription, page=page, locator=locator,
                quote=quote, lang=lang, since=since, until=until, stance=stance, stated_by=stated_by,
                stated_on=stated_on, checked=checked, published_on=published_on, note=note)  # fmt: skip
    held = given.personal(basis, retain_until)
    told = add_fact(open_case(case), party, said, row, by=by or user(), tlp=tlp, personal=held)
    say(f"Entered {told['fact_id']}.")
    _say_of(told)
    entered = readable({"fact_id": told["fact_id"], **told["fact"]}, form, output)
    emit([entered], form=form, output=output, whole=told)


def link(  # noqa: PLR0913, PLR0917 - each is an option of the command
    subject: Annotated[str, typer.Argument(help="Party id of the first.")],
    relation: Annotated[
        str, typer.Argument(help="owns, controls, director, manager, charterer, part-of, acts-for ...")
    ],
    other: Annotated[str, typer.Argument(help="Party id of the second.")],
    share: Annotated[
        str | None, typer.Option("--share", help='With owns: e.g. 25%, 1/3 or "25..30%".', show_default=False)
    ] = None,
    joint: Annotated[
        str | None,
        typer.Option("--joint", help="With owns: a word of yours for a stake held together.", show_default=False),
    ] = None,
    source: given.SourceOption = None,
    capture: given.CaptureOption = None,
    transcription: given.TranscriptionOption = None,
    page: given.PageOption = None,
    locator: given.LocatorOption = None,
    quote: given.QuoteOption = None,
    since: given.SinceOption = None,
    until: given.UntilOption = None,
    stance: given.StanceOption = None,
    stated_by: given.StatedByOption = None,
    stated_on: given.StatedOnOption = None,
    checked: given.CheckedOption = None,
    published_on: given.PublishedOption = None,
    note: given.NoteOption = None,
    basis: given.BasisOption = None,
    retain_until: given.RetainOption = None,
    by: ByOption = "",
    tlp: TlpOption = None,
    case: CaseOption = None,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Enter a link that one source states between two parties, read "first RELATION second".

    Example: watchkeeper party link P-1 owns P-2 --share 25..30% --since 2019 --source RECALLED
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.partying import add_link

    row = cells(share=share, joint=joint, source_id=source, capture=capture, transcription=transcription, page=page,
                locator=locator, quote=quote, since=since, until=until, stance=stance, stated_by=stated_by,
                stated_on=stated_on, checked=checked, published_on=published_on, note=note)  # fmt: skip
    held = given.personal(basis, retain_until)
    told = add_link(open_case(case), (subject, other), relation, row, by=by or user(), tlp=tlp, personal=held)
    say(f"Entered {told['link_id']}.")
    _say_of(told)
    emit([{"link_id": told["link_id"], **told["link"]}], form=form, output=output, whole=told)


def withdraw(
    entry: Annotated[str, typer.Argument(help="Id of a fact or link, as `party show` prints it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; stands in the record.")],
    by: ByOption = "",
    case: CaseOption = None,
) -> None:
    """Withdraw a fact or link entered in error: it stays in the log and leaves profiles and names.

    Example: watchkeeper party withdraw f-0123456789abcdef0123 --reason "entered on the wrong party"
    """
    from watchkeeper.cli.opening import open_case
    from watchkeeper.runs.partying import withdraw as run

    told = run(open_case(case), entry, reason, by=by or user())
    say(f"Withdrawn by decision {told['decision_id']}; to bring it back: decide {told['decision_id']} undone.")


def _say_of(told: Mapping[str, Any]) -> None:
    """Say what a reader must know of an entry just made."""
    if told["personal"]:
        why = told["personal"]
        say(f"It speaks of a person: its words are encrypted, until {why['retain_until']} ({why['lawful_basis']}).")
    if told["quote_located"] is False:
        say("The quote was not looked for in this format: not located by the program. The entry's note says so.")
    for words in told["flagged"]:
        say(f"{words}; kept as it is.")
    for words in told.get("doubts", ()):
        say(words)
