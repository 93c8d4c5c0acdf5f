"""Run an installation in the foreground until somebody says stop."""

import shlex
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from deploy.local.children import leashed
from deploy.local.installation import Installation, gvd

_NAMED = ("KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL", "GVD_PUBLIC_URL", "GVD_ROUTER_URL", "GVD_DELIVERY_URL")


class StopRequested(BaseException):
    """Ctrl-C or SIGTERM. No error, and nothing that catches errors may catch it."""


def run_until_stopped(
    installation: Installation, say: Callable[[str], None], beside: Sequence[Sequence[str]] = ()
) -> None:
    """Start, print the addresses, wait for Ctrl-C or SIGTERM, stop all in order. `beside`: gvd commands to run too."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _request_stop)
    company = ExitStack()
    try:
        installation.start()
        for name, address in installation.addresses().items():
            say(f"  {name:<10} {address}")
        say(f"  {'logs':<10} {installation.log_folder}")
        _leave_addresses(installation)
        for command in beside:
            company.enter_context(_running(installation, command))
        say('Ready. In another terminal: eval "$(.venv/bin/gvd env)". Stop with Ctrl-C.')
        while True:
            signal.pause()
    except StopRequested:
        say("Stopping.")
    finally:
        company.close()
        addresses_file(installation.folder).unlink(missing_ok=True)
        installation.stop()


@contextmanager
def _running(installation: Installation, command: Sequence[str]) -> Iterator[None]:
    with (installation.log_folder / f"{command[0]}.log").open("ab") as log:
        child = subprocess.Popen(leashed([*gvd(), *command]), env=installation.env, stdout=log, stderr=log)
        yield
        child.terminate()
        child.wait()


def addresses_file(folder: Path) -> Path:
    """Where a running installation leaves its addresses for `gvd env`."""
    return folder / "addresses.sh"


def _leave_addresses(installation: Installation) -> None:
    file = addresses_file(installation.folder)
    file.touch(mode=0o600)  # the database's password is among them
    named = {name: installation.env[name] for name in _NAMED}
    file.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in named.items()))


def _request_stop(_number: int, _frame: FrameType | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # one request is enough: stopping is not interrupted
    raise StopRequested
