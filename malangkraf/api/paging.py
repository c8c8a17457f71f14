"""Paging of the API."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request


class PortalPagination(PageNumberPagination):
    """Page by number; the caller may ask for up to 200 rows a page."""

    page_size_query_param = "page_size"
    max_page_size = 200

    def get_page_size(self, request: Request) -> int | None:
        """Return the rows of a page; refuse a size that DRF would silently replace by another."""
        asked = request.query_params.get("page_size", "")
        if not asked:
            return self.page_size
        # Four digits are more than enough, and int() never sees a number that it takes long to read.
        is_number = asked.isascii() and asked.isdigit() and len(asked) <= 4
        if not is_number or not 1 <= int(asked) <= self.max_page_size:
            text = _("Give a number from 1 to %(most)s.") % {"most": self.max_page_size}
            raise ValidationError({"page_size": [text]})
        return int(asked)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return DRF's description of the parameters, with their limits."""
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        limits = {"page": {"minimum": 1}, "page_size": {"minimum": 1, "maximum": self.max_page_size}}
        for parameter in parameters:
            parameter["schema"] |= limits.get(parameter["name"], {})
        return parameters
