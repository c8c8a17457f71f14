"""What follows a change once it is committed: achievements computed again, cached pages thrown away."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction

from malangkraf import page_cache
from roadmap.services import achievements


def indicator_changed(indicator_id: int) -> None:
    """After the commit, compute the indicator's achievements again and drop cached pages."""
    indicators_changed([indicator_id])


def indicators_changed(indicator_ids: Iterable[int]) -> None:
    """After the commit, compute the achievements of all these indicators again and drop cached pages.

    Robust: the change is already safe, and what a failed computation leaves behind the nightly reconcile reports.
    """
    transaction.on_commit(partial(_recompute, list(indicator_ids)), robust=True)


def pages_changed() -> None:
    """After the commit, drop the cached public pages."""
    transaction.on_commit(page_cache.bump, robust=True)


def _recompute(indicator_ids: list[int]) -> None:
    achievements.recompute(indicator_ids)
    page_cache.bump()
