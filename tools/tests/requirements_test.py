import unittest

from scratch import ScratchTree, tool

requirements = tool("requirements")


class RequirementsTest(ScratchTree):
    sound = {
        "docs/requirements.tsv": "id\tsource\trequirement\nKDP-7.1\tп.7(1)\tOne\nKDP-7\tп.7\tAll\nLAW-16-18\tст.16\tTwo\n",
        "docs/requirements-status.tsv": "id\tstate\tnote\nKDP-7.1\tdone\t\nKDP-7\topen\t\nLAW-16-18\tpart\tlater\n",
        "libs/a/src/a_test.cpp": "// KDP-7.1: the default channel.\n",
    }

    def problems(self):
        return requirements.check(self.root)

    def test_a_sound_tree_passes(self):
        self.assertEqual(self.problems(), [])

    def test_done_without_a_test(self):
        self.write("libs/a/src/a_test.cpp", "// nothing\n")
        self.assert_finds(self.problems(), "KDP-7.1", "no test cites it")

    def test_a_longer_id_does_not_cite_a_shorter_one(self):
        self.write("docs/requirements-status.tsv", "id\tstate\tnote\nKDP-7.1\tdone\t\nKDP-7\tdone\t\nLAW-16-18\tpart\t\n")
        self.assert_finds(self.problems(), "KDP-7 is done")

    def test_code_that_is_no_test_does_not_count(self):
        self.write("libs/a/src/a_test.cpp", "\n")
        self.write("libs/a/src/a.cpp", "// KDP-7.1\n")
        self.assert_finds(self.problems(), "KDP-7.1")

    def test_a_node_test_counts(self):
        self.write("libs/a/src/a_test.cpp", "\n")
        self.write("tests/system/a.test.mjs", "test('KDP-7.1, LAW-16-18: one', () => {});\n")
        self.assertEqual(self.problems(), [])
        self.assertEqual(sorted(requirements.citations(self.root)), ["KDP-7.1", "LAW-16-18"])

    def test_missing_row(self):
        self.write("docs/requirements-status.tsv", "id\tstate\tnote\nKDP-7.1\tdone\t\nKDP-7\topen\t\n")
        self.assert_finds(self.problems(), "LAW-16-18 has no row")

    def test_row_of_no_requirement(self):
        self.append("docs/requirements-status.tsv", "KDP-99\topen\t\n")
        self.assert_finds(self.problems(), "KDP-99 is no requirement")

    def test_unknown_state(self):
        self.write("docs/requirements-status.tsv", "id\tstate\tnote\nKDP-7.1\tdone\t\nKDP-7\tsoon\t\nLAW-16-18\tpart\t\n")
        self.assert_finds(self.problems(), "KDP-7 is soon")

    def test_row_twice_and_row_of_two_columns(self):
        self.append("docs/requirements-status.tsv", "KDP-7\topen\t\n")
        self.assert_finds(self.problems(), "a second time")
        self.write("docs/requirements-status.tsv", "id\tstate\tnote\nKDP-7.1\tdone\t\nKDP-7\topen\t\nLAW-16-18\tpart\t\nx\ty\n")
        self.assert_finds(self.problems(), "2 columns")

    def test_citation_of_no_requirement(self):
        self.append("libs/a/src/a_test.cpp", "// KDP-7.9\n")
        self.assert_finds(self.problems(), "libs/a/src/a_test.cpp:2", "KDP-7.9")


if __name__ == "__main__":
    unittest.main()
