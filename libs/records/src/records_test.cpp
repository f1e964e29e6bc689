// SPDX-License-Identifier: Apache-2.0
// Each table gives back what was put in, and keeps the promises that its header makes.
#include <gmock/gmock.h>

#include "base/limits.hpp"
#include "fixture.hpp"
#include "records/registry_store.hpp"
#include "records/rows.hpp"

namespace kelisim::records {
namespace {

using namespace fixture;
using ::testing::ElementsAre;

class RecordsTest : public ::testing::Test {
protected:
    Tables tables;
    const Records& records = tables.records;
    testing::Store& store = tables.store;
};

void expect_same(const people::Person& read, const people::Person& written) {
    EXPECT_EQ(read.iin, written.iin);
    EXPECT_EQ(read.surname, written.surname);
    EXPECT_EQ(read.name, written.name);
    EXPECT_EQ(read.patronymic, written.patronymic);
    EXPECT_EQ(read.language, written.language);
    EXPECT_EQ(read.phone, written.phone);
    EXPECT_EQ(read.life_status, written.life_status);
    EXPECT_EQ(read.capable, written.capable);
    EXPECT_EQ(read.minor, written.minor);
    EXPECT_EQ(read.representative, written.representative);
}

TEST_F(RecordsTest, ASubjectComesBackAsItWasByIinAndById) {
    for (const people::Person& written : person::all()) {
        const Subject found = tables.subject(written.iin);
        expect_same(found.person, written);
        const Subject loaded =
            store.look([&](ReadSession& session) { return records.subjects.load(session, found.id); });
        expect_same(loaded.person, written);
        EXPECT_EQ(loaded.data_key.reveal(), found.data_key.reveal());
        EXPECT_EQ(found.id.bucket(), tables.vault.bucket_of(written.iin));
    }
    EXPECT_FALSE(store.look([&](ReadSession& session) { return records.subjects.find(session, person::unknown()); }));
}

TEST_F(RecordsTest, EachSubjectIsVisitedOnceAndHasAKeyOfItsOwn) {
    std::vector<std::string> iins;
    std::vector<crypto::KeyBytes> keys;
    store.readers().read([&](ReadSession& session) {
        records.subjects.each(session, [&](const Subject& subject) {
            iins.emplace_back(subject.person.iin.reveal());
            keys.push_back(subject.data_key.reveal());
        });
    });
    EXPECT_EQ(iins.size(), person::all().size());
    std::sort(keys.begin(), keys.end());
    EXPECT_EQ(std::unique(keys.begin(), keys.end()), keys.end());
}

TEST_F(RecordsTest, APersonIsKnownOnce) {
    EXPECT_THROW(
        store.unit([&](WriteSession& session) { records.subjects.add(session, person::abai(), testing::start); }),
        store::Duplicate);
}

TEST_F(RecordsTest, ARequestComesBackAndOnlyItsStateAndConsentChange) {
    const Subject abai = tables.subject(person::abai().iin);
    auto request = tables.add_request(abai);
    request.state = consent::RequestState::granted;
    request.consent = consent::ConsentId::make(testing::start, request.id.bucket(), tables.entropy);
    store.unit([&](WriteSession& session) { records.requests.update(session, request); });
    store.readers().read([&](ReadSession& session) {
        const auto found = records.requests.find(session, request.id, abai.data_key).value();
        EXPECT_EQ(found.subject, request.subject);
        EXPECT_EQ(found.state, consent::RequestState::granted);
        EXPECT_EQ(found.created, request.created);
        EXPECT_EQ(found.expires, request.expires);
        EXPECT_EQ(found.terms, request.terms);
        EXPECT_EQ(found.employee, request.employee);
        EXPECT_EQ(found.consent, request.consent);
        const auto state = records.requests.state(session, request.id).value();
        EXPECT_EQ(state.state, consent::RequestState::granted);
        EXPECT_EQ(state.subject, abai.id);
    });
}

TEST_F(RecordsTest, WhatIsNotThereIsNothingAndCannotBeChanged) {
    const auto none = consent::RequestId::make(testing::start, {}, tables.entropy);
    const consent::ConsentId no_consent{none};
    const consent::UseId no_use{none};
    store.readers().read([&](ReadSession& session) {
        EXPECT_FALSE(records.requests.state(session, none));
        EXPECT_FALSE(records.consents.state(session, no_consent));
        EXPECT_FALSE(records.consents.find(session, no_consent, records.subjects));
        EXPECT_FALSE(records.uses.find(session, no_use));
        EXPECT_FALSE(records.uses.record(session, no_use));
        EXPECT_FALSE(records.tokens.find(session, consent::TokenId{none}));
        EXPECT_THROW(records.subjects.load(session, consent::SubjectId{none}), Damaged);
    });
    consent::AccessRequest request{};
    request.id = none;
    EXPECT_THROW(store.unit([&](WriteSession& session) { records.requests.update(session, request); }), Damaged);
    consent::Consent consent{};
    consent.id = no_consent;
    EXPECT_THROW(store.unit([&](WriteSession& session) { records.consents.update(session, consent); }), Damaged);
    consent::Use use{};
    use.id = no_use;
    EXPECT_THROW(store.unit([&](WriteSession& session) { records.uses.update(session, use); }), Damaged);
}

TEST_F(RecordsTest, AConsentComesBackWithItsSubjectAndCounts) {
    const Subject abai = tables.subject(person::abai().iin);
    auto consent = tables.add_consent(abai);
    consent.state = consent::ConsentState::paused;
    consent.uses = 2;
    consent.counted = 1;
    consent.version = 4;
    store.unit([&](WriteSession& session) { records.consents.update(session, consent); });
    store.readers().read([&](ReadSession& session) {
        const auto found = records.consents.find(session, consent.id, records.subjects).value();
        EXPECT_EQ(found.subject.person.iin, abai.person.iin);
        EXPECT_EQ(found.consent.state, consent::ConsentState::paused);
        EXPECT_EQ(found.consent.uses, 2);
        EXPECT_EQ(found.consent.counted, 1);
        EXPECT_EQ(found.consent.version, 4);
        EXPECT_EQ(found.consent.request, consent.request);
        EXPECT_EQ(found.consent.granted, consent.granted);
        EXPECT_EQ(found.consent.expires, consent.expires);
        EXPECT_EQ(found.consent.means, consent::Means::sms_reply);
        EXPECT_EQ(found.consent.terms, consent.terms);
        EXPECT_EQ(found.consent.employee, consent.employee);
        const auto state = records.consents.state(session, consent.id).value();
        EXPECT_EQ(state.state, consent::ConsentState::paused);
        EXPECT_EQ(state.expires, consent.expires);
    });
}

TEST_F(RecordsTest, TokensComeBackByIdAndByConsentAndOnlyLiveAccessTokensAreListed) {
    const auto consent = tables.add_consent(tables.subject(person::abai().iin));
    const auto make = [&](TokenKind kind, base::Time expires) {
        TokenRecord token{.id = consent::TokenId::make(testing::start, consent.id.bucket(), tables.entropy),
                          .consent = consent.id,
                          .kind = kind,
                          .client = "demo-bank",
                          .issued = testing::start,
                          .expires = expires,
                          .revoked = {},
                          .hash = {}};
        if (kind == TokenKind::refresh) token.hash = Tables::digest("secret");
        store.unit([&](WriteSession& session) { records.tokens.add(session, token); });
        return token;
    };
    const auto live = make(TokenKind::access, testing::start + 10min);
    const auto refresh = make(TokenKind::refresh, testing::start + 24h);
    const auto past = make(TokenKind::access, testing::start + 1s);
    const auto revoked = make(TokenKind::access, testing::start + 10min);
    store.unit([&](WriteSession& session) {
        records.tokens.revoke(session, revoked.id, TokenStatus::invalid, testing::start + 2s);
        records.tokens.revoke(session, revoked.id, TokenStatus::invalid, testing::start + 3s);
    });
    store.readers().read([&](ReadSession& session) {
        const auto found = records.tokens.find(session, refresh.id).value();
        EXPECT_EQ(found.kind, TokenKind::refresh);
        EXPECT_EQ(found.client, "demo-bank");
        EXPECT_EQ(found.hash, refresh.hash);
        EXPECT_EQ(found.expires, refresh.expires);
        EXPECT_FALSE(records.tokens.find(session, live.id)->hash);
        EXPECT_EQ(records.tokens.find(session, revoked.id)->revoked, testing::start + 2s) << "the first instant stays";
        std::size_t of_consent = 0;
        records.tokens.each_of_consent(session, consent.id, [&](const TokenRecord&) { ++of_consent; });
        EXPECT_EQ(of_consent, 4U);
        std::vector<consent::TokenId> listed;
        records.tokens.each_live(session, past.expires, [&](const auto& token) { listed.push_back(token.id); });
        EXPECT_THAT(listed, ElementsAre(live.id));
    });
    // Without a place in a status list, it is the consent that tells whether it holds.
    store.unit([&](WriteSession& session) {
        auto ended = consent;
        ended.state = consent::ConsentState::exhausted;
        records.consents.update(session, ended);
    });
    store.readers().read([&](ReadSession& session) {
        std::size_t listed = 0;
        records.tokens.each_live(session, testing::start, [&](const auto&) { ++listed; });
        EXPECT_EQ(listed, 0U);
    });
}

TEST_F(RecordsTest, AnAssertionIsUsedOnceByEachClientUntilItsTimeIsOver) {
    store.unit([&](WriteSession& session) {
        const auto use = [&](std::string_view client) {
            return records.tokens.use_assertion(session, client, Tables::digest("jti"), testing::start + 1min);
        };
        EXPECT_TRUE(use("demo-bank"));
        EXPECT_FALSE(use("demo-bank"));
        EXPECT_TRUE(use("demo-insurer"));
        EXPECT_EQ(records.tokens.forget_assertions(session, testing::start + 1min - 1us), 0U);
        EXPECT_FALSE(use("demo-bank"));
        EXPECT_EQ(records.tokens.forget_assertions(session, testing::start + 1min), 2U);
        EXPECT_TRUE(use("demo-bank"));
    });
}

TEST_F(RecordsTest, AClientChosenIdIsClaimedOnceWithin48Hours) {
    const auto first = consent::RequestId::make(testing::start, {}, tables.entropy);
    const auto second = consent::RequestId::make(testing::start, {}, tables.entropy);
    const auto claim = [&](std::string_view initiator, std::string_view bytes, consent::RequestId fresh,
                           base::Duration after) {
        return store.unit([&](WriteSession& session) {
            return records.requests.claim(session, initiator, "order-1", Tables::digest(bytes), fresh,
                                          testing::start + after);
        });
    };
    EXPECT_EQ(claim("DEMOBANK", "a", first, 0s).id, first);
    const auto repeated = claim("DEMOBANK", "a", second, 48h - 1us);
    EXPECT_EQ(repeated.id, first);
    EXPECT_TRUE(repeated.same_bytes);
    EXPECT_FALSE(claim("DEMOBANK", "b", second, 1h).same_bytes);
    EXPECT_EQ(claim("DEMOINS", "b", second, 1h).id, second) << "the id of another party is another id";
    const auto later = claim("DEMOBANK", "b", second, 48h);
    EXPECT_EQ(later.id, second);
    EXPECT_TRUE(later.same_bytes);
    EXPECT_EQ(claim("DEMOBANK", "b", first, 49h).id, second) << "the window begins anew";
}

class PartyNoticesTest : public RecordsTest {
protected:
    PartyNotice notice(std::chrono::seconds after, PartyNoticeKind kind = PartyNoticeKind::pause) {
        return {.id = base::RawId::make(testing::start + after, {}, tables.entropy),
                .initiator = "DEMOBANK",
                .kind = kind,
                .entity = base::RawId::make(testing::start, {}, tables.entropy),
                .at = testing::start + after,
                .due = {}};
    }
    void add(const PartyNotice& notice) {
        store.unit([&](WriteSession& session) { records.party_notices.add(session, notice); });
    }
    std::vector<base::RawId> ids(std::int64_t after, std::optional<PartyNoticeKind> kind = {},
                                 std::string_view initiator = "DEMOBANK", std::size_t max = 10) {
        std::vector<base::RawId> found;
        const auto page = store.look(
            [&](ReadSession& session) { return records.party_notices.of(session, initiator, kind, after, max); });
        for (const PartyNotice& each : page) {
            EXPECT_EQ(each.number, after + static_cast<std::int64_t>(found.size()) + 1);
            found.push_back(each.id);
        }
        return found;
    }
    std::int64_t kept_from() {
        return store.look([&](ReadSession& session) { return records.party_notices.kept_from(session, "DEMOBANK"); });
    }
    void forget(base::Time now) {
        store.unit([&](WriteSession& session) { records.party_notices.forget_old(session, now); });
    }
};

TEST_F(PartyNoticesTest, OneWithAnEarlierIdThatComesLateIsNotMissed) {
    const PartyNotice early = notice(1s), late = notice(2s);
    add(late);
    EXPECT_THAT(ids(0), ElementsAre(late.id));
    add(early);
    EXPECT_THAT(ids(1), ElementsAre(early.id)) << "whoever has read the later one reads on";
    EXPECT_THAT(ids(0, {}, "DEMOBANK", 1), ElementsAre(late.id));
    EXPECT_THAT(ids(2), ElementsAre());
    EXPECT_THAT(ids(0, {}, "DEMOINS"), ElementsAre()) << "another's";
}

TEST_F(PartyNoticesTest, TheSameOneCountsOnce) {
    const PartyNotice first = notice(1s);
    add(first);
    add(first);
    const PartyNotice second = notice(1s, PartyNoticeKind::question);
    add(second);
    EXPECT_THAT(ids(0), ElementsAre(first.id, second.id));
    EXPECT_THAT(ids(1, PartyNoticeKind::question), ElementsAre(second.id));
}

TEST_F(PartyNoticesTest, TheyAreKeptForTheirTimeAndNumbersAreNotGivenAgain) {
    EXPECT_EQ(kept_from(), 1);
    const PartyNotice first = notice(0s);
    add(first);
    forget(testing::start + base::limits::party_notices_kept - 1s);
    EXPECT_EQ(kept_from(), 1);
    EXPECT_THAT(ids(0), ElementsAre(first.id));
    forget(testing::start + base::limits::party_notices_kept);
    EXPECT_THAT(ids(0), ElementsAre());
    EXPECT_EQ(kept_from(), 2) << "one who knows none sees that there was one";
    const PartyNotice second = notice(1s);
    add(second);
    EXPECT_THAT(ids(1), ElementsAre(second.id));
}

TEST_F(RecordsTest, AUseComesBackByIdAndByKeyAndItsKeyCanBeReleased) {
    const Subject abai = tables.subject(person::abai().iin);
    const auto consent = tables.add_consent(abai);
    auto use = tables.add_use(consent, abai, "key");
    EXPECT_THROW(tables.add_use(consent, abai, "key"), store::Duplicate);
    use.state = consent::UseState::not_sent;
    store.unit([&](WriteSession& session) { records.uses.update(session, use); });
    store.readers().read([&](ReadSession& session) {
        const auto found = records.uses.find(session, consent.id, Tables::digest("key")).value();
        EXPECT_EQ(found.use.id, use.id);
        EXPECT_EQ(found.use.state, consent::UseState::not_sent);
        EXPECT_EQ(found.use.at, use.at);
        EXPECT_EQ(found.digest, Tables::digest("call"));
        EXPECT_EQ(records.uses.find(session, use.id)->use.consent, consent.id);
    });
    store.unit([&](WriteSession& session) { records.uses.release_key(session, use); });
    tables.add_use(consent, abai, "key");
    EXPECT_TRUE(store.look([&](ReadSession& session) { return records.uses.record(session, use.id); }).has_value());
}

TEST_F(RecordsTest, UsesWithoutAKeyAreManyAndAreFoundByNone) {
    const Subject abai = tables.subject(person::abai().iin);
    const auto consent = tables.add_consent(abai);
    const auto first = tables.add_use(consent, abai, std::nullopt),
               second = tables.add_use(consent, abai, std::nullopt);
    store.readers().read([&](ReadSession& session) {
        EXPECT_EQ(records.uses.find(session, first.id)->use.id, first.id);
        EXPECT_EQ(records.uses.find(session, second.id)->use.id, second.id);
        EXPECT_FALSE(records.uses.find(session, consent.id, Digest{}));
        EXPECT_FALSE(records.uses.find(session, consent.id, crypto::sha256(first.id.bytes())));
    });
}

TEST_F(RecordsTest, AConsentCanBeCountedWithoutBeingOpened) {
    static const store::Statement older{"t_older", "UPDATE consent SET uses_max = NULL"};
    const Subject abai = tables.subject(person::abai().iin);
    const auto consent = tables.add_consent(abai);
    const auto counted = [&] {
        return store.look([&](ReadSession& session) {
            return records.consents.find_closed(session, consent.id, records.subjects).value();
        });
    };
    EXPECT_EQ(counted().terms.uses_max, consent.terms.uses_max);
    EXPECT_EQ(counted().subject, abai.id);
    EXPECT_EQ(counted().state, consent.state);
    EXPECT_EQ(counted().expires, consent.expires);
    EXPECT_EQ(counted().terms.purpose, "") << "sealed";
    store.tamper(older);
    EXPECT_EQ(counted().terms.uses_max, consent.terms.uses_max) << "a row that older programs wrote is opened";
    const auto nobody = consent::ConsentId::make(testing::start, abai.id.bucket(), tables.entropy);
    EXPECT_FALSE(store.look(
        [&](ReadSession& session) { return records.consents.find_closed(session, nobody, records.subjects); }));
    store.unit([&](WriteSession& session) { records.subjects.erase(session, abai.id, testing::start); });
    EXPECT_THROW(counted(), Erased) << "and what is erased cannot be";
}

// KDP-2.3, LAW-40.2: what the record of access says.
TEST_F(RecordsTest, ARecordOfAccessSaysWhoseDataWentToWhomAndForWhat) {
    const Subject abai = tables.subject(person::abai().iin);
    const auto use = tables.add_use(tables.add_consent(abai), abai, "key");
    const auto record = store.look([&](ReadSession& session) { return records.uses.record(session, use.id).value(); });
    EXPECT_EQ(record.subject, abai.person.iin);
    EXPECT_EQ(record.receiver, "DEMOBANK");
    EXPECT_EQ(record.service, "GBDFLUniversal_token");
    EXPECT_EQ(record.purpose, "loan-application");
    EXPECT_THAT(record.fields, ElementsAre("surname"));
    EXPECT_THAT(record.acts, ElementsAre("collection"));
    EXPECT_EQ(record.employee, "Тексеруші Қызметкер");
}

TEST_F(RecordsTest, AnAnswerIsKeptUntilItIsForgotten) {
    const Subject abai = tables.subject(person::abai().iin);
    const auto use = tables.add_use(tables.add_consent(abai), abai, "key");
    const auto answer = [&] {
        return store.look([&](ReadSession& session) { return records.uses.answer(session, use.id, abai.data_key); });
    };
    EXPECT_FALSE(answer());
    store.unit([&](WriteSession& session) {
        records.uses.keep_answer(session, use.id, {.status = 200, .body = ""}, abai.data_key);
    });
    ASSERT_TRUE(answer()) << "an empty answer is one";
    EXPECT_EQ(answer()->status, 200);
    EXPECT_EQ(answer()->body, "");
    store.unit([&](WriteSession& session) { records.uses.forget_answer(session, use.id); });
    EXPECT_FALSE(answer());
}

TEST_F(RecordsTest, OnlyReservedUsesOfBeforeAreListedOldestFirst) {
    const Subject abai = tables.subject(person::abai().iin);
    const auto consent = tables.add_consent(abai);
    const auto first = tables.add_use(consent, abai, "1");
    auto concluded = tables.add_use(consent, abai, "2");
    concluded.state = consent::UseState::delivered;
    store.unit([&](WriteSession& session) { records.uses.update(session, concluded); });
    tables.add_use(consent, abai, "3");
    store.readers().read([&](ReadSession& session) {
        EXPECT_TRUE(records.uses.reserved_before(session, testing::start, 10).empty());
        EXPECT_EQ(records.uses.reserved_before(session, testing::start + 1us, 10).size(), 2U);
        const auto limited = records.uses.reserved_before(session, testing::start + 1us, 1);
        ASSERT_EQ(limited.size(), 1U);
        EXPECT_LE(limited.front().id, first.id);
    });
}

TEST_F(RecordsTest, APhoneHasOneSlotForEachQuestionAndNoMoreThanDigits) {
    const auto phone = person::abai().phone.value();
    const auto question = [&] {
        return PhoneQuestion{.slot = 0,
                             .request = consent::RequestId::make(testing::start, {}, tables.entropy),
                             .clarified = 0,
                             .organisation = {"Оқу банкі", "Учебный банк"},
                             .purpose = {"мақсат", "цель"},
                             .language = "kk"};
    };
    std::vector<PhoneQuestion> asked;
    store.unit([&](WriteSession& session) {
        for (int slot = 0; slot < phone_slots; ++slot) {
            asked.push_back(question());
            EXPECT_EQ(records.phone_questions.open(session, phone, asked.back()), slot);
        }
        EXPECT_EQ(records.phone_questions.open(session, phone, asked[2]), 2) << "asked again, it keeps its digits";
        EXPECT_FALSE(records.phone_questions.open(session, phone, question()));
        EXPECT_EQ(records.phone_questions.open(session, *person::ybyrai().phone, question()), 0);
        EXPECT_TRUE(records.phone_questions.close(session, asked[1].request));
        EXPECT_FALSE(records.phone_questions.close(session, asked[1].request));
        EXPECT_EQ(records.phone_questions.open(session, phone, question()), 1) << "the digits of a closed one are free";
        records.phone_questions.mark_clarified(session, phone);
    });
    store.readers().read([&](ReadSession& session) {
        const auto all = records.phone_questions.all(session, phone);
        ASSERT_EQ(all.size(), std::size_t{phone_slots});
        EXPECT_EQ(all[0].request, asked[0].request);
        EXPECT_EQ(all[0].clarified, 1);
        EXPECT_EQ(all[0].organisation, asked[0].organisation);
        EXPECT_EQ(all[0].language, "kk");
        EXPECT_EQ(records.phone_questions.all(session, *person::ybyrai().phone)[0].clarified, 0);
    });
}

TEST_F(RecordsTest, AMessageIsHeardOncePerPhone) {
    store.unit([&](WriteSession& session) {
        const auto hear = [&](const people::Person& from, std::string_view id) {
            return records.phone_questions.hear_once(session, *from.phone, id, testing::start);
        };
        EXPECT_TRUE(hear(person::abai(), "mo-1"));
        EXPECT_FALSE(hear(person::abai(), "mo-1"));
        EXPECT_TRUE(hear(person::abai(), "mo-2"));
        EXPECT_TRUE(hear(person::ybyrai(), "mo-1")) << "ids of another phone are others";
    });
}

TEST_F(RecordsTest, SandboxMessagesStandOnTheirPhoneOnceInOrder) {
    const auto phone = person::abai().phone.value();
    const auto add = [&](std::string id, std::string text) {
        return store.unit([&](WriteSession& session) {
            return records.sandbox_messages.add(session, phone,
                                                {.id = id, .outgoing = true, .at = testing::start, .text = text});
        });
    };
    EXPECT_TRUE(add("b", "бірінші"));
    EXPECT_TRUE(add("a", "екінші"));
    EXPECT_FALSE(add("b", "үшінші"));
    store.readers().read([&](ReadSession& session) {
        const auto all = records.sandbox_messages.all(session, phone);
        ASSERT_EQ(all.size(), 2U);
        EXPECT_EQ(all[0].id, "b");
        EXPECT_EQ(all[0].text, "бірінші");
        EXPECT_TRUE(all[0].outgoing);
        EXPECT_EQ(all[0].at, testing::start);
        EXPECT_EQ(all[1].text, "екінші");
        EXPECT_TRUE(records.sandbox_messages.all(session, *person::ybyrai().phone).empty());
    });
}

TEST_F(RecordsTest, TheRegistryComesBackWholeAndCanBeSavedAgain) {
    auto entries = testing::entries();
    entries.credentials = {{"demo-bank", "hash", "{}"}};
    entries.systems.front().exclusions = {registry::Exclusion::official_use};
    entries.services.front().kind = registry::ServiceKind::payment;
    entries.agreements = {
        {"12/34", "2026-01-01", "2026-12-31", {"000140000353", "000140000072"}, "2026-06-01T00:00:00Z"}};
    entries.open_services = {{"OPEN", "000140000210", {"ашық", "открытые"}, "https://data.example/"}};
    const auto save = [&] { store.unit([&](WriteSession& session) { save_registry(session, entries); }); };
    save();
    entries.connections.front().uses_max = 5;
    save();
    const auto read = store.look([](ReadSession& session) { return load_registry(session); });
    EXPECT_EQ(read.credentials, entries.credentials);
    EXPECT_THAT(read.organisations, ::testing::UnorderedElementsAreArray(entries.organisations));
    EXPECT_THAT(read.systems, ::testing::UnorderedElementsAreArray(entries.systems));
    EXPECT_THAT(read.services, ::testing::UnorderedElementsAreArray(entries.services));
    EXPECT_THAT(read.connections, ::testing::UnorderedElementsAreArray(entries.connections));
    EXPECT_EQ(read.agreements, entries.agreements);
    EXPECT_EQ(read.open_services, entries.open_services);
}

TEST_F(RecordsTest, ASettingIsNothingUntilItIsSetAndThenTheLastOne) {
    const auto read = [&] { return store.look([](ReadSession& session) { return setting(session, "issuer"); }); };
    EXPECT_FALSE(read());
    store.unit([](WriteSession& session) {
        set_setting(session, "issuer", "a");
        set_setting(session, "issuer", "");
    });
    EXPECT_EQ(read(), "");
}

TEST_F(RecordsTest, EveryRowWhoseChangesTheJournalTellsIsVisited) {
    const Subject abai = tables.subject(person::abai().iin);
    const auto consent = tables.add_consent(abai);
    tables.add_use(consent, abai, "key");
    std::vector<std::string> rows;
    store.readers().read(
        [&](ReadSession& session) { each_row(session, [&](const RowState& row) { rows.emplace_back(row.table); }); });
    EXPECT_THAT(rows, ElementsAre("request", "consent", "use"));
}

}  // namespace
}  // namespace kelisim::records
