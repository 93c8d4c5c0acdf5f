"""Files that others read: the Compose file, the lock files, publiccode.yml and the Makefile."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.kafka.declaration import declared_for
from deploy.local.installation import SERVICES

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return found


def test_compose_runs_every_service(compose: dict[str, Any]) -> None:
    always = {name for name, service in compose["services"].items() if "profiles" not in service}
    assert {*SERVICES, "kafka", "postgres", "prepare"} == always


def test_compose_publishes_on_this_machine_only_unless_told(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert len(ports) == len(SERVICES) + 2
    assert all(port.startswith("${GVD_BIND:-127.0.0.1}:${GVD_PORT_") for port in ports)


def test_compose_works_without_a_registry_of_digests(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert "@" not in service["image"]
        assert "pull_policy" not in service


def test_services_run_without_privileges(compose: dict[str, Any]) -> None:
    for name in SERVICES:
        service = compose["services"][name]
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
    dockerfile = (ROOT / "deploy/image/Dockerfile").read_text()
    assert "\nUSER gvd\n" in dockerfile
    assert "# syntax=" not in dockerfile


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-image.txt"])
def test_every_locked_package_has_a_hash_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    pins = re.split(r"\n(?=[a-zA-Z])", text)
    assert len(pins) > 30
    assert [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin] == []
    assert "://" not in text


def test_the_image_holds_what_the_other_lock_files_hold() -> None:
    def versions(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", (ROOT / name).read_text(), re.MULTILINE))

    image, local, dev = (versions(f"requirements{part}.txt") for part in ("-image", "", "-dev"))
    assert image.items() <= local.items()
    assert local.items() <= dev.items()


def test_publiccode_is_complete() -> None:
    code = yaml.safe_load((ROOT / "publiccode.yml").read_text())
    for key in ("publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType"):
        assert code[key]
    for language in ("nl", "en"):
        text = code["description"][language]
        assert len(text["shortDescription"]) <= 150
        assert 500 <= len(text["longDescription"]) <= 10_000
        assert text["features"]
    assert code["legal"]["license"] == "EUPL-1.2"
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in (ROOT / "LICENSE").read_text()
    assert code["maintenance"]["contacts"][0]["name"]
    assert set(code["localisation"]["availableLanguages"]) == {"nl", "en"}


def test_make_help_explains_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [target for target in phony.group(1).split() if f"  make {target} " not in shown] == []


def test_connecting_one_agency_leaves_the_topics_of_others_alone() -> None:
    """To grow an inner topic while questions are on their way delays them."""
    found = declared_for("svb", {})
    assert {topic.name for topic in found.topics} == {"gvd.in.svb", "gvd.out.svb"}
    assert {rule.principal for rule in found.rules} == {"User:svb"}
