// SPDX-License-Identifier: Apache-2.0
// The channels of 236/НК п.7, whoever decides, and what protects people from questions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "access/testing.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "consent/question_limits.hpp"

namespace kelisim::access::testing {
namespace {

using consent::ConsentState;
using consent::Means;
using consent::RequestState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

AskCommand ask_through(std::string purpose, std::string initiator = "DEMOBANK") {
    AskCommand command = ask_for(person::abai().iin);
    command.initiator = std::move(initiator);
    command.ask.purpose = std::move(purpose);
    command.ask.services = {"GBDFLUniversal_token"};
    command.details = "digest of the request";
    return command;
}

consent::Proof proof_for(const World& world, const AskCommand& command, std::string id = "proof 1") {
    return {.organisation = "000140000353",
            .method = "Bio",
            .id = std::move(id),
            .subject = command.subject,
            .confirmed_by = command.subject,
            .details = command.details,
            .issued = world.clock.now() - 1min,
            .expires = world.clock.now() + 5min,
            .answer = consent::Answer::yes,
            .offer = {},
            .signed_text = "header.claims.signature"};
}

AskCommand own_means(const World& world) {
    AskCommand command = ask_through("account-opening");
    command.proof = proof_for(world, command);
    return command;
}

std::vector<std::string> texts(const std::vector<Sms>& messages) {
    std::vector<std::string> all;
    for (const Sms& message : messages)
        all.push_back(message.text);
    return all;
}

// The word between "кодымен" and what precedes it in a Kazakh question.
std::string code_in(const std::string& text) {
    const auto end = text.find(" кодымен");
    return end == std::string::npos ? ""
                                    : text.substr(text.rfind(' ', end - 1) + 1, end - text.rfind(' ', end - 1) - 1);
}
std::string check_in(const std::string& text) {
    const auto end = text.find(" жіберіңіз");
    return end == std::string::npos ? ""
                                    : text.substr(text.rfind(' ', end - 1) + 1, end - text.rfind(' ', end - 1) - 1);
}

// KDP-7.2
TEST(OwnMeans, GrantAtOnceAndThePersonIsTold) {
    World world;
    const auto recorded = try_ask(world, own_means(world)).value();
    EXPECT_EQ(world.state_of(recorded.id), RequestState::granted);
    const auto consent = world.consent_of(recorded.id);
    EXPECT_EQ(consent.means, Means::own_means);
    EXPECT_EQ(consent.state, ConsentState::active);
    EXPECT_TRUE(redeem(world, recorded.id, world.bank()));
    EXPECT_THAT(texts(deliver(world)), ElementsAre(HasSubstr("келісіміңізді растады")));
    EXPECT_TRUE(world.verify().findings.empty());
}

// What was signed is evidence: kept under the person's key, its hash in the journal for ever.
TEST(OwnMeans, TheSignedProofIsKept) {
    World world;
    const auto recorded = try_ask(world, own_means(world)).value();
    EXPECT_EQ(world.request(recorded.id).proof, "header.claims.signature");
    const std::string digest = base::to_base64url(crypto::sha256(base::as_bytes("header.claims.signature")));
    std::vector<std::string> facts;
    world.store.readers().read([&](store::ReadSession& session) {
        world.records.journal.each_after(session, 0, 1000, [&](const records::JournalEntry& entry) {
            if (entry.entity == recorded.id) facts.push_back(world.records.journal.open(entry));
        });
    });
    EXPECT_THAT(facts, ::testing::Each(HasSubstr(digest)));
    EXPECT_EQ(facts.size(), 2U);
    EXPECT_EQ(world.store.raw_bytes().find("header.claims.signature"), std::string::npos) << "sealed";
}

TEST(OwnMeans, AQuestionHasNone) {
    World world;
    EXPECT_EQ(world.request(ask(world, person::abai())).proof, "");
}

TEST(OwnMeans, ARefusalThatIsProvedIsStored) {
    World world;
    AskCommand command = own_means(world);
    command.proof->answer = consent::Answer::no;
    const auto recorded = try_ask(world, command).value();
    EXPECT_EQ(world.state_of(recorded.id), RequestState::refused);
    EXPECT_FALSE(redeem(world, recorded.id, world.bank()));
    EXPECT_THAT(world.journal_of(recorded.id), ElementsAre("request.recorded", "request.refused"));
}

TEST(OwnMeans, AProofIsTakenOnce) {
    World world;
    ASSERT_TRUE(try_ask(world, own_means(world)).has_value());
    EXPECT_TRUE(try_ask(world, own_means(world)).error().has(consent::proof_reused));
    AskCommand another = own_means(world);
    another.proof->id = "proof 2";
    EXPECT_TRUE(try_ask(world, another).has_value());
}

TEST(OwnMeans, AProofForAnotherPersonOrRequestStoresNothing) {
    World world;
    AskCommand command = own_means(world);
    command.subject = person::ybyrai().iin;
    EXPECT_TRUE(try_ask(world, command).error().has(consent::proof_other_person));
    command = own_means(world);
    command.details = "digest of another request";
    EXPECT_TRUE(try_ask(world, command).error().has(consent::proof_other_request));
    // What was refused did not use the proof up.
    EXPECT_TRUE(try_ask(world, own_means(world)).has_value());
}

TEST(OwnMeans, AProofIsRefusedWhereTheServiceAsks) {
    World world;
    AskCommand command = ask_through("loan-application");
    command.proof = proof_for(world, command);
    EXPECT_TRUE(try_ask(world, command).error().has(consent::proof_unexpected));
}

// KDP-7.3, LAW-19.P
TEST(Proactive, NeedsTheAnswerOfTheMobileDeviceWithinACampaign) {
    World world;
    AskCommand command = ask_through("renewal");
    command.proof = proof_for(world, command);
    EXPECT_TRUE(try_ask(world, command).error().has(consent::proof_campaign_unknown));
    command.proof->method = "Mobile";
    command.proof->offer = consent::Proof::Offer{.campaign = "renewal-2026",
                                                 .text_sha256 = "text",
                                                 .asked = world.clock.now() - 3min,
                                                 .answered = world.clock.now() - 2min};
    const auto recorded = try_ask(world, command).value();
    EXPECT_EQ(world.consent_of(recorded.id).means, Means::proactive);
    command.proof->offer->campaign = "another";
    command.proof->id = "proof 2";
    EXPECT_TRUE(try_ask(world, command).error().has(consent::proof_campaign_unknown));
}

// KDP-7.4
TEST(Logging, AGroundOfTheConnectionStandsInForTheAnswer) {
    World world;
    AskCommand command = ask_through("emergency-aid", "RESCUE");
    command.ask.ground = "94-V:9(5)";
    const auto recorded = try_ask(world, command).value();
    const auto consent = world.consent_of(recorded.id);
    EXPECT_EQ(consent.means, Means::ground);
    EXPECT_EQ(consent.terms.ground, "94-V:9(5)");
    EXPECT_THAT(deliver(world), IsEmpty()) << "nobody is asked and nobody is warned";
    EXPECT_THAT(world.journal_of(recorded.id), ElementsAre("request.recorded", "request.granted"));
}

TEST(Logging, WithoutAGroundOrOnAnotherNothingIsOpened) {
    World world;
    AskCommand command = ask_through("emergency-aid", "RESCUE");
    EXPECT_TRUE(try_ask(world, command).error().has(consent::ground_missing));
    command.ask.ground = "94-V:9(1)";
    EXPECT_TRUE(try_ask(world, command).error().has(consent::ground_outside_connection));
    command.ask.ground = "94-V:9(5)";
    command.subject = person::unknown();
    EXPECT_TRUE(try_ask(world, command).error().has(people::not_askable));
}

// One whom nobody could ask is whom rescuers look for.
TEST(Logging, ReachesThoseWhoCannotBeAsked) {
    World world;
    AskCommand command = ask_through("emergency-aid", "RESCUE");
    command.ask.ground = "94-V:9(5)";
    for (const base::Iin& subject : {person::missing().iin, person::minor().iin, person::incapable().iin}) {
        command.subject = subject;
        EXPECT_TRUE(try_ask(world, command).has_value());
    }
}

// KDP-3
TEST(Exempt, NeedsNoConnectionAndOnlyItsOwnGround) {
    World world;
    AskCommand command = ask_through("", "POLICE");
    EXPECT_TRUE(try_ask(world, command).error().has(registry::no_connection));
    command.ask.ground = "94-V:9(5)";
    EXPECT_TRUE(try_ask(world, command).error().has(registry::no_connection));
    command.ask.ground = "94-V:9(1)";
    const auto recorded = try_ask(world, command).value();
    const auto consent = world.consent_of(recorded.id);
    EXPECT_EQ(consent.terms.connection, "");
    EXPECT_EQ(consent.terms.ground, "94-V:9(1)");
    const auto token = redeem(world, recorded.id, *world.registry.system("POLICE"));
    ASSERT_TRUE(token);
    UseCommand call = call_with(id_of(*token), person::abai().iin);
    call.receiver = "POLICE";
    EXPECT_TRUE(std::holds_alternative<Reserved>(reserve(world, call)));
    EXPECT_TRUE(std::holds_alternative<Objected>(reserve(world, call))) << "one use unless more was asked for";
}

TEST(Exempt, AnotherSystemDoesNotGetThatGround) {
    World world;
    AskCommand command = ask_through("loan-application");
    command.ask.ground = "94-V:9(1)";
    EXPECT_TRUE(try_ask(world, command).error().has(consent::ground_not_for_channel));
}

// KDP-7.5
class SmsCode : public ::testing::Test {
protected:
    consent::RequestId ask_with_code() {
        const auto id = try_ask(world, ask_through("deposit")).value().id;
        question = deliver(world).at(0).text;
        return id;
    }
    void write(std::string_view text) { hear(world, person::abai(), text, "message " + std::to_string(++messages)); }

