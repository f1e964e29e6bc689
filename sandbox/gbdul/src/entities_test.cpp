// SPDX-License-Identifier: Apache-2.0
#include "gbdul_owner/entities.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <ostream>

namespace kelisim::gbdul {
namespace {

base::Iin iin(std::string_view text) {
    return *base::Iin::parse(text);
}

TEST(Entities, AreThoseOfTheSandbox) {
    const owner::World persons = owner::load_world("../world.toml");
    const Entities entities = load_entities("../world.toml", persons);
    const Entity& mill = entities.at("000140003106");
    EXPECT_EQ(mill.name_kk, "«Оқу диірмені» ЖШС");
    EXPECT_EQ(mill.head, iin("450810100013"));
    ASSERT_EQ(mill.founders.size(), 3U);
    EXPECT_EQ(mill.founders[1].share, 25);
    // The head is a founder as well, and stands once.
    EXPECT_EQ(concerned(mill), (std::vector{iin("450810100013"), iin("411020100014"), iin("880808200018")}));
    // What changed its name is a legal entity too: files older than [[legal_entity]] have no other ones.
    const Entity& renamed = entities.at("000140000706");
    EXPECT_EQ(renamed.name_ru, "ТОО Жаңа атау 1");
    EXPECT_EQ(renamed.registered_on, "2000-01-01");
    EXPECT_EQ(concerned(renamed), std::vector{iin("411020100014")});
}

const std::string persons_toml =
    "[[person]]\niin = \"450810100013\"\nsurname = \"a\"\nname = \"b\"\ngender = \"male\"\n"
    "[[person]]\niin = \"411020100014\"\nsurname = \"c\"\nname = \"d\"\ngender = \"male\"\n";
const std::string whole =
    "[[legal_entity]]\nbin = \"000140003106\"\nname_ru = \"a\"\nname_kk = \"b\"\nhead = \"450810100013\"\n";

// A file of these persons and `toml`, which is gone with it.
class World {
public:
    explicit World(std::string_view toml)
        : file_(std::filesystem::temp_directory_path() / ("entities-" + std::to_string(::getpid()) + ".toml")) {
        std::ofstream(file_) << toml << persons_toml;
    }
    ~World() { std::filesystem::remove(file_); }
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    Entities load() const { return load_entities(file_.string(), owner::load_world(file_.string())); }

private:
    std::filesystem::path file_;
};

TEST(Entities, NeedNotBeInAFile) {
    EXPECT_TRUE(World("").load().empty());
    const Entities named =
        World("[[name_change]]\nbin = \"000140000706\"\nnew_name = \"a\"\nhead = \"700101100012\"\n").load();
    EXPECT_FALSE(named.at("000140000706").head) << "of a head who is nobody here nothing can be told";
    const Entities both =
        World(whole + "[[name_change]]\nbin = \"000140003106\"\nnew_name = \"x\"\nhead = \"411020100014\"\n").load();
    EXPECT_EQ(both.at("000140003106").name_ru, "a");
}

struct Broken {
    std::string_view name;
    std::string toml;
};
void PrintTo(const Broken& c, std::ostream* out) {
    *out << c.name;
}
class BrokenEntities : public ::testing::TestWithParam<Broken> {};

TEST_P(BrokenEntities, AreRefusedWhole) {
    const World world(GetParam().toml);
    EXPECT_THROW(world.load(), base::Outage);
}

std::string founder(std::string_view iin, std::string_view share) {
    return "[[legal_entity.founder]]\niin = \"" + std::string(iin) + "\"\nshare = " + std::string(share) + "\n";
}

INSTANTIATE_TEST_SUITE_P(
    Gbdul, BrokenEntities,
    ::testing::Values(
        Broken{"no_tables", "legal_entity = [1]\n"}, Broken{"no_list", "legal_entity = 1\n"},
        Broken{"wrong_bin",
               "[[legal_entity]]\nbin = \"000140003107\"\nname_ru = \"a\"\nname_kk = \"b\"\nhead = \"450810100013\"\n"},
        Broken{"without_a_head", "[[legal_entity]]\nbin = \"000140003106\"\nname_ru = \"a\"\nname_kk = \"b\"\n"},
        Broken{"head_is_nobody",
               "[[legal_entity]]\nbin = \"000140003106\"\nname_ru = \"a\"\nname_kk = \"b\"\nhead = \"700101100012\"\n"},
        Broken{"one_language", "[[legal_entity]]\nbin = \"000140003106\"\nname_ru = \"a\"\nhead = \"450810100013\"\n"},
        Broken{"founder_is_nobody", whole + founder("700101100012", "10")},
        Broken{"founder_twice", whole + founder("450810100013", "10") + founder("450810100013", "20")},
        Broken{"no_share", whole + founder("450810100013", "0")},
        Broken{"more_than_all", whole + founder("450810100013", "60") + founder("411020100014", "41")},
        Broken{"twice", whole + whole}),
    [](const auto& c) { return std::string(c.param.name); });

}  // namespace
}  // namespace kelisim::gbdul
