import unittest

from scratch import ScratchTree, tool

tidy = tool("tidy")

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"
LIVING = "880101300" + "010"  # joined here, so that this file holds no such number


class TidyTest(ScratchTree):
    sound = {
        ".clang-format": "BasedOnStyle: Google\nIndentWidth: 4\n",
        "CMakeLists.txt": "add_subdirectory(libs/a)\n",
        "libs/a/CMakeLists.txt": "kelisim_library(a SOURCES src/a.cpp TESTS src/a_test.cpp FUZZ src/p_fuzz.cpp)\n",
        "libs/a/include/a/a.hpp": SPDX + "#pragma once\n\nint f();\n",
        "libs/a/src/a.cpp": SPDX + '#include "a/a.hpp"\n\nint f() { return 1; }\n',
        "libs/a/src/a_test.cpp": SPDX + '#include "a/a.hpp"\n',
        "libs/a/src/p_fuzz.cpp": SPDX,
        "libs/a/src/corpus/p/one": "\t \n",
        "CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Something.\n",
        "README.md": "Read [the changes](CHANGELOG.md#unreleased) or [elsewhere](https://example.org/x).\n",
    }

    def problems(self):
        return tidy.Tidy(self.root).check()

    def body(self, line):
        self.write("libs/a/src/a.cpp", SPDX + f'#include "a/a.hpp"\n\nint f() {{\n    {line}\n    return 1;\n}}\n')

    def test_a_sound_tree_passes(self):
        self.assertEqual(self.problems(), [])

    def test_source_in_no_target(self):
        self.write("libs/a/src/b_test.cpp", SPDX)
        self.assert_finds(self.problems(), "libs/a/src/b_test.cpp", "in no target")

    def test_listed_source_that_is_missing(self):
        self.write("libs/a/CMakeLists.txt",
                   "kelisim_library(a SOURCES src/a.cpp src/gone.cpp TESTS src/a_test.cpp FUZZ src/p_fuzz.cpp)\n")
        self.assert_finds(self.problems(), "gone.cpp", "missing")

    def test_fuzz_target_without_corpus(self):
        (self.root / "libs/a/src/corpus/p/one").unlink()
        self.assert_finds(self.problems(), "p_fuzz.cpp", "no corpus")

    def test_header_that_nothing_includes(self):
        self.write("libs/a/include/a/b.hpp", SPDX + "#pragma once\n")
        self.assert_finds(self.problems(), "libs/a/include/a/b.hpp", "nothing includes it")

    def test_script_that_nothing_names(self):
        self.write("tools/forgotten", "#!/bin/bash\ntrue\n")
        self.assert_finds(self.problems(), "tools/forgotten", "nothing names it")
        self.write("Makefile", "x:\n\ttools/forgotten\n")
        self.assertEqual(self.problems(), [])

    def test_banned_calls(self):
        for rule, line in {
            "clock": "auto t = std::chrono::system_clock::now();",
            "random": "int r = rand();",
            "printf": 'printf("x");',
            "console": "std::cout << 1;",
            "parse-number": "int n = std::stoi(s);",
            "getenv": 'auto v = std::getenv("X");',
            "c-string": "strcpy(a, b);",
            "sleep": "std::this_thread::sleep_for(t);",
            "shell": 'system("ls");',
            "reinterpret-cast": "auto p = reinterpret_cast<char*>(q);",
            "detach": "thread.detach();",
            "regex": "std::regex r;",
        }.items():
            with self.subTest(rule):
                self.body(line)
                self.assert_finds(self.problems(), "libs/a/src/a.cpp:5", f"({rule})")

    def test_empty_catch(self):
        self.body("try {\n        g();\n    } catch (...) {\n    }")
        self.assert_finds(self.problems(), "(empty-catch)")

    def test_empty_catch_with_a_reason_in_a_test_only(self):
        text = "void f() {\n    try {\n        g();\n    } catch (...) {\n        // provoked above\n    }\n}\n"
        self.write("libs/a/src/a_test.cpp", SPDX + '#include "a/a.hpp"\n\n' + text)
        self.assertEqual(self.problems(), [])
        self.body("try {\n        g();\n    } catch (...) {\n        // reasons do not help here\n    }")
        self.assert_finds(self.problems(), "libs/a/src/a.cpp", "(empty-catch)")

    def test_using_namespace_in_a_header_only(self):
        self.write("libs/a/include/a/a.hpp", SPDX + "#pragma once\n\nusing namespace std;\n")
        self.body("using namespace std;")
        self.assert_finds(self.problems(), "a.hpp:4", "(using-namespace)")

    def test_literals_and_members_called_system_are_fine(self):
        self.write("libs/a/include/a/a.hpp", SPDX + "#pragma once\n\nusing namespace std::chrono_literals;\nint* system(int);\n")
        self.body("r.system(key);")
        self.assertEqual(self.problems(), [])

    def test_words_in_comments_and_texts_are_no_calls(self):
        for line in ("// rand() is banned", 'auto text = "system(ls)";', "/* printf( */", 'auto r = R"(atoi(x))";'):
            with self.subTest(line):
                self.body(line)
                self.assertEqual(self.problems(), [])

    def test_an_allowed_line_says_why(self):
        self.body("int r = rand();  // tidy-allow(random): a test of the rule")
        self.assertEqual(self.problems(), [])
        self.body("int r = rand();  // tidy-allow(random):")
        self.assert_finds(self.problems(), "(random)")

    def test_format(self):
        self.body("int   x=1;")
        self.assert_finds(self.problems(), "libs/a/src/a.cpp", "not formatted")

    def test_head_of_a_source(self):
        self.write("libs/a/src/a_test.cpp", '#include "a/a.hpp"\n')
        self.assert_finds(self.problems(), "a_test.cpp", "SPDX")

    def test_header_without_guard(self):
        self.write("libs/a/include/a/a.hpp", SPDX + "int f();\n")
        self.assert_finds(self.problems(), "pragma once")

    def test_text(self):
        for word, text in {
            "end of the line": "x \n",
            "tab": "a\tb\n",
            "line feed": "x",
            "left for later": "TO" "DO: x\n",
            "one machine": "see /ho" "me/someone/x\n",
        }.items():
            with self.subTest(word):
                self.write("docs/x.md", text)
                self.assert_finds(self.problems(), "docs/x.md", word)

    def test_long_file_and_long_function(self):
        self.write("libs/a/src/a_test.cpp", SPDX + "// x\n" * tidy.LINES_MAX)
        self.assert_finds(self.problems(), "a_test.cpp", "lines")
        lines = "    ++x;\n" * tidy.FUNCTION_LINES_MAX
        self.write("libs/a/src/a_test.cpp", SPDX + f"namespace a {{\nvoid long_one() {{\n{lines}}}\n}}  // namespace a\n")
        self.assert_finds(self.problems(), "long_one() has 82 lines")

    def test_long_class_of_short_functions_is_fine(self):
        methods = "    void f() { g(); }\n" * tidy.FUNCTION_LINES_MAX
        self.write("libs/a/src/a_test.cpp", SPDX + f"class A {{\n{methods}}};\n")
        self.assertEqual([found for found in self.problems() if "lines" in found], [])

    def test_broken_link(self):
        self.append("README.md", "\n[gone](docs/gone.md)\n\n`[code](no.md)`\n")
        self.assert_finds(self.problems(), "README.md:3", "docs/gone.md")

    def test_private_key(self):
        self.write("docs/key.md", "-----BEGIN EC PRI" "VATE KEY-----\n")
        self.assert_finds(self.problems(), "docs/key.md", "private key")

    def test_iin_of_a_living_person(self):
        self.assertTrue(tidy.valid_iin(LIVING))
        self.write("docs/x.md", f"iin {LIVING}\n")
        self.assert_finds(self.problems(), "docs/x.md:1", "living person")

    def test_iins_of_the_nineteenth_century_bins_and_other_numbers_pass(self):
        self.write("docs/x.md", "450810100013 000140000353 123456789012 0x880101300" "016f\n")
        self.assertEqual(self.problems(), [])

    def test_changelog_without_entry(self):
        self.write("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n## [0.1.0]\n\n- Old.\n")
        self.assert_finds(self.problems(), "Unreleased")


if __name__ == "__main__":
    unittest.main()