    World world;
    std::string question;
    int messages = 0;
};

TEST_F(SmsCode, OnlyTheCodeSaysYes) {
    const auto id = ask_with_code();
    ASSERT_EQ(code_in(question).size(), 6U) << question;
    for (const char* reply : {"1", "иә", "да", "yes"}) {
        write(reply);
        deliver(world);
        EXPECT_EQ(world.state_of(id), RequestState::asked) << reply;
    }
    write(code_in(question));
    deliver(world);
    EXPECT_EQ(world.state_of(id), RequestState::granted);
    EXPECT_EQ(world.consent_of(id).means, Means::sms_code);
}

TEST_F(SmsCode, ANoNeedsNoCode) {
    const auto id = ask_with_code();
    write("жоқ");
    deliver(world);
    EXPECT_EQ(world.state_of(id), RequestState::refused);
}

TEST_F(SmsCode, IsTakenFromTheRegisteredNumberOnly) {
    const auto id = ask_with_code();
    hear(world, person::ybyrai(), code_in(question), "from another number");
    deliver(world);
    EXPECT_EQ(world.state_of(id), RequestState::asked);
}

TEST_F(SmsCode, IsValidOnce) {
    const auto first = ask_with_code();
    const std::string code = code_in(question);
    write(code);
    deliver(world);
    const auto second = ask_with_code();
    EXPECT_NE(code_in(question), code);
    write(code);
    deliver(world);
    EXPECT_EQ(world.state_of(first), RequestState::granted);
    EXPECT_EQ(world.state_of(second), RequestState::asked);
}

TEST_F(SmsCode, GuessingClosesTheQuestion) {
    const auto id = ask_with_code();
    for (int attempt = 1; attempt < base::limits::sms_code_attempts_max; ++attempt) {
        write("TTTTT" + std::to_string(attempt + 1));
        EXPECT_THAT(texts(deliver(world)), ElementsAre(HasSubstr("Код қате")));
        EXPECT_EQ(world.state_of(id), RequestState::asked);
    }
    write("TTTTT9");
    EXPECT_THAT(texts(deliver(world)), ElementsAre(HasSubstr("Сұрау жабылды")));
    EXPECT_EQ(world.state_of(id), RequestState::cancelled);
    write(code_in(question));
    deliver(world);
    EXPECT_EQ(world.state_of(id), RequestState::cancelled);
}

// gaps 20
TEST_F(SmsCode, TheCheckCodeTellsAGenuineMessageFromAForgedOne) {
    const auto id = ask_with_code();
    const std::string check = check_in(question);
    ASSERT_EQ(check, world.service->contact.check_code(id));
    write(check);
    EXPECT_THAT(texts(deliver(world)), ElementsAre(HasSubstr("Бұл SMS-ті біз жібердік: Оқу банкі")));
    write("KAAAA2");
    EXPECT_THAT(texts(deliver(world)), ElementsAre(HasSubstr("Мұндай кодпен SMS жібермедік")));
    write("KAAAA3");
    EXPECT_THAT(texts(deliver(world)), IsEmpty()) << "a guesser is not answered again and again";
    EXPECT_EQ(world.state_of(id), RequestState::asked) << "asking is no answer";
}

// LAW-36.2
class Ward : public ::testing::Test {
protected:
    consent::RequestId ask_for_child() {
        AskCommand command = ask_through("loan-application");
        command.subject = person::minor().iin;
        return try_ask(world, command).value().id;
    }
    void change(const base::Iin& iin, const std::function<void(people::Person&)>& how) {
        world.unit([&](store::WriteSession& session) {
            auto subject = world.records.subjects.find(session, iin).value();
            how(subject.person);
            world.records.subjects.update(session, subject);
        });
    }

