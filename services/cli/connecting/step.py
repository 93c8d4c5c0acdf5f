"""What a step of connecting found, did, or could not do."""

from dataclasses import dataclass, field


class Stopped(Exception):
    """The steps after this one make no sense yet. Says what is wrong and what to do."""

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)
        self.lines = lines


@dataclass
class Done:
    """What to print of a step; `todo` is what somebody still has to do, `coming` from when there is more to do."""

    said: list[str] = field(default_factory=list)
    todo: list[str] = field(default_factory=list)
    coming: str = ""
