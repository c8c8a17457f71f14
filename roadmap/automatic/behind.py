"""What stands behind a counted value, for the page that explains it."""

from dataclasses import dataclass

from django.utils.functional import Promise

from roadmap.automatic.registry import SOURCES
from roadmap.automatic.rows import NamedRow, public_rows
from roadmap.models import AutomaticSnapshot, Measurement

# A page that lists more rows than this is read by nobody; the rest is counted.
SHOWN = 200


@dataclass(frozen=True, slots=True)
class CountBehind:
    """The count that a value stands on; `hidden` rows are not public (any more), `more` are public and not listed.

    `earlier` are the counts that this one replaced, oldest first.
    """

    snapshot: AutomaticSnapshot
    source: "str | Promise"
    unit: "str | Promise"
    named: list[NamedRow]
    more: int
    hidden: int
    earlier: list[AutomaticSnapshot]


def count_behind(measurement: Measurement | None) -> CountBehind | None:
    """Return the count behind a value, None for a value that a person gave.

    One query and one for each kind of row; none for other values.
    """
    if measurement is None or measurement.provenance != Measurement.Provenance.AUTOMATIC:
        return None
    snapshots = list(
        AutomaticSnapshot.objects.filter(
            indicator=measurement.indicator_id, period=measurement.period_id
        ).order_by("number")
    )
    if not snapshots:
        return None
    *earlier, latest = snapshots
    source = SOURCES.find(latest.source)
    named = public_rows((label, key) for label, key in latest.rows)
    return CountBehind(
        snapshot=latest,
        source=source.label if source else latest.source,
        unit=source.unit if source else "",
        named=named[:SHOWN],
        more=max(0, len(named) - SHOWN),
        hidden=len(latest.rows) - len(named),
        earlier=earlier,
    )