    World world;
};

TEST_F(Ward, IsAskedThroughTheRepresentative) {
    const auto id = ask_for_child();
    const auto sent = deliver(world);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].phone, *person::mother().phone);
    EXPECT_THAT(sent[0].text, HasSubstr("сіз өкілдік ететін адамның (Дочь) деректерін"));
    hear(world, person::mother(), "1", "yes of the mother");
    deliver(world);
    EXPECT_EQ(world.state_of(id), RequestState::granted);
    const auto consent = world.consent_of(id);
    EXPECT_NE(consent.decided_by, consent.subject);
    const auto token = redeem(world, id, world.bank());
    ASSERT_TRUE(token);
    EXPECT_EQ(token->claims.subject, person::minor().iin);
}

TEST_F(Ward, IsNotDecidedOnByOneWhoseRightHasEnded) {
    const auto id = ask_for_child();
    deliver(world);
    change(person::minor().iin, [](people::Person& child) { child.representative.reset(); });
    hear(world, person::mother(), "1", "too late a mother");
    deliver(world);
    EXPECT_EQ(world.state_of(id), RequestState::cancelled);
}

TEST_F(Ward, WhoGrewUpIsNoLongerDecidedForByTheMother) {
    const auto id = ask_for_child();
    deliver(world);
    change(person::minor().iin, [](people::Person& child) { child.minor = false; });
    hear(world, person::mother(), "1", "of a grown-up");
    deliver(world);
    EXPECT_EQ(world.state_of(id), RequestState::cancelled);
}

