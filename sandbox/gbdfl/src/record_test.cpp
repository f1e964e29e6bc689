// SPDX-License-Identifier: Apache-2.0
#include "gbdfl_owner/record.hpp"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace kelisim::gbdfl {
namespace {

class RecordTest : public ::testing::Test {
protected:
    const Person& person(std::string_view iin) const { return *world_.find(*base::Iin::parse(iin)); }
    const World world_ = owner::load_world("../world.toml");
    const Person& abai_ = person("450810100013");
};

TEST_F(RecordTest, HoldsExactlyTheFieldsAskedFor) {
    EXPECT_EQ(boost::json::serialize(person_record(abai_, {"surname", "birthDate"})),
              R"({"surname":"Құнанбаев","birthDate":"1845-08-10"})");
    for (const auto field : person_service().fields) {
        const auto record = person_record(abai_, {field});
        EXPECT_EQ(record.size(), 1U) << field;
        EXPECT_TRUE(record.contains(field));
    }
}

TEST_F(RecordTest, IsTheSameAtEachCallAndDiffersBetweenPersons) {
    const std::vector<std::string_view> fields{"documents", "regAddress", "addresses"};
    EXPECT_EQ(person_record(abai_, fields), person_record(abai_, fields));
    EXPECT_NE(person_record(abai_, fields), person_record(person("411020100014"), fields));
}

TEST_F(RecordTest, TellsWhatTheWorldFileTells) {
    const auto record = [&](std::string_view iin, std::string_view field) {
        return boost::json::serialize(person_record(person(iin), {field}));
    };
    EXPECT_NE(record("351124100016", "lifeStatus").find("\"1\""), std::string::npos);
    EXPECT_NE(record("750315200011", "personCapableStatus").find("Недееспособен"), std::string::npos);
    EXPECT_EQ(record("860607100015", "missingStatus"), R"({"missingStatus":{"missing":true}})");
    EXPECT_NE(record("800430100012", "imprisonedStatus").find("лишения"), std::string::npos);
    EXPECT_NE(record("700101100012", "regAddress").find("foreignData"), std::string::npos);
    EXPECT_NE(record("880808200018", "gender").find("Женский"), std::string::npos);
}

TEST_F(RecordTest, KnowsTheFamily) {
    const auto mother = family_record(world_, person("820909200016"), {"spouse", "children"});
    EXPECT_EQ(mother.size(), 2U);
    ASSERT_EQ(mother.at("children").as_array().size(), 1U);
    EXPECT_EQ(mother.at("children").as_array()[0].at("iin"), "991231200017");
    const auto minor = family_record(world_, person("991231200017"), {"spouse"});
    EXPECT_EQ(minor.size(), 1U);
    EXPECT_TRUE(minor.at("spouse").is_null());
    // A representative is not a parent: the incapable adult is nobody's child.
    EXPECT_TRUE(family_record(world_, person("880808200018"), {"children"}).at("children").as_array().empty());
}

}  // namespace
}  // namespace kelisim::gbdfl
