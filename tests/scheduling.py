"""Which tests pytest-xdist gives to one process: those that share what is slow to start.

pytest-xdist's own marks for this have no effect with pytest 9.2, which keeps the names of tests in another way.
"""

from xdist.scheduler.loadscope import LoadScopeScheduling

# The browser's one portal; the many starts with wrong settings.
TOGETHER = ("tests/browser/", "tests/malangkraf/test_settings.py")


class Scheduling(LoadScopeScheduling):
    """Tests go to whichever process is free, one by one; those of TOGETHER as one piece, the largest first."""

    def _split_scope(self, nodeid: str) -> str:
        return next((part for part in TOGETHER if nodeid.startswith(part)), nodeid)