TEST_F(Ward, OfADeadOrIncapableRepresentativeCannotBeAskedFor) {
    change(person::mother().iin, [](people::Person& mother) { mother.life_status = people::LifeStatus::dead; });
    AskCommand command = ask_through("loan-application");
    command.subject = person::minor().iin;
    EXPECT_TRUE(try_ask(world, command).error().has(people::not_askable));
    change(person::mother().iin, [](people::Person& mother) {
        mother.life_status = people::LifeStatus::alive;
        mother.capable = false;
    });
    EXPECT_TRUE(try_ask(world, command).error().has(people::not_askable));
}

TEST_F(Ward, OwnMeansNeedTheRepresentativesConfirmation) {
    AskCommand command = ask_through("account-opening");
    command.subject = person::minor().iin;
    command.proof = proof_for(world, command);
    command.proof->details = "of another request";
    // In one word with one who is not there: else it would tell that there is a representative.
    const auto told = [&] { return try_ask(world, command).error(); };
    const auto of_ward = told();
    command.subject = command.proof->subject = command.proof->confirmed_by = person::unknown();
    const auto of_nobody = told();
    command.subject = command.proof->subject = person::abai().iin;
    const auto by_another = told();
    for (const auto& refusal : {of_ward, of_nobody, by_another})
        EXPECT_THAT(refusal.reasons(), ::testing::ElementsAre(&people::not_askable));
    command.subject = person::minor().iin;
    command.proof = proof_for(world, command);
    command.proof->confirmed_by = person::mother().iin;
    EXPECT_TRUE(try_ask(world, command).has_value());
}

