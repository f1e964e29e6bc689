// SPDX-License-Identifier: Apache-2.0
#include "store_sqlite/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>
#include <regex>

#include "full_schema.hpp"
#include "schema_steps.hpp"
#include "store/directory_lock.hpp"
#include "store/writer.hpp"
#include "test_support.hpp"

namespace kelisim::store_sqlite {
namespace {

using test::TemporaryDirectory;
using testing::HasSubstr;

// What sqlite_schema holds, one object a line, without differences of white space and comments.
std::vector<std::string> objects_of(Connection& connection) {
    static const store::Statement all{"all_objects",
                                      "SELECT type || ' ' || name || ': ' || coalesce(sql, '') AS object"
                                      " FROM sqlite_schema ORDER BY 1"};
    std::vector<std::string> objects;
    connection.query(all, {}, [&](const store::Row& row) {
        const std::string bare = std::regex_replace(std::string(row.text(0)), std::regex("--[^\n]*"), "");
        // A column that was added later stands in its table's text with other blanks.
        const std::string tight = std::regex_replace(bare, std::regex("\\s*([(),])\\s*"), "$1");
        objects.push_back(std::regex_replace(tight, std::regex("\\s+"), " "));
    });
    return objects;
}

std::vector<std::string> objects_of(const std::filesystem::path& file) {
    Connection connection(file, Connection::Access::write, {});
    return objects_of(connection);
}

std::string message_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const base::Outage& outage) {
        return outage.what();
    }
    return "no outage";
}

class Schema : public testing::Test {
protected:
    Options options_with(std::vector<store::Migration> steps) {
        steps_ = std::move(steps);
        Options options;
        options.directory = directory_.path() / "data";
        options.schema = steps_;
        return options;
    }
    static std::vector<store::Migration> real_and(std::initializer_list<std::string_view> more) {
        std::vector<store::Migration> all(migrations().begin(), migrations().end());
        for (auto sql : more)
            all.push_back({static_cast<int>(all.size()) + 1, "more", sql});
        return all;
    }

    TemporaryDirectory directory_;
    std::vector<store::Migration> steps_;
};

TEST_F(Schema, TheConstantIsTheNumberOfTheLastMigration) {
    EXPECT_EQ(store::version_of(migrations()), schema_version);
}

TEST_F(Schema, AllMigrationsTogetherMakeTheFullSchema) {
    const auto options = options_with(real_and({}));
    init(options);
    Connection full(":memory:", Connection::Access::create, {});
    full.script(full_schema);
    EXPECT_THAT(objects_of(database_file(options)), testing::ElementsAreArray(objects_of(full)));
}

TEST_F(Schema, EachOldVersionUpgradesToTheFullSchema) {
    Connection full(":memory:", Connection::Access::create, {});
    full.script(full_schema);
    for (std::size_t old = 1; old < migrations().size(); ++old) {
        Options options;
        options.directory = directory_.path() / std::to_string(old);
        options.schema = migrations().first(old);
        init(options);
        options.schema = migrations();
        upgrade(options);
        EXPECT_THAT(objects_of(database_file(options)), testing::ElementsAreArray(objects_of(full))) << "from " << old;
    }
}

TEST_F(Schema, RecordsOfUsesGoAlongWhenTheirTableIsMadeAnew) {
    static const store::Statement row{"use_with_key", "SELECT id, key, answer FROM use_record WHERE state = 1"};
    Options options;
    options.directory = directory_.path() / "data";
    options.schema = migrations().first(2);
    init(options);
    Connection(database_file(options), Connection::Access::write, {})
        .script(
            "INSERT INTO use_record VALUES (x'02', 5, x'0a', x'0b', x'0c', 1, 7, x'0d', 200, x'0e');"
            "INSERT INTO use_record VALUES (x'03', 5, x'0a', x'03', x'0c', 0, 8, x'0d', NULL, NULL);");
    options.schema = migrations();
    upgrade(options);
    Connection connection(database_file(options), Connection::Access::write, {});
    EXPECT_EQ(connection.integer("SELECT count(*) FROM use_record"), 2);
    EXPECT_EQ(connection.query(row, {},
                               [](const store::Row& use) {
                                   EXPECT_EQ(use.blob(0)[0], 2);
                                   EXPECT_EQ(use.blob(1)[0], 0x0b);
                                   EXPECT_EQ(use.blob(2)[0], 0x0e);
                               }),
              1U);
    EXPECT_THROW(
        connection.script("INSERT INTO use_record (id, bucket, consent, key, digest, state, at, sealed, status, answer)"
                          " SELECT x'04', bucket, consent, key, digest, state, at, sealed,"
                          " status, answer FROM use_record WHERE id = x'02'"),
        store::Duplicate);
}

