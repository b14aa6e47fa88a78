"""disks.py -- a small disk of its own for what a service keeps."""

import os
import subprocess


class Disk:
    """A tmpfs: only root can mount one. Made before the service that uses it,
    so that it goes after it."""

    def __init__(self, test, size):
        self.path = test.folder() / "disk"
        self.path.mkdir()
        if os.geteuid() != 0:
            test.fail("this test mounts a small disk: run it as root")
        done = mount("-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs",
                     str(self.path))
        if done.returncode != 0:
            test.fail("this test mounts a small disk, which needs "
                      f"CAP_SYS_ADMIN: {done.stderr.decode()}")
        test.addCleanup(subprocess.run, ["umount", str(self.path)],
                        check=True)

    def resize(self, size):
        """Make it larger or smaller."""
        mount("-o", f"remount,size={size}", str(self.path)).check_returncode()

    def tighten(self):
        """No more room than what is taken."""
        while True:
            now = os.statvfs(self.path)
            taken = (now.f_blocks - now.f_bfree) * now.f_frsize
            if mount("-o", f"remount,size={taken}",
                     str(self.path)).returncode == 0:
                return  # else somebody has taken more meanwhile

    def fill(self):
        """Take all the room there is: the file that has it."""
        ballast = self.path / "ballast"
        with open(ballast, "wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096):
                    pass
            except OSError:  # no room
                pass
        return ballast


def mount(*arguments):
    """What came of it."""
    return subprocess.run(["mount", *arguments], capture_output=True,
                          check=False)
