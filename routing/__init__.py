"""The routing table and the pure engine that reads it. Imports contracts only: no network, no clock."""

from routing.data.calendar import day_of
from routing.data.model import InvalidTable, RoutingError, UnknownOrganisation
from routing.data.read import Fault
from routing.data.tables import Table
from routing.engine.decide import decide, fits
from routing.engine.explain import describe
from routing.engine.place import BY_PEOPLE, place, placed_again
from routing.suggest import Danger, Suggestion, hear_danger, suggest
from routing.versions.files import Library
from routing.versions.loading import PACKAGED, load, validate

__all__ = [
    "BY_PEOPLE",
    "PACKAGED",
    "Danger",
    "Fault",
    "InvalidTable",
    "Library",
    "RoutingError",
    "Suggestion",
    "Table",
    "UnknownOrganisation",
    "day_of",
    "decide",
    "describe",
    "fits",
    "hear_danger",
    "load",
    "place",
    "placed_again",
    "suggest",
    "validate",
]
