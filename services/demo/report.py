"""The verdict in words: one line per case, then everything that differs."""

from collections.abc import Iterator

from services.demo.show import Performance, Result


def report(performance: Performance) -> Iterator[str]:
    """All lines, the last one being the verdict."""
    for result in performance.results:
        yield from _case(result)
    for line in performance.stray:
        yield f"✗ niet verwacht: {line}"
    for line in performance.findings:
        yield f"✗ controle: {line}"
    yield f"Gespeeld in {performance.played:.1f} s, gecontroleerd in {performance.audited:.1f} s."
    wrong = sum(not _right(result) for result in performance.results)
    if performance.good:
        yield f"Alle {len(performance.results)} gevallen liepen af zoals verwacht, en de controle vond niets."
    else:
        yield (
            f"NIET GOED: {wrong} van {len(performance.results)} gevallen anders dan verwacht, "
            f"{len(performance.stray)} onverwachte berichten, {len(performance.findings)} bevindingen van de controle."
        )


def _case(result: Result) -> Iterator[str]:
    mark = "✓" if _right(result) else "✗"
    wanted = dict.fromkeys(_end(c.script.to, c.script.outcome) for c in result.courses)
    got = dict.fromkeys(_end(c.lead, c.outcome) for c in result.courses)
    yield f"{mark} {result.case.id}  {result.case.about}"
    yield f"        verwacht {'; '.join(wanted)}  |  gekregen {'; '.join(got)}"
    for line in result.wrong:
        yield f"        ✗ {line}"


def _right(result: Result) -> bool:
    return result.over and not result.wrong


def _end(to: str | None, outcome: str | None) -> str:
    return f"{to or '-'}: {outcome or 'niet afgelopen'}"
