"""What stewards send and get over HTTP."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from contracts.base import Code, Contract, OrganisationId, Text, Timestamp, TopicCode
from contracts.decisions import TableVersion
from contracts.tables import Content
from routing.data.read import NAME
from services.router.governance import Proposal, Publication, Status
from services.router.lessons import Life

FileName = Annotated[str, StringConstraints(pattern=f"^{NAME.pattern}$", max_length=200)]


class Candidate(Contract):
    """A whole packed table, or the files that differ from `base`; null takes a file out."""

    base: TableVersion | None = Field(default=None, description="Made from this version; default the last published.")
    content: Content | None = None
    changes: dict[FileName, str | None] | None = Field(default=None, max_length=500)

    @model_validator(mode="after")
    def _one_way(self) -> "Candidate":
        if (self.content is None) == (self.changes is None):
            raise ValueError("give either content or changes")
        return self


class NewProposal(Candidate):
    why: Text = Field(description="For who approves it and for history; never about a person.")
    effective_from: Timestamp | None = Field(
        default=None, description="The moment that is approved with it; publishing may only make it later."
    )


class _Step(Contract):
    """Whoever rejects says why."""

    action: str
    reason: Text | None = Field(default=None, description="Needed to reject.")

    @model_validator(mode="after")
    def _reason_given(self) -> Self:
        if self.action == "reject" and not self.reason:
            raise ValueError("a rejection has a reason")
        return self


class ProposalStep(_Step):
    action: Literal["approve", "reject", "withdraw", "publish"]
    effective_from: Timestamp | None = Field(
        default=None, description="With publish: not before what was approved; default that."
    )
    replaces_coming: bool = Field(default=False, description="With publish: passes over what was to come later.")


class RollBack(Contract):
    version: TableVersion


class NewSimulation(Contract):
    """Of a proposal, or of a candidate nobody proposed yet."""

    proposal: UUID | None = None
    candidate: Candidate | None = None
    last: int = Field(default=1_000, ge=1, le=50_000, description="How many decisions to replay, the newest.")
    on: date | None = Field(default=None, description="As if all came in on this day.")

    @model_validator(mode="after")
    def _one_of(self) -> "NewSimulation":
        if (self.proposal is None) == (self.candidate is None):
            raise ValueError("give either proposal or candidate")
        return self


class LessonStep(_Step):
    action: Literal["accept", "reject"]


class Words(Contract):
    """Somebody's words, kept nowhere."""

    text: str = Field(min_length=1, max_length=2_000)
    limit: int = Field(default=3, ge=1, le=20)


class RefusedHere(BaseModel):
    """A publication that could not be used; the one before stays in force."""

    number: int
    version: TableVersion
    effective_from: datetime
    refused: str


class Tables(BaseModel):
    """The history of what was and will be in force. `late` is published and in time, but not taken in here.

    `last` holds, or is next to hold: a new proposal is made from it.
    """

    in_force: TableVersion
    last: TableVersion
    shipped: TableVersion
    coming: list[Publication]
    late: list[Publication]
    earlier: list[Publication]
    refused: list[RefusedHere]


class Files(BaseModel):
    version: TableVersion
    files: dict[str, str]


class Proposals(BaseModel):
    proposals: list[Proposal]


class Step(BaseModel):
    status: Status
    by: Code
    at: datetime
    reason: str | None


class ProposalView(BaseModel):
    proposal: Proposal
    steps: list[Step]
    differences: dict[str, Any]


class RuleTally(BaseModel):
    """How one rule of one version did. `misrouted`: the part of its decisions that was given back."""

    rule: Code
    table_version: TableVersion
    decisions: int
    refusals: int
    overruled: int
    misrouted: float


class Rules(BaseModel):
    rules: list[RuleTally]


class Lesson(BaseModel):
    """Receivers named somebody else again and again. `place` is where a human would change it."""

    lesson: UUID
    rule: Code
    topic: TopicCode
    suggested: OrganisationId
    text: str
    declined: int
    decisions: int
    said: int
    reasons: list[str]
    place: str | None
    status: Life
    raised_at: datetime
    decided_by: Code | None
    decided_at: datetime | None
    reason: str | None
    proposal: UUID | None


class Lessons(BaseModel):
    lessons: list[Lesson]


class UnmappedCode(BaseModel):
    agency: OrganisationId
    code: str
    times: int
    first_at: datetime
    last_at: datetime


class UnmappedCodes(BaseModel):
    codes: list[UnmappedCode]


class Suggested(BaseModel):
    topic: TopicCode | None
    organisation: OrganisationId | None
    tooi: str | None
    score: float
    matched: list[str]


class InDanger(BaseModel):
    """What to do first, and the words that may mean danger. An employee decides whether they do."""

    instruction: str
    matched: list[str]


class Suggestions(BaseModel):
    """The first without a topic: not sure."""

    suggestions: list[Suggested]
    danger: InDanger | None = None
