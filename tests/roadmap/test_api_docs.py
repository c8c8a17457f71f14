"""The API's page: made from the OpenAPI description, light, in two languages, without JavaScript."""

import gzip
import json
import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.utils import translation
from playwright.sync_api import sync_playwright

from roadmap.api.docs import schema_in
from roadmap.api.reference import endpoints_by_tag, shape_of

VIOLATIONS = "async () => (await axe.run()).violations.map((found) => `${found.id}: ${found.nodes[0].html}`)"


def page_in(client, language):
    return client.get("/api/docs/", headers={"Accept-Language": language}).content.decode()


@pytest.mark.parametrize(("language", "title"), [("en", "Open data API"), ("id", "API data terbuka")])
def test_the_page_speaks_the_language_of_the_reader(client, db, language, title):
    text = page_in(client, language)
    assert f'<html lang="{language}">' in text
    assert f"<title>{title} · MalangKraf</title>" in text
    assert "<style" not in text and " style=" not in text and "<script>" not in text


def test_the_language_can_be_chosen(client, db):
    answer = client.get("/api/docs/?lang=en", headers={"Accept-Language": "id"})
    assert '<html lang="en">' in answer.content.decode()
    assert answer.headers["Content-Language"] == "en"
    assert client.get("/api/docs/?lang=../x").status_code == 200
    assert '<html lang="id">' in page_in(client, "id")


def test_every_endpoint_of_the_description_stands_on_the_page(client, db):
    text = page_in(client, "en")
    paths = schema_in("en")["paths"]
    assert len(paths) > 15
    for path, operations in paths.items():
        assert list(operations) == ["get"]
        assert f"<code>{path}</code>" in text
        assert re.search(
            rf'curl &quot;http[^&]+{re.escape(path)}&quot;|curl "http[^"]+{re.escape(path)}"', text
        )
        assert (f'href="{path}"' in text) == ("{" not in path)
    assert "<code>very_high</code>" in text
    assert 'href="/api/schema/?format=json"' in text


def test_the_description_is_in_its_own_language_whoever_asks_first(db):
    schema_in.cache_clear()
    with translation.override("id"):
        assert schema_in("en")["paths"]["/api/v1/phases/"]["get"]["summary"] == "The phases of the roadmap"


def test_the_page_is_light(client, db):
    assert len(gzip.compress(client.get("/api/docs/").content)) < 20_000


def test_the_form_of_an_answer_follows_the_description(db):
    tags = endpoints_by_tag(schema_in("en"))
    listed, single = tags["indicators"]
    form = json.loads(listed.shape)
    assert set(form) == {"count", "next", "previous", "results"}
    assert form["count"] == "integer"
    assert set(json.loads(single.shape)) >= {"code", "name", "name_en", "series"}
    names = {parameter.name: parameter for parameter in listed.parameters}
    assert names["direction"].choices == ("higher", "lower", "range")
    assert single.parameters[0].is_in_path
    assert not single.can_be_opened


def test_a_form_that_holds_itself_ends():
    tree = {"type": "object", "properties": {"children": {"type": "array", "items": {"$ref": "#/x/Tree"}}}}
    schema = {"components": {"schemas": {"Tree": tree}}}
    assert shape_of({"$ref": "#/x/Tree"}, schema) == {"children": ["…"]}


@pytest.mark.browser
@pytest.mark.parametrize(
    ("language", "looks"),
    [("id", [(360, "light"), (1280, "dark")]), ("en", [(360, "dark"), (1280, "light")])],
)
def test_the_page_is_accessible_and_fits(browser_executable, live_server, language, looks):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(browser_executable))
        for width, scheme in looks:
            context = browser.new_context(
                locale=language,
                viewport={"width": width, "height": 800},
                color_scheme=scheme,
                bypass_csp=True,
            )
            page = context.new_page()
            page.goto(f"{live_server.url}/api/docs/")
            page.evaluate("document.querySelectorAll('main details').forEach((one) => one.open = true)")
            page.evaluate(AXE_SCRIPT)
            assert page.evaluate(VIOLATIONS) == [], (width, scheme)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.locator("html").get_attribute("lang") == language
            context.close()
        browser.close()
