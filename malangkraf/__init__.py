"""MalangKraf: the web portal of Malang's creative economy."""

from malangkraf.celery import app as celery_app

__all__ = ["celery_app"]
