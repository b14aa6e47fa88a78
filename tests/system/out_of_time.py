"""out_of_time.py -- a test that hangs says where, shortly before it is killed:
the threads of the test, and the processes below it with what each waits for.

TLSRPT_TEST_SECONDS: when it is killed. Without it, by hand, nothing happens."""

import contextlib
import faulthandler
import os
import pathlib
import re
import signal

from process_list import process_numbers

TO_SAY_IT_S = 30  # and to leave nothing behind


def parents():
    """Process number to that of its parent, of all there are."""
    found = {}
    for pid in process_numbers():
        with contextlib.suppress(OSError):
            # pid (name) state ppid …
            stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
            found[pid] = int(stat.rpartition(")")[2].split()[1])
    return found


def below(pid):
    """The processes that it began, and those that these began."""
    known, found = parents(), [pid]
    for one in found:
        found += [child for child, parent in known.items() if parent == one]
    return found[1:]


def what_waits(pids):
    """Of each process: what it is, and of its threads what each waits for and
    which signals it has, blocks and takes."""
    lines = []
    for pid in pids:
        with contextlib.suppress(OSError):
            proc = pathlib.Path(f"/proc/{pid}")
            words = (proc / "cmdline").read_bytes().replace(b"\0", b" ")
            lines.append(f"{pid}: {words.decode(errors='replace')}")
            lines += [what_thread_waits(one) for one in proc.glob("task/*")]
    return "\n".join(lines)


def what_thread_waits(proc):
    """A line on the thread of that folder in /proc."""
    state = re.findall("^(?:State|SigPnd|ShdPnd|SigBlk|SigCgt).*",
                       (proc / "status").read_text(), re.MULTILINE)
    return " ".join(["   ", proc.name, (proc / "wchan").read_text(), *state])


def say(*_):
    """At the alarm."""
    faulthandler.dump_traceback()
    raise AssertionError(f"out of time:\n{what_waits(below(os.getpid()))}")


def watch():
    """From here on."""
    seconds = int(os.environ.get("TLSRPT_TEST_SECONDS", "0"))
    if seconds > TO_SAY_IT_S:
        signal.signal(signal.SIGALRM, say)
        signal.alarm(seconds - TO_SAY_IT_S)
