"""test_need.py -- what is installed for the build and the tests leaves an
operator's machine as it is: here apt-get is a stand-in that says what the real
one would do."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from harness import TESTS

APT = """\
echo "$*" >>"$APT_LOG"
case " $* " in
*" -s "*) cat "$APT_SAYS" ;;
esac
"""


class Need(unittest.TestCase):
    """A copy of .ci/need, and packages that are not there."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="need-"))
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / ".ci").mkdir()
        shutil.copy(TESTS.parent / ".ci" / "need", self.folder / ".ci")
        self.missing("postfix")
        self.put("apt-get", APT)
        self.put("debconf-set-selections", 'echo "debconf $(cat)" >>"$APT_LOG"')
        self.put("update-rc.d", 'echo "update-rc.d $*" >>"$APT_LOG"')
        self.put("id", "echo 0\n")
        self.put("tee", "cat >/dev/null\n")
        self.put("chmod", "exit 0\n")
        self.put("rm", "exit 0\n")

    def missing(self, *packages):
        """What is needed and not there."""
        (self.folder / ".ci" / "packages").write_text("".join(
            f"check\t{name}\t/nowhere/{name}\n" for name in packages))

    def put(self, name, text):
        """A shell script that is found before the system's program."""
        path = self.folder / name
        path.write_text(f"#!{shutil.which('sh')}\n{text}")
        path.chmod(0o755)

    def need(self, says):
        """Run it, where apt-get -s says that: what came of it, and the calls."""
        (self.folder / "says").write_text(says)
        env = dict(os.environ, PATH=f"{self.folder}:{os.environ['PATH']}",
                   APT_LOG=str(self.folder / "log"),
                   APT_SAYS=str(self.folder / "says"))
        done = subprocess.run([self.folder / ".ci" / "need", "check"],
                              env=env, capture_output=True, text=True,
                              check=False)
        return done, (self.folder / "log").read_text().splitlines()

    def test_what_would_be_replaced_is_said_and_stays(self):
        done, calls = self.need(
            "Remv exim4-daemon-light [4.96-15]\n"
            "Remv exim4-base [4.96-15]\nInst postfix (3.7.11 Debian)\n")
        self.assertEqual(1, done.returncode)
        self.assertEqual(
            "Not installed, nothing changed: postfix would replace "
            "exim4-daemon-light exim4-base; use a machine without that\n",
            done.stderr)
        self.assertTrue(all("update" in c or " -s " in c for c in calls),
                        calls)

    def test_else_it_is_installed_and_nothing_removed(self):
        done, calls = self.need("Inst postfix (3.7.11 Debian)\n")
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        install, = [c for c in calls if " install " in c and " -s " not in c]
        self.assertIn("--no-remove", install)
        self.assertTrue(install.endswith(" postfix"), install)

    def test_what_is_installed_does_not_start(self):
        self.missing("postfix", "nginx-light", "dovecot-core",
                     "dovecot-lmtpd")
        done, calls = self.need("")
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        install, = [c for c in calls if " install " in c and " -s " not in c]
        at = calls.index(install)
        self.assertEqual(
            "debconf postfix postfix/main_mailer_type select No configuration",
            calls[at - 1])
        self.assertEqual(["update-rc.d nginx disable",
                          "update-rc.d dovecot disable"], calls[at + 1:])


if __name__ == "__main__":
    unittest.main()
