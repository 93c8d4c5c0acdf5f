"""The citizen's question: what an agency says of it, and what intake makes of it."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, UrlConstraints
from pydantic.networks import AnyUrl

from contracts.base import (
    Channel,
    Code,
    Contract,
    Domain,
    Island,
    Kind,
    OrganisationId,
    Reference,
    SubjectCode,
    Submitter,
    Timestamp,
    TopicCode,
)
from contracts.notices import Notify
from contracts.representation import Representation


def _bare(url: AnyUrl) -> AnyUrl:
    """Nothing sensitive in a URL: those end up in logs (API Design Rules /core/transport/no-sensitive-uris)."""
    if url.username or url.password or url.query or url.fragment:
        raise ValueError("a dataref has no user, password, query or fragment")
    return url


Dataref = Annotated[AnyUrl, UrlConstraints(max_length=500, allowed_schemes=["https", "http"]), AfterValidator(_bare)]
"""Where holder and follower may fetch the personal text; the text itself never travels (claim check)."""


class Residence(Contract):
    """Where the person lives, no finer than the four digits of the postcode."""

    postcode: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{3}$")] | None = None
    municipality: Annotated[str, StringConstraints(pattern=r"^gm[0-9]{4}$")] | None = None
    abroad: bool = False
    island: Island | None = Field(default=None, description="In the Caribbean Netherlands, on which island.")


class Facts(Contract):
    """All that the routing table may look at. What is not here cannot steer a decision.

    Empty means: not known. Denied attributes (requirements R-50, R-52, R-63) have no place here.
    """

    topic: TopicCode | None = None
    agency_topic: SubjectCode | None = Field(
        default=None, description="The agency's own subject code; read only when `topic` is not given."
    )
    kind: Kind = Kind.QUESTION
    channel: Channel
    residence: Residence = Residence()
    decision_by: OrganisationId | None = Field(
        default=None, description="The organisation that took the decision the question is about."
    )
    registry_holder: OrganisationId | None = Field(
        default=None, description="The organisation known to hold the wrong datum (000:153)."
    )
    involved: tuple[OrganisationId, ...] = Field(
        default=(), max_length=20, description="Organisations the person deals with in this matter."
    )
    domains: tuple[Domain, ...] = Field(
        default=(), max_length=12, description="Areas of life whose problems hang together in this matter."
    )
    acute: bool = Field(default=False, description="Acute circumstances: raises priority (R-37).")
    danger: bool = Field(default=False, description="Danger to life or safety: instruction comes first.")
    stuck: bool = Field(default=False, description="A professional says the organisations are stuck (R-32).")
    professional_asks: bool = Field(
        default=False, description="A professional asks for the multi-problem track (R-31)."
    )
    complaint_procedure_used: bool | None = Field(
        default=None, description="The agency's own complaint procedure was used (R-36)."
    )
    harrowing: bool = Field(default=False, description="A human calls the situation schrijnend; never inferred (R-36).")
    harmed_parent: bool = Field(
        default=False, description="The person reports as gedupeerde of the childcare benefit affair."
    )
    signal: bool = Field(
        default=False, description="A professional reports that rules or their execution do not work out here."
    )
    life_event: Code | None = Field(
        default=None, description="Something that happens in a life and touches several organisations at once."
    )
    answers: dict[Code, Code] = Field(
        default_factory=dict, max_length=20, description="Answers to the questions the table asked."
    )


class QuestionAsked(Contract):
    """An agency's desk could not help and passes the question on."""

    reference: Reference = Field(description="The agency's own number for this question.")
    contact: Reference | None = Field(
        default=None, description="The agency's number of the contact; questions of one contact share it."
    )
    first_received_at: Timestamp = Field(
        description="When the person first asked; kept unchanged through every hop (Awb 6:15)."
    )
    submitter: Submitter = Submitter.CITIZEN
    represented: Representation | None = Field(
        default=None, description="When somebody else speaks for the person: in what capacity, and who is told (R-09)."
    )
    warm_transfer_agreed: bool = Field(
        default=True,
        description="The person knows of and agrees to the warm hand-off. With `false` the question is refused "
        "(`no-warm-transfer`) and the first door helps them; an objection or appeal is always forwarded (Awb 6:15).",
    )
    dataref: Dataref | None = None
    notify: Notify | None = Field(
        default=None, description="How the person agreed to be told (R-24, Awb 2:8). Empty: this desk tells them."
    )
    split_from: UUID | None = Field(
        default=None, description="The agency's own question in which this other thing was found."
    )
    facts: Facts


class QuestionAccepted(Contract):
    """Intake took the question in: from here on somebody holds it."""

    question: UUID
    follower: OrganisationId = Field(description="The first door; follows until the person is helped (R-02).")
    reference: Reference
    contact: Reference | None = None
    first_received_at: Timestamp
    accepted_at: Timestamp
    submitter: Submitter
    represented: Representation | None = None
    dataref: Dataref | None = None
    notify: Notify | None = None
    split_from: UUID | None = None
    facts: Facts
