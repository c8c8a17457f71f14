"""Remove every sample of the facilities, with what was booked in sample rooms; the published rows stay."""

import pgtrigger
from django.apps import apps
from django.db import models, transaction
from django.db.models import Q

from ecosystem.models import (
    AgendaEvent,
    Booking,
    BookingPolicy,
    Closure,
    OpeningHours,
    Quota,
    Space,
    WaitingPlace,
)
from ecosystem.services import spaces
from malangkraf import page_cache

TRACKED: tuple[type[models.Model], ...] = (Quota, OpeningHours, BookingPolicy, Space, AgendaEvent)


@transaction.atomic
def remove_facility_samples() -> int:
    """Delete the samples and their history and return how many sample rooms there were."""
    rooms = Space.objects.filter(is_sample=True)
    keys = {model: list(_samples(model).values_list("pk", flat=True)) for model in TRACKED}
    facilities = set(Space.objects.filter(is_sample=True).values_list("facility", flat=True))
    touched = (
        Q(occurrences__allocations__leaf__in=rooms) | Q(occurrences__space__in=rooms) | Q(space__in=rooms)
    )
    bookings = list(Booking.objects.filter(Q(is_sample=True) | touched).values_list("pk", flat=True))
    AgendaEvent.objects.filter(Q(is_sample=True) | Q(booking__in=bookings)).delete()
    Booking.objects.filter(pk__in=bookings).delete()
    WaitingPlace.objects.filter(space__in=rooms).delete()
    Closure.objects.filter(Q(is_sample=True) | Q(allocations__leaf__in=rooms)).delete()
    for model in (Quota, OpeningHours):
        _samples(model).delete()
    Space.objects.filter(policy__is_sample=True).update(policy=None)
    count = rooms.count()
    # The rooms of an area go before the area itself.
    while (leaves := rooms.exclude(parts__isnull=False)).exists():
        leaves.delete()
    _samples(BookingPolicy).delete()
    _forget_history(keys)
    for facility in facilities:
        spaces.rebuild_leaves(facility)
    page_cache.bump()
    return count


def _samples(model: type[models.Model]) -> models.QuerySet[models.Model]:
    return model._default_manager.filter(is_sample=True)


def _forget_history(keys: dict[type[models.Model], list[int]]) -> None:
    """Delete what the append-only tables say of the samples."""
    with pgtrigger.ignore():
        for model, pks in keys.items():
            history = apps.get_model("ecosystem", f"{model.__name__}Event")
            history._base_manager.filter(pgh_obj__in=pks).delete()
