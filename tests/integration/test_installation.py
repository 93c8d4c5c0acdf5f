"""The supervisor: order, watching, stopping. Broker and database are real; a stub stands for the services."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.children import StartError
from deploy.local.installation import Installation
from tests.infrastructure import folder_of_our_own, fresh_installation

STUB = """
import http.server, os, sys
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(os.environ["GVD_INSTANCE"].encode())
if sys.argv[1] == "serve":
    http.server.HTTPServer(("127.0.0.1", int(os.environ["GVD_HTTP_PORT"])), Health).serve_forever()
print(sys.argv[1:], os.environ["DATABASE_URL"], os.environ["KAFKA_BOOTSTRAP_SERVERS"])
sys.exit(sys.argv[1] == "fail")
"""
COMMAND = (sys.executable, "-c", STUB)


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    with fresh_installation(services=("intake", "router", "router-2"), command=COMMAND) as installation:
        yield installation


def asked(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own loopback address
        return answer.read().decode()


def until(condition: object, seconds: float = 45) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_every_process_knows_its_name_and_port(running: Installation) -> None:
    assert {name: asked(process.url) for name, process in running.processes.items()} == {
        "intake": "intake",
        "router": "router",
        "router-2": "router-2",
    }


def test_a_killed_service_is_started_again(running: Installation) -> None:
    router = running.processes["router"]
    before = router.pid
    router.kill9()
    until(lambda: router.running and router.ready())
    assert router.pid != before


def test_a_stopped_service_stays_stopped(running: Installation) -> None:
    intake = running.processes["intake"]
    intake.stop()
    time.sleep(0.5)
    assert not intake.running
    intake.start()
    intake.await_ready()


def test_a_broker_that_dies_unasked_is_started_again(running: Installation) -> None:
    os.kill(running.kafka.pid, signal.SIGKILL)
    until(lambda: not running.kafka.running)
    until(lambda: running.kafka.running, 30)


def test_a_process_can_be_added(running: Installation) -> None:
    assert asked(running.add("router-3").url) == "router-3"
    assert set(running.addresses()) == {"kafka", "postgres", "intake", "router", "router-2", "router-3"}


def test_a_command_runs_against_the_installation(running: Installation) -> None:
    output = running.run("audit").stdout
    assert running.postgres.url in output
    assert running.kafka.bootstrap in output


@pytest.mark.parametrize(("name", "file"), [("GVD_MASTER_KEY", "master-key"), ("GVD_SIGNING_KEYS", "signing-key")])
def test_the_keys_are_private_and_stay(running: Installation, name: str, file: str) -> None:
    assert running.env[name] == running.env[name]
    assert (running.folder / file).stat().st_mode & 0o077 == 0


def test_one_folder_runs_once(running: Installation) -> None:
    with pytest.raises(StartError, match="another installation"):
        Installation(running.folder, services=(), command=COMMAND).start()


def test_a_failing_preparation_stops_everything() -> None:
    with folder_of_our_own("installation") as folder:
        installation = Installation(folder, services=(), preparations=(("fail",),), command=COMMAND)
        with pytest.raises(StartError, match="`gvd fail` ended with 1"):
            installation.start()
        assert not installation.kafka.running
        assert not installation.postgres.running
        installation.destroy()


OWNER = """
import sys
from pathlib import Path
from deploy.local.foreground import run_until_stopped
from deploy.local.installation import Installation
installation = Installation(Path(sys.argv[1]), services=("intake",), command=(sys.executable, "-c", sys.argv[2]),
    env={"OF_FOLDER": sys.argv[1]})
run_until_stopped(installation, lambda line: print(line, flush=True))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_all_end_with_the_foreground(number: signal.Signals) -> None:
    with folder_of_our_own("installation") as folder:
        owner = subprocess.Popen([sys.executable, "-c", OWNER, str(folder), STUB], stdout=subprocess.PIPE, text=True)
        assert owner.stdout is not None
        assert any("Ready" in line for line in owner.stdout)
        assert len(processes_of(folder)) > 3, "itself, broker, database and service"
        owner.send_signal(number)
        owner.wait(30)
        until(lambda: not processes_of(folder))
        assert owner.returncode == (0 if number == signal.SIGTERM else -signal.SIGKILL)
        Installation(folder, services=(), command=COMMAND).destroy()


def processes_of(folder: Path) -> list[str]:
    """Command lines and environments that name the folder: broker, database and services."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            text = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in text and process.name != str(os.getpid()):
            found.append(process.name)
    return found
