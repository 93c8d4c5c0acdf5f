"""How topics are taken together for one reading, and what one line says."""

from aiokafka import TopicPartition

from services.auditor.kafkalog import groups
from services.auditor.report import KEPT, Result


def test_small_topics_are_read_together_and_a_topic_is_never_split() -> None:
    bounds = {
        TopicPartition("gvd.handoffs", 0): (0, 400_000),
        TopicPartition("gvd.handoffs", 1): (0, 400_000),
        TopicPartition("gvd.out.svb", 0): (10, 20),
        TopicPartition("gvd.out.uwv", 0): (0, 0),
        TopicPartition("gvd.in.svb", 0): (0, 99),
    }
    assert [{place.topic for place in group} for group in groups(bounds)] == [
        {"gvd.handoffs"},
        {"gvd.out.svb", "gvd.out.uwv"},
    ]


def test_all_offenders_are_counted_even_if_not_all_are_kept() -> None:
    result = Result("5", "clocks", examined=3)
    assert (result.holds, result.line()) == (True, " 5 OK     clocks: 3 examined (0.0 s)")
    for number in range(KEPT + 1):
        result.breach(number, "broken")
    assert (result.holds, result.broken, len(result.offenders)) == (False, KEPT + 1, KEPT)
    assert f"{KEPT + 1} broken" in result.line()
