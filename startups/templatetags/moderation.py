"""The coordinators' pause notice, for every page that leads into the queue."""

from typing import Any

from django import template
from django.utils import timezone

from startups.services.pauses import current_pause

register = template.Library()


@register.inclusion_tag("components/_pause_notice.html")
def pause_notice() -> dict[str, Any]:
    """Show that Stasion cannot answer for some days, or nothing; one query."""
    today = timezone.localdate()
    pause = current_pause(on=today)
    return {"pause": pause, "has_begun": pause is not None and pause.start <= today}
