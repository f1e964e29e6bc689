// SPDX-License-Identifier: Apache-2.0
#include "access/signed_answers.hpp"

#include <gmock/gmock.h>

#include "access/testing.hpp"
#include "base/limits.hpp"
#include "receipts/document.hpp"

namespace kelisim::access {
namespace {

using namespace access::testing;
using namespace std::chrono_literals;
using consent::RequestState;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

bool is(const auto& outcome, const base::Reason& reason) {
    return outcome.has_error() && outcome.error().has(reason);
}

// LAW-36.3a
class SignedAnswersTest : public ::testing::Test {
protected:
    Acting self(const people::Person& person) {
        const auto id = world.look(
            [&](store::ReadSession& session) { return world.records.subjects.find(session, person.iin)->id; });
        return {.by = id, .whose = id};
    }
    base::Result<OfferedDocument> offer(const Acting& acting, consent::RequestId id, consent::Answer answer,
                                        std::vector<std::string> fields = {}) {
        return world.unit([&](store::WriteSession& session) {
            return use_case().offer_answer(
                session, acting,
                {.request = id, .answer = answer, .services = {}, .fields = std::move(fields), .code = {}},
                world.clock.now());
        });
    }
    static SignedDocument signed_by(const people::Person& person, std::string_view text) {
        const base::BytesView content = base::as_bytes(text);
        const std::string whole = "signed: " + std::string(text);
        return {.signer = person.iin,
                .certificate = crypto::sha256(base::as_bytes("certificate")),
                .content = {content.begin(), content.end()},
                .form = records::DocumentForm::cms,
                .bytes = {whole.begin(), whole.end()}};
    }
    base::Result<void> answer(const Acting& acting, consent::RequestId id, const SignedDocument& document) {
        return world.unit([&](store::WriteSession& session) {
            return use_case().answer(session, acting, id, document, world.clock.now());
        });
    }
    void sign_in(const people::Person& person) {
        const SigningIn& signing_in = world.service->persons.signing_in;
        const base::Time now = world.clock.now();
        const SigningIn::Signed by{.iin = person.iin, .organisation = "", .certificate = {}, .content = {}};
        world.unit([&](store::WriteSession& session) {
            const auto id = signing_in.await_eds(session, by.content, now + 1min, now);
            return std::get<SigningIn::Opened>(signing_in.finish_eds(session, id, by, "", now)).session.id;
        });
    }
    std::vector<records::ElectronicDocument> kept(const people::Person& person) {
        return world.look([&](store::ReadSession& session) {
            const auto whose = world.records.subjects.find(session, person.iin).value();
            auto page = use_case().list(session, whose, {.before = {}, .max = 10});
            for (auto& each : page.items)
                each = use_case().find(session, whose, each.id).value();
            return page.items;
        });
    }
    const SignedAnswers& use_case() const { return world.service->persons.signed_answers; }
    void TearDown() override { EXPECT_THAT(world.verify().findings, ElementsAre()); }

