// SPDX-License-Identifier: Apache-2.0
#include "owner/world.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <ostream>

namespace kelisim::owner {
namespace {

base::Iin iin(std::string_view text) {
    return *base::Iin::parse(text);
}

TEST(World, HasThePersonsOfTheSandbox) {
    const World world = load_world("../world.toml");
    EXPECT_EQ(world.persons().size(), 13U);
    const Person* abai = world.find(iin("450810100013"));
    ASSERT_NE(abai, nullptr);
    EXPECT_EQ(abai->surname, "Құнанбаев");
    EXPECT_EQ(abai->birth_date, std::chrono::year(1845) / 8 / 10);
    EXPECT_TRUE(world.find(iin("351124100016"))->dead);
    EXPECT_TRUE(world.find(iin("700101100012"))->abroad);
    EXPECT_FALSE(world.find(iin("750315200011"))->capable);
    EXPECT_TRUE(world.find(iin("800430100012"))->imprisoned);
    EXPECT_TRUE(world.find(iin("860607100015"))->missing);
    EXPECT_EQ(world.find(iin("991231200017"))->representative, iin("820909200016"));
    EXPECT_EQ(world.find(iin("990101100020")), nullptr);
}

struct Broken {
    std::string_view name;
    std::string toml;
};
void PrintTo(const Broken& c, std::ostream* out) {
    *out << c.name;
}
class BrokenWorld : public ::testing::TestWithParam<Broken> {};

TEST_P(BrokenWorld, IsRefusedWhole) {
    const auto file = std::filesystem::temp_directory_path() /
                      ("world-" + std::to_string(::getpid()) + std::string(GetParam().name) + ".toml");
    std::ofstream(file) << GetParam().toml;
    EXPECT_THROW(load_world(file.string()), base::Outage);
    std::filesystem::remove(file);
}

const std::string whole = "[[person]]\niin = \"450810100013\"\nsurname = \"a\"\nname = \"b\"\ngender = \"male\"\n";

INSTANTIATE_TEST_SUITE_P(
    Owner, BrokenWorld,
    ::testing::Values(Broken{"not_toml", "[[person"}, Broken{"without_persons", "a = 1\n"},
                      Broken{"persons_not_tables", "person = [1]\n"},
                      Broken{"without_surname",
                             "[[person]]\niin = \"450810100013\"\nname = \"b\"\ngender = \"male\"\n"},
                      Broken{"wrong_check_digit",
                             "[[person]]\niin = \"450810100014\"\nsurname = \"a\"\nname = \"b\"\ngender = \"male\"\n"},
                      Broken{"flag_not_boolean", whole + "capable = \"no\"\n"},
                      Broken{"representative_no_iin", whole + "representative = \"1\"\n"},
                      Broken{"person_twice", whole + whole}),
    [](const auto& c) { return std::string(c.param.name); });

TEST(World, AMissingFileIsAnOutage) {
    EXPECT_THROW(load_world("/nonexistent/world.toml"), base::Outage);
}

}  // namespace
}  // namespace kelisim::owner