// gaps 19, 20
class TwoWays : public ::testing::Test {
protected:
    base::Result<std::optional<consent::ConsentId>> in_cabinet(consent::RequestId id, consent::Answer answer,
                                                               std::vector<std::string> fields = {}) {
        return world.unit([&](store::WriteSession& session) {
            return world.service->answers.answer(session,
                                                 {.request = id,
                                                  .by = world.request(id).asked_of,
                                                  .answer = answer,
                                                  .fields = fields,
                                                  .means = Means::cabinet_code,
                                                  .heard = world.clock.now()},
                                                 world.clock.now());
        });
    }
    base::Result<std::optional<consent::ConsentId>> answered_by(consent::RequestId id, consent::SubjectId by) {
        return world.unit([&](store::WriteSession& session) {
            return world.service->answers.answer(session,
                                                 {.request = id,
                                                  .by = by,
                                                  .answer = consent::Answer::yes,
                                                  .means = Means::cabinet_code,
                                                  .heard = world.clock.now()},
                                                 world.clock.now());
        });
    }

    World world;
};

TEST_F(TwoWays, TheCabinetIsFirstAndTheReplyBySmsIsTold) {
    const auto id = ask(world, person::abai());
    deliver(world);
    ASSERT_TRUE(in_cabinet(id, consent::Answer::no).has_value());
    hear(world, person::abai(), "1", "a moment later");  // before the phone has heard that its question is closed
    const auto told = texts(deliver(world));
    EXPECT_EQ(world.state_of(id), RequestState::refused);
    const auto later = texts(deliver(world));
    EXPECT_THAT(told, ::testing::Contains(HasSubstr("Сіз бас тарттыңыз")));
    std::vector<std::string> all = told;
    all.insert(all.end(), later.begin(), later.end());
    EXPECT_THAT(all, ::testing::Contains(HasSubstr("Бірінші жауап сақталады")));
}

TEST_F(TwoWays, TheSmsIsFirstAndTheCabinetIsRefused) {
    const auto id = granted(world, person::abai());
    EXPECT_TRUE(in_cabinet(id, consent::Answer::no).error().has(consent::request_closed));
    EXPECT_EQ(world.state_of(id), RequestState::granted);
}

TEST_F(TwoWays, AQuestionThatIsAnsweredDoesNotGoOutAnyMore) {
    const auto id = ask(world, person::abai());
    ASSERT_TRUE(in_cabinet(id, consent::Answer::yes).has_value());
    EXPECT_THAT(texts(deliver(world)), ElementsAre(HasSubstr("Сіз келісім бердіңіз")));
    EXPECT_EQ(world.consent_of(id).means, Means::cabinet_code);
}

