import unittest

from scratch import ScratchTree, tool

runner = tool("test")

CTEST = '<testsuite>{}</testsuite>'
GTEST = '<testsuites tests="{}" failures="{}" errors="0" disabled="{}"><testsuite><testcase result="{}"/></testsuite></testsuites>'


class CountTest(ScratchTree):
    def ctest(self, *entries):
        self.write("ctest.xml", CTEST.format("".join(f'<testcase name="{name}" status="{status}"/>'
                                                     for name, status in entries)))
        return runner.ctest_count(self.root / "ctest.xml", self.root)

    def test_cases_of_googletest_count_one_by_one(self):
        self.write("base_test.xml", GTEST.format(10, 1, 2, "completed"))
        self.assertEqual(self.ctest(("base", "fail"), ("json_fuzz", "run")).line(), "8 passed, 1 failed, 2 skipped")

    def test_a_skipped_case_did_not_pass(self):
        self.write("base_test.xml", GTEST.format(3, 0, 0, "skipped"))
        self.assertEqual(self.ctest(("base", "run")).line(), "2 passed, 0 failed, 1 skipped")

    def test_a_crash_without_report_is_one_failure(self):
        self.assertEqual(self.ctest(("base", "fail")).line(), "0 passed, 1 failed")

    def test_a_crash_after_a_clean_report_is_a_failure(self):
        self.write("base_test.xml", GTEST.format(4, 0, 0, "completed"))
        self.assertEqual(self.ctest(("base", "fail")).line(), "4 passed, 1 failed")

    def test_a_program_that_ran_no_case_is_a_failure(self):
        self.write("base_test.xml", GTEST.format(0, 0, 0, "completed"))
        self.assertEqual(self.ctest(("base", "run")).line(), "0 passed, 1 failed")

    def test_what_did_not_run_did_not_pass(self):
        self.assertEqual(self.ctest(("base", "notrun"), ("json", "run")).line(), "1 passed, 0 failed, 1 skipped")

    def test_tap_of_node(self):
        tap = "# tests 9\n# suites 0\n# pass 5\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 1\n"
        self.assertEqual(runner.node_count(tap).line(), "5 passed, 2 failed, 2 skipped")

    def test_parts_of_check(self):
        output = "layers: x\nnot ok layers\nok tidy\nok tools-tests\n"
        self.assertEqual(runner.check_count(output).line(), "2 passed, 1 failed")

    def test_a_stage_that_ran_nothing_failed(self):
        self.assertEqual(runner.guarded(runner.Count(), 0).line(), "0 passed, 1 failed")
        self.assertEqual(runner.guarded(runner.Count(passed=3), 1).line(), "3 passed, 1 failed")
        self.assertEqual(runner.guarded(runner.Count(passed=3, failed=2), 1).line(), "3 passed, 2 failed")


if __name__ == "__main__":
    unittest.main()
