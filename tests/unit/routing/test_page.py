"""The page of the table holds all of it, works on its own, and can be used by everybody."""

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from routing import Table, load
from routing.engine.conditions import KEYS
from routing.engine.resolve import PARTNER_WORDS, RESOLVERS
from routing.readable.page import render

VOID = {"meta", "input", "link", "br", "img"}
LEAST_CONTRAST = 4.5  # WCAG 2.1 AA, 1.4.3


class Page(HTMLParser):
    """The elements of a page in order, its text, and whether every element is closed where it should."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.headings: list[int] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in {"style", "script"}:
            self.text.append(data)

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


@pytest.fixture(scope="module")
def table() -> Table:
    return load()


@pytest.fixture(scope="module")
def html(table: Table) -> str:
    return render(table)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_it_is_the_whole_table(table: Table, page: Page) -> None:
    text = " ".join(" ".join(page.text).split())
    ids = {attributes.get("id") for _, attributes in page.elements}
    assert {f"onderwerp-{code}" for code in table.topics} <= ids
    assert {f"vraag-{code}" for code in table.questions} <= ids
    assert {f"organisatie-{one}" for one in table.organisations if not one.startswith(("gemeente-", "adv-"))} <= ids
    for rule in table.rules:
        for said in (f"egel {rule.id}", rule.basis, rule.source, " ".join(rule.tell.split())):
            assert said in text
    for one in table.organisations.values():
        if not one.id.startswith("adv-"):
            assert one.name in text
            assert (one.phone or one.desk or "") in text
    for topic in table.topics.values():
        assert ", ".join(topic.words) in text
        assert "; ".join(table.phrases.get(topic.code, ())) in text
    for group in table.groups.values():
        assert group.id in text
        assert {f"#onderwerp-{one}" for one in group.topics} <= {one["href"] for one in page.all("a")}
    for reason in (*(one.reason for one in table.unmapped), *(one.why for one in table.norms.values())):
        assert " ".join(reason.split()) in text
    for words in (table.version, table.settings.owner, "Aanname.", "nog niet nagekeken", "met bron vergeleken"):
        assert words in text


def test_it_needs_nothing_from_elsewhere_and_runs_only_its_own_script(html: str, page: Page) -> None:
    assert not [one for one in page.all("script", "img", "iframe", "source") if one.get("src")]
    assert page.all("link") == []
    assert "url(" not in html
    assert "@import" not in html
    (policy,) = (one["content"] for one in page.all("meta") if one.get("http-equiv"))
    own = (re.search(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL) for tag in ("style", "script"))
    style, script = (b64encode(sha256(one[1].encode()).digest()).decode() for one in own if one is not None)
    assert policy == f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'"
    assert not [one for _, one in page.elements if any(name == "style" or name.startswith("on") for name in one)]


def test_every_link_on_the_page_arrives(page: Page) -> None:
    ids = [one["id"] for _, one in page.elements if one.get("id")]
    assert len(ids) == len(set(ids))
    for one in page.all("a"):
        href = one["href"] or ""
        assert href.startswith("https://") or href.removeprefix("#") in ids
    for _, one in page.elements:
        for name in ("aria-labelledby", "aria-describedby", "for"):
            assert one.get(name) is None or one[name] in ids


def test_headings_go_down_one_level_at_a_time(page: Page) -> None:
    assert page.headings.count(1) == 1
    assert page.headings[0] == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))


def test_it_can_be_used_with_a_keyboard_a_reader_and_without_script(page: Page) -> None:
    (root,) = page.all("html")
    assert root["lang"] == "nl"
    assert page.all("a")[0] == {"class": "utrecht-skip-link", "href": "#inhoud"}
    assert len(page.all("main")) == len(page.all("title")) == len(page.all("noscript")) == 1
    fields = {one["id"] for one in page.all("input", "select", "textarea")}
    assert fields == {one["for"] for one in page.all("label")} == {"zoek"}
    assert [one for one in page.all("p") if one.get("role") == "status"]
    assert {one.get("scope") for one in page.all("th")} == {"col", "row"}
    assert all(one.get("tabindex") in {None, "0", "-1"} for _, one in page.elements)
    hidden = [one.get("id") for _, one in page.elements if "hidden" in one]
    assert hidden == ["zoekveld"], "without script only the search is missing"


def test_conditions_and_destinations_are_words_and_not_codes(page: Page) -> None:
    text = " ".join(page.text)
    assert not [key for key in KEYS if "_" in key and key in text]
    assert not [to for to in (*RESOLVERS, *PARTNER_WORDS) if "-" in to and re.search(rf"(?<![\w-]){to}(?![\w-])", text)]


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("text", "back"),
        ("muted", "back"),
        ("action", "back"),
        ("text", "soft"),
        ("muted", "soft"),
        ("ok", "ok-back"),
        ("warn", "warn-back"),
    ],
)
def test_there_is_enough_contrast(html: str, text: str, back: str) -> None:
    def light(name: str) -> float:
        found = re.search(rf"--gvd-{name}: #([0-9a-f]{{6}})", html)
        assert found is not None
        parts = [int(found[1][at : at + 2], 16) / 255 for at in (0, 2, 4)]
        red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(text), light(back)), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= LEAST_CONTRAST


def test_what_is_in_the_table_is_text_and_never_markup(table: Table) -> None:
    topic = replace(table.topics["aow"], title="<script>alert(1)</script>", words=("<b>vet</b>", 'a"onclick="b'))
    html = render(replace(table, topics={**table.topics, "aow": topic}))
    assert "<script>alert" not in html
    assert "<b>vet" not in html
    assert len(Page(html).all("script")) == 1


def test_the_same_table_gives_the_same_page(table: Table, html: str) -> None:
    assert render(load()) == html
    assert render(replace(table, version="2026.11.22-000000000000")) != html
