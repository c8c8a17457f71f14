"""The portal, the browser and the visitors of the browser tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.portal import Portal, running_portal
from tests.browser.visitor import Visitor
from tests.browser.windows import Windows

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A new page shares the process of the window's other page, which has read the scripts.
    "--renderer-process-limit=1",
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


@pytest.fixture(scope="package")
def windows(browser_executable: Path, portal: Portal) -> Iterator[Windows]:
    """One browser for this folder: its event loop must not be there when other tests use Django's ORM."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_executable, args=FLAGS)
        yield Windows(browser, portal.address)
        browser.close()


@pytest.fixture
def seat(windows: Windows, portal: Portal) -> Iterator[Callable[..., Visitor]]:
    """Return a function that seats a visitor at a window of their own; what they found wrong fails the test."""
    visitors: list[tuple[Visitor, dict[str, object]]] = []

    def take(language: str = "id", width: int = 1280, *, account: str = "", **wishes: object) -> Visitor:
        state = signed_in(windows.browser, portal, account) if account else None
        label = "-".join([language, str(width), *(str(value) for value in wishes.values())])
        options = wishes | {
            "viewport": {"width": width, "height": HEIGHTS[width]},
            "locale": "id-ID" if language == "id" else "en-GB",
            "timezone_id": "Asia/Jakarta",
            "reduced_motion": "reduce",
        }
        window = windows.take(**options)
        window.set_default_timeout(PATIENCE)
        if state:
            window.add_cookies(state["cookies"])
        visitor = Visitor(window.new_page(), address=portal.address, language=language, label=label)
        visitors.append((visitor, options))
        return visitor

    yield take
    for visitor, options in visitors:
        windows.give_back(visitor.page.context, **options)
    problems = [problem for visitor, _ in visitors for problem in visitor.problems]
    assert not problems, "\n".join(["", *problems])


def signed_in(browser: Browser, portal: Portal, account: str) -> dict[str, object]:
    """Return the cookies of the demo account, signed in once through the form."""
    if account not in portal.sessions:
        context = browser.new_context(locale="id-ID")
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
