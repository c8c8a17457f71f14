"""The report as a workbook: numbers as numbers, native charts, no formula anywhere."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter
from django.utils import translation

from malangkraf.typesetting.glyphs import without_controls
from roadmap.reporting import texts
from roadmap.reporting.document import build_document
from roadmap.reporting.pictures import drawn_of
from roadmap.reporting.wording import Part, Snapshot, Wording
from roadmap.reporting.workbook import Book, Column, number_of

MOST_NATIVE_CHARTS = 24


def render_xlsx(snapshot: Snapshot, *, language: str, sha256: str, verify_url: str) -> bytes:
    """Return the workbook of a snapshot; the same snapshot gives the same bytes (its clock is the cut-off)."""
    snapshot = without_controls(snapshot)
    document = build_document(snapshot, language=language, sha256=sha256, verify_url=verify_url)
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        # A text that begins with "=" stays text: whatever somebody typed, opening the file runs nothing.
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    workbook = xlsxwriter.Workbook(stream, options)
    # XlsxWriter takes a naive time; the file's zone is Malang's, as everywhere in the report.
    created = datetime.fromisoformat(snapshot["report"]["cut_off"]).replace(tzinfo=None)
    workbook.set_properties(
        {"title": document["title"], "author": document["words"]["portal"], "created": created}
    )
    with translation.override(language):
        book = Book(workbook, document)
        wording = Wording(language)
        summary = book.add_sheet(document["words"]["summary_short"])
        _indicators(book, snapshot, wording)
        places = _series(book, snapshot, wording)
        _actions(book, snapshot, wording)
        _sources(book)
        _method(book)
        _verify(book)
        _summary(book, summary)
        _charts(book, summary, snapshot, places=places, wording=wording)
    workbook.close()
    return stream.getvalue()


def _indicators(book: Book, snapshot: Snapshot, wording: Wording) -> None:
    """Write one row per indicator with raw values, target versions and reason codes."""
    words = book.words
    columns = [
        Column(words["code"], 12),
        Column(words["indicator"], 44),
        Column(words["headline_mark"], 9),
        Column(words["unit"], 14),
        Column(words["direction"], 18),
        Column(words["baseline"], 13, "number"),
        Column(words["target"], 13, "number"),
        Column(words["original_target"], 13, "number"),
        Column(words["target_version"], 9, "number"),
        Column(words["actual"], 13, "number"),
        Column(words["period"], 16),
        Column(words["percent"], 12, "percent"),
        Column(words["raw_percent"], 16, "number"),
        Column(words["capped_percent"], 12, "percent"),
        Column(words["original_percent"], 14, "percent"),
        Column(words["band"], 24),
        Column(words["reason_code"], 18),
        Column(words["trend"], 14),
        Column(words["remarks"], 60),
    ]
    rows = [
        _indicator_row(item, row, wording, words=words)
        for item, row in zip(_ordered(snapshot), _texts(book), strict=True)
    ]
    book.write_table(words["indicators_short"], columns, rows)


def _ordered(snapshot: Snapshot) -> list[Part]:
    """Return the indicators in the order of the document: the headline ones first."""
    return sorted(snapshot["indicators"], key=lambda item: not item["headline"])


def _texts(book: Book) -> list[dict[str, Any]]:
    """Return the rows of the document in its order."""
    return [*book.document["headline"], *book.document["others"]]


def _indicator_row(item: Part, row: dict[str, Any], wording: Wording, *, words: dict[str, str]) -> list[Any]:
    """Return one indicator as cells: raw numbers where there are any, text elsewhere."""
    target, actual = item["target"] or {}, item["actual"] or {}
    baseline, achievement = item["baseline"] or {}, item["achievement"]
    is_range = target.get("value") is None and target.get("low") is not None
    return [
        item["code"],
        row["name"],
        words["yes" if item["headline"] else "no"],
        row["unit"],
        texts.direction_name(item["direction"]),
        number_of(baseline.get("value")),
        row["target"] if is_range else number_of(target.get("value")),
        number_of(target.get("original")),
        target.get("version"),
        number_of(actual.get("value")),
        wording.pick(actual.get("label")) or wording.pick(target.get("label")),
        number_of(achievement["percent"]),
        number_of(achievement["raw"]),
        number_of(achievement["capped"]),
        number_of(achievement.get("original_percent")),
        f"{row['band']['sign']} {row['band']['word']}",
        achievement["reason"] or "",
        f"{row['trend']['sign']} {row['trend']['word']}",
        " ".join(row["remarks"]),
    ]


def _series(book: Book, snapshot: Snapshot, wording: Wording) -> dict[str, tuple[int, int]]:
    """Write the series, one row per indicator and period; return the rows of each indicator for the charts."""
    words = book.words
    columns = [
        Column(words["code"], 12),
        Column(words["indicator"], 44),
        Column(words["period"], 18),
        Column(words["start"], 12, "date"),
        Column(words["end"], 12, "date"),
        Column(words["target"], 13, "number"),
        Column(words["actual"], 13, "number"),
        Column(words["percent"], 12, "percent"),
    ]
    rows: list[list[Any]] = []
    places = {}
    for item in _ordered(snapshot):
        name = wording.pick(item["name"])
        drawn = drawn_of(item)
        # The chart wants its rows together: what no line joins stands before them.
        series = [*(entry for entry in item["series"] if entry not in drawn), *drawn]
        first = len(rows) + 1 + len(series) - len(drawn)
        rows += [
            [
                item["code"],
                name,
                wording.pick(entry["label"]),
                datetime.fromisoformat(entry["start"]),
                datetime.fromisoformat(entry["end"]),
                number_of(entry["target"]),
                number_of(entry["actual"]),
                number_of(entry["percent"]),
            ]
            for entry in series
        ]
        places[item["code"]] = (first, len(rows))
    book.write_table(words["series"], columns, rows)
    return places


def _actions(book: Book, snapshot: Snapshot, wording: Wording) -> None:
    """Write one row per action with what was planned and what happened."""
    words = book.words
    columns = [
        Column(words["programme"], 34),
        Column(words["action"], 44),
        Column(words["state"], 16),
        Column(words["lead"], 26),
        Column(words["planned"], 34),
        Column(words["happened_dates"], 34),
        Column(words["reason"], 40),
        Column(words["updates"], 70),
    ]
    rows = [
        [
            programme["title"],
            action["title"],
            f"{action['state']['sign']} {action['state']['word']}",
            action["lead"],
            action["planned"],
            action["actual"],
            action["reason"],
            "\n".join(
                f"{update['as_of']}: {update['text']} {update['percent']}".strip()
                for update in action["updates"]
            ),
        ]
        for programme in book.document["programmes"]
        for action in programme["actions"]
    ]
    book.write_table(words["actions_short"], columns, rows)


def _sources(book: Book) -> None:
    """Write the numbered sources with their whole addresses."""
    words = book.words
    columns = [
        Column("№", 6, "number"),
        Column(words["source"], 30),
        Column(words["address"], 110),
        Column(words["used_by"], 30),
    ]
    rows = [
        [source["number"], source["host"], source["url"], ", ".join(source["used_by"])]
        for source in book.document["sources"]
    ]
    book.write_table(words["sources"], columns, rows)


def _method(book: Book) -> None:
    """Write how the figures are made, then the scale."""
    words, method = book.words, book.document["method"]
    lines = [*method["notes"], f"{method['scale']}. {method['regulation']}"]
    bands = [f"{band['mark']} {band['label']}: {band['reach']}" for band in method["bands"]]
    book.write_lines(book.add_sheet(words["method_short"]), words["method"], [*lines, *bands])


def _verify(book: Book) -> None:
    """Write what proves that the figures are the published ones."""
    words, document = book.words, book.document
    pairs = [
        (words["hash"], document["sha256"]),
        (words["address"], document["verify_url"]),
        (words["version"], str(document["number"])),
        (words["cut_off"], document["cut_off"]),
    ]
    lines = [document["verify_note"], *(f"{label}: {value}" for label, value in pairs)]
    book.write_lines(book.add_sheet(words["verify_short"]), words["verify"], lines)


def _summary(book: Book, sheet: Any) -> None:
    """Write the report in a few sentences with what identifies it."""
    document = book.document
    facts = [f"{item['label']}: {item['value']}" for item in document["completeness"]]
    lines = [
        f"{document['kind']} · {document['period']} · {document['version']} · {document['cut_off']}",
        *([f"{book.words['erratum']}: {document['erratum']}"] if document["erratum"] else []),
        *document["summary"],
        *([document["empty_note"]] if document["empty_note"] else []),
        *facts,
        document["directory"]["text"],
    ]
    book.write_lines(sheet, document["title"], lines)


def _charts(
    book: Book, sheet: Any, snapshot: Snapshot, *, places: dict[str, tuple[int, int]], wording: Wording
) -> None:
    """Put a native line chart of each headline indicator beside the summary, two in a row."""
    headline: Sequence[Part] = [
        item for item in snapshot["indicators"] if item["headline"] and len(drawn_of(item)) > 1
    ]
    for index, item in enumerate(headline[:MOST_NATIVE_CHARTS]):
        name = wording.pick(item["name"])
        chart = book.line_chart(name, rows=places[item["code"]], unit=wording.pick(item["unit"]))
        sheet.insert_chart(
            2 + index // 2 * 17,
            2 + index % 2 * 8,
            chart,
            {"object_position": 3, "description": name},
        )
