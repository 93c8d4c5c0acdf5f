"""How a fixed contact person is reached goes to the citizen as it is: nothing but a number or an address fits."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from contracts.contact import PersonRoute

ROUTE: TypeAdapter[PersonRoute] = TypeAdapter(PersonRoute)


@pytest.mark.parametrize(
    "good",
    [
        {"phone": "088 000 00 00"},
        {"phone": "14 030"},
        {"phone": "+31 30 000 00 00"},
        {"phone": "0900-0000"},
        {"desk": "Marktplein 1, Zwolle"},
        {"desk": "Burgemeester van der Veldeplein 12b, Alphen aan den Rijn"},
        {"desk": "1e Dorpsstraat 3, 's-Hertogenbosch"},
    ],
)
def test_a_number_or_an_address_is_a_route(good: dict[str, Any]) -> None:
    assert ROUTE.validate_python(good).model_dump(exclude_none=True) == good


@pytest.mark.parametrize(
    "bad",
    [
        {"phone": "vraag naar de buurman"},
        {"phone": "088 000 00 00 (na zes uur)"},
        {"phone": "https://evil.example"},
        {"desk": "De vrouw woont weer bij haar moeder"},
        {"desk": "Open eerst https://evil.example/inloggen, dan 1"},
        {"desk": "evil.example 1, Zwolle"},
        {"desk": "Zij is ziek en komt daarom niet zelf 1, Zwolle"},
        {"desk": "Marktplein 1, Zwolle. Neem uw pas en pincode mee"},
        {"desk": "Marktplein 1,\nZwolle"},
        {"website": "https://evil.example"},
    ],
)
def test_no_prose_and_no_link_is(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ROUTE.validate_python(bad)
