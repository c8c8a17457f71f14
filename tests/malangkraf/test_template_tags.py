"""The built-in tags and filters of malangkraf/templatetags/malangkraf.py."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import resolve
from django.utils import translation

from malangkraf.templatetags import malangkraf as tags
from malangkraf.templatetags.malangkraf import ICONS, TONE_ICONS, language_url
from malangkraf.translated import lacks_translation, translated


@dataclass
class Text:
    name: str | None = "Peta jalan"
    name_en: str = ""


def render(source: str, address: str = "/", **values) -> str:
    request = RequestFactory().get(address)
    return Template(source).render(Context({"request": request, **values}))


@pytest.mark.parametrize(
    ("language", "source", "shown"),
    [
        ("id", "{{ value|number }}", "1.234,5"),
        ("en", "{{ value|number:2 }}", "1,234.50"),
        ("id", "{{ value|percent }}", "1.234,50%"),
        ("en", "{{ value|percent:1 }}", "1,234.5%"),
        ("id", "{{ nothing|number }} {{ nothing|percent }}", "– –"),
    ],
)
def test_numbers_follow_the_language(language: str, source: str, shown: str):
    with translation.override(language):
        assert render(source, value=Decimal("1234.5"), nothing=None) == shown


@pytest.mark.parametrize(
    ("language", "text", "shown", "lacks"),
    [
        ("id", Text(name_en="Roadmap"), "Peta jalan", False),
        ("en", Text(name_en="Roadmap"), "Roadmap", False),
        ("en", Text(), "Peta jalan", True),
        ("en", Text(name=None), "", False),
    ],
)
def test_translated_falls_back_to_indonesian(language: str, text: Text, shown: str, lacks: bool):
    with translation.override(language):
        assert translated(text, "name") == shown
        assert lacks_translation(text, "name") is lacks
        assert render("{{ text|translated:'name' }}", text=text) == shown


def test_translated_refuses_a_field_that_does_not_exist():
    with pytest.raises(AttributeError):
        translated(Text(), "title")


@pytest.mark.parametrize(
    ("source", "address", "shown"),
    [
        ("{% query_with page=2 %}", "/?fase=a&fase=b", "?fase=a&amp;fase=b&amp;page=2"),
        ("{% query_with fase='c' %}", "/?fase=a&page=9", "?fase=c"),
        ("{% query_with fase=None %}", "/?fase=a", "?"),
    ],
)
def test_links_keep_the_other_filters(source: str, address: str, shown: str):
    assert render(source, address) == shown


@pytest.mark.parametrize(
    ("address", "language", "other"),
    [
        ("/cari/?q=gim", "en", "/en/cari/?q=gim"),
        ("/en/cari/?q=gim", "id", "/cari/?q=gim"),
        ("/", "en", "/en/"),
    ],
)
def test_the_language_switch_stays_on_the_page(address: str, language: str, other: str):
    request = RequestFactory().get(address)
    with translation.override("en" if address.startswith("/en/") else "id"):
        request.resolver_match = resolve(request.path)
        assert language_url(Context({"request": request}), language) == other


def test_the_language_switch_leads_home_from_an_unknown_address():
    request = RequestFactory().get("/tidak-ada/")
    assert language_url(Context({"request": request}), "en") == "/en/"
    assert language_url(Context(), "id") == "/"


def test_the_current_page_and_its_section_are_marked():
    assert render("<a{% current_if '/kpi/' %}>", "/kpi/") == '<a aria-current="page">'
    assert render("<a{% current_if '/kpi/' %}>", "/kpi/pdrb/") == '<a aria-current="true">'
    assert render("<a{% current_if '/kpi/' %}>", "/") == "<a>"


def test_a_badge_has_a_sign_and_a_word_and_escapes_it():
    shown = render("{% badge text 'warn' %}", text="<b>")
    assert "&lt;b&gt;" in shown and "badge-warn" in shown and "<svg" in shown
    assert set(TONE_ICONS.values()) <= set(ICONS)


@pytest.mark.parametrize(
    ("code", "css"), [("very_high", "good"), ("low", "bad"), ("", "neutral"), ("own-band", "neutral")]
)
def test_each_band_has_a_tone_and_an_unknown_one_is_neutral(code: str, css: str):
    assert f"badge-{css}" in render("{% band code 'x' %}", code=code)


def test_the_breadcrumb_ends_with_the_page_itself():
    shown = render("{% breadcrumb 'KPI' '/kpi/' name %}", name="A & B")
    assert '<a href="/kpi/">KPI</a>' in shown
    assert '<span aria-current="page">A &amp; B</span>' in shown


@pytest.mark.parametrize(
    ("language", "expected"), [("id", "22 Agu 2026, 15.16"), ("en", "22 Aug 2026, 15:16")]
)
def test_an_instant_is_written_as_malangs_clocks_show_it(language, expected):
    with translation.override(language):
        assert tags.moment(datetime(2026, 8, 22, 8, 16, tzinfo=UTC)) == expected
        assert tags.moment(None) == "–"


def test_a_static_file_that_the_list_does_not_know_is_no_error(monkeypatch):
    def refuse(path):
        raise ValueError(path)

    monkeypatch.setattr(tags, "static", refuse)
    assert tags.static_or_plain("css/portal.css") == "/static/css/portal.css"
