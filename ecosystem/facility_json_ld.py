"""A facility and a space in schema.org's words, for search engines."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from ecosystem.facility_place import EXACT, Position
from ecosystem.models import Facility, FacilityPhoto, Space
from ecosystem.services.availability import SpaceCalendar
from malangkraf.structured_data import data_block
from malangkraf.translated import translated

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def facility_data(
    facility: Facility, *, week: SpaceCalendar | None, place: Position | None, photos: Sequence[FacilityPhoto]
) -> SafeString:
    """Return the facility as JSON-LD; its position only where it is exact, its hours only where they are known."""
    url = f"{settings.SITE_URL}{reverse('ecosystem:facility_detail', args=[facility.slug])}"
    geo = None
    if place and place.precision == EXACT:
        geo = {"@type": "GeoCoordinates", "latitude": place.latitude, "longitude": place.longitude}
    values = {
        "@context": "https://schema.org",
        "@type": ["CivicStructure", "Place"],
        "@id": f"{url}#tempat",
        "name": facility.name,
        "url": url,
        "description": translated(facility, "description"),
        "sameAs": facility.website,
        "telephone": facility.phone,
        "email": facility.email,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": facility.address,
            "addressLocality": "Kota Malang",
            "addressRegion": "Jawa Timur",
            "addressCountry": "ID",
        },
        "geo": geo,
        "openingHoursSpecification": hours_data(week) if week else [],
        "photo": [
            f"{settings.SITE_URL}{reverse('ecosystem:facility_photo', args=[photo.pk])}" for photo in photos
        ],
    }
    return data_block({name: value for name, value in values.items() if value})


def space_data(space: Space, facility: Facility) -> SafeString:
    """Return a space as a part of its facility."""
    base = f"{settings.SITE_URL}{reverse('ecosystem:facility_detail', args=[facility.slug])}"
    values = {
        "@context": "https://schema.org",
        "@type": "Room",
        "name": space.name,
        "url": f"{base}{space.slug}/",
        "description": translated(space, "description"),
        "containedInPlace": {"@id": f"{base}#tempat", "@type": "CivicStructure", "name": facility.name},
        "maximumAttendeeCapacity": space.capacity,
    }
    return data_block({name: value for name, value in values.items() if value})


def hours_data(week: SpaceCalendar) -> list[dict[str, Any]]:
    """Return the hours of the calendar's first seven days, each as valid on its day alone."""
    found = []
    for number in range(len(WEEKDAYS)):
        day = week.first + timedelta(days=number)
        for start, end in week.openings:
            opens, closes = timezone.localtime(start), timezone.localtime(end)
            if opens.date() == day:
                found.append(
                    {
                        "@type": "OpeningHoursSpecification",
                        "dayOfWeek": f"https://schema.org/{WEEKDAYS[day.weekday()]}",
                        "opens": f"{opens:%H:%M}",
                        "closes": f"{closes:%H:%M}",
                        "validFrom": day.isoformat(),
                        "validThrough": day.isoformat(),
                    }
                )
    return found
