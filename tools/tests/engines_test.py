import unittest

from scratch import ScratchTree, tool

engines = tool("engines")

SQLITE = """CREATE TABLE item (
    id BLOB NOT NULL UNIQUE,
    name TEXT, -- a comment, with a comma
    count INTEGER NOT NULL CHECK (count IN (0, 1))
) STRICT;
CREATE INDEX item_count ON item (count) WHERE count = 0;
"""
POSTGRES = """CREATE TABLE item (
    id bytea NOT NULL,
    name text COLLATE "C", -- a comment, with a comma
    count bigint NOT NULL CHECK (count IN (0, 1)),
    PRIMARY KEY (id)
);
CREATE INDEX item_count ON item (count) WHERE count = 0;
"""


class EnginesTest(ScratchTree):
    sound = {"db/sqlite/schema.sql": SQLITE, "db/postgres/schema.sql": POSTGRES,
             "db/sqlite/0001_item.sql": SQLITE, "db/postgres/0001_item.sql": POSTGRES}

    def problems(self):
        return list(engines.problems(self.root))

    def change(self, old, new):
        self.assertIn(old, POSTGRES)
        self.write("db/postgres/schema.sql", POSTGRES.replace(old, new))
        return self.problems()

    def test_the_same_tables_pass(self):
        self.assertEqual(self.problems(), [])

    def test_a_migration_of_one_engine_only(self):
        self.write("db/sqlite/0002_more.sql", "")
        self.assertEqual(self.problems(), ["db: migration 0002_more.sql is there for one engine only"])

    def test_each_difference_is_told(self):
        cases = {
            ("CREATE TABLE item", "CREATE TABLE thing"): "only in",
            ("    count bigint", "    other bigint"): "postgres: other",
            ("count bigint NOT NULL", "count bigint"): "postgres: count a number",
            ("count bigint", "count integer"): "postgres: count integer",
            ('text COLLATE "C"', "text"): "postgres: name text",
            ("WHERE count = 0", "WHERE count = 1"): "index item_count",
            ("CREATE INDEX item_count ON item (count) WHERE count = 0;", ""): "only in db/sqlite",
        }
        for (old, new), told in cases.items():
            with self.subTest(new=new):
                self.assertIn(told, " ".join(self.change(old, new)))

    def test_another_order_of_columns(self):
        first = "    id bytea NOT NULL,\n"
        second = '    name text COLLATE "C", -- a comment, with a comma\n'
        self.assertEqual(self.change(first + second, second + first), ["item: columns in another order"])


if __name__ == "__main__":
    unittest.main()