    World world;
};

TEST_F(SignedAnswersTest, AYesOfWhoeverHasNoNumberIsKeptAsItCame) {
    const people::Person who = person::without_phone();
    const auto unreachable = ask(world, who);
    EXPECT_EQ(world.state_of(unreachable), RequestState::undeliverable) << "neither a phone nor anybody in the cabinet";
    sign_in(who);
    const auto id = ask(world, who);
    EXPECT_TRUE(deliver(world).empty());
    EXPECT_EQ(world.state_of(id), RequestState::recorded);
    const auto offered = offer(self(who), id, consent::Answer::yes).value();
    EXPECT_THAT(offered.text, HasSubstr("Дано согласие"));
    const SignedDocument document = signed_by(who, offered.text);
    ASSERT_TRUE(answer(self(who), id, document).has_value());
    EXPECT_EQ(world.state_of(id), RequestState::granted);
    EXPECT_EQ(world.consent_of(id).means, consent::Means::cabinet_eds);
    const auto documents = kept(who);
    ASSERT_EQ(documents.size(), 1U);
    EXPECT_EQ(documents.front().bytes, document.bytes);
    EXPECT_EQ(documents.front().about, id);
    EXPECT_THAT(world.journal_of(id), IsSupersetOf({"document.signed", "request.granted"}));
    EXPECT_EQ(world.store.raw_bytes().find("signed: "), std::string::npos) << "sealed";
}

TEST_F(SignedAnswersTest, AQuestionToOneWithoutANumberEndsWithItsTime) {
    sign_in(person::without_phone());
    const auto id = ask(world, person::without_phone());
    const auto offered = offer(self(person::without_phone()), id, consent::Answer::yes).value();
    world.clock.advance(world.request(id).expires - world.clock.now());
    EXPECT_TRUE(is(answer(self(person::without_phone()), id, signed_by(person::without_phone(), offered.text)),
                   document_not_offered));
    EXPECT_TRUE(is(offer(self(person::without_phone()), id, consent::Answer::yes), consent::request_expired));
}

TEST_F(SignedAnswersTest, NoLongerAndNoMoreThanWhatWasSigned) {
    const auto id = ask(world, person::abai());
    const auto offered = offer(self(person::abai()), id, consent::Answer::yes, {"surname"}).value();
    const auto statement = receipts::read_statement(base::as_bytes(offered.text)).value();
    world.clock.advance(3min);
    ASSERT_TRUE(answer(self(person::abai()), id, signed_by(person::abai(), offered.text)).has_value());
    EXPECT_EQ(world.consent_of(id).expires, statement.until);
    EXPECT_THAT(world.consent_of(id).terms.fields, ElementsAre("surname"));
}

TEST_F(SignedAnswersTest, ANoIsADocumentToo) {
    const auto id = ask(world, person::abai());
    const auto offered = offer(self(person::abai()), id, consent::Answer::no).value();
    ASSERT_TRUE(answer(self(person::abai()), id, signed_by(person::abai(), offered.text)).has_value());
    EXPECT_EQ(world.state_of(id), RequestState::refused);
    EXPECT_EQ(kept(person::abai()).size(), 1U);
}

TEST_F(SignedAnswersTest, AnotherSignerAnotherTextAnotherRequestTooLateTwice) {
    const auto id = ask(world, person::abai()), other = ask(world, person::abai());
    const Acting acting = self(person::abai());
    const auto first = offer(acting, id, consent::Answer::yes).value();
    EXPECT_TRUE(is(answer(acting, id, signed_by(person::ybyrai(), first.text)), document_of_another));
    EXPECT_TRUE(is(answer(acting, id, signed_by(person::abai(), first.text + " ")), document_not_offered));
    SignedDocument by_key_of_employer = signed_by(person::abai(), first.text);
    by_key_of_employer.organisation = "000140000353";
    EXPECT_TRUE(is(answer(acting, id, by_key_of_employer), document_of_an_organisation));
    EXPECT_TRUE(is(answer(acting, other, signed_by(person::abai(), first.text)), document_not_offered));
    EXPECT_TRUE(is(answer(self(person::ybyrai()), id, signed_by(person::ybyrai(), first.text)), cabinet_not_found));
    const auto second = offer(acting, id, consent::Answer::no).value();
    EXPECT_TRUE(is(answer(acting, id, signed_by(person::abai(), first.text)), document_not_offered)) << "replaced";
    world.clock.advance(base::limits::code_life);
    EXPECT_TRUE(is(answer(acting, id, signed_by(person::abai(), second.text)), document_not_offered)) << "too late";
    const auto third = offer(acting, id, consent::Answer::yes).value();
    ASSERT_TRUE(answer(acting, id, signed_by(person::abai(), third.text)).has_value());
    EXPECT_TRUE(is(answer(acting, id, signed_by(person::abai(), third.text)), document_not_offered)) << "used";
    EXPECT_EQ(kept(person::abai()).size(), 1U);
    EXPECT_EQ(world.state_of(other), RequestState::recorded);
}

TEST_F(SignedAnswersTest, NobodySignsWhatWouldBeRefused) {
    const auto id = granted(world, person::abai());
    EXPECT_TRUE(is(offer(self(person::abai()), id, consent::Answer::no), consent::request_closed));
    const auto open = ask(world, person::abai());
    EXPECT_TRUE(is(offer(self(person::abai()), open, consent::Answer::yes, {"salary"}), consent::part_outside_request));
    EXPECT_TRUE(is(offer(self(person::ybyrai()), open, consent::Answer::yes), cabinet_not_found));
}

TEST_F(SignedAnswersTest, TheSmsThatCameFirstCounts) {
    const auto id = ask(world, person::abai());
    deliver(world);
    const auto offered = offer(self(person::abai()), id, consent::Answer::yes).value();
    hear(world, person::abai(), "2", "no by SMS");
    deliver(world);
    EXPECT_TRUE(is(answer(self(person::abai()), id, signed_by(person::abai(), offered.text)), consent::request_closed));
    EXPECT_EQ(world.state_of(id), RequestState::refused);
    EXPECT_TRUE(kept(person::abai()).empty()) << "what did not count is not kept as an answer";
}

class SignedExtensionTest : public SignedAnswersTest {
protected:
    base::Result<OfferedDocument> offer_until(base::Time until) {
        return world.unit([&](store::WriteSession& session) {
            return use_case().offer_extension(session, self(person::abai()), consent.id, until, world.clock.now());
        });
    }
    base::Result<void> extend(const SignedDocument& document) {
        return world.unit([&](store::WriteSession& session) {
            return use_case().extend(session, self(person::abai()), consent.id, document, world.clock.now());
        });
    }
    consent::RequestId request = granted(world, person::abai());
    consent::Consent consent = world.consent_of(request);
};

TEST_F(SignedExtensionTest, AnExtensionIsSignedForToo) {
    const base::Time until = consent.expires + 24h;
    const auto offered = offer_until(until).value();
    EXPECT_THAT(offered.text, HasSubstr("Согласие продлено"));
    ASSERT_TRUE(extend(signed_by(person::abai(), offered.text)).has_value());
    EXPECT_EQ(world.consent_of(request).expires, until);
    EXPECT_EQ(kept(person::abai()).size(), 1U);
    EXPECT_TRUE(is(extend(signed_by(person::abai(), offered.text)), document_not_offered));
}

TEST_F(SignedExtensionTest, WithinItsBoundsAndByItsPersonAlone) {
    EXPECT_TRUE(is(offer_until(consent.expires), consent::extension_not_later));
    const auto offered = offer_until(consent.expires + 24h).value();
    EXPECT_TRUE(is(extend(signed_by(person::ybyrai(), offered.text)), document_of_another));
    EXPECT_EQ(world.consent_of(request).expires, consent.expires);
}

}  // namespace
}  // namespace kelisim::access
