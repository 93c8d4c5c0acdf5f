"""Apache Kafka's own jars, fetched once and checked against our own list of sums.

jgo finds the files in the Maven repository; its lock file does not enforce sums, so ours does.
"""

import hashlib
import tempfile
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("kafka-jars.txt")
Announce = Callable[[str], None]


class JarError(RuntimeError):
    """A jar could not be fetched, or is not the jar we know."""


@dataclass(frozen=True)
class Jar:
    """One file of the class path."""

    sha256: str
    size: int
    coordinate: str

    @property
    def name(self) -> str:
        """Its file name."""
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"


def listed() -> list[Jar]:
    """The committed list."""
    rows = [line.split() for line in LIST.read_text().splitlines() if line and not line.startswith("#")]
    return [Jar(sha256, int(size), coordinate) for sha256, size, coordinate in rows]


def kafka_jars(folder: Path, announce: Announce = lambda _: None) -> Path:
    """The folder with every jar of the list, complete and checked on each start."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [jar for jar in listed() if not is_right(folder / jar.name, jar)]
    if missing:
        _fetch_all(missing, folder, announce)
    return folder


def is_right(path: Path, jar: Jar) -> bool:
    """Whether that file is the jar of the list."""
    return path.exists() and path.stat().st_size == jar.size and sha256_of(path) == jar.sha256


def sha256_of(path: Path) -> str:
    """The sum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch_all(jars: list[Jar], folder: Path, announce: Announce) -> None:
    total = sum(jar.size for jar in jars)
    announce(f"Apache Kafka: fetching {len(jars)} jars, {total / 1e6:.0f} MB (once)")
    # Beside the folder, so that moving a checked jar in is one atomic step on one disk.
    with tempfile.TemporaryDirectory(dir=folder) as work, ThreadPoolExecutor(4) as pool:
        jobs = {pool.submit(_fetch, jar, Path(work), folder): jar for jar in jars}
        done = 0
        for number, job in enumerate(as_completed(jobs), 1):
            job.result()
            done += jobs[job].size
            if number % 10 == 0 or number == len(jars):
                announce(f"Apache Kafka: {number} of {len(jars)} jars, {done / 1e6:.0f} of {total / 1e6:.0f} MB")


def _fetch(jar: Jar, work: Path, folder: Path) -> None:
    path = _download(jar, work)
    if not is_right(path, jar):
        raise JarError(f"{jar.coordinate} has sha256 {sha256_of(path)}, expected {jar.sha256}: refused")
    path.replace(folder / jar.name)


def _download(jar: Jar, work: Path) -> Path:
    with warnings.catch_warnings(action="ignore"):  # a library of jgo comments on the user's environment
        from jgo.maven import MavenContext  # only needed the first time

    group, artifact, version = jar.coordinate.split(":")
    maven = MavenContext(repo_cache=work, local_repos=[], timeout=60)
    try:
        return Path(maven.project(group, artifact).at_version(version).artifact().resolve())
    except (OSError, RuntimeError) as problem:
        raise JarError(f"{jar.coordinate} could not be fetched: {problem}") from problem
