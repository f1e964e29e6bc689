// SPDX-License-Identifier: Apache-2.0
#include "config/config.hpp"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

namespace kelisim::config {
namespace {

TEST(Config, ReadsWhatIsThereAndKeepsDefaults) {
    const Read read = config::read("[server]\nport = 0\n[gateway]\nupstreams = [\"A=http://127.0.0.1:1\"]\n", "k.toml");
    EXPECT_TRUE(read.errors.empty());
    EXPECT_EQ(read.config.number("server.port"), 0);
    EXPECT_EQ(read.config.number("server.io_threads"), 2);
    EXPECT_EQ(read.config.list("gateway.upstreams").size(), 1U);
    EXPECT_EQ(read.config.text("service.zone"), "Asia/Almaty");
}

TEST(Config, GivesAllErrorsAtOnceWithTheirLines) {
    const Read read = config::read(
        "[server]\nport = 65536\nprot = 1\n[sms]\nscript = \"greek\"\n[store]\nreaders = \"four\"\n[nothing]\nx = 1\n",
        "k.toml");
    ASSERT_EQ(read.errors.size(), 5U);
    const std::set<std::string> errors(read.errors.begin(), read.errors.end());
    EXPECT_TRUE(errors.contains("k.toml:2: server.port must be 0 to 65535"));
    EXPECT_TRUE(errors.contains("k.toml:3: server.prot is not a key; see `kelisim config reference`"));
    EXPECT_TRUE(errors.contains("k.toml:5: sms.script must be one of cyrillic, latin"));
    EXPECT_TRUE(errors.contains("k.toml:7: store.readers must be a whole number"));
}

TEST(Config, RefusesWhatIsNoToml) {
    for (const char* text : {"[server", "port 8080", "a = 1\na = 2", "\xff"}) {
        EXPECT_FALSE(config::read(text, "k.toml").errors.empty()) << text;
    }
    EXPECT_FALSE(config::read("[gateway]\nupstreams = [1]\n", "k.toml").errors.empty());
    EXPECT_FALSE(config::read("server = 1\n", "k.toml").errors.empty());
}

TEST(Reference, IsAFileThatChangesNothing) {
    const Read read = config::read(reference(), "reference.toml");
    EXPECT_TRUE(read.errors.empty());
    for (const Key& key : keys())
        EXPECT_NE(reference().find(key.description), std::string::npos) << key.name;
}

TEST(ConnectorKeys, AreATableOfTheirOwn) {
    Config config = Config::defaults(connector_keys());
    config.set("service.key", std::string("A"));
    const Read read = config::read(write(config, connector_keys()), "connector.toml", connector_keys());
    EXPECT_TRUE(read.errors.empty());
    EXPECT_EQ(read.config.text("service.key"), "A");
    EXPECT_EQ(read.config.number("core.port"), 8090);
    EXPECT_THROW(config.number("server.port"), std::logic_error);
    const Read wrong = config::read("[server]\nport = 1\n[core]\nport = 65536\n", "connector.toml", connector_keys());
    const std::set<std::string> errors(wrong.errors.begin(), wrong.errors.end());
    EXPECT_EQ(errors, (std::set<std::string>{"connector.toml:1: server is not a key",
                                             "connector.toml:4: core.port must be 0 to 65535"}));
}

TEST(Config, KnowsOnlyTheTable) {
    EXPECT_THROW(Config::defaults().number("server.prot"), std::logic_error);
    Config config = Config::defaults();
    EXPECT_THROW(config.set("server.port", std::string("8080")), std::logic_error);
}

}  // namespace
}  // namespace kelisim::config
