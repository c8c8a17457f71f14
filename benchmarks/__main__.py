"""Run every benchmark, or the named ones: `python -m benchmarks [availability] [pages] …`."""

import importlib
import os
import sys
from contextlib import nullcontext

NAMES = ("report", "import_kpi", "pages", "directory", "availability", "booking")


def main() -> None:
    """Start throw-away services unless addresses are given, migrate, and print a line per measurement."""
    from malangkraf.embedded import throwaway_services

    given = "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ
    with nullcontext() if given else throwaway_services() as addresses:
        if addresses is not None:
            os.environ |= {"DATABASE_URL": addresses.database_url, "REDIS_URL": addresses.redis_url}
        os.environ |= {"MALANGKRAF_DEMO": "1", "LOG_LEVEL": "ERROR"}
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "malangkraf.settings")
        import django
        from django.core.management import call_command

        django.setup()
        # A fresh clone has no style sheets to serve and no compiled catalogue yet.
        call_command("prepare", files_only=True, verbosity=0)
        call_command("migrate", verbosity=0)
        for name in sys.argv[1:] or NAMES:
            print(f"\n{name}", flush=True)
            for what, measured, goal in importlib.import_module(f"benchmarks.{name}").run():
                value = f"{measured:.2f}" if isinstance(measured, float) else measured
                print(f"  {what:<64} {value:>14}   goal {goal}", flush=True)


if __name__ == "__main__":
    main()
