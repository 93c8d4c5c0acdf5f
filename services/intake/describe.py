"""What the description of the API (OpenAPI) says of each route."""

from typing import Any, Final
from uuid import UUID

from contracts.base import Contract
from contracts.events import QuestionAskedEvent, ReplyGivenEvent
from services.intake.contacts import ContactView
from services.intake.texts import PersonalText
from services.intake.views import QuestionView
from services.platform.http import body_of

JSON: Final = ("application/cloudevents+json", "application/json")
HIDDEN: Final = frozenset({"contact", "flows", "refused", "merging", "steps", "news", "telling"})
"""What the view remembers for itself; the contact has a view of its own."""


class PersonalTextLeft(Contract):
    """Where the text can be fetched by who may."""

    dataref: str


class Receipt(Contract):
    """Whoever holds the question is told. How it goes is for who has a part in it (requirements R-43)."""

    question: UUID


ASK: dict[str, Any] = {
    "summary": "Geef een vraag door",
    "response_model": QuestionView,
    "response_model_exclude": HIDDEN,
    "status_code": 201,
    "responses": {
        200: {"description": "Al bekend, of de burger komt terug over een vraag die nog loopt"},
        202: {"description": "Nog geen besluit"},
        409: {},
        413: {},
        415: {},
    },
    "openapi_extra": body_of(QuestionAskedEvent, JSON),
}
LOOK: dict[str, Any] = {
    "summary": "Waar is de vraag en wie heeft haar",
    "response_model": QuestionView,
    "response_model_exclude": HIDDEN,
    "responses": {404: {}},
}
REPLY: dict[str, Any] = {
    "summary": "Antwoord op een overdracht",
    "response_model": QuestionView | Receipt,
    "response_model_exclude": HIDDEN,
    "status_code": 200,
    "responses": {202: {"description": "Nog niet verwerkt"}, 403: {}, 404: {}, 409: {}, 413: {}, 415: {}},
    "openapi_extra": body_of(ReplyGivenEvent, JSON),
}
LEAVE: dict[str, Any] = {
    "summary": "Laat persoonlijke gegevens achter",
    "response_model": PersonalTextLeft,
    "status_code": 201,
    "responses": {413: {}, 415: {}},
    "openapi_extra": body_of(PersonalText, JSON),
}
FETCH: dict[str, Any] = {
    "summary": "Haal persoonlijke gegevens op",
    "response_model": PersonalText,
    "response_model_exclude_none": True,
    "responses": {404: {}, 410: {}},
}
FORGET: dict[str, Any] = {"summary": "Vergeet persoonlijke gegevens", "status_code": 204, "responses": {404: {}}}
CONTACT: dict[str, Any] = {
    "summary": "Hoe het gaat met alle vragen van een klantcontact",
    "response_model": ContactView,
    "response_model_exclude": {"questions": {"__all__": HIDDEN}},
    "response_model_exclude_none": True,
    "responses": {404: {}},
}