TEST_F(TwoWays, PartOfTheDataIsAgreedTo) {
    const auto id = ask(world, person::abai());
    EXPECT_TRUE(in_cabinet(id, consent::Answer::yes, {"salary"}).error().has(consent::part_outside_request));
    ASSERT_TRUE(in_cabinet(id, consent::Answer::yes, {"surname"}).has_value());
    const auto consent = world.consent_of(id);
    EXPECT_THAT(consent.terms.fields, ElementsAre("surname"));
    EXPECT_THAT(consent.terms.services, ElementsAre("GBDFLUniversal_token")) << "nothing of the family is left";
    const auto token = redeem(world, id, world.bank());
    UseCommand call = call_with(id_of(*token), person::abai().iin);
    call.fields = {"name"};
    EXPECT_TRUE(std::get<Objected>(reserve(world, call)).refusal.has(consent::use_fields_outside));
    call.fields = {};
    EXPECT_THAT(std::get<Reserved>(reserve(world, call)).fields, ElementsAre("surname"));
}

TEST_F(TwoWays, NobodyAnswersForAnother) {
    const auto id = ask(world, person::abai());
    const auto other = world.look(
        [&](store::ReadSession& session) { return world.records.subjects.find(session, person::ybyrai().iin)->id; });
    EXPECT_TRUE(answered_by(id, other).error().has(answer_request_unknown));
    EXPECT_TRUE(answered_by(consent::RequestId::make(world.clock.now(), {}, world.entropy), other)
                    .error()
                    .has(answer_request_unknown));
    EXPECT_EQ(world.state_of(id), RequestState::recorded);
}

// gaps 21
class Protection : public ::testing::Test {
protected:
    Protection() { world.service->parts.question_limits = {}; }
    base::Result<RecordedRequest> ask_again() {
        const AskCommand command = ask_for(person::abai().iin);
        const Asking asking(world.service->parts);
        const auto id = asking.new_id(command.subject, world.clock.now());
        last = id;
        const auto decision = world.unit(
            [&](store::WriteSession& session) { return asking.record(session, command, id, world.clock.now()); });
        if (decision.has_error()) return decision.error();
        if (const auto* stopped = std::get_if<Stopped>(&*decision)) return stopped->refusal;
        return std::get<RecordedRequest>(*decision);
    }

    World world;
    consent::RequestId last;
};

// The flood of one asker leaves the trace of another whole, and pushes nothing out of what limits look back at.
TEST_F(Protection, TheTraceOfStoppedQuestionsIsKeptForEachAsker) {
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(ask_again().has_value());
    const auto on_record = [&] {
        return world.look([&](store::ReadSession& session) { return world.records.requests.state(session, last); })
            .has_value();
    };
    for (std::int64_t i = 0; i < base::limits::stopped_questions_kept_a_day; ++i) {
        ASSERT_TRUE(ask_again().has_error());
        EXPECT_TRUE(on_record()) << i;
    }
    EXPECT_TRUE(ask_again().error().has(consent::question_too_many_of_asker));
    EXPECT_FALSE(on_record()) << "one beyond the bound";
    const auto subject = world.look(
        [&](store::ReadSession& session) { return world.records.subjects.find(session, person::abai().iin)->id; });
    const base::Time day_ago = world.clock.now() - 24h;
    world.look([&](store::ReadSession& session) {
        const auto& requests = world.records.requests;
        EXPECT_EQ(requests.stopped(session, subject, "DEMOBANK", day_ago), base::limits::stopped_questions_kept_a_day);
        EXPECT_EQ(requests.stopped(session, subject, "DEMOINS", day_ago), 0) << "the other asker has its own";
        EXPECT_EQ(requests.of_subject(session, subject, day_ago, 100).size(), 3U) << "those that were asked";
        return true;
    });
    world.clock.advance(24h);
    EXPECT_TRUE(ask_again().has_value());
}

TEST_F(Protection, TheFourthQuestionOfADayIsStoppedAndOnRecord) {
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(ask_again().has_value());
    EXPECT_TRUE(ask_again().error().has(consent::question_too_many_of_asker));
    EXPECT_EQ(world.state_of(last), RequestState::stopped);
    EXPECT_THAT(world.journal_of(last), ElementsAre("request.stopped"));
    EXPECT_THAT(world.request(last).stopped_for, ElementsAre("question_too_many_of_asker"));
    EXPECT_EQ(deliver(world).size(), 3U) << "no message for the fourth";
    world.clock.advance(24h);
    EXPECT_TRUE(ask_again().has_value());
}

