"""Which personal text belongs to which question: each to one, and only to one of the agency that left it."""

from collections.abc import Sequence
from uuid import UUID

from contracts.quarantine import Fault
from contracts.questions import Dataref, QuestionAsked
from contracts.replies import Repeat, ReplyGiven
from services.intake.inputs import Input
from services.intake.texts import at_our_address, claim_texts
from services.platform.database import Connection


async def claim_own_texts(connection: Connection, inputs: Sequence[Input], texts_at: str) -> None:
    """A dataref into our own store must be a text this agency left and no other question uses."""
    wanted: dict[UUID, Input] = {}
    for given in inputs:
        text = _own_text(given, texts_at) if given.new else None
        if text is not None and wanted.setdefault(text, given) is not given:
            given.faults.append(_no_unused_text(given))
    refused = await claim_texts(connection, [(text, given.agency, given.question) for text, given in wanted.items()])
    for text in refused:
        wanted[text].faults.append(_no_unused_text(wanted[text]))


def _own_text(given: Input, texts_at: str) -> UUID | None:
    dataref, where = _dataref(given)
    if dataref is None or not at_our_address(dataref, texts_at):
        return None
    try:
        return UUID(str(dataref).removeprefix(texts_at))
    except ValueError:
        given.faults.append(Fault(code="unknown-dataref", where=where, message="Not a text of ours."))
        return None


def _dataref(given: Input) -> tuple[Dataref | None, str]:
    """The personal text it points to, and where it says so."""
    data = given.event.data if given.event else None
    if isinstance(data, QuestionAsked):
        return data.dataref, "/data/dataref"
    if isinstance(data, ReplyGiven) and isinstance(data.reply, Repeat):
        return data.reply.dataref, "/data/reply/dataref"
    return None, ""


def _no_unused_text(given: Input) -> Fault:
    return Fault(code="unknown-dataref", where=_dataref(given)[1], message="No unused text of yours is there.")
