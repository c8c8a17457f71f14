"""The portal, the browser and the visitors of the browser tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.portal import Portal, running_portal
from tests.browser.visitor import Visitor

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 20_000
HEIGHTS = {360: 740, 1280: 860}

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The portal with the published figures, once for all browser tests."""
    with running_portal(tmp_path_factory.mktemp("portal")) as running:
        yield running


@pytest.fixture(scope="module")
def chromium(browser_executable: Path) -> Iterator[Browser]:
    """One browser for a module: its event loop must not be there when other modules use Django's ORM."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def seat(chromium: Browser, portal: Portal) -> Iterator[Callable[..., Visitor]]:
    """Return a function that seats a visitor at a window of their own; what they found wrong fails the test."""
    visitors: list[Visitor] = []

    def take(language: str = "id", width: int = 1280, *, account: str = "", **options: object) -> Visitor:
        label = "-".join([language, str(width), *(str(value) for value in options.values())])
        if account:
            options["storage_state"] = signed_in(chromium, portal, account)
        context = chromium.new_context(
            viewport={"width": width, "height": HEIGHTS[width]},
            locale="id-ID" if language == "id" else "en-GB",
            timezone_id="Asia/Jakarta",
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(PATIENCE)
        visitor = Visitor(context.new_page(), address=portal.address, language=language, label=label)
        visitors.append(visitor)
        return visitor

    yield take
    problems = [problem for visitor in visitors for problem in visitor.problems]
    for visitor in visitors:
        visitor.page.context.close()
    assert not problems, "\n".join(["", *problems])


def signed_in(chromium: Browser, portal: Portal, account: str) -> object:
    """Return the cookies of the demo account, signed in once through the form."""
    if account not in portal.sessions:
        context = chromium.new_context(locale="id-ID")
        page = context.new_page()
        page.goto(f"{portal.address}/akun/login/")
        sign_in(page, account, portal.password(account))
        page.wait_for_url("**/ruang-kerja/")
        portal.sessions[account] = context.storage_state()
        context.close()
    return portal.sessions[account]


def sign_in(page, account: str, password: str) -> None:
    """Fill in and send the sign-in form that the page shows."""
    form = page.locator("main form:has(input[name=login])")
    form.locator("[name=login]").fill(account)
    form.locator("[name=password]").fill(password)
    form.locator("[name=password]").press("Enter")
