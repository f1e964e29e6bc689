"""A small tree in a temporary git repository, and the tool under test loaded from its file without a suffix."""
import importlib.machinery
import importlib.util
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOLS = pathlib.Path(__file__).resolve().parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(TOOLS))


def tool(name):
    loader = importlib.machinery.SourceFileLoader(f"{name}_tool", str(TOOLS / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    sys.modules[loader.name] = module
    loader.exec_module(module)
    return module


class ScratchTree(unittest.TestCase):
    """A test writes what it needs into self.root; what `sound` holds passes the tool."""

    sound = {}

    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)
        self.root = pathlib.Path(self.place.name)
        subprocess.run(["git", "init", "-q", self.root], check=True)
        for path, text in self.sound.items():
            self.write(path, text)

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def append(self, path, text):
        self.write(path, (self.root / path).read_text(encoding="utf-8") + text)

    def assert_finds(self, problems, *words):
        """Exactly one finding, with all the words in it."""
        self.assertEqual(len(problems), 1, problems)
        for word in words:
            self.assertIn(word, problems[0])
