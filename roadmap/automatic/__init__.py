"""Figures that the portal counts from its own rows: named sources, and the public names of the rows behind them.

The startup directory and the facilities have their sources in modules of their own that this file imports: the roadmap
may read the other two apps, they do not know of it.
"""

from roadmap.automatic import directory as _directory  # noqa: F401  the imports register the sources
from roadmap.automatic import facilities as _facilities  # noqa: F401
from roadmap.automatic import sources as _sources  # noqa: F401
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
