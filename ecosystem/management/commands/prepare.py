"""Bring the database, the built files and the first data up to date; each step only if it is due."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection

from malangkraf import catalogue, preparation

MIGRATION_TRIES = 5
# Pages of packages that no address of ours serves: the browsable API, the second API viewer, module builds.
UNUSED_STATIC = [
    "rest_framework",
    *("draw", "proj4*", "leaflet-src*", "leaflet.extras*", "leaflet.forms*", "Control.*", "leaflet_django*"),
]


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--files-only", action="store_true", help="build the files, touch no database")

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in (settings.DATA_DIR, settings.MEDIA_ROOT):
            folder.mkdir(parents=True, exist_ok=True)
        with preparation.alone():
            self.built = preparation.build_record()
            self.step(self.built, "catalogue", self.compile_catalogue)
            self.step(self.built, "fonts", self.build_fonts)
            self.step(self.built, "static", self.collect_static)
        self.loaded = preparation.data_record(settings.DATA_DIR)
        if options["files_only"]:
            return
        # The database may be another one than at the last start, so its own table is asked each time.
        self.migrate()
        self.loaded.mark("database")
        self.forget_another_database()
        self.step(self.loaded, "data", self.load_data)
        if settings.DEMO:
            call_command("make_demo_accounts", verbosity=0)
            founder, manager = "pendiri@demo.malangkraf.test", "pengelola@demo.malangkraf.test"
            call_command("load_facility_samples", manager=manager, founder=founder, stdout=self.stdout)
            call_command("load_samples", founder=founder, stdout=self.stdout)

    def step(self, record: preparation.Record, name: str, work: Callable[[], None]) -> None:
        """Do the work if it is due, say how long it took, and remember that it is done."""
        if not record.is_due(name):
            return
        began = time.monotonic()
        work()
        record.mark(name)
        self.stdout.write(f"{name}: {time.monotonic() - began:.1f} s")

    def compile_catalogue(self) -> None:
        catalogue.compile_catalogue(preparation.ROOT)

    def build_fonts(self) -> None:
        call_command("build_fonts", verbosity=0, stdout=self.stdout)
        folder = settings.BUILD_DIR / "static"
        if folder.is_dir() and folder not in settings.STATICFILES_DIRS:
            # The settings were read before the folder was there.
            settings.STATICFILES_DIRS.append(folder)
            finders.get_finder.cache_clear()  # type: ignore[attr-defined]

    def collect_static(self) -> None:
        # Not cleared: a portal that runs from this folder still serves the files of its own start.
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED_STATIC)

    def migrate(self) -> None:
        """Apply the migrations; a table that others hold is waited for 5 s, then tried again."""
        for attempt in range(1, MIGRATION_TRIES + 1):
            try:
                call_command("migrate", interactive=False, verbosity=0)
            except OperationalError as error:
                if "lock timeout" not in str(error) or attempt == MIGRATION_TRIES:
                    raise CommandError(f"The database refused: {str(error).splitlines()[0]}") from error
                time.sleep(attempt)
            else:
                return

    def forget_another_database(self) -> None:
        """Load the first data again when the record was written for a database that is no longer there."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT min(applied)::text FROM django_migrations")
            identity = cursor.fetchone()[0]
        if self.loaded.done.get("identity") != identity:
            self.loaded.done = {"identity": identity, "database": self.loaded.done["database"]}

    def load_data(self) -> None:
        call_command("load_reference", write=True, verbosity=0)
        call_command("load_facilities", verbosity=0)
        call_command("load_directory_reference", verbosity=0)
        call_command("load_published_kpi", verbosity=0)
        call_command("queue_first_reports", verbosity=0, stdout=self.stdout)
