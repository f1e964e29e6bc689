// SPDX-License-Identifier: Apache-2.0
// The ledger finds what was changed behind the back of the service, and no personal data stand open on disk.
#include <gmock/gmock.h>

#include <map>

#include "access/testing.hpp"

namespace kelisim::access {
namespace {

using namespace access::testing;
using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A story with everything in it: grant, refusal, silence, tokens, uses of each outcome, a revocation, what waits.
void tell_story(World& world) {
    const auto first = granted(world, person::abai());
    const auto refused = ask(world, person::ybyrai());
    deliver(world);
    hear(world, person::ybyrai(), "қалай?", "unclear");
    hear(world, person::ybyrai(), "2", "refusal of " + refused.to_string());
    deliver(world);
    ask(world, person::without_phone());
    const auto token = redeem(world, first, world.bank()).value();
    const auto call = [&](std::string key) {
        UseCommand command = call_with(id_of(token), person::abai().iin);
        command.idempotency_key = std::move(key);
        return std::get<Reserved>(reserve(world, command)).id;
    };
    conclude(world, call("order 450810100013"), consent::UseState::delivered,
             records::StoredAnswer{.status = 200, .body = "{\"surname\":\"Құнанбаев\"}"});
    conclude(world, call(""), consent::UseState::not_sent);
    call("");
    auto outside = call_with(id_of(token), person::ybyrai().iin);
    reserve(world, outside);
    redeem(world, first, world.bank());
    world.unit([&](store::WriteSession& session) {
        world.service->tokens.revoke(session, id_of(token), world.bank(), world.clock.now());
    });
    const auto silent = ask(world, person::abai());
    deliver(world);
    world.clock.advance(24h);
    world.unit([&](store::WriteSession& session) { world.service->asking.expire(session, silent, world.clock.now()); });
    ask(world, person::ybyrai());  // waits in the outbox, as does the receipt of the expiry
}

// LAW-40.2, LAW-53
TEST(Ledger, AgreesWithTheStoreAfterAStoryAndAfterARestart) {
    World world;
    tell_story(world);
    const auto report = world.verify();
    EXPECT_THAT(report.findings, ElementsAre());
    EXPECT_EQ(report.findings_total, 0U);
    EXPECT_GT(report.entries, 15U);
    EXPECT_EQ(report.leaves, report.entries);
    EXPECT_GT(report.rows, 8U);
    EXPECT_EQ(report.root.size(), 64U);
    world.restart();
    const auto again = world.verify();
    EXPECT_EQ(again.root, report.root);
    EXPECT_THAT(again.findings, ElementsAre());
}

TEST(Ledger, ToleratesEntriesThatTheSequencerHasNotSeenYet) {
    World world;
    tell_story(world);
    const auto report = world.look([&](store::ReadSession& session) { return verify_ledger(session, world.records); });
    EXPECT_THAT(report.findings, ElementsAre());
    EXPECT_EQ(report.leaves, 0U);
}

struct Change {
    std::string name;
    store::Statement statement;
    std::string finding;
};
void PrintTo(const Change& change, std::ostream* out) {
    *out << change.name;
}

class Tampered : public ::testing::TestWithParam<Change> {};

TEST_P(Tampered, IsFound) {
    World world;
    tell_story(world);
    ASSERT_THAT(world.verify().findings, ElementsAre());
    ASSERT_NE(world.store.tamper(GetParam().statement), 0U);
    const auto report = world.look([&](store::ReadSession& session) { return verify_ledger(session, world.records); });
    EXPECT_THAT(report.findings, Contains(HasSubstr(GetParam().finding)));
    EXPECT_GE(report.findings_total, report.findings.size());
}

// Static lifetime: a statement is known by its address.
const std::vector<Change> changes = {
    {"AConsentThatLivesAgain", {"t1", "UPDATE consent SET state = 1"}, "consent "},
    {"ARefusalThatBecameAGrant", {"t2", "UPDATE access_request SET state = 2 WHERE state = 3"}, "another state"},
    {"AUseCountThatWentDown", {"t3", "UPDATE consent SET uses = uses - 1"}, "counts other uses"},
    {"ACountedUseThatWasTakenBack", {"t4", "UPDATE consent SET counted = 0"}, "counts other uses"},
    {"AUseThatWasNeverDelivered", {"t5", "UPDATE use_record SET state = 2 WHERE state = 1"}, "another state"},
    {"ATokenThatIsNoLongerRevoked", {"t6", "UPDATE token SET revoked = NULL"}, "token "},
    {"AConsentWithALongerTerm", {"t7", "UPDATE consent SET expires = expires + 1"}, "ends at another time"},
    {"ATokenWithALongerTerm", {"t8", "UPDATE token SET expires = expires + 1 WHERE kind = 0"}, "ends at another time"},
    {"ARequestWithALongerTerm", {"t9", "UPDATE access_request SET expires = expires + 1"}, "ends at another time"},
    {"ADeletedJournalEntry", {"t10", "DELETE FROM journal WHERE seq = 5"}, "is not the journal entry of its place"},
    {"TheFirstJournalEntryDeleted", {"t11", "DELETE FROM journal WHERE seq = 1"}, "leaf 0"},
    {"TheLastJournalEntryDeleted",
     {"t12", "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)"},
     "is not the journal entry of its place"},
    {"AJournalEntryWithAnotherSalt", {"t13", "UPDATE journal SET salt = zeroblob(32) WHERE seq = 3"}, "does not open"},
    {"AJournalEntryWithAnotherByte",
     {"t14", "UPDATE journal SET sealed = (SELECT sealed FROM journal WHERE seq = 4) WHERE seq = 3"},
     "does not open"},
    {"AJournalEntryThatIsAnotherOne",
     {"t15",
      "UPDATE journal SET sealed = (SELECT sealed FROM journal WHERE seq = 4), salt = (SELECT salt FROM journal WHERE "
      "seq = 4) WHERE seq = 3"},
     "is not what was committed to"},
    {"AJournalEntryOfAnotherKind", {"t16", "UPDATE journal SET kind = 'x' WHERE seq = 3"}, "of another kind"},
    {"AJournalEntryAboutAnotherEntity",
     {"t17", "UPDATE journal SET entity = (SELECT entity FROM journal WHERE seq = 1) WHERE kind = 'consent.granted'"},
     "about another entity"},
    {"ALeafThatWasSwapped",
     {"t18", "UPDATE ledger_leaf SET hash = (SELECT hash FROM ledger_leaf WHERE number = 2) WHERE number = 1"},
     "leaf 1"},
    {"ALeafThatNamesAnotherEntry", {"t19", "UPDATE ledger_leaf SET journal_seq = 1 WHERE number = 1"}, "leaf 1"},
    {"ADeletedLeaf", {"t20", "DELETE FROM ledger_leaf WHERE number = 1"}, "should"},
    {"TheLastLeafDeleted",
     {"t21", "DELETE FROM ledger_leaf WHERE number = (SELECT max(number) FROM ledger_leaf)"},
     "the head of the ledger"},
    {"AnAddedLeaf",
     {"t22", "INSERT INTO ledger_leaf SELECT max(number) + 1, 1, zeroblob(32) FROM ledger_leaf"},
     "is not the journal entry of its place"},
    {"AHeadThatSkipsEntries",
     {"t23", "UPDATE ledger_head SET journal_seq = journal_seq + 1"},
     "the head of the ledger"},
    {"AHeadOfAnEmptyTree", {"t24", "UPDATE ledger_head SET frontier = zeroblob(8)"}, "the head of the ledger"},
    {"ARemovedUse", {"t25", "DELETE FROM use_record WHERE state = 2"}, "of which there is no row"},
    {"ARemovedRequest", {"t26", "DELETE FROM access_request WHERE state = 3"}, "of which there is no row"},
    {"AnAddedConsent",
     {"t27",
      "INSERT INTO consent (id, bucket, subject, request, state, version, uses, counted, granted, expires, sealed) "
      "SELECT request, bucket, subject, request, state, version, uses, counted, granted, expires, sealed FROM consent"},
     "consent "},
    {"AnAddedToken",
     {"t28",
      "INSERT INTO token (id, bucket, consent, kind, client, issued, expires, revoked, hash) "
      "SELECT consent, bucket, consent, kind, client, issued, expires, revoked, hash FROM token "
      "LIMIT "
      "1"},
     "token "},
    {"AnEntryOfNobody",
     {"t29",
      "UPDATE journal SET subject = NULL WHERE seq = (SELECT max(seq) FROM journal WHERE kind = 'use.reserved')"},
     "is another person's than those before"},
    {"AnEntryOfAnother",
     {"t30",
      "UPDATE journal SET subject = (SELECT subject FROM journal WHERE kind = 'request.refused') "
      "WHERE kind = 'token.revoked'"},
     "is another person's than those before"},
    {"AllOfAConsentOfAnother",
     {"t31",
      "UPDATE journal SET subject = (SELECT subject FROM journal WHERE kind = 'request.refused') WHERE subject = "
      "(SELECT subject FROM journal WHERE kind = 'consent.granted')"},
     "is another person's"},
    {"ARowOfAnother",
     {"t32", "UPDATE consent SET subject = (SELECT subject FROM access_request WHERE state = 3)"},
     "is another person's than the journal says"},
};
INSTANTIATE_TEST_SUITE_P(Ledger, Tampered, ::testing::ValuesIn(changes),
                         [](const auto& change) { return change.param.name; });

TEST(Ledger, NamesNobodyInItsFindings) {
    World world;
    tell_story(world);
    static const store::Statement everything{"t_everything", "UPDATE journal SET salt = zeroblob(32)"};
    world.store.tamper(everything);
    std::string all;
    for (const std::string& finding :
         world.look([&](store::ReadSession& session) { return verify_ledger(session, world.records); }).findings)
        all += finding;
    EXPECT_EQ(all.find("450810100013"), std::string::npos);
    EXPECT_EQ(all.find("Құнанбаев"), std::string::npos);
}

// LAW-53: whoever has the disk, or a copy of it, reads nothing of a person.
TEST(AtRest, NoPersonalDatumStandsOpenInDatabaseOrLog) {
    World world;
    tell_story(world);
    const std::string raw = world.store.raw_bytes();
    ASSERT_NE(raw.find("request.granted"), std::string::npos) << "the bytes are those of this database";
    std::vector<std::string> secrets = {
        "Тексеруші Қызметкер", "Абайқызы", "order 450810100013", "қалай?",
        "Келіссеңіз",          "келісім",  "Ответьте",           "surname\":\"Құнанбаев"};
    for (const people::Person& known : person::all()) {
        secrets.emplace_back(known.iin.reveal());
        secrets.push_back(known.surname);
        secrets.push_back(known.name);
        if (known.phone) secrets.push_back(known.phone->reveal().substr(1));
    }
    for (const std::string& secret : secrets)
        EXPECT_EQ(raw.find(secret), std::string::npos) << "stands open: " << secret;
}

}  // namespace
}  // namespace kelisim::access