TEST_F(Protection, CountsQuestionsAndNothingThatWasNone) {
    for (int i = 0; i < 5; ++i) {
        AskCommand proved = own_means(world);
        proved.proof->id = "proof " + std::to_string(i);
        ASSERT_TRUE(try_ask(world, proved).has_value());
    }
    EXPECT_TRUE(ask_again().has_value());
}

TEST_F(Protection, WhoKnocksWithoutEndFillsNoBooks) {
    world.service->parts.question_limits.asker_day_max = 1;
    ASSERT_TRUE(ask_again().has_value());
    for (int i = 0; i < 15; ++i)
        EXPECT_TRUE(ask_again().error().has(consent::question_too_many_of_asker));
    EXPECT_FALSE(world.look([&](store::ReadSession& s) { return world.records.requests.state(s, last).has_value(); }));
}

TEST_F(Protection, ABlockedAskerIsToldSo) {
    world.unit([&](store::WriteSession& session) {
        const auto abai = world.records.subjects.find(session, person::abai().iin)->id;
        world.records.asker_blocks.block(session, abai, "000140000353", world.clock.now());
    });
    EXPECT_TRUE(ask_again().error().has(consent::question_asker_blocked));
    EXPECT_THAT(deliver(world), IsEmpty());
}

TEST_F(Protection, QuietHoursDelayAndNeverSwallow) {
    world.service->parts.quiet_hours = channel::QuietHours::parse("22:00-08:00").value();
    while (world.zone.date_and_time(world.clock.now()).substr(6) != "23:00")
        world.clock.advance(std::chrono::ceil<std::chrono::minutes>(world.clock.now()) - world.clock.now() + 1min);
    const base::Time night = world.clock.now();
    const auto asked = ask_again().value();
    EXPECT_EQ(asked.expires, night + 9h + base::limits::request_life_default) << "its life begins in the morning";
    EXPECT_THAT(deliver(world), IsEmpty());
    world.clock.advance(9h);
    EXPECT_EQ(deliver(world).size(), 1U);
}

TEST_F(Protection, OneWhoWaitsAtTheCounterIsAskedAtNight) {
    world.service->parts.quiet_hours = channel::QuietHours::parse("00:00-23:59").value();
    AskCommand command = ask_for(person::abai().iin);
    command.life_seconds = 900;
    const Asking asking(world.service->parts);
    const auto id = asking.new_id(command.subject, world.clock.now());
    world.unit([&](store::WriteSession& session) {
        return asking.record(session, command, id, world.clock.now()).has_value();
    });
    EXPECT_EQ(deliver(world).size(), 1U);
}

// gaps 7
TEST(DailyCap, CountsLocalDaysAndReturnsWhatWasNotSent) {
    World world;
    AskCommand command = ask_through("emergency-aid", "RESCUE");
    command.ask.ground = "94-V:9(5)";
    command.ask.uses_max = 3;
    const auto id = try_ask(world, command).value().id;
    EXPECT_EQ(world.consent_of(id).terms.uses_per_day, 2);
    const auto token = redeem(world, id, *world.registry.system("RESCUE"));
    UseCommand call = call_with(id_of(*token), person::abai().iin);
    call.receiver = "RESCUE";
    const auto use = [&] { return reserve(world, call); };
    EXPECT_TRUE(std::holds_alternative<Reserved>(use()));
    const auto second = std::get<Reserved>(use()).id;
    EXPECT_TRUE(std::get<Objected>(use()).refusal.has(consent::use_too_many_today));
    conclude(world, second, consent::UseState::not_sent);
    EXPECT_TRUE(std::holds_alternative<Reserved>(use()));
    EXPECT_TRUE(std::get<Objected>(use()).refusal.has(consent::use_too_many_today));
}

}  // namespace
}  // namespace kelisim::access::testing
