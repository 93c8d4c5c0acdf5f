"""Topics and access rules: declared once, applied by one command."""

from deploy.kafka.apply import Outcome, apply, connect, guarded, lacking
from deploy.kafka.declaration import Declaration, Topic, declared
from deploy.kafka.users import has_password, new_password

__all__ = [
    "Declaration",
    "Outcome",
    "Topic",
    "apply",
    "connect",
    "declared",
    "guarded",
    "has_password",
    "lacking",
    "new_password",
]
