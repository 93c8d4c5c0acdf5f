"""`gvd notice`: what people are told, in the very words, and how easy those are to read."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer

from contracts.notices import NoticeChannel, NoticeKind
from services.platform.settings import Settings

app = typer.Typer(no_args_is_help=True, help="What people are told: templates, preview, readability.")


@app.command()
def kinds() -> None:
    """Every kind of notice, with its subject and how easy its text is to read."""
    from services.notices.readability import measure
    from services.notices.sample import shown
    from services.notices.words import load

    texts = load()
    for kind in NoticeKind:
        template, fields = shown(texts, kind)
        typer.echo(f"{kind:24}{measure(template.text(fields)).score:4.0f}  {template.subject(fields)}")


@app.command()
def preview(
    kind: Annotated[NoticeKind, typer.Argument(help="As `gvd notice kinds` lists them.")],
    channel: Annotated[NoticeChannel, typer.Option(help="A text message is short.")] = NoticeChannel.EMAIL,
    question: Annotated[UUID | None, typer.Option(help="With the names and routes of this question.")] = None,
) -> None:
    """The notice as a person would get it; ends 1 when it is too hard to read."""
    from services.notices.readability import measure
    from services.notices.sample import SAMPLE
    from services.notices.words import load

    texts = load()
    fields = texts.needed(kind, {**SAMPLE, **(asyncio.run(_of(question)) if question else {})})
    template = texts.of(kind)
    short = channel is NoticeChannel.SMS
    text = template.short(fields) if short else template.text(fields)
    typer.echo(text if short else f"{template.subject(fields)}\n\n{text}")
    found = measure(text)
    typer.echo(f"\n{found}", err=True)
    if not found.passes:
        raise typer.Exit(1)


async def _of(question: UUID) -> dict[str, str]:
    """What notices of this question have in common. Nothing of the person is kept, so nothing of them is shown."""
    import routing
    from services.notices.kinds import common
    from services.notices.model import Followed
    from services.notices.names import TableNames
    from services.platform.database import connect
    from services.platform.keyed import KeyedStore

    settings = Settings()
    connection = await connect(settings, "notices")
    try:
        state = await KeyedStore(Followed).read(connection, question)
    finally:
        await connection.close()
    if state is None:
        raise typer.BadParameter("no question here has this id")
    return common(state, TableNames(routing.load(settings.table_path)))
