import re
import unittest

from scratch import ScratchTree, tool

long = tool("test-long")


class TestLongTest(ScratchTree):
    def setUp(self):
        super().setUp()
        long.PLACE, long.DONE, long.REPORT = self.root, self.root / "done.json", self.root / "endurance.md"
        long.TOLD = {"walks": r"\d+ walks"}

    def stage(self, *words):
        long.STAGES = {"walks": lambda: [(list(words), {})]}
        return long.run("walks")

    def test_a_stage_tells_what_it_did(self):
        self.assertEqual(self.stage("echo", "5000 walks"), "5000 walks")

    def test_a_stage_that_fails_tells_nothing(self):
        self.assertIsNone(self.stage("sh", "-c", "echo 5000 walks; exit 1"))

    def test_the_report_names_what_passed_and_when(self):
        long.STAGES = {"walks": None}
        long.report({"walks": {"date": "2026-11-22", "minutes": 12.4, "told": "5000 walks"}, "gone": {}})
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
        (_, _), (command, _) = tool("test-long").walks()
        self.assertGreaterEqual(sum(int(n) for n in re.findall(r"KELISIM_SEEDS=(\d+)", command[2])), 5000)


if __name__ == "__main__":
    unittest.main()
