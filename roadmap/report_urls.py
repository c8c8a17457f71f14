"""Public addresses of the reports."""

from django.urls import URLPattern, path, register_converter

from roadmap.views import report


class FileConverter:
    """The last part of a file's address: "pdf-id" gives ("pdf", "id")."""

    regex = "(?:pdf|xlsx|html)-(?:id|en)"

    def to_python(self, value: str) -> tuple[str, str]:
        """Return (format, language)."""
        file_format, _dash, language = value.partition("-")
        return file_format, language

    def to_url(self, value: tuple[str, str] | str) -> str:
        """Return the part of the address."""
        return value if isinstance(value, str) else "-".join(value)


class HashConverter:
    """A sha256 in hexadecimal digits."""

    regex = "[0-9a-f]{64}"

    def to_python(self, value: str) -> str:
        """Return the digits."""
        return value

    def to_url(self, value: str) -> str:
        """Return the digits."""
        return value


register_converter(FileConverter, "report_file")
register_converter(HashConverter, "sha256")

urlpatterns: list[URLPattern] = [
    path("", report.report_list, name="report_list"),
    path("periksa/", report.report_verify, name="report_verify"),
    path("periksa/<sha256:sha256>/", report.report_verify_hash, name="report_verify_hash"),
    path("<slug:slug>/", report.report_detail, name="report_detail"),
    path("<slug:slug>/v<int:number>/", report.report_version, name="report_version"),
    path("<slug:slug>/v<int:number>/data.json", report.report_snapshot, name="report_snapshot"),
    path("<slug:slug>/v<int:number>/berkas/<report_file:wanted>", report.report_file, name="report_file"),
]
