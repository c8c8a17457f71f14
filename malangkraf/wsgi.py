"""The WSGI entry point that granian serves."""

import gc
import logging
import os
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.urls import get_resolver
from django.utils.http import parse_header_parameters

from malangkraf.logs import AccessFilter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "malangkraf.settings")


class PortalRequest(WSGIRequest):
    """A request that is always read as UTF-8.

    Django decodes with any codec of Python that the request names, and already while it makes the request object:
    one that decodes no text ends there, before a page could say so. CharsetMiddleware refuses the other ones.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


class PortalHandler(WSGIHandler):
    """Django's handler with the portal's kind of request."""

    request_class = PortalRequest


django.setup(set_prefix=False)
# The server's own log writes each path.
logging.getLogger("granian.access").addFilter(AccessFilter())
application = PortalHandler()
# All pages' code now, not with the first visitor; what lives as long as the process is left out of each look for
# garbage, and looks are rarer.
get_resolver().url_patterns  # noqa: B018
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
