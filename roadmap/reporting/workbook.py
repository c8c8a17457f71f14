"""How every sheet of a report's workbook looks: headings, widths, frozen panes, print set-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roadmap.reporting.wording import decimal_of

# Excel keeps 15 digits; longer numbers would be changed silently, so they are written as text.
EXACT_DIGITS = 15
FONT = "Plus Jakarta Sans"
FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, its width in characters, and what it holds."""

    heading: str
    width: float
    kind: str = "text"


def number_of(text: str | None) -> float | int | str | None:
    """Return a snapshot's number for a cell; as text when Excel could not hold it exactly."""
    value = decimal_of(text)
    if value is None:
        return None
    if value == value.to_integral_value() and abs(value) < 10**EXACT_DIGITS:
        return int(value)
    rounded = float(value)
    # A quotient has no last digit: only what somebody typed must come back exactly.
    if abs(rounded) < 10**EXACT_DIGITS:
        return rounded
    return text


class Book:
    """Writes the sheets of one workbook in one look."""

    def __init__(self, workbook: Any, document: dict[str, Any]) -> None:
        self.workbook = workbook
        self.document = document
        self.words: dict[str, str] = document["words"]
        base = {"font_name": FONT, "font_size": 10, "valign": "top"}
        self.formats = {
            "title": workbook.add_format({**base, "font_size": 18, "bold": True, "font_color": "#0B2545"}),
            "line": workbook.add_format({**base, "font_size": 11, "text_wrap": True}),
            "head": workbook.add_format(
                {
                    **base,
                    "bold": True,
                    "bg_color": "#0B2545",
                    "font_color": "#FFFFFF",
                    "text_wrap": True,
                    "border": 1,
                }
            ),
            "text": workbook.add_format({**base, "text_wrap": True}),
            "number": workbook.add_format({**base, "num_format": "#,##0.######"}),
            "whole": workbook.add_format({**base, "num_format": "#,##0"}),
            "percent": workbook.add_format({**base, "num_format": "#,##0.00"}),
            "date": workbook.add_format({**base, "num_format": "yyyy-mm-dd", "align": "left"}),
        }

    def add_sheet(self, name: str) -> Any:
        """Return a new sheet with the print set-up; its name is cut to what Excel takes."""
        sheet = self.workbook.add_worksheet(name.translate(FORBIDDEN_IN_NAMES)[:31])
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.set_header(f"&L{_escape(self.document['title'])}&R{_escape(self.document['version'])}")
        page, pages = "&P", "&N"
        sheet.set_footer("&R" + self.words["page"].replace("%(page)s", page).replace("%(pages)s", pages))
        return sheet

    def write_table(self, name: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> None:
        """Write a sheet that is one table: repeated heading, frozen first row, filter, the given widths."""
        sheet = self.add_sheet(name)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width)
            sheet.write_string(0, index, column.heading, self.formats["head"])
        for row_number, row in enumerate(rows, 1):
            for index, (column, value) in enumerate(zip(columns, row, strict=True)):
                self._write(sheet, row_number, index, value=value, kind=column.kind)
        sheet.freeze_panes(1, 2)
        sheet.repeat_rows(0)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(columns) - 1)

    def write_lines(self, sheet: Any, title: str, lines: Sequence[str]) -> None:
        """Write a sheet of sentences, one under the other."""
        sheet.set_column(0, 0, 96)
        sheet.write_string(0, 0, title, self.formats["title"])
        for index, line in enumerate(lines, 2):
            sheet.write_string(index, 0, line, self.formats["line"])

    def line_chart(self, title: str, *, rows: tuple[int, int], unit: str) -> Any:
        """Return a line chart over rows of the series sheet: actual strong, target dashed, gaps as gaps."""
        sheet = self.words["series"].translate(FORBIDDEN_IN_NAMES)[:31]
        first, last = rows
        chart = self.workbook.add_chart({"type": "line"})
        periods = [sheet, first, 2, last, 2]
        font = {"name": FONT, "size": 9}
        looks: list[tuple[str, int, dict[str, Any], dict[str, Any]]] = [
            ("target", 5, {"color": "#5B6980", "width": 1.5, "dash_type": "dash"}, {"type": "none"}),
            (
                "actual",
                6,
                {"color": "#0F4C81", "width": 2.5},
                {"type": "circle", "size": 7, "fill": {"color": "#0F4C81"}, "border": {"color": "#FFFFFF"}},
            ),
        ]
        for key, column, line, marker in looks:
            chart.add_series(
                {
                    "name": self.words[key],
                    "categories": periods,
                    "values": [sheet, first, column, last, column],
                    "line": line,
                    "marker": marker,
                }
            )
        chart.set_title(
            {"name": _no_reference(title), "name_font": {**font, "size": 11, "bold": True}, "overlay": False}
        )
        chart.set_y_axis(
            {
                "name": _no_reference(unit),
                "name_font": font,
                "num_font": font,
                "major_gridlines": {"visible": True, "line": {"color": "#E5DCCB"}},
            }
        )
        chart.set_x_axis({"num_font": font, "label_position": "low"})
        chart.set_legend({"position": "bottom", "font": font})
        chart.show_blanks_as("gap")
        chart.set_size({"width": 500, "height": 320})
        return chart

    def _write(self, sheet: Any, row: int, index: int, *, value: Any, kind: str) -> None:
        """Write one cell by what it is: nothing, a number, a date, or text (never a formula)."""
        if value is None or value == "":
            return
        if isinstance(value, bool | str):
            sheet.write_string(row, index, str(value), self.formats["text"])
        elif isinstance(value, datetime):
            sheet.write_datetime(row, index, value, self.formats["date"])
        else:
            # Without this, "#,##0.######" would show a lone decimal sign behind a whole number.
            name = "whole" if kind == "number" and isinstance(value, int) else kind
            sheet.write_number(row, index, value, self.formats[name if name != "text" else "number"])


def _no_reference(text: str) -> str:
    """Return text for a chart, in which a leading "=" would name a range of cells instead of being read."""
    return f" {text}" if text.startswith("=") else text


def _escape(text: str) -> str:
    """Return text for a header, in which "&" begins a command."""
    return text.replace("&", "&&")[:120]
