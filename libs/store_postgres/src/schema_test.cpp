// SPDX-License-Identifier: Apache-2.0
#include "store_postgres/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "full_schema.hpp"
#include "schema_steps.hpp"
#include "test_support.hpp"

namespace kelisim::store_postgres {
namespace {

using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// What makes up the schema, one object a line.
std::vector<std::string> objects_of(Connection& connection) {
    static const store::Statement all{
        "all_objects",
        "SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)"
        " || ' ' || coalesce(l.collname, '') || ' ' || a.attnotnull || ' ' || a.attidentity::text AS object"
        " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_collation l ON l.oid = a.attcollation"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
        " UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)"
        " FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
        " UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY object"};
    std::vector<std::string> objects;
    connection.query(all, {}, [&](const store::Row& row) { objects.emplace_back(row.text(0)); });
    return objects;
}

std::vector<std::string> objects_of(const Options& options) {
    Connection connection(options.connection, "test");
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
    Options options_with(std::initializer_list<std::string_view> more) {
        steps_.assign(migrations().begin(), migrations().end());
        for (auto sql : more)
            steps_.push_back({static_cast<int>(steps_.size()) + 1, "more", sql});
        Options options = options_;
        options.schema = steps_;
        return options;
    }
    static std::vector<std::string> full() {
        const Options empty = test::contract_options(test::shared_server());
        Connection connection(empty.connection, "test");
        connection.script(full_schema);
        return objects_of(connection);
    }

    Options options_ = test::contract_options(test::shared_server());
    std::vector<store::Migration> steps_;
};

TEST_F(Schema, TheConstantIsTheNumberOfTheLastMigration) {
    EXPECT_EQ(store::version_of(migrations()), schema_version);
}

TEST_F(Schema, AllMigrationsTogetherMakeTheFullSchema) {
    init(options_with({}));
    EXPECT_THAT(objects_of(options_), ElementsAreArray(full()));
    EXPECT_THAT(full(), testing::Contains(HasSubstr("column timer.kind text C")));
}

TEST_F(Schema, EachOldVersionUpgradesToTheFullSchema) {
    for (std::size_t old = 1; old < migrations().size(); ++old) {
        Options options = test::contract_options(test::shared_server());
        options.schema = migrations().first(old);
        init(options);
        options.schema = migrations();
        upgrade(options);
        EXPECT_THAT(objects_of(options), ElementsAreArray(full())) << "from " << old;
    }
}

// What is not known to be the state's is not.
TEST_F(Schema, SystemsOfBeforeAreTheStatesByTheirOrganisation) {
    static const store::Statement rows{"systems",
                                       "SELECT key || ' ' || (body::jsonb ->> 'ownership') || ' ' ||"
                                       " (body::jsonb ->> 'exclusions') FROM registry_entry WHERE kind = 'system'"
                                       " UNION ALL SELECT key || ' ' || (body::jsonb ->> 'kind') FROM registry_entry"
                                       " WHERE kind = 'service' ORDER BY 1"};
    Options options = test::contract_options(test::shared_server());
    options.schema = migrations().first(26);
    init(options);
    Connection(options.connection, "test")
        .script(
            "INSERT INTO registry_entry VALUES ('organisation', 'a', '{\"kind\":\"state_body\"}'), ('organisation', "
            "'b',"
            " '{\"kind\":\"bank\"}'), ('system', 'A', '{\"organisation\":\"a\"}'), ('system', 'B', "
            "'{\"organisation\":\"b\"}'),"
            " ('system', 'C', '{\"organisation\":\"c\"}'), ('service', 'S', '{\"key\":\"S\"}')");
    options.schema = migrations();
    upgrade(options);
    Connection connection(options.connection, "test");
    std::vector<std::string> found;
    connection.query(rows, {}, [&](const store::Row& row) { found.emplace_back(row.text(0)); });
    EXPECT_THAT(found, testing::ElementsAre("A state []", "B non_state []", "C non_state []", "S ordinary"));
}

TEST_F(Schema, InitRefusesADatabaseThatHasOne) {
    const auto options = options_with({});
    init(options);
    EXPECT_THAT(message_of([&] { init(options); }), HasSubstr("already"));
}

TEST_F(Schema, UpgradeCompletesWhatAnInterruptedInitLeft) {
    EXPECT_THAT(message_of([&] { init(options_with({"CREATE TABLE broken ("})); }), HasSubstr("_more: "));
    const auto options = options_with({"CREATE TABLE whole (id bigint);"});
    EXPECT_EQ(status(options).found, schema_version) << "the migration before it stays";
    EXPECT_EQ(upgrade(options).found, schema_version + 1);
}

TEST_F(Schema, AFailedMigrationLeavesNothing) {
    init(options_with({}));
    const auto before = objects_of(options_);
    const auto broken = options_with({"CREATE TABLE half (id bigint); INSERT INTO nowhere VALUES (1);"});
    EXPECT_THAT(message_of([&] { upgrade(broken); }), HasSubstr("does not exist"));
    EXPECT_THAT(objects_of(options_), ElementsAreArray(before));
    EXPECT_EQ(status(broken).found, schema_version);
}

TEST_F(Schema, UpgradeRunsOnlyWhatIsMissing) {
    init(options_with({}));
    const auto options = options_with({"CREATE TABLE a (id bigint);", "CREATE TABLE b (id bigint);"});
    EXPECT_EQ(status(options).found, schema_version);
    EXPECT_EQ(status(options).wanted, schema_version + 2);
    EXPECT_EQ(upgrade(options).found, schema_version + 2);
    EXPECT_EQ(upgrade(options).found, schema_version + 2) << "a second time changes nothing";
}

TEST_F(Schema, OpenRefusesAnOlderDatabase) {
    init(options_with({}));
    const auto newer_program = options_with({"CREATE TABLE more (id bigint);"});
    EXPECT_THAT(message_of([&] { Database::open(newer_program); }), HasSubstr("upgrade the database"));
}

TEST_F(Schema, OpenAndUpgradeRefuseANewerDatabase) {
    init(options_with({"CREATE TABLE more (id bigint);"}));
    const auto older_program = options_with({});
    EXPECT_THAT(message_of([&] { Database::open(older_program); }), HasSubstr("newer program"));
    EXPECT_THAT(message_of([&] { upgrade(older_program); }), HasSubstr("newer program"));
}

TEST_F(Schema, OpenAndUpgradeRefuseAnEmptyDatabase) {
    EXPECT_THAT(message_of([&] { Database::open(options_with({})); }), HasSubstr("initialise it first"));
    EXPECT_THAT(message_of([&] { upgrade(options_with({})); }), HasSubstr("initialise it first"));
    EXPECT_EQ(status(options_with({})).found, 0);
    EXPECT_THAT(objects_of(options_), IsEmpty());
}

TEST_F(Schema, NobodyMigratesBesideARunningProcess) {
    Options options = options_with({});
    init(options);
    // With patience: the server lets go of the lock of init() a moment after its connection has ended.
    const auto database = Database::open(options);
    options.lock_patience = std::chrono::milliseconds{1};
    EXPECT_THAT(message_of([&] { upgrade(options); }), HasSubstr("in use by another process"));
    EXPECT_THAT(message_of([&] { status(options); }), HasSubstr("in use by another process"));
    EXPECT_THAT(message_of([&] { Database::open(options); }), HasSubstr("in use by another process"));
}

// --- what is refused before anything is done ------------------------------------------------------------------------

TEST_F(Schema, AServerThatCanLoseWhatItAcknowledgedIsRefused) {
    Options options = options_with({});
    init(options);
    options.test_hooks.durability = TestHooks::Durability::required;
    EXPECT_THAT(message_of([&] { Database::open(options); }), HasSubstr("fsync")) << "the server of these tests";
    EXPECT_THAT(message_of([&] { upgrade(options); }), HasSubstr("fsync"));
}

TEST_F(Schema, ADatabaseThatDoesNotWaitForTheDiskIsRefused) {
    Options options = options_with({});
    init(options);
    options.test_hooks.durability = TestHooks::Durability::required;
    const std::string text = options.connection.reveal();
    const std::string name = text.substr(text.rfind('=') + 1);
    for (const auto* value : {"off", "local", "remote_write"}) {
        test::shared_server().administer("ALTER DATABASE " + name + " SET synchronous_commit = " + value);
        EXPECT_THAT(message_of([&] { Database::open(options); }),
                    HasSubstr(std::string("synchronous_commit = ") + value));
    }
}

TEST_F(Schema, ADatabaseOfAnotherEncodingIsRefused) {
    Options options = options_with({});
    auto& server = test::shared_server();
    server.administer("CREATE DATABASE latin OWNER kelisim ENCODING 'LATIN1' TEMPLATE template0");
    std::string text = options.connection.reveal();
    text.replace(text.rfind('=') + 1, std::string::npos, "latin");
    options.connection = base::Secret<std::string>(text);
    EXPECT_THAT(message_of([&] { init(options); }), HasSubstr("UTF8"));
}

TEST_F(Schema, NobodyToConnectToIsAnOutageWithoutThePassword) {
    Options options = options_with({});
    for (const auto* text : {"host=/nowhere user=kelisim password=hush-hush dbname=x", "password='hush-hush",
                             "postgresql://kelisim:hush-hush@[::1/x", "hush-hush=1"}) {
        options.connection = base::Secret<std::string>(text);
        const std::string message = message_of([&] { Database::open(options); });
        EXPECT_NE(message, "no outage") << text;
        EXPECT_THAT(message, Not(HasSubstr("hush"))) << text;
    }
}

}  // namespace
}  // namespace kelisim::store_postgres
