"""Wait for something that other processes do."""

import threading
import time
from collections.abc import Callable


def wait_until(is_true: Callable[[], object], *, seconds: float, what: str) -> None:
    """Return as soon as `is_true()` is; fail with `what` when that takes too long."""
    give_up = time.monotonic() + seconds
    pause = threading.Event()
    while not is_true():
        assert time.monotonic() < give_up, f"not within {seconds} s: {what}"
        pause.wait(0.05)
