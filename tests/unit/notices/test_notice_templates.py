"""Every template is whole, says who follows and how a human is reached, and is easy to read."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from contracts.notices import NoticeKind
from services.notices.readability import BAR, HARD, measure, syllables
from services.notices.sample import SAMPLE, shown
from services.notices.words import FOLDER, BadTemplate, Texts, load, template

GOOD = {"subject": "Over uw vraag", "text": "{desk} volgt u. {route}.", "short": "Vragen? {route}."}
_LONGEST_SHORT = 160


@pytest.fixture(scope="module")
def texts() -> Texts:
    return load()


@pytest.mark.parametrize("kind", list(NoticeKind), ids=str)
def test_every_template_is_plain_dutch(kind: NoticeKind, texts: Texts) -> None:
    template, fields = shown(texts, kind)
    for text in (template.text(fields), template.short(fields), template.subject(fields)):
        found = measure(text)
        assert found.hard == ()
        assert found.longest <= 15
    assert measure(template.text(fields)).passes, str(measure(template.text(fields)))
    assert len(template.short(fields)) <= _LONGEST_SHORT
    assert "{" not in template.text(fields) + template.short(fields) + template.subject(fields)


@pytest.mark.parametrize("kind", list(NoticeKind), ids=str)
def test_every_notice_names_a_human_and_who_follows(kind: NoticeKind, texts: Texts) -> None:
    template, fields = shown(texts, kind)
    assert SAMPLE["route"] in template.text(fields)
    assert SAMPLE["route"] in template.short(fields)
    assert SAMPLE["desk"] in template.text(fields)


def test_an_objection_says_which_day_counts(texts: Texts) -> None:
    template, fields = shown(texts, NoticeKind.FORWARDED_TERM)
    assert "Wij kregen het van u op 2 maart 2026. Die dag telt" in template.text(fields)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"text": "{desk} {route} {bsn}"}, "no field bsn"),
        ({"text": "{desk} {route} {tell}"}, "no field tell"),
        ({"text": "{desk.__class__} {route}"}, "not the plain name"),
        ({"text": "{desk!r} {route}"}, "not the plain name"),
        ({"text": "{desk:>9} {route}"}, "not the plain name"),
        ({"text": "{} {desk} {route}"}, "not the plain name"),
        ({"text": "{desk} {route"}, "received"),
        ({"text": "{route}"}, "does not say desk"),
        ({"text": "{desk}"}, "does not say route"),
        ({"short": "Zie de site."}, "does not say route"),
        ({"short": " "}, "every part is a text"),
        ({"more": "x"}, "has not exactly"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_template_with_a_fault_is_refused(change: dict[str, str], fault: str) -> None:
    with pytest.raises(BadTemplate, match=fault):
        template(NoticeKind.RECEIVED, {**GOOD, **change})


def test_every_kind_has_one_file_and_no_file_is_left_over(tmp_path: Any) -> None:
    for path in FOLDER.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    load(tmp_path)
    (tmp_path / "nieuw.yaml").write_text(yaml.safe_dump(GOOD))
    (tmp_path / "late.yaml").unlink()
    with pytest.raises(BadTemplate, match="late, nieuw"):
        load(tmp_path)


def test_only_what_is_said_is_kept(texts: Texts) -> None:
    assert set(texts.needed(NoticeKind.RECEIVED, SAMPLE)) == {"desk", "received", "reference", "route"}


def test_a_value_is_never_read_as_a_template(texts: Texts) -> None:
    fields = texts.needed(NoticeKind.ACCEPTED, {**SAMPLE, "organisation": "{route.__class__}"})
    assert "{route.__class__} gaat u helpen" in texts.of(NoticeKind.ACCEPTED).text(fields)


@pytest.mark.parametrize(
    ("word", "count"),
    [("vraag", 1), ("bericht", 2), ("organisatie", 5), ("geholpen", 3), ("u", 1), ("nieuws", 1), ("uw", 1), ("EU", 1)],
)
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_measure_tells_plain_from_official() -> None:
    plain = measure("Wij hebben uw brief. U hoort snel van ons.")
    official = measure(
        "Naar aanleiding van uw schrijven betreffende bovengenoemde aangelegenheid delen wij u mede dat "
        "dienaangaande onverwijld nadere besluitvorming zal plaatsvinden door het desbetreffende bestuursorgaan."
    )
    assert plain.passes
    assert official.score < 0 < BAR < plain.score
    assert set(official.hard) == {"schrijven", "betreffende", "onverwijld", "desbetreffende"}
    assert "'onverwijld' → 'meteen'" in str(official)
    assert not official.passes


def test_no_plainer_word_is_itself_hard() -> None:
    assert not HARD.keys() & set(HARD.values())


@given(st.text(max_size=80))
def test_any_text_can_be_measured(text: str) -> None:
    assert measure(text).words >= 0
