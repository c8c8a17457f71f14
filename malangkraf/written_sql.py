"""SQL that is written out, for what runs in each request of a person or in each booking.

Django makes the SQL of a query set anew each time, and PostgreSQL plans it anew: for a wide row both take longer than
finding it. Here the text stands, and each connection keeps its plan (`prepare_threshold` of the database settings).
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, NotSupportedError, connection
from django.db.models import Model
from psycopg import Cursor

M = TypeVar("M", bound=Model)


def fetch(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a SELECT whose plan is kept; one query. It names its columns: the plan of `*` breaks."""
    try:
        return _rows(sql, values)
    except NotSupportedError:
        # A migration has changed a column's type since the plan was made. A transaction is lost, and psycopg forgets
        # the plans with its rollback; outside of one nothing else would ever make it forget them.
        if connection.in_atomic_block:
            raise
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")
        return _rows(sql, values)


def _rows(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        if not connection.queries_logged:
            # Django's own cursor writes the values into the text, which is what its log shows: no two are the same.
            cursor.cursor = Cursor(cursor.connection)
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def columns(model: type[Model]) -> str:
    """Return a model's columns for SELECT, in the order that `instances` reads them."""
    table = model._meta.db_table
    return ", ".join(f'"{table}"."{field.column}"' for field in model._meta.concrete_fields)


@cache
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


class Row:
    """One row that SELECT gave, read from left to right."""

    def __init__(self, values: Sequence[Any]) -> None:
        self._left: Iterator[Any] = iter(values)

    def instance(self, model: type[M]) -> M:
        """Return the next columns as an object, as `columns` has named them; no field may need converting."""
        names = _names(model)
        return model.from_db(DEFAULT_DB_ALIAS, names, list(islice(self._left, len(names))))

    def value(self) -> Any:
        """Return the next column."""
        return next(self._left)
