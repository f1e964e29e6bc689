"""The tree as the tools see it: its files, its CMake declarations, C++ without comments and literals."""
import pathlib
import re
import subprocess
from dataclasses import dataclass, field

CPP = (".cpp", ".hpp")
LISTS = {"SOURCES", "DEPENDS", "VENDOR", "TESTS", "TEST_DEPENDS", "FUZZ", "BENCH"}


def files(root):
    """Paths relative to the root that are committed, or that a commit of everything would take."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=root, check=True,
                            stdout=subprocess.PIPE).stdout.decode()
    return sorted(pathlib.PurePosixPath(name) for name in set(listed.split("\0")) if name and (root / name).is_file())


def read(root, path):
    return (root / path).read_text(encoding="utf-8", errors="replace")


@dataclass
class Call:
    """One call in a CMakeLists.txt: kelisim_library(name LIST items...), add_subdirectory(x), ..."""
    command: str
    words: list
    lists: dict = field(default_factory=dict)

    @property
    def name(self):
        return self.words[0] if self.words else ""


def cmake_calls(text):
    text = re.sub(r"#.*", "", text)
    calls = []
    for command, arguments in re.findall(r"(\w+)\s*\(([^()]*)\)", text):
        call = Call(command.lower(), [])
        current = call.words
        for word in arguments.split():
            if word in LISTS:
                current = call.lists.setdefault(word, [])
            else:
                current.append(word.strip('"'))
        calls.append(call)
    return calls


@dataclass
class Component:
    """A folder with a CMakeLists.txt that declares libraries or programs."""
    folder: pathlib.PurePosixPath
    libraries: list = field(default_factory=list)
    programs: list = field(default_factory=list)
    depends: list = field(default_factory=list)
    test_depends: list = field(default_factory=list)
    sources: set = field(default_factory=set)

    @property
    def name(self):
        if self.folder.name in self.libraries:
            return self.folder.name
        return self.libraries[0] if self.libraries else str(self.folder)


def components(root, paths):
    found = []
    for path in paths:
        if path.name != "CMakeLists.txt" or len(path.parts) == 1:
            continue
        component = Component(path.parent)
        for call in cmake_calls(read(root, path)):
            add_call(component, call)
        if component.libraries or component.programs:
            found.append(component)
    return found


def add_call(component, call):
    if call.command in ("kelisim_library", "add_library"):
        component.libraries.append(call.name)
    elif call.command in ("kelisim_program", "add_executable"):
        component.programs.append(call.name)
    elif call.command not in ("target_sources", "target_link_libraries"):
        return
    component.depends += call.lists.get("DEPENDS", [])
    component.test_depends += call.lists.get("TEST_DEPENDS", [])
    if call.command == "target_link_libraries":
        component.depends += [word for word in call.words[1:] if re.fullmatch(r"[a-z][a-z0-9_]*", word)]
    for word in call.words + sum((call.lists.get(key, []) for key in ("SOURCES", "TESTS", "FUZZ", "BENCH")), []):
        if word.endswith(CPP):
            component.sources.add(component.folder / word)


def owner(path, known):
    """The component with the deepest folder above the path, or None."""
    above = [component for component in known if component.folder in path.parents]
    return max(above, key=lambda component: len(component.folder.parts), default=None)


def is_test(path):
    """Tests, and what only tests share: contract suites, fixtures, workloads."""
    shared = r"^(contract|testing|fixture|workload)(_\w+)?\.(cpp|hpp)$"
    named = re.search(r"_(test|fuzz|bench)\.(cpp|hpp)$", path.name) or re.search(shared, path.name)
    return named is not None or path.parts[0] == "tests"


LITERAL = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      |(?P<raw>R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)")
      |(?P<text>"(?:\\.|[^"\\\n])*")
      |(?P<char>(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+')""", re.S | re.X)


def code_only(text):
    """C++ with comments and the inside of literals blanked; lines and columns stay. Include lines stay whole."""
    def blank(match):
        if match.group("text") and text[text.rfind("\n", 0, match.start()) + 1:match.start()].startswith("#include"):
            return match.group()
        return re.sub(r"[^\n]", " ", match.group())
    return LITERAL.sub(blank, text)


def includes(text):
    """(line number, name, quoted) of each include."""
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            yield number, match.group(2), match.group(1) == '"'
