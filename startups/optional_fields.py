"""The fields whose visibility the owner chooses, as text."""

from django.utils.formats import date_format

from startups.models import Startup

Optional = Startup.Optional
_FOUNDED = {"year": "Y", "month": "F Y", "day": "j F Y"}


def optional_text(startup: Startup, field: str) -> str:
    """Return what an optional field holds, "" for nothing that could be shown; a query for the KBLI codes alone."""
    if field == Optional.FOUNDED:
        return date_format(startup.founded, _FOUNDED[startup.founded_precision]) if startup.founded else ""
    if field == Optional.STAGE:
        return str(startup.get_stage_display())
    if field == Optional.TEAM_BAND:
        return str(startup.get_team_band_display())
    if field == Optional.POINT:
        # A place somewhere in the kelurahan is shown as the kelurahan's middle, which is public anyway.
        is_exact = startup.point_precision == Startup.PointPrecision.EXACT
        return f"{startup.latitude}, {startup.longitude}" if startup.latitude is not None and is_exact else ""
    if field == Optional.KBLI:
        return ", ".join(str(code) for code in startup.kbli_codes.all())
    return str(getattr(startup, field))
