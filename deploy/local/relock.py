"""Write `kafka-jars.txt` anew for another Kafka version, for a human to review.

`python -m deploy.local.relock 4.3.1`
"""

import sys
import tempfile
from pathlib import Path

from jgo.maven import MavenContext

from deploy.local.jars import LIST, sha256_of


def relock(version: str) -> None:
    """Let jgo resolve the version and list what it found."""
    # kafka-clients is named because the resolver otherwise may choose an older one.
    wanted = (
        f"org.apache.kafka:kafka_2.13:{version}",
        f"org.apache.kafka:kafka-clients:{version}",
        "org.slf4j:slf4j-simple:1.7.36",
    )
    header = [line for line in LIST.read_text().splitlines() if line.startswith("#")]
    rows = {}
    with tempfile.TemporaryDirectory() as work:
        maven = MavenContext(repo_cache=Path(work), local_repos=[], timeout=60)
        named, needed = maven.resolver.resolve([maven.create_dependency(each) for each in wanted])
        for each in [*named, *needed]:
            path = Path(each.artifact.resolve())
            coordinate = f"{each.groupId}:{each.artifactId}:{each.version}"
            rows[coordinate] = f"{sha256_of(path)} {path.stat().st_size:>9} {coordinate}"
    LIST.write_text("\n".join([*header, *(rows[key] for key in sorted(rows))]) + "\n")


if __name__ == "__main__":
    relock(sys.argv[1])