TEST_F(Schema, NoticesOfBeforeGetNumbersInTheOrderOfTheirIds) {
    static const store::Statement rows{"notices", "SELECT id, number FROM party_notice ORDER BY initiator, number"};
    static const store::Statement counters{"counters", "SELECT last FROM party_counter ORDER BY initiator"};
    Options options;
    options.directory = directory_.path() / "data";
    options.schema = migrations().first(5);
    init(options);
    Connection(database_file(options), Connection::Access::write, {})
        .script(
            "INSERT INTO party_notice VALUES ('B', x'02', 0, x'0a', 1, NULL), ('A', x'03', 0, x'0a', 1, NULL),"
            "('A', x'01', 1, x'0a', 2, 9)");
    options.schema = migrations();
    upgrade(options);
    Connection connection(database_file(options), Connection::Access::write, {});
    std::vector<std::pair<int, std::int64_t>> found;
    connection.query(rows, {}, [&](const store::Row& row) { found.emplace_back(row.blob(0)[0], row.integer(1)); });
    EXPECT_THAT(found, testing::ElementsAre(std::pair(1, 1), std::pair(3, 2), std::pair(2, 1)));
    std::vector<std::int64_t> last;
    connection.query(counters, {}, [&](const store::Row& row) { last.push_back(row.integer(0)); });
    EXPECT_THAT(last, testing::ElementsAre(2, 1));
}

// What is not known to be the state's is not.
TEST_F(Schema, SystemsOfBeforeAreTheStatesByTheirOrganisation) {
    static const store::Statement rows{
        "systems",
        "SELECT key, json_extract(body, '$.ownership'), json_extract(body, '$.exclusions')"
        " FROM registry_entry WHERE kind = 'system' ORDER BY key"};
    Options options;
    options.directory = directory_.path() / "data";
    options.schema = migrations().first(26);
    init(options);
    Connection(database_file(options), Connection::Access::write, {})
        .script(
            "INSERT INTO registry_entry VALUES ('organisation', 'a', '{\"kind\":\"state_body\"}'), ('organisation', "
            "'b',"
            " '{\"kind\":\"bank\"}'), ('system', 'A', '{\"organisation\":\"a\"}'), ('system', 'B', "
            "'{\"organisation\":\"b\"}'),"
            " ('system', 'C', '{\"organisation\":\"c\"}'), ('service', 'S', '{\"key\":\"S\"}')");
    options.schema = migrations();
    upgrade(options);
    Connection connection(database_file(options), Connection::Access::write, {});
    std::vector<std::string> found;
    connection.query(rows, {}, [&](const store::Row& row) {
        found.push_back(std::string(row.text(0)) + " " + std::string(row.text(1)) + " " + std::string(row.text(2)));
    });
    EXPECT_THAT(found, testing::ElementsAre("A state []", "B non_state []", "C non_state []"));
    EXPECT_EQ(connection.integer("SELECT count(*) FROM registry_entry WHERE body LIKE '%\"kind\":\"ordinary\"%'"), 1);
}

TEST_F(Schema, InitMakesADirectoryForItsOwnerAlone) {
    const auto options = options_with(real_and({}));
    init(options);
    EXPECT_EQ(std::filesystem::status(options.directory).permissions(), std::filesystem::perms::owner_all);
    EXPECT_EQ(status(options).found, schema_version);
}

TEST_F(Schema, InitRefusesADatabaseThatExists) {
    const auto options = options_with(real_and({}));
    init(options);
    EXPECT_THAT(message_of([&] { init(options); }), HasSubstr("already"));
}

TEST_F(Schema, InitCompletesWhatAnInterruptedOneLeft) {
    auto options = options_with(real_and({"CREATE TABLE broken ("}));
    EXPECT_THAT(message_of([&] { init(options); }), HasSubstr("_more: "));
    EXPECT_EQ(status(options).found, schema_version) << "the migration before it stays";
    options = options_with(real_and({"CREATE TABLE whole (id INTEGER) STRICT;"}));
    EXPECT_EQ(upgrade(options).found, schema_version + 1);
}

