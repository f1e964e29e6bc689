"""The files under contracts/ say what the sources do."""
import csv
import importlib.machinery
import importlib.util
import json
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# RFC 6749 section 5.2: 'Values for the "error_description" parameter MUST NOT include characters outside the set
# %x20-21 / %x23-5B / %x5D-7E.'
DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+")
CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")


def load(name):
    loader = importlib.machinery.SourceFileLoader(name, str(ROOT / "contracts" / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


generate = load("generate")
openapi_format = load("openapi_format")


def rows(name):
    with open(ROOT / "contracts" / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def program_sources(*folders):
    """path -> text of what is compiled into programs: no tests, and nothing that only tests share."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.?pp")):
            if not re.search(r"(_test|_bench|_fuzz)\.cpp$|/testing\.hpp$|/corpus/", str(path)):
                yield path, path.read_text()


class ErrorCodes(unittest.TestCase):
    def setUp(self):
        self.reasons = generate.reasons()

    def test_the_file_is_that_of_the_sources(self):
        self.assertEqual((ROOT / generate.FILE).read_text(), generate.text_of(generate.table()),
                         "run contracts/generate")

    def test_every_declared_reason_is_found(self):
        declared = {name for path, text in program_sources("libs", "sandbox") if path.suffix == ".hpp"
                    for name in re.findall(r"extern const (?:base::)?Reason (\w+);", text)}
        self.assertGreater(len(declared), 100)
        self.assertEqual(declared - {reason.name for reason in self.reasons}, set())

    def test_codes_are_well_formed_and_occur_once(self):
        codes = [reason.code for reason in self.reasons]
        self.assertEqual([code for code in codes if not CODE.fullmatch(code)], [])
        self.assertEqual(sorted({code for code in codes if codes.count(code) > 1}), [])

    def test_texts_exist_in_three_languages(self):
        for reason in self.reasons:
            for language in ("kk", "ru", "en"):
                self.assertTrue(getattr(reason, language).strip(), f"{reason.code}: no text in {language}")
            self.assertRegex(reason.kk + reason.ru, "[а-яА-Я]", reason.code)

    def test_english_texts_fit_an_error_description(self):
        for reason in self.reasons:
            self.assertIsNotNone(DESCRIPTION.fullmatch(reason.en), f"{reason.code}: {reason.en}")

    def test_the_oauth_table_names_reasons_that_exist(self):
        self.assertEqual(set(generate.oauth_errors()) - {reason.code for reason in self.reasons}, set())

    def test_every_kind_has_a_status(self):
        self.assertEqual({reason.kind for reason in self.reasons} - set(generate.kind_statuses()), set())


class Reading(unittest.TestCase):
    """The generator reads what clang-format makes of a reason, and refuses what it cannot read."""

    def test_literals_are_joined(self):
        text = 'const base::Reason a_b{"a_b", base::Kind::conflict, "x"\n "y", {"қ",\n "р", "e"}};'
        self.assertEqual(generate.reasons_in(text, "lib"),
                         [generate.Reason("a_b", "lib", "a_b", "conflict", "xy", "қ", "р", "e")])

    def test_what_is_no_literal_is_an_error(self):
        for text in ('const Reason a{code, Kind::invalid, "", {"k", "r", "e"}};',
                     'const Reason a{"a", Kind::invalid, {"k", "r", "e"}};'):
            with self.assertRaises(SystemExit):
                generate.reasons_in(text, "lib")


class AuditEvents(unittest.TestCase):
    def setUp(self):
        self.events = rows("audit-events.csv")
        # Whoever appends, and whoever makes the facts.
        self.sources = "".join(text for path, text in program_sources("libs", "apps")
                               if "journal.append(" in text or path.name in ("facts.cpp", "party.hpp", "person_map.hpp", "archives.hpp"))
        self.facts = (ROOT / "libs/access/src/facts.cpp").read_text()
        # The ledger's own facts are made where its map and its archives are stored.
        for made, source in (("details_of", "person_map.cpp"), ("sealed_details", "archives.cpp")):
            text = (ROOT / "libs/records/src" / source).read_text()
            self.facts += re.search(rf"object {made}.*?\n}}", text, re.S)[0]
        # The steps of a consent have names, and few places that write them down.
        changes = re.findall(r"(?:record_change|consent_fact)\([^;]*?change::(\w+)", "".join(
            text for _, text in program_sources("libs/access")))
        self.changes = {f"consent.{change}" for change in changes}

    def test_kinds_are_those_of_the_sources(self):
        written = set(re.findall(r'"((?:request|consent|token|use|subject|document|exchange|temp_file|message|session|use_question|own_look|person|official_look|data_change|registry|ledger|archive|deferral)\.[a-z_]+)"',
                                 self.sources)) | self.changes
        self.assertEqual({event["kind"] for event in self.events}, written)
        self.assertEqual(len(self.events), len(written))

    def test_fields_are_those_of_the_sources(self):
        written = set(re.findall(r'\{"(\w+)", ', self.facts)) | set(re.findall(r'details\["(\w+)"\]', self.facts))
        listed = {field for event in self.events for field in event["fields"].split(", ") if field}
        self.assertEqual(listed, written)

    def test_each_has_a_meaning(self):
        for event in self.events:
            self.assertTrue(event["meaning"] and event["about"], event["kind"])


class LogMessages(unittest.TestCase):
    def setUp(self):
        self.messages = {row["id"]: row for row in rows("log-messages.csv")}
        self.defined = {}  # id -> (level, constant, source)
        for path, text in program_sources("libs", "apps", "sandbox"):
            for name, id_, level in re.findall(r'Message (\w+)\{"(\w+)", (?:telemetry::)?Level::(\w+)\}', text):
                self.assertNotIn(id_, self.defined, "an id of two messages")
                self.defined[id_] = (level, name, text)

    def test_messages_are_those_of_the_sources(self):
        self.assertEqual({id_: row["level"] for id_, row in self.messages.items()},
                         {id_: level for id_, (level, _, _) in self.defined.items()})

    def test_each_is_written_with_its_fields(self):
        for id_, (_, name, text) in self.defined.items():
            calls = re.findall(rf"write\({name}(.*?)\);", text, re.S)
            self.assertTrue(calls, f"{id_} is never written")
            fields = {field for call in calls for field in re.findall(r'\{"(\w+)", ', call)}
            self.assertEqual(fields, {field for field in self.messages[id_]["fields"].split(", ") if field}, id_)

    def test_each_says_what_it_means_and_what_to_do(self):
        for id_, row in self.messages.items():
            self.assertTrue(row["meaning"] and row["action"], id_)


class OpenApi(unittest.TestCase):
    """The rest is compared with a running server: tests/system/openapi.test.mjs, tests/support/openapi.mjs."""

    def setUp(self):
        self.text = (ROOT / "contracts/openapi.json").read_text()

    def test_it_stands_in_its_one_form(self):
        self.assertEqual(self.text, openapi_format.formatted(self.text), "run contracts/openapi_format")

    def test_the_form_changes_no_value(self):
        for value in ({"a": [1, {"b": None}], "ә": "х" * 200}, {"list": ["x" * 60] * 3}, {}):
            self.assertEqual(json.loads(openapi_format.formatted(json.dumps(value))), value)

    def test_a_member_given_twice_is_an_error(self):
        with self.assertRaises(SystemExit):
            openapi_format.formatted('{"paths": {"/a": {}, "/a": {}}}')


if __name__ == "__main__":
    unittest.main()
