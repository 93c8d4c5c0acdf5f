"""How a notice leaves: files, mail, NotifyNL, print. Each recognises by the key of a notice what it sent before."""

from services.notices.ports.message import Message, Port, Undeliverable
from services.notices.ports.wiring import ports_of

__all__ = ["Message", "Port", "Undeliverable", "ports_of"]
