"""Make the web font and the PDF fonts under build/ (skipped when they are up to date)."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from malangkraf import fonts


class Command(BaseCommand):
    help = "Make the web font (WOFF2) and the PDF fonts (TTF) from the installed font package."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        build_directory = Path(settings.BASE_DIR) / "build"
        written = fonts.build_all(build_directory)
        if not written:
            self.stdout.write("Fonts are up to date.")
        for path in written:
            self.stdout.write(
                f"{path.relative_to(build_directory.parent)}: {path.stat().st_size / 1024:.1f} kB"
            )
