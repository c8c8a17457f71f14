"""Figures that the portal counts from its own rows: named sources, and the public names of the rows behind them.

The startup directory and the facilities add their sources here, each app's in a module of its own that this file
imports: the roadmap may read the other two apps, they do not know of it.
"""

from roadmap.automatic import sources as _sources  # noqa: F401  the import registers them
from roadmap.automatic.behind import CountBehind, count_behind
from roadmap.automatic.registry import SOURCES, Counted, Registry, Source, count_rows
from roadmap.automatic.rows import NamedRow, public_rows

__all__ = [
    "SOURCES",
    "CountBehind",
    "Counted",
    "NamedRow",
    "Registry",
    "Source",
    "count_behind",
    "count_rows",
    "public_rows",
]
