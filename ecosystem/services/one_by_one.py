"""Jobs over many rows: each row in a transaction of its own, and one that fails never stops the others."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from celery.exceptions import SoftTimeLimitExceeded

from ecosystem.services.booking_drafts import Refused, StateConflict, Taken

logger = logging.getLogger(__name__)

Row = TypeVar("Row")


def one_by_one(rows: Iterable[Row], deed: Callable[[Row], object]) -> int:
    """Do something with each row and return for how many it was done (the deed returned something true).

    Whoever changed a row meanwhile was right: it is passed over. Any other failure is logged with the row's key, and
    the next run tries again.
    """
    done = 0
    for row in rows:
        try:
            done += bool(deed(row))
        except (Refused, StateConflict, Taken):
            continue
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:
            # Whatever is wrong with one row; a job over all facilities must not end with it.
            key = getattr(row, "pk", row)
            logger.error(
                "%s failed for %s: %s", getattr(deed, "__qualname__", deed), key, type(error).__name__
            )
    return done
