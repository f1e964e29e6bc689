import contextlib
import io
import unittest

from scratch import ScratchTree, tool

layers = tool("layers")

README = "# x\n\nPurpose: x\nMay depend on: x\nMust never: x\nOwner of: x\n"


class LayersTest(ScratchTree):
    sound = {
        "CMakeLists.txt": "add_subdirectory(libs/base)\nadd_subdirectory(libs/consent)\nadd_subdirectory(libs/http)\n"
                          "add_subdirectory(apps/kelisim)\n",
        "tools/third_party.txt": "# owners\nboost/asio/: http apps\nboost/asio/awaitable.hpp: http\nfmt/: *\n"
                                 "gtest/: tests\nunistd.h: http\n",
        "libs/base/CMakeLists.txt": "kelisim_library(base SOURCES src/a.cpp)\n",
        "libs/base/README.md": README,
        "libs/base/include/base/a.hpp": "#include <vector>\n#include <fmt/format.h>\n",
        "libs/base/src/a.cpp": '#include "base/a.hpp"\n',
        "libs/consent/CMakeLists.txt":
            "kelisim_library(consent # a comment )\n SOURCES src/c.cpp DEPENDS base TESTS src/c_test.cpp)\n",
        "libs/consent/README.md": README,
        "libs/consent/include/consent/c.hpp": '#include "base/a.hpp"\n',
        "libs/consent/src/c.cpp": '#include "consent/c.hpp"\n#include "detail.hpp"\n',
        "libs/consent/src/detail.hpp": "",
        "libs/consent/src/c_test.cpp": '#include "consent/c.hpp"\n#include <gtest/gtest.h>\n#include <thread>\n',
        "libs/http/CMakeLists.txt": "kelisim_library(http SOURCES src/h.cpp DEPENDS base)\n",
        "libs/http/README.md": README,
        "libs/http/include/http/h.hpp": '#include "base/a.hpp"\n#include <boost/asio/ip/tcp.hpp>\n#include <unistd.h>\n',
        "libs/http/src/h.cpp": '#include "http/h.hpp"\n',
        "apps/kelisim/CMakeLists.txt": "kelisim_program(kelisim SOURCES main.cpp DEPENDS http)\n",
        "apps/kelisim/main.cpp": '#include "http/h.hpp"\n#include <boost/asio/io_context.hpp>\n',
    }

    def problems(self):
        return layers.Layers(self.root).check()

    def test_a_sound_tree_passes(self):
        self.assertEqual(self.problems(), [])

    def test_graph_names_each_arrow_lowest_first(self):
        graph = layers.Layers(self.root).graph().splitlines()
        self.assertEqual(graph[1:], ["base:", "consent: base", "http: base", "apps/kelisim: http"])

    def main(self, write):
        with contextlib.redirect_stdout(io.StringIO()):
            return layers.main(self.root, write=write)

    def test_stale_graph_fails_and_write_renews_it(self):
        self.write("docs/layers.txt", "")
        self.assertEqual(self.main(write=False), 1)
        self.main(write=True)
        self.assertEqual(self.main(write=False), 0)
        self.write("libs/http/CMakeLists.txt", "kelisim_library(http SOURCES src/h.cpp DEPENDS base consent)\n")
        self.append("libs/http/src/h.cpp", '#include "consent/c.hpp"\n')
        self.assertEqual(self.main(write=False), 1)

    def test_include_of_an_undeclared_library(self):
        self.append("apps/kelisim/main.cpp", '#include "consent/c.hpp"\n')
        self.assert_finds(self.problems(), "apps/kelisim/main.cpp:3", "DEPENDS consent")

    def test_arrow_up(self):
        self.write("libs/base/CMakeLists.txt", "kelisim_library(base SOURCES src/a.cpp DEPENDS http)\n")
        self.append("libs/base/src/a.cpp", '#include "http/h.hpp"\n')
        self.assert_finds(self.problems(), "libs/base/CMakeLists.txt", "points up")

    def test_arrow_up_of_a_test(self):
        self.write("libs/consent/CMakeLists.txt",
                   "kelisim_library(consent SOURCES src/c.cpp DEPENDS base TESTS src/c_test.cpp TEST_DEPENDS http)\n")
        self.assert_finds(self.problems(), "libs/consent", "points up")

    def test_arrow_to_nowhere(self):
        self.write("libs/http/CMakeLists.txt", "kelisim_library(http SOURCES src/h.cpp DEPENDS base soap)\n")
        self.assert_finds(self.problems(), "depends on soap")

    def test_arrow_in_vain(self):
        self.write("libs/http/CMakeLists.txt", "kelisim_library(http SOURCES src/h.cpp DEPENDS base consent)\n")
        self.assert_finds(self.problems(), "libs/http", "DEPENDS consent", "nothing")

    def test_folder_that_the_top_does_not_add(self):
        self.write("libs/token/CMakeLists.txt", "kelisim_library(token SOURCES src/t.cpp)\n")
        self.write("libs/token/README.md", README)
        self.assert_finds(self.problems(), "libs/token", "does not add")

    def test_private_header_of_another_library(self):
        self.append("libs/http/src/h.cpp", '#include "base/secret.hpp"\n')
        self.assert_finds(self.problems(), "no public header of base")

    def test_header_that_is_nowhere(self):
        self.append("libs/http/src/h.cpp", '#include "nowhere.hpp"\n')
        self.assert_finds(self.problems(), "libs/http/src/h.cpp:2", "nowhere.hpp")

    def test_vendor_header_of_another_owner(self):
        self.append("libs/consent/include/consent/c.hpp", "#include <boost/asio/ip/tcp.hpp>\n")
        problems = self.problems()
        self.assertEqual(len(problems), 2, problems)  # not its owner, and consent is pure
        self.assertIn("is not for consent", problems[0])

    def test_vendor_header_without_owner(self):
        self.append("libs/http/src/h.cpp", "#include <curl/curl.h>\n")
        self.assert_finds(self.problems(), "<curl/curl.h>", "third_party.txt")

    def test_test_header_outside_tests(self):
        self.append("libs/http/src/h.cpp", "#include <gtest/gtest.h>\n")
        self.assert_finds(self.problems(), "<gtest/gtest.h>", "is not for http")

    def test_header_that_the_build_writes(self):
        self.append("libs/http/src/h.cpp", '#include "pages.hpp"\n')
        self.append("libs/http/CMakeLists.txt", "embed(${CMAKE_CURRENT_BINARY_DIR}/pages.hpp)\n")
        self.assertEqual(self.problems(), [])

    def test_what_tests_share_may_use_test_headers(self):
        self.write("libs/http/include/http/contract_suite.hpp", "#include <gtest/gtest.h>\n")
        self.assertEqual(self.problems(), [])

    def test_library_of_another_name_than_its_folder(self):
        self.write("libs/base/CMakeLists.txt", "kelisim_library(basis SOURCES src/a.cpp)\n")
        self.assertIn("no library is called base", "".join(self.problems()))

    def test_input_output_in_a_pure_library(self):
        for header in ("fstream", "thread", "random", "iostream"):
            with self.subTest(header):
                self.write("libs/consent/src/detail.hpp", f"#include <{header}>\n")
                self.assert_finds(self.problems(), "libs/consent/src/detail.hpp:1", "pure")

    def test_clock_in_a_pure_library_but_not_in_its_comment(self):
        self.write("libs/consent/src/detail.hpp", "// never system_clock::now\nauto t = std::chrono::system_clock::now();\n")
        self.assert_finds(self.problems(), "detail.hpp:2", "system_clock::now")

    def test_base_holds_the_one_clock(self):
        self.write("libs/base/include/base/clock.hpp", "auto t = std::chrono::system_clock::now();\n")
        self.assertEqual(self.problems(), [])

    def test_readme_missing_or_short(self):
        (self.root / "libs/http/README.md").unlink()
        self.assert_finds(self.problems(), "libs/http/README.md", "missing")
        self.write("libs/http/README.md", README.replace("Must never:", "Perhaps:"))
        self.assert_finds(self.problems(), "Must never:")


if __name__ == "__main__":
    unittest.main()