TEST_F(Schema, AFailedMigrationLeavesNothing) {
    init(options_with(real_and({})));
    const auto before = objects_of(database_file(options_with({})));
    const auto broken =
        options_with(real_and({"CREATE TABLE half (id INTEGER) STRICT; INSERT INTO nowhere VALUES (1);"}));
    EXPECT_THAT(message_of([&] { upgrade(broken); }), HasSubstr("no such table"));
    EXPECT_THAT(objects_of(database_file(broken)), testing::ElementsAreArray(before));
    EXPECT_EQ(status(broken).found, schema_version);
}

TEST_F(Schema, UpgradeRunsOnlyWhatIsMissing) {
    init(options_with(real_and({})));
    const auto options =
        options_with(real_and({"CREATE TABLE a (id INTEGER) STRICT;", "CREATE TABLE b (id INTEGER) STRICT;"}));
    EXPECT_EQ(status(options).found, schema_version);
    EXPECT_EQ(status(options).wanted, schema_version + 2);
    EXPECT_EQ(upgrade(options).found, schema_version + 2);
    EXPECT_EQ(upgrade(options).found, schema_version + 2) << "a second time changes nothing";
}

TEST_F(Schema, OpenRefusesAnOlderDatabase) {
    init(options_with(real_and({})));
    const auto newer_program = options_with(real_and({"CREATE TABLE a (id INTEGER) STRICT;"}));
    EXPECT_THAT(message_of([&] { Database::open(newer_program); }), HasSubstr("upgrade the database"));
}

TEST_F(Schema, OpenAndUpgradeRefuseANewerDatabase) {
    init(options_with(real_and({"CREATE TABLE a (id INTEGER) STRICT;"})));
    const auto older_program = options_with(real_and({}));
    EXPECT_THAT(message_of([&] { Database::open(older_program); }), HasSubstr("newer program"));
    EXPECT_THAT(message_of([&] { upgrade(older_program); }), HasSubstr("newer program"));
}

TEST_F(Schema, OpenRefusesADirectoryWithoutADatabase) {
    const auto options = options_with(real_and({}));
    EXPECT_THAT(message_of([&] { Database::open(options); }), HasSubstr("cannot open"));
    std::filesystem::create_directories(options.directory);
    EXPECT_THAT(message_of([&] { Database::open(options); }), HasSubstr("initialise it first"));
    EXPECT_THAT(message_of([&] { upgrade(options); }), HasSubstr("initialise it first"));
    EXPECT_THAT(message_of([&] { status(options); }), HasSubstr("initialise it first"));
    EXPECT_FALSE(std::filesystem::exists(database_file(options))) << "looking makes no database";
}

TEST_F(Schema, MigrationsOutOfStepAreADefect) {
    EXPECT_THROW(init(options_with({{2, "late", "CREATE TABLE a (id INTEGER);"}})), store::Defect);
    EXPECT_FALSE(std::filesystem::exists(directory_.path() / "data")) << "nothing was begun";
}

TEST_F(Schema, OneProcessHasTheDirectory) {
    const auto options = options_with(real_and({}));
    init(options);
    const auto database = Database::open(options);
    const std::string in_use = "in use by another process";
    EXPECT_THAT(message_of([&] { Database::open(options); }), HasSubstr(in_use));
    EXPECT_THAT(message_of([&] { init(options); }), HasSubstr(in_use));
    EXPECT_THAT(message_of([&] { upgrade(options); }), HasSubstr(in_use));
    EXPECT_THAT(message_of([&] { status(options); }), HasSubstr(in_use));
}

TEST_F(Schema, ClosingFreesTheDirectory) {
    const auto options = options_with(real_and({}));
    init(options);
    Database::open(options).reset();
    EXPECT_EQ(status(options).found, schema_version);
    EXPECT_NE(Database::open(options), nullptr);
}

TEST_F(Schema, AFileThatIsNoDatabaseIsAnOutage) {
    const auto options = options_with(real_and({}));
    std::filesystem::create_directories(options.directory);
    std::ofstream(database_file(options))
        << "this is not a database, and long enough to be looked at as one, is it not";
    EXPECT_THAT(message_of([&] { Database::open(options); }), HasSubstr("not a database"));
}

}  // namespace
}  // namespace kelisim::store_sqlite
