"""The API's page: Swagger UI from the portal's own files, under the portal's content security policy."""

import pytest
from playwright.sync_api import expect, sync_playwright

LISTEN = """
window.broken = [];
document.addEventListener("securitypolicyviolation", (event) => window.broken.push(event.violatedDirective));
"""


@pytest.fixture
def page(browser_executable):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(browser_executable))
        page = browser.new_page(locale="en", viewport={"width": 1280, "height": 900})
        page.add_init_script(LISTEN)
        yield page
        browser.close()


def test_the_page_takes_everything_from_the_portal_and_speaks_the_language_of_the_reader(client, db):
    for language, title in (("en", "Open data API"), ("id", "API data terbuka")):
        text = client.get("/api/docs/", headers={"Accept-Language": language}).content.decode()
        assert f'<html lang="{language}">' in text
        assert f"<title>{title} · MalangKraf</title>" in text
        assert "//" not in text.replace("http://www.w3.org", "")
        assert "<style" not in text and " style=" not in text and "<script>" not in text


@pytest.mark.browser
def test_the_operations_show_without_breaking_the_security_policy(page, live_server):
    errors, foreign = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda one: foreign.append(one.url) if live_server.url not in one.url else None)
    page.goto(f"{live_server.url}/api/docs/")
    operation = page.locator(".opblock", has_text="/api/v1/phases/").first
    expect(operation).to_be_visible()
    operation.locator("button.opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    assert page.evaluate("window.broken") == []
    assert errors == []
    assert [address for address in foreign if not address.startswith(("data:", "blob:"))] == []
