"""One person at one browser window, and what must hold on every page that they open."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Page, Response

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = """async (tags) => {
  const found = await axe.run({runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]});
  return found.violations.map(v => v.id + ": " + v.nodes.map(n => n.target.join(" ") + " "
    + n.any.concat(n.all, n.none).map(m => m.message).join("; ").slice(0, 160)).slice(0, 4).join(" | "));
}"""
FACTS = """(foreign) => {
  const page = document.documentElement;
  const wide = [...document.body.querySelectorAll("*")].filter(
    e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest("[tabindex='0'], .table-wrap, pre, svg"));
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const leaks = [];
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const near = text.parentElement;
    if (near.closest("script, style, code, pre, textarea") || near.closest("[lang]") !== page) continue;
    if (new RegExp(foreign, "i").test(text.data)) leaks.push(text.data.trim().slice(0, 90));
  }
  return {
    language: page.lang, headings: document.querySelectorAll("h1").length,
    overflow: Math.max(page.scrollWidth, document.body.scrollWidth) - innerWidth,
    wide: wide.slice(0, 4).map(e => e.tagName + "." + (e.getAttribute("class") || "")),
    leaks: leaks.slice(0, 6), title: document.title,
  };
}"""
# Words that no text of the other language holds by chance.
FOREIGN = {
    "id": r"\b(the|and|with|this|your|please|from|which|have|has|was|were|not|there)\b",
    "en": r"\b(yang|dengan|untuk|tidak|belum|adalah|dari|sudah|Anda|bisa|atau)\b",
}
SCREENSHOTS = os.environ.get("MALANGKRAF_SCREENSHOTS")
FOLDER = Path(__file__).resolve().parents[2] / "test-artifacts"


class Visitor:
    """A page of the browser in one language, width and colour scheme, with the problems found so far."""

    def __init__(self, page: Page, *, address: str, language: str, label: str) -> None:
        self.page = page
        self.address = address
        self.language = language
        self.label = label
        self.problems: list[str] = []
        self.expected_status: set[int] = set()
        page.on("console", self.note_message)
        page.on("pageerror", lambda error: self.note(f"script error: {error}"))
        page.on("response", self.note_response)

    @property
    def is_indonesian(self) -> bool:
        return self.language == "id"

    def text(self, indonesian: str, english: str) -> str:
        """Return the text that this visitor reads."""
        return indonesian if self.is_indonesian else english

    def note(self, problem: str) -> None:
        self.problems.append(f"[{self.label}] {self.page.url}: {problem}")

    def note_message(self, message: ConsoleMessage) -> None:
        """Note errors of the console; those of the content policy come this way too."""
        refused = re.search(r"status of (\d+)", message.text)
        if message.type in {"error", "warning"} and not (refused and int(refused[1]) in self.expected_status):
            self.note(f"console {message.type}: {message.text}")

    def note_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected_status:
            self.note(f"{response.status} for {response.url}")

    @contextmanager
    def expecting(self, status: int) -> Iterator[None]:
        """Within this block an answer with the status is what the test wants."""
        self.expected_status.add(status)
        yield
        self.expected_status.discard(status)

    def url(self, path: str) -> str:
        """Return the whole address of a path in the visitor's language."""
        return f"{self.address}{'' if self.is_indonesian else '/en'}{path}"

    def visit(self, path: str, name: str = "") -> Page:
        """Open the path and look at the page closely, unless no name is given."""
        self.page.goto(self.url(path))
        if name:
            self.look(name)
        return self.page

    def look(self, name: str) -> None:
        """Note everything on the page at hand that is not as each page must be."""
        self.page.wait_for_load_state("load")
        facts = self.page.evaluate(FACTS, FOREIGN[self.language])
        if facts["language"] != self.language:
            self.note(f"lang is {facts['language']}")
        if facts["headings"] != 1:
            self.note(f"{facts['headings']} h1")
        if facts["overflow"] > 0:
            self.note(f"{facts['overflow']} px wider than the window: {facts['wide']}")
        if facts["leaks"]:
            self.note(f"text of the other language: {facts['leaks']}")
        if not facts["title"].strip():
            self.note("no title")
        self.run_axe()
        self.photograph(name)

    def run_axe(self) -> None:
        self.page.evaluate(AXE_SCRIPT)
        for violation in self.page.evaluate(AXE, AXE_TAGS):
            self.note(f"axe {violation}")

    def photograph(self, name: str) -> None:
        if SCREENSHOTS:
            FOLDER.mkdir(exist_ok=True)
            self.page.screenshot(
                path=FOLDER / f"{name}-{self.label}.png", full_page=True, animations="disabled"
            )
