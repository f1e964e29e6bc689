# SPDX-License-Identifier: Apache-2.0
"""tools/deps on a list of its own: what is installed decides, however often it is named."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Deps(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="kelisim-deps-"))
        self.addCleanup(shutil.rmtree, self.root)
        (self.root / "tools").mkdir()
        shutil.copy(ROOT / "tools/deps", self.root / "tools/deps")

    def run_deps(self, packages, *groups):
        (self.root / "tools/debian-packages.txt").write_text(packages)
        return subprocess.run([self.root / "tools/deps", *groups], capture_output=True, text=True)

    def test_a_package_may_stand_in_several_groups(self):
        done = self.run_deps("[build]\nbash\n\n[bench]\nbash    # again\n", "build", "bench")
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def test_a_group_that_is_not_there_is_refused(self):
        done = self.run_deps("[build]\nbash\n", "bulid")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no group bulid", done.stderr)


if __name__ == "__main__":
    unittest.main()
