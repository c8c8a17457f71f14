"""What follows a change once it is committed: achievements computed again, cached pages thrown away."""

from functools import partial

from django.db import transaction

from malangkraf import page_cache
from roadmap.services import achievements


def indicator_changed(indicator_id: int) -> None:
    """After the commit, compute the indicator's achievements again and drop cached pages.

    Robust: the change is already safe, and what a failed computation leaves behind the nightly reconcile reports.
    """
    transaction.on_commit(partial(_recompute, indicator_id), robust=True)


def pages_changed() -> None:
    """After the commit, drop the cached public pages."""
    transaction.on_commit(page_cache.bump, robust=True)


def _recompute(indicator_id: int) -> None:
    achievements.recompute([indicator_id])
    page_cache.bump()
