"""Child processes that end with their parent, and pid files that tell the truth."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

# From linux/prctl.h and linux/capability.h, which Python does not expose.
PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE = 1


class Capabilities(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]


class CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


def _keep_passage(libc: ctypes.CDLL) -> None:
    """Keep the right to pass closed folders for a child that has given up root."""
    header = CapabilityHeader(CAPABILITY_VERSION_3, 0)
    bits = 1 << CAP_DAC_OVERRIDE
    data = (Capabilities * 2)(Capabilities(bits, bits, bits), Capabilities(0, 0, 0))
    if libc.capset(ctypes.byref(header), ctypes.byref(data)) == 0:
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def child_setup(
    *, death_signal: int, account: pwd.struct_passwd | None = None, passage: bool = False, niceness: int = 0
) -> Callable[[], None]:
    """Return what a child runs before its program starts.

    It takes the account, if one is given, and on Linux asks the kernel for `death_signal` when
    this process ends, even by kill -9. `passage`: the account may cross folders closed to it.
    `niceness`: how far the child stands back when the processor is short.
    """
    # The library is looked up here: a child between fork and exec must not load anything.
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    parent = os.getpid()

    def setup() -> None:
        os.nice(niceness)
        if account is not None:
            if libc is not None and passage:
                libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
            os.setgroups([])
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
            if libc is not None and passage:
                _keep_passage(libc)
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return setup


def die_with_parent() -> None:
    """Ask the kernel, on Linux, to kill this process when its parent ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def start(
    command: Sequence[str | Path], *, log: Path, environment: dict[str, str], setup: Callable[[], None]
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, so that Ctrl-C reaches only this process."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
            preexec_fn=setup,
        )


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a child's session: the child, its children, theirs."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def stop(process: subprocess.Popen[bytes], *, with_signal: int, patience: float) -> None:
    """Ask a child to end, wait up to `patience` seconds, then kill its whole session."""
    if process.poll() is None:
        process.send_signal(with_signal)
    wait_or_kill(process, patience=patience)


def wait_or_kill(process: subprocess.Popen[bytes], *, patience: float) -> None:
    """Wait for a child that was asked to end; afterwards nothing of its session is left."""
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        kill_group(process)
        process.wait()
    kill_group(process)


def read_pid(path: Path) -> int | None:
    """Return the process id on the first line of a pid file, None when there is none."""
    try:
        return int(path.read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return None


def command_of(pid: int) -> str:
    """Return the command line of a process, empty when it does not run."""
    answer = subprocess.run(
        ["ps", "-o", "stat=,args=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, command = answer.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else command


def end_leftover(pid_file: Path, *, name: str, with_signal: int, patience: float = 15.0) -> None:
    """End the process that a pid file names if it still runs and its command contains `name`.

    It is a service that outlived a supervisor. Raises TimeoutError when it refuses to end.
    """
    pid = read_pid(pid_file)
    if pid is None or name not in command_of(pid):
        return
    give_up = time.monotonic() + patience
    while name in command_of(pid):
        if time.monotonic() > give_up:
            raise TimeoutError(f"process {pid} ({name}) of an earlier run does not end")
        try:
            os.kill(pid, with_signal)
        except ProcessLookupError:
            return
        time.sleep(0.1)
