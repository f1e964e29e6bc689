// SPDX-License-Identifier: Apache-2.0
#include "people/person.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace kelisim::people {
namespace {

static_assert(!fmt::is_formattable<Person>::value && !fmt::is_formattable<Phone>::value);

Person grown_up() {
    Person person;
    person.iin = base::Iin::parse("450810100013").value();
    return person;
}

TEST(Phone, IsInInternationalForm) {
    EXPECT_EQ(Phone::parse("+77000000001")->reveal(), "+77000000001");
    for (std::string_view text : {"", "+", "77000000001", "+7700", "+7700000000112345", "+7700000000a", "+07000000001",
                                  "+7 700 000 00 01", "++7000000001", "+７7000000001"}) {
        EXPECT_FALSE(Phone::parse(text)) << text;
    }
}

TEST(Reachable, IsNoDeadOrMissingPerson) {
    EXPECT_TRUE(reachable(grown_up()));
    for (LifeStatus status : {LifeStatus::dead, LifeStatus::missing}) {
        Person person = grown_up();
        person.life_status = status;
        EXPECT_FALSE(reachable(person));
    }
}

// LAW-36.2: the consent of the legal representative where the subject cannot give it.
TEST(DecidesAlone, NeitherAChildNorAnIncapablePerson) {
    EXPECT_TRUE(decides_alone(grown_up()));
    Person child = grown_up();
    child.minor = true;
    EXPECT_FALSE(decides_alone(child));
    Person ward = grown_up();
    ward.capable = false;
    EXPECT_FALSE(decides_alone(ward));
}

}  // namespace
}  // namespace kelisim::people
