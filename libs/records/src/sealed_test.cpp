// SPDX-License-Identifier: Apache-2.0
// What is sealed opens in its own row only, goes with its key, and damage is never read as data.
#include <gtest/gtest.h>

#include "fixture.hpp"
#include "records/registry_store.hpp"

namespace kelisim::records {
namespace {

using namespace fixture;
using store::Statement;

class Sealed : public ::testing::Test {
protected:
    Tables tables;
    const Records& records = tables.records;
    testing::Store& store = tables.store;
    const Subject abai = tables.subject(person::abai().iin);
    const consent::Consent consent = tables.add_consent(abai);
    const consent::Use use = tables.add_use(consent, abai, "key");

    void expect_damaged(const std::function<void(ReadSession&)>& look, std::string_view what = "") {
        EXPECT_THROW(store.readers().read(look), Damaged) << what;
    }
    void tamper(const Statement& statement) { ASSERT_NE(store.tamper(statement), 0U) << statement.name; }
    void find_consent(ReadSession& session) { records.consents.find(session, consent.id, records.subjects); }
    void find_request(ReadSession& session) { records.requests.find(session, consent.request, abai.data_key); }
};

// LAW-53: the values of one row are of no use in another one.
TEST_F(Sealed, AValueThatWasMovedToAnotherRowDoesNotOpen) {
    static const Statement move_subjects{"t_move_subjects",
                                         "UPDATE subject SET wrapped_key = (SELECT wrapped_key FROM subject o WHERE "
                                         "o.id <> subject.id LIMIT 1)"};
    tables.add_consent(abai);
    static const Statement move_consents{
        "t_move_consents",
        "UPDATE consent SET sealed = (SELECT sealed FROM consent o WHERE o.id <> consent.id LIMIT 1)"};
    tamper(move_consents);
    expect_damaged([&](ReadSession& session) { find_consent(session); });
    tamper(move_subjects);
    expect_damaged([&](ReadSession& session) { records.subjects.load(session, abai.id); });
    expect_damaged([&](ReadSession& session) { records.subjects.find(session, abai.person.iin); });
}

TEST_F(Sealed, ARequestAndAUseThatWereMovedDoNotOpen) {
    tables.add_use(consent, abai, "other");
    tables.add_request(abai);
    static const Statement move_requests{
        "t_move_requests",
        "UPDATE access_request SET sealed = (SELECT sealed FROM access_request o WHERE o.id <> access_request.id)"};
    static const Statement move_uses{
        "t_move_uses", "UPDATE use_record SET sealed = (SELECT sealed FROM use_record o WHERE o.id <> use_record.id)"};
    tamper(move_requests);
    tamper(move_uses);
    expect_damaged([&](ReadSession& session) { find_request(session); });
    expect_damaged([&](ReadSession& session) { records.uses.record(session, use.id); });
}

TEST_F(Sealed, ARowOfAnotherPersonDoesNotOpenUnderThisOnesKey) {
    const Subject ybyrai = tables.subject(person::ybyrai().iin);
    expect_damaged([&](ReadSession& session) { records.requests.find(session, consent.request, ybyrai.data_key); });
}

TEST_F(Sealed, AKeptAnswerAndARecordOfAccessAreNotTakenForEachOther) {
    store.unit([&](WriteSession& session) {
        records.uses.keep_answer(session, use.id, {.status = 200, .body = "{}"}, abai.data_key);
    });
    static const Statement swap{"t_answer", "UPDATE use_record SET answer = sealed"};
    tamper(swap);
    expect_damaged([&](ReadSession& session) { records.uses.answer(session, use.id, abai.data_key); });
}

// LAW-40.2: erasing a person leaves the records of access to them; those stand under the archive key.
TEST_F(Sealed, ADeletedSubjectTakesAllTheirDataAndLeavesTheRecordsOfAccess) {
    store.unit([&](WriteSession& session) {
        records.uses.keep_answer(session, use.id, {.status = 200, .body = "Құнанбаев"}, abai.data_key);
    });
    static const Statement erase{"t_erase", "DELETE FROM subject"};
    tamper(erase);
    EXPECT_FALSE(store.look([&](ReadSession& session) { return records.subjects.find(session, abai.person.iin); }));
    expect_damaged([&](ReadSession& session) { records.subjects.load(session, abai.id); });
    expect_damaged([&](ReadSession& session) { find_consent(session); });
    const Subject anew =
        store.unit([&](WriteSession& session) { return records.subjects.add(session, abai.person, testing::start); });
    EXPECT_NE(anew.id, abai.id) << "nothing links the new row to the old one";
    expect_damaged([&](ReadSession& session) { records.requests.find(session, consent.request, anew.data_key); });
    expect_damaged([&](ReadSession& session) { records.uses.answer(session, use.id, anew.data_key); });
    const auto record = store.look([&](ReadSession& session) { return records.uses.record(session, use.id); });
    ASSERT_TRUE(record);
    EXPECT_EQ(record->subject, abai.person.iin);
}

TEST_F(Sealed, AnotherMasterKeyOpensNothing) {
    crypto::KeyBytes other{};
    const Vault vault{crypto::SealKey(other)};
    const Records strange(vault, tables.entropy);
    EXPECT_FALSE(store.look([&](ReadSession& session) { return strange.subjects.find(session, abai.person.iin); }));
    expect_damaged([&](ReadSession& session) { strange.subjects.load(session, abai.id); });
    expect_damaged([&](ReadSession& session) { strange.uses.record(session, use.id); });
}

// Lengths and states that no writer of ours writes.
TEST_F(Sealed, AWrongLengthOrAnUnknownStateIsDamageAndNeverAGuess) {
    const auto token = consent::TokenId::make(testing::start, consent.id.bucket(), tables.entropy);
    const auto phone = *abai.person.phone;
    store.unit([&](WriteSession& session) {
        records.tokens.add(session, {.id = token,
                                     .consent = consent.id,
                                     .kind = TokenKind::refresh,
                                     .client = "demo-bank",
                                     .issued = testing::start,
                                     .expires = testing::start + 1h,
                                     .revoked = {},
                                     .hash = Tables::digest("x")});
        records.phone_questions.open(session, phone,
                                     {.slot = 0,
                                      .request = consent.request,
                                      .clarified = 0,
                                      .organisation = {},
                                      .purpose = {"мақсат", "цель"},
                                      .language = "kk"});
        records.sandbox_messages.add(session, phone,
                                     {.id = "m", .outgoing = true, .at = testing::start, .text = "text"});
    });
    const auto request = [&](ReadSession& s) { records.requests.state(s, consent.request); };
    const auto held = [&](ReadSession& s) { records.consents.state(s, consent.id); };
    const auto used = [&](ReadSession& s) { records.uses.find(s, use.id); };
    const auto issued = [&](ReadSession& s) { records.tokens.find(s, token); };
    static const std::array statements = {
        Statement{"t_request_state", "UPDATE access_request SET state = 8"},
        Statement{"t_request_state_low", "UPDATE access_request SET state = -1"},
        Statement{"t_request_subject", "UPDATE access_request SET subject = x'00'"},
        Statement{"t_consent_state", "UPDATE consent SET state = 6"},
        Statement{"t_consent_subject", "UPDATE consent SET subject = x''"},
        Statement{"t_use_state", "UPDATE use_record SET state = 4"},
        Statement{"t_use_digest", "UPDATE use_record SET digest = x'0102'"},
        Statement{"t_use_consent", "UPDATE use_record SET consent = x'0102'"},
        Statement{"t_token_kind", "UPDATE token SET kind = 3"},
        Statement{"t_token_hash", "UPDATE token SET hash = x'00'"},
        Statement{"t_token_consent", "UPDATE token SET consent = zeroblob(16)"},
        Statement{"t_question", "UPDATE phone_question SET request = zeroblob(17)"},
        Statement{"t_message", "UPDATE sandbox_message SET sealed = x''"},
    };
    const std::array<std::function<void(ReadSession&)>, 13> looks = {
        request,
        request,
        request,
        held,
        held,
        used,
        used,
        used,
        issued,
        issued,
        issued,
        [&](ReadSession& s) { records.phone_questions.all(s, phone); },
        [&](ReadSession& s) { records.sandbox_messages.all(s, phone); }};
    for (std::size_t i = 0; i < statements.size(); ++i) {
        EXPECT_NO_THROW(store.readers().read(looks[i])) << statements[i].name;
        // Undone after the look, so that each case stands alone.
        EXPECT_THROW(store.unit([&](WriteSession& session) {
            session.execute(statements[i], {});
            looks[i](session);
        }),
                     Damaged)
            << statements[i].name;
    }
}

TEST_F(Sealed, ASubjectWhoseKeyWasCutOrWhoseRegistryEntryIsNoJsonIsDamage) {
    static const Statement cut{"t_cut", "UPDATE subject SET wrapped_key = substr(wrapped_key, 2)"};
    tamper(cut);
    expect_damaged([&](ReadSession& session) { records.subjects.load(session, abai.id); });
    static const Statement broken{"t_registry",
                                  "INSERT INTO registry_entry (kind, key, body) VALUES ('system', 'x', '{')"};
    tamper(broken);
    expect_damaged([](ReadSession& session) { load_registry(session); });
    static const Statement incomplete{"t_registry_2", "UPDATE registry_entry SET body = '{\"key\":1}'"};
    tamper(incomplete);
    expect_damaged([](ReadSession& session) { load_registry(session); });
}

TEST(MonthlyKeys, OpenWhatTheySealedInEveryMonth) {
    const Vault vault(testing::master_key());
    base::SeededEntropy entropy(1);
    const auto plain = base::as_bytes("a fact"), context = base::as_bytes("c");
    base::Bytes before;
    for (int month = 0; month < 30; ++month) {
        const base::Time now = testing::start + base::Period{.months = month, .days = 0, .time = {}};
        const base::Bytes sealed = vault.archive().seal(plain, context, now, entropy);
        EXPECT_EQ(base::as_text(vault.archive().open(sealed, context, "test")), "a fact");
        EXPECT_THROW(vault.queue().open(sealed, context, "test"), Damaged) << "another root";
        EXPECT_THROW(vault.archive().open(sealed, {}, "test"), Damaged) << "another context";
        // The month stands in clear, and a value under the name of another month does not open.
        if (month > 0) {
            base::Bytes renamed = sealed;
            std::copy_n(before.begin(), 2, renamed.begin());
            EXPECT_NE(renamed, sealed);
            EXPECT_THROW(vault.archive().open(renamed, context, "test"), Damaged);
        }
        before = sealed;
    }
    EXPECT_THROW(vault.archive().open(base::Bytes(1), context, "test"), Damaged);
}

TEST(Vault, SaysTheSameOfAPersonAlwaysAndNothingWithoutItsKey) {
    const Vault vault(testing::master_key()), again(testing::master_key());
    const Vault other{crypto::SealKey(crypto::KeyBytes{})};
    const auto iin = person::abai().iin;
    EXPECT_EQ(vault.blind_index(iin), again.blind_index(iin));
    EXPECT_EQ(vault.bucket_of(iin), again.bucket_of(iin));
    EXPECT_NE(vault.blind_index(iin), other.blind_index(iin));
    EXPECT_NE(vault.blind_index("a", "bc"), vault.blind_index("ab", "c")) << "no two pairs give one index";
    EXPECT_NE(vault.derived_secret(base::as_bytes("a")), vault.derived_secret(base::as_bytes("b")));
    for (const people::Person& known : person::all())
        EXPECT_LT(vault.bucket_of(known.iin).value, base::buckets);
}

}  // namespace
}  // namespace kelisim::records
