"""The first links between the facilities and the roadmap, from the JSON file beside the app."""

import json

from django.db import transaction

from ecosystem.models import Facility
from malangkraf import page_cache
from roadmap.models import Action, FacilityLink, Indicator
from roadmap.services.published import FOLDER


@transaction.atomic
def load_facility_links() -> int:
    """Link the facilities that have no link yet and return how many links were made."""
    wanted = json.loads((FOLDER / "facility-links.json").read_text(encoding="utf-8"))
    actions = {action.slug: action for action in Action.objects.all()}
    indicators = {indicator.slug: indicator for indicator in Indicator.objects.all()}
    links = []
    for facility in Facility.objects.filter(slug__in=wanted, roadmap_links=None):
        row = wanted[facility.slug]
        links += [
            FacilityLink(facility=facility, action=actions[slug])
            for slug in row["actions"]
            if slug in actions
        ]
        links += [
            FacilityLink(facility=facility, indicator=indicators[slug])
            for slug in row["indicators"]
            if slug in indicators
        ]
    FacilityLink.objects.bulk_create(links)
    if links:
        page_cache.bump()
    return len(links)
