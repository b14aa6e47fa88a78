"""memory.py -- what a process has taken of the machine."""

import os
import pathlib

# Under ASan memory that was freed is kept for a while: a little, here.
os.environ["ASAN_OPTIONS"] = ":".join(filter(None, [
    os.environ.get("ASAN_OPTIONS"), "quarantine_size_mb=1",
    "thread_local_quarantine_size_kb=64"]))


def anonymous_kib(pid):
    """Its memory that is no file's."""
    smaps = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    for line in smaps.splitlines():
        key, _, rest = line.partition(":")
        if key == "Anonymous":
            return int(rest.split()[0])
    raise AssertionError(smaps)


def descriptors(pid):
    """Where its descriptors lead, sorted."""
    found = []
    for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.append(os.readlink(fd))
        except FileNotFoundError:  # just closed
            pass
    return sorted(found)


def threads(pid):
    """How many it has."""
    return len(list(pathlib.Path(f"/proc/{pid}/task").iterdir()))


def resident_kib(pid, line="VmRSS"):
    """Its memory, files' and all."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.partition(f"{line}:")[2].split()[0])


def peak_kib(pid):
    """The most of that since forget_peak."""
    return resident_kib(pid, "VmHWM")


def forget_peak(pid):
    """From here on anew: proc(5), clear_refs."""
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")
