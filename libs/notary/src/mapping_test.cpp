// SPDX-License-Identifier: Apache-2.0
#include "notary/mapping.hpp"

#include <gmock/gmock.h>

#include <random>

#include "fixture.hpp"
#include "records/add_people.hpp"

namespace kelisim::notary {
namespace {

using namespace fixture;
using consent::SubjectId;
using records::Epoch;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class MappingTest : public ::testing::Test {
protected:
    MappingTest() {
        at.store.unit([&](WriteSession& session) {
            records::add_people(session, at.records, testing::person::all(), testing::start);
        });
        for (const auto& person : {testing::person::abai(), testing::person::ybyrai()}) {
            subjects.push_back(at.store.look(
                [&](ReadSession& session) { return at.records.subjects.find(session, person.iin).value().id; }));
        }
        sequencing = at.begin();
    }

    void append(std::optional<SubjectId> whose, std::size_t count = 1) {
        at.store.unit([&](WriteSession& session) {
            for (std::size_t i = 0; i < count; ++i) {
                at.records.journal.append(
                    session,
                    {.kind = "test.fact", .entity = at.entity, .at = testing::start, .subject = whose, .details = {}});
            }
        });
    }
    // As the thread does it: the map of what is signed, then the next checkpoint, until nothing is left.
    void settle() {
        do {
            sequencing->map_persons();
            while (sequencing->advance()) {
            }
        } while (sequencing->map_behind());
    }
    Epoch newest() {
        return at.store.look([&](ReadSession& session) { return at.records.person_map.newest(session); });
    }
    ledger::Digest tag(std::size_t person) {
        const auto known = person == 0 ? testing::person::abai() : testing::person::ybyrai();
        return tag_of(at.tags, known.iin).hash;
    }
    std::optional<ledger::Chain> chain(std::size_t person) {
        return at.store.look([&](ReadSession& session) {
            ledger::SparseMap map = at.records.person_map.map(session, newest());
            const auto proof = map.prove(tag(person));
            EXPECT_TRUE(ledger::verify_map(tag(person), proof, newest().root));
            return map.find(tag(person));
        });
    }
    // The definition: over the person's entries, in the order of the ledger.
    ledger::Chain expected(std::size_t person) {
        ledger::Chain chain;
        at.store.readers().read([&](ReadSession& session) {
            at.records.ledger.each_owned_leaf(session, 0, at.size(), [&](const Ledger::OwnedLeaf& leaf) {
                if (leaf.subject == subjects[person]) chain = ledger::continued(chain, leaf.number, leaf.commitment);
            });
        });
        return chain;
    }
    std::vector<std::string> verify() {
        return at.store.look([&](ReadSession& session) { return verify_persons(session, at.records, at.tags); });
    }
    void expect_no_more_signatures() {
        const auto before = at.board.newest();
        append(subjects[0]);
        sequencing->advance();
        sequencing->map_persons();
        append(subjects[0]);
        sequencing->advance();
        EXPECT_FALSE(sequencing->counts().signing);
        EXPECT_EQ(at.log.count("LEDGER_DAMAGED"), 1U);
    }

    Installation at;
    std::vector<SubjectId> subjects;
    std::unique_ptr<Sequencing> sequencing;
};

TEST_F(MappingTest, ChainsEachPersonsEntriesAndPutsTheRootIntoTheLedger) {
    append(subjects[0], 3);
    append(std::nullopt, 2);
    append(subjects[1]);
    append(subjects[0]);
    settle();
    EXPECT_EQ(chain(0), expected(0));
    EXPECT_EQ(chain(0)->count, 4U);
    EXPECT_EQ(chain(1), expected(1));
    const Epoch epoch = newest();
    EXPECT_EQ(epoch.number, 1);
    EXPECT_EQ(epoch.persons, 2U);
    EXPECT_EQ(epoch.size, 7U);
    at.store.readers().read([&](ReadSession& session) {
        const auto leaf = at.records.ledger.leaf_of(session, epoch.journal_seq);
        ASSERT_EQ(leaf, 7U) << "under the checkpoint of the same round";
        const auto told = at.records.person_map.told(session, epoch, at.tags.public_key());
        EXPECT_EQ(at.records.ledger.tree(session, at.size()).leaf(*leaf),
                  ledger::leaf_hash({.format = ledger::EntryFormat::map_root,
                                     .commitment = ledger::commitment(told.salt, base::as_bytes(told.fact))}));
    });
    EXPECT_THAT(verify(), ElementsAre());
}

TEST_F(MappingTest, MakesNoStateOfNothing) {
    settle();
    EXPECT_EQ(newest().number, 0);
    append(std::nullopt, 20);
    settle();
    EXPECT_EQ(newest().number, 0);
    append(subjects[0]);
    settle();
    const std::uint64_t size = at.size();
    settle();
    sequencing = at.begin();
    settle();
    EXPECT_EQ(newest().number, 1) << "its own root is no reason for the next one";
    EXPECT_EQ(at.size(), size);
    EXPECT_EQ(chain(1), std::nullopt);
}

TEST_F(MappingTest, GoesOnInBoundedStepsAndAfterARestartHoweverEntriesFall) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    for (int round = 0; round < 12; ++round) {
        sequencing = at.begin({.entries_a_unit = 3, .units_a_round = 2, .mapping = {.persons = 1, .entries = 4}});
        for (std::size_t i = 0, count = random() % 12; i < count; ++i)
            append(random() % 3 == 0 ? std::nullopt : std::optional(subjects[random() % 2]));
        if (random() % 2 == 0) sequencing->advance();
        settle();
        EXPECT_EQ(chain(0).value_or(ledger::Chain{}), expected(0));
        EXPECT_EQ(chain(1).value_or(ledger::Chain{}), expected(1));
    }
    EXPECT_THAT(verify(), ElementsAre());
    EXPECT_EQ(sequencing->counts().findings, 0U);
}

TEST_F(MappingTest, OneWhoWasErasedStaysCountedAndOneNeverMappedIsPassedOver) {
    append(subjects[0], 2);
    settle();
    append(subjects[0]);
    append(subjects[1]);
    at.store.unit([&](WriteSession& session) {
        at.records.subjects.erase(session, subjects[0], testing::start);
        at.records.subjects.erase(session, subjects[1], testing::start);
    });
    settle();
    EXPECT_EQ(chain(0), expected(0));
    EXPECT_EQ(chain(0)->count, 3U);
    EXPECT_EQ(chain(1), std::nullopt) << "nobody can ask for them any more";
    EXPECT_THAT(verify(), ElementsAre());
}

TEST_F(MappingTest, OneWhoComesBackAfterAnErasureGoesOnInTheSamePlace) {
    append(subjects[0], 2);
    settle();
    const auto before = chain(0);
    at.store.unit([&](WriteSession& session) {
        at.records.subjects.erase(session, subjects[0], testing::start);
        const std::vector<people::Person> again{testing::person::abai()};
        records::add_people(session, at.records, again, testing::start);
    });
    const SubjectId anew = at.store.look([&](ReadSession& session) {
        return at.records.subjects.find(session, testing::person::abai().iin).value().id;
    });
    ASSERT_NE(anew, subjects[0]);
    append(anew);
    settle();
    EXPECT_EQ(chain(0)->count, before->count + 1);
    EXPECT_EQ(newest().persons, 1U);
    EXPECT_THAT(verify(), ElementsAre());
}

// Whatever is not as it was written is found before the next root is said, and nothing is signed from then on.
TEST_F(MappingTest, NoStateIsMadeOverDamage) {
    for (const char* damage :
         {"UPDATE ledger_page SET page = CAST(substr(page, 1, length(page) - 1) || x'77' AS BLOB) WHERE address = ''",
          "UPDATE ledger_page SET page = x'00'", "DELETE FROM ledger_page",
          "UPDATE ledger_epoch SET root = zeroblob(32)", "UPDATE ledger_epoch SET persons = persons + 1",
          "UPDATE ledger_epoch SET size = size - 1", "UPDATE ledger_epoch SET journal_seq = journal_seq - 1",
          "UPDATE ledger_epoch SET number = number + 1"}) {
        SCOPED_TRACE(damage);
        MappingTest_NoStateIsMadeOverDamage_Test fresh;
        fresh.append(fresh.subjects[0], 3);
        fresh.append(fresh.subjects[1]);
        fresh.settle();
        ASSERT_NE(fresh.at.tamper(damage), 0U);
        EXPECT_FALSE(fresh.verify().empty());
        fresh.expect_no_more_signatures();
    }
}

// Until a checkpoint covers the newest state the one before is shown; so no third one comes before that.
TEST_F(MappingTest, TheStateBeforeIsKeptUntilTheNewestIsSigned) {
    append(subjects[0], 3);
    settle();
    const Epoch first = newest();
    const auto before = chain(0);
    append(subjects[0]);
    append(subjects[1]);
    while (sequencing->advance()) {
    }
    sequencing->map_persons();
    ASSERT_EQ(newest().number, 2);
    const auto expect_both = [&] {
        at.store.readers().read([&](ReadSession& session) {
            ledger::SparseMap old = at.records.person_map.map(session, first);
            EXPECT_EQ(old.find(tag(0)), before);
            EXPECT_EQ(old.find(tag(1)), std::nullopt);
            EXPECT_TRUE(ledger::verify_map(tag(0), old.prove(tag(0)), first.root));
            ledger::SparseMap now = at.records.person_map.map(session, newest());
            EXPECT_EQ(now.find(tag(0))->count, 4U);
            EXPECT_EQ(now.find(tag(1))->count, 1U);
        });
    };
    expect_both();
    sequencing->map_persons();
    sequencing = at.begin();
    sequencing->map_persons();
    EXPECT_EQ(newest().number, 2);
    expect_both();
    append(subjects[0]);
    settle();
    EXPECT_EQ(newest().number, 3);
    EXPECT_EQ(chain(0)->count, 5U);
    EXPECT_THROW(
        at.store.look([&](ReadSession& session) { return at.records.person_map.map(session, first).find(tag(0)); }),
        records::Damaged)
        << "one state before is kept, not two";
    EXPECT_THAT(verify(), ElementsAre());
}

TEST_F(MappingTest, AnotherKeyIsNotTaken) {
    append(subjects[0]);
    settle();
    at.tags = crypto::VrfKey::generate();
    sequencing = at.begin();
    expect_no_more_signatures();
    EXPECT_THAT(verify(), Contains(HasSubstr("is not what its fact says")));
}

TEST_F(MappingTest, TheCommandSeesWhatTheThreadDoesNotReadAgain) {
    append(subjects[0], 3);
    append(subjects[1]);
    settle();
    append(subjects[1]);
    settle();
    ASSERT_THAT(verify(), ElementsAre());
    const std::pair<const char*, const char*> changes[] = {
        {"DELETE FROM ledger_epoch WHERE number = 1", "is not there"},
        {"UPDATE ledger_tag SET tag = zeroblob(32) WHERE subject = (SELECT min(subject) FROM ledger_tag)",
         "is not that of the person"},
        {"UPDATE journal SET subject = NULL WHERE seq = 1", "another root than the journal gives"},
        {"UPDATE journal SET subject = (SELECT subject FROM journal WHERE seq = 4) WHERE seq = 2",
         "another root than the journal gives"},
        {"UPDATE ledger_page SET page = zeroblob(16)", "is not what the journal gives"},
        {"UPDATE ledger_page SET page = x'00'", "does not read"}};
    for (const auto& [change, finding] : changes) {
        ASSERT_NE(at.tamper(change), 0U) << change;
        EXPECT_THAT(verify(), Contains(HasSubstr(finding))) << change;
    }
}

}  // namespace
}  // namespace kelisim::notary
