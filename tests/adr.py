"""`python -m tests.adr RULESET`: Spectral with the linter of the API Design Rules over our OpenAPI documents."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.contract.test_openapi import DOCUMENTS

ROOT = Path(__file__).resolve().parents[1]


def main(ruleset: str) -> int:
    """Installs Spectral by its lock file, once, and lints. Warnings count too."""
    node = ROOT / "tests/node"
    mark = hashlib.sha256((node / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder = ROOT / ".local/node" / mark
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(node / name, folder / name)
    if not (folder / "node_modules").exists():
        subprocess.run(["npm", "ci"], cwd=folder, check=True)
        (folder / "done").touch()
    for service, document in DOCUMENTS.items():
        (folder / f"openapi-{service}.json").write_text(json.dumps(document))
    names = [f"openapi-{service}.json" for service in DOCUMENTS]
    command = ["npx", "--no-install", "spectral", "lint", *names, "--fail-severity=warn", "-r"]
    return subprocess.run([*command, str(Path(ruleset).resolve())], cwd=folder, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
