"""Settings that must be read as others read them."""

import pytest
from pydantic import TypeAdapter, ValidationError

from contracts.questions import Dataref
from services.platform.settings import Settings


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://Intake.Example.nl:443/", "https://intake.example.nl"),
        ("http://intake.example.nl:80", "http://intake.example.nl"),
        ("https://api.example.nl/gvd/", "https://api.example.nl/gvd"),
    ],
)
def test_our_address_is_kept_as_a_dataref_gives_it_back(given: str, kept: str) -> None:
    settings = Settings(public_url=given)
    assert settings.public_url == kept
    made = f"{settings.public_url}/v1/personal-texts/1"
    assert str(TypeAdapter(Dataref).validate_python(made)) == made


@pytest.mark.parametrize("given", ["intake.example.nl", "ftp://intake.example.nl", "https://a:b@intake.example.nl"])
def test_what_cannot_be_in_a_dataref_cannot_be_our_address(given: str) -> None:
    with pytest.raises(ValidationError):
        Settings(public_url=given)
