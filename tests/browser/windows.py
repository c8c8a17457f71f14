"""The browser's windows: wiped and used again, for the first page in a new one costs a second of processor time."""

from collections import defaultdict

from playwright.sync_api import Browser, BrowserContext


class Windows:
    """Windows by what they look like; nobody finds what the one before them left there."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.free: dict[str, list[BrowserContext]] = defaultdict(list)

    def take(self, **options: object) -> BrowserContext:
        """Return a window with these options that nobody sits at."""
        if waiting := self.free[repr(options)]:
            return waiting.pop()
        window = self.browser.new_context(**options)
        # A small page that stays: with it stays the process that has read the scripts.
        window.new_page().goto(f"{self.address}/robots.txt")
        return window

    def give_back(self, window: BrowserContext, **options: object) -> None:
        """Close what is open, and forget who was here, what the pages stored and what was read."""
        kept, *opened = window.pages
        for page in opened:
            page.close()
        window.clear_cookies()
        session = window.new_cdp_session(kept)
        session.send("Storage.clearDataForOrigin", {"origin": self.address, "storageTypes": "all"})
        session.send("Network.clearBrowserCache")
        session.detach()
        self.free[repr(options)].append(window)
