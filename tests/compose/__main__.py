"""Brings the whole installation up in containers and sends two questions through it: `python -m tests.compose`.

Not collected by pytest: where no Docker engine is, it cannot run, and a test here is never skipped.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from aiokafka import AIOKafkaProducer

from deploy.local.ports import LOOPBACK, free_port
from tests.world import CONTENT_TYPE, listening, question

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
RUN_ONCE = frozenset({"prepare"})


class Trial:
    """One run under a project name of its own, on free ports, so that it disturbs nobody."""

    def __init__(self) -> None:
        self.ports = {name: free_port() for name in set(re.findall(r"GVD_PORT_([A-Z]+)", COMPOSE.read_text()))}
        self._project = f"gvd-trial-{os.getpid()}"
        self._env = {**os.environ, **{f"GVD_PORT_{name}": str(port) for name, port in self.ports.items()}}

    def compose(self, *arguments: str, output: bool = False) -> str:
        """Run one docker compose command on this project."""
        command = ["docker", "compose", "-p", self._project, *arguments]
        stdout = subprocess.PIPE if output else None
        return subprocess.run(command, cwd=ROOT, env=self._env, check=True, stdout=stdout, text=True).stdout or ""

    def run(self) -> None:
        """Up, two questions, and all services still healthy."""
        started = time.monotonic()
        self.compose("up", "-d", "--build", "--wait")
        say(f"all healthy after {time.monotonic() - started:.0f} s")
        token = self.compose("exec", "-T", "intake", "gvd", "agency", "token", "belastingdienst", output=True).strip()
        asyncio.run(self.ask(token))
        self.check_health()

    async def ask(self, token: str) -> None:
        """Both questions come out as an offer at the agency that is responsible for them."""
        bootstrap = f"{LOOPBACK}:{self.ports['KAFKA']}"
        over_http, over_kafka = question("belastingdienst", "aow"), question("belastingdienst", "aow")
        async with listening(bootstrap, ["gvd.out.svb"]) as ear:
            await self.post(token, over_http)
            await publish(bootstrap, "gvd.in.belastingdienst", over_kafka)
            for road, asked in (("HTTP", over_http), ("Kafka", over_kafka)):
                seen = await ear.wait("handoff.requested", reference=asked["data"]["reference"])
                say(f"the question over {road} is offered on {seen.topic}")

    async def post(self, token: str, event: Mapping[str, Any]) -> None:
        """Over HTTP, as an agency would."""
        headers = {"content-type": "application/cloudevents+json", "authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{self.ports['INTAKE']}", timeout=30) as http:
            answer = await http.post("/v1/questions", content=json.dumps(event), headers=headers)
            answer.raise_for_status()

    def check_health(self) -> None:
        """Every service runs and says it is healthy."""
        rows = [json.loads(line) for line in self.compose("ps", "--format", "json", output=True).splitlines()]
        states = {row["Service"]: row["Health"] for row in rows}
        wanted = set(self.compose("config", "--services", output=True).split()) - RUN_ONCE
        if states != dict.fromkeys(wanted, "healthy"):
            raise RuntimeError(f"wanted healthy: {sorted(wanted)}; found: {states}")

    def show_logs(self) -> None:
        """What the containers said, for who must find the fault."""
        self.compose("ps", "-a")
        self.compose("logs", "--tail", "30")


async def publish(bootstrap: str, topic: str, event: Mapping[str, Any]) -> None:
    """Over Kafka, as an agency would."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True) as producer:
        await producer.send_and_wait(topic, json.dumps(event).encode(), headers=CONTENT_TYPE)


def say(text: str) -> None:
    """One line to the terminal."""
    sys.stdout.write(f"compose: {text}\n")
    sys.stdout.flush()


def main(_arguments: Sequence[str]) -> int:
    """0 when both questions arrived."""
    trial = Trial()
    try:
        trial.run()
    except BaseException:
        trial.show_logs()
        raise
    finally:
        trial.compose("down", "-v", "--timeout", "20")
    say("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
