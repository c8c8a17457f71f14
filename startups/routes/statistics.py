"""The number and its monthly snapshots."""

from datetime import date

from django.urls import URLPattern, path, register_converter

from startups.views import statistics


class MonthConverter:
    """A month as its address says it: 2026-11."""

    regex = "[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """Return its first day; a ValueError is a 404."""
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date) -> str:
        """Return the address of the month in which a day lies."""
        return f"{value:%Y-%m}"


register_converter(MonthConverter, "month")

# Under the root (with and without /en/); write whole paths: "startup/…", "ruang-kerja/…", "akun/…".
urlpatterns: list[URLPattern] = [
    path("startup/statistik/", statistics.statistics_detail, name="statistics_detail"),
    path("startup/statistik/data.csv", statistics.statistics_csv, name="statistics_csv"),
    path("startup/statistik/bulanan.csv", statistics.statistics_months_csv, name="statistics_months_csv"),
    path("startup/statistik/kutipan.csv", statistics.statistics_quoted_csv, name="statistics_quoted_csv"),
    path("startup/statistik/<month:month>/", statistics.snapshot_detail, name="snapshot_detail"),
    path("startup/statistik/<month:month>/data.csv", statistics.snapshot_csv, name="snapshot_csv"),
    path("startup/statistik/<month:month>/data.json", statistics.snapshot_json, name="snapshot_json"),
]
