// SPDX-License-Identifier: Apache-2.0
#include "world/world.hpp"

#include <gtest/gtest.h>

#include <set>

#include "registry/contours.hpp"

namespace kelisim::world {
namespace {

TEST(World, ThatComesWithTheProgramHoldsTogether) {
    World world = load(default_world(), "world.toml");
    EXPECT_EQ(world.persons.size(), 13U);
    EXPECT_EQ(world.entries.credentials.size(), world.entries.systems.size());
    const registry::Registry registry(std::move(world.entries));
    ASSERT_EQ(world.officials.size(), 2U);
    for (const Official& official : world.officials)
        EXPECT_NE(registry.organisation(official.organisation), nullptr);
    ASSERT_NE(registry.connection("DEMOBANK-1"), nullptr);
    EXPECT_EQ(registry.connection("DEMOBANK-1")->channel, registry::Channel::contact_centre);
    EXPECT_EQ(registry.credential("demo-bank")->secret_sha256.size(), 43U) << "a hash, not the secret";
    EXPECT_EQ(registry.open_services().size(), 1U);
    // Every connection of it can be used by the external side.
    for (const registry::Connection* connection : registry.connections()) {
        for (const registry::Purpose& purpose : connection->purposes) {
            for (const std::string& service : purpose.services) {
                const registry::Arriving arriving{*registry.system(connection->initiator), registry::Side::external,
                                                  "2026-11-22"};
                EXPECT_TRUE(registry::contour_objections(registry, arriving, *registry.service(service)).empty())
                    << connection->key << " " << service;
            }
        }
    }
    EXPECT_EQ(registry.system("DEMOBANK")->ownership, registry::Ownership::non_state);
    EXPECT_EQ(registry.system("GBDFL")->ownership, registry::Ownership::state);
}

TEST(World, IsGeneratedBigger) {
    base::SeededEntropy entropy(3);
    const World world = load(generate(200, entropy), "generated");
    std::set<std::string> iins, phones;
    for (const auto& person : world.persons) {
        iins.emplace(person.iin.reveal());
        if (person.phone) phones.insert(person.phone->reveal());
    }
    EXPECT_EQ(iins.size(), 213U);
    EXPECT_EQ(phones.size(), 211U);
}

TEST(World, RefusesWhatIsNone) {
    for (const char* text :
         {"[[person", "[[person]]\niin = \"450810100014\"\nsurname = \"x\"\nname = \"y\"\n",
          "[[person]]\niin = \"450810100013\"\nname = \"y\"\n",
          "[[person]]\niin = \"450810100013\"\nsurname = \"x\"\nname = \"y\"\nphone = \"123\"\n",
          "[[organisation]]\nbin = \"000140000073\"\nkind = \"bank\"\nname_ru = \"x\"\nname_kk = \"y\"\n",
          "[[organisation]]\nbin = \"000140000072\"\nkind = \"circus\"\nname_ru = \"x\"\nname_kk = \"y\"\n",
          "[[official]]\niin = \"450810100013\"\norganisation = \"000140000141\"\n",
          "[[connection]]\ninitiator = \"A\"\nchannel = \"pigeon\"\n"}) {
        EXPECT_THROW(load(text, "world.toml"), Malformed) << text;
    }
}

}  // namespace
}  // namespace kelisim::world
