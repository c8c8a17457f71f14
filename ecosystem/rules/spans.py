"""Sets of times as sorted lists of half-open spans: put together, taken away, cut. All values are aware."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from operator import itemgetter

Span = tuple[datetime, datetime]
_start, _end = itemgetter(0), itemgetter(1)


def merge(spans: Iterable[Span]) -> list[Span]:
    """Return the time that the spans cover together, sorted; spans that touch become one, empty ones are dropped."""
    merged: list[Span] = []
    for span in sorted(spans):
        start, end = span
        if end <= start:
            continue
        if not merged or merged[-1][1] < start:
            merged.append(span)
        elif merged[-1][1] < end:
            merged[-1] = (merged[-1][0], end)
    return merged


def subtract(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """Return what is left of some merged spans when others, merged too, are taken away."""
    left: list[Span] = []
    cuts = iter(others)
    cut = next(cuts, None)
    for start, end in spans:
        while cut is not None and cut[0] < end:
            if start < cut[0]:
                left.append((start, cut[0]))
            if end < cut[1]:
                # The rest of the cut may reach into the next span.
                start = end
                break
            start = max(start, cut[1])
            cut = next(cuts, None)
        if start < end:
            left.append((start, end))
    return left


def intersect(spans: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """Return the time that lies in both of two merged lists."""
    shared: list[Span] = []
    mine = theirs = 0
    while mine < len(spans) and theirs < len(others):
        start = max(spans[mine][0], others[theirs][0])
        end = min(spans[mine][1], others[theirs][1])
        if start < end:
            shared.append((start, end))
        if spans[mine][1] <= others[theirs][1]:
            mine += 1
        else:
            theirs += 1
    return shared


def clip(spans: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    """Return what of any spans lies between two instants, in their order."""
    return [(max(span[0], start), min(span[1], end)) for span in spans if span[0] < end and start < span[1]]


def cut_out(spans: Sequence[Span], start: datetime, end: datetime) -> list[Span]:
    """Return what of some merged spans lies between two instants; finds the place instead of looking at each."""
    found = list(spans[bisect_right(spans, start, key=_end) : bisect_left(spans, end, key=_start)])
    if found and found[0][0] < start:
        found[0] = (start, found[0][1])
    if found and end < found[-1][1]:
        found[-1] = (found[-1][0], end)
    return found


def covers(spans: Sequence[Span], span: Span) -> bool:
    """Return whether one of the merged spans contains all of a span."""
    at = bisect_right(spans, span[0], key=_start) - 1
    return at >= 0 and span[1] <= spans[at][1]


def overlaps(spans: Sequence[Span], span: Span) -> bool:
    """Return whether a span shares time with one of the merged spans; touching is not sharing."""
    at = bisect_left(spans, span[1], key=_start) - 1
    return at >= 0 and span[0] < spans[at][1]


def utc(moment: datetime) -> datetime:
    """Return the same instant in UTC: Python adds and compares instants of one zone by their wall clocks."""
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
