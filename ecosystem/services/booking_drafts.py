"""What the services of bookings take and raise: a draft, the plan for each of its dates, and the three refusals."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import psycopg
from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext_lazy as _

from ecosystem.affiliations import Affiliation
from ecosystem.models import Kecamatan, Space, Subsector, User
from ecosystem.rules.spans import Span
from ecosystem.services.availability import Problem


@dataclass(frozen=True, kw_only=True)
class EventDraft:
    """What the agenda says of a booking, if its booker wants it there."""

    kind: str
    title: str
    organizer: str
    summary: str = ""
    registration_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What somebody wants to book. `key` is made by the form: the same one again gives the same booking.

    `as_manager` says that a manager of the facility enters it: confirmed at once, and the rules for opening hours,
    notice, length, who may book, purposes and quotas do not count (that they were passed over is written down).
    `skip` are starts of a series that are left out.
    """

    space: Space
    starts_at: datetime
    ends_at: datetime
    booker: User | None
    entered_by: User
    key: UUID
    attendees: int
    purpose: str
    title: str = ""
    subsector: Subsector | None = None
    origin: Kecamatan | None = None
    affiliation: Affiliation | None = None
    note: str = ""
    declares_commercial: bool = False
    # Why, from the manager who enters and so decides it; booker and paper read it.
    commercial_reason: str = ""
    seats: int | None = None
    repeats_until: date | None = None
    skip: frozenset[datetime] = frozenset()
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    language: str = "id"
    event: EventDraft | None = None
    as_manager: bool = False


@dataclass(frozen=True)
class DatePlan:
    """One date of a draft: what is wrong with it, and whether somebody has the slot (no rule is broken then).

    `waived` are the codes of the rules that a manager passes over.
    """

    starts_at: datetime
    ends_at: datetime
    problems: list[Problem]
    is_taken: bool
    waived: tuple[str, ...] = ()

    @property
    def can_be_booked(self) -> bool:
        """Return whether nothing stands against the date."""
        return not self.problems and not self.is_taken


class Refused(Exception):
    """A rule does not allow it; each problem says what to do, beside the form's field that it names ("" for all)."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__([problem.code for problem in problems])
        self.problems = list(problems)

    @property
    def text(self) -> str:
        """Return what all problems say, for a page without a form."""
        return " ".join(str(problem.message) for problem in self.problems)


class Taken(Exception):
    """Somebody has the slot or was faster; `dates` are those of the wish that did not fit, nothing was written."""

    def __init__(self, dates: Sequence[Span]) -> None:
        super().__init__(len(dates))
        self.dates = sorted(dates)


class StateConflict(Exception):
    """The booking is not any more what the page showed; `state` is what it is now ("" if it could not be reached)."""

    def __init__(self, state: str = "") -> None:
        super().__init__(state)
        self.state = state


def refusal(code: str, message: Any, field: str = "") -> Refused:
    """Return the refusal with one problem."""
    return Refused([Problem(code=code, message=message, field=field)])


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """Write all of what follows or nothing of it; who waited too long for others gets a StateConflict, no error."""
    try:
        with transaction.atomic():
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected):
            raise StateConflict from error
        raise
    except IntegrityError as error:
        # Whom it names was erased in the meantime; keys are compared when everything is written.
        if isinstance(error.__cause__, psycopg.errors.ForeignKeyViolation):
            raise StateConflict from error
        raise


REASON_MISSING = _("Give a reason; the person concerned reads it.")
