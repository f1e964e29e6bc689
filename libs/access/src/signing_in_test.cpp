// SPDX-License-Identifier: Apache-2.0
#include "access/signing_in.hpp"

#include <gmock/gmock.h>

#include "access/erasure.hpp"
#include "access/testing.hpp"
#include "base/limits.hpp"

namespace kelisim::access {
namespace {

using namespace access::testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace limits = base::limits;

class SigningInTest : public ::testing::Test {
protected:
    SigningIn::Begun begin(const base::Iin& iin, std::string_view device = "") {
        return world.unit(
            [&](store::WriteSession& session) { return signing_in().begin(session, iin, device, world.clock.now()); });
    }
    auto finish(SignInId id, std::string_view code, std::string_view beside = "") {
        return world.unit([&](store::WriteSession& session) {
            return signing_in().finish(session, id, code, beside, world.clock.now());
        });
    }
    bool opens(SignInId id, std::string_view code) {
        return std::holds_alternative<SigningIn::Opened>(finish(id, code));
    }
    std::string code() {
        const auto sent = deliver(world);
        EXPECT_EQ(sent.size(), 1U);
        if (sent.empty()) return "none";
        const auto at = sent.back().text.find_first_of("0123456789");
        return sent.back().text.substr(at, static_cast<std::size_t>(limits::code_digits));
    }
    SigningIn::Opened just_signed_in(const people::Person& person = person::abai()) {
        const auto begun = begin(person.iin);
        return std::get<SigningIn::Opened>(finish(begun.id, code()));
    }
    SigningIn::Opened signed_in(const people::Person& person = person::abai()) {
        auto opened = just_signed_in(person);
        world.clock.advance(limits::code_pause_max);
        return opened;
    }
    std::optional<records::PersonSession> find(std::string_view token) {
        return world.look(
            [&](store::ReadSession& session) { return signing_in().find(session, token, world.clock.now()); });
    }
    static std::string other_than(const std::string& code) { return code == "111111" ? "222222" : "111111"; }
    const SigningIn& signing_in() const { return world.service->persons.signing_in; }
    void TearDown() override { EXPECT_THAT(world.verify().findings, ElementsAre()); }

    World world;
};

// LAW-27.3, LAW-1.39
TEST_F(SigningInTest, ACodeOpensOneSessionOnce) {
    const auto begun = begin(person::abai().iin);
    const std::string text = code();
    auto outcome = finish(begun.id, text);
    ASSERT_TRUE(std::holds_alternative<SigningIn::Opened>(outcome));
    const auto& opened = std::get<SigningIn::Opened>(outcome);
    EXPECT_EQ(find(opened.token)->id, opened.session.id);
    EXPECT_FALSE(opens(begun.id, text)) << "used";
    EXPECT_EQ(world.store.raw_bytes().find(opened.token.substr(opened.token.find('.') + 1)), std::string::npos)
        << "only the hash is stored";
    EXPECT_THAT(world.journal_of(opened.session.id), ElementsAre("session.begun"));
}

// LAW-27.3: nobody without a number is locked out.
class EdsSignInTest : public SigningInTest {
protected:
    const crypto::Digest challenge = crypto::sha256(base::as_bytes("challenge"));
    SignInId offer() {
        return world.unit([&](store::WriteSession& session) {
            return signing_in().await_eds(session, challenge, world.clock.now() + limits::code_life, world.clock.now());
        });
    }
    std::variant<SigningIn::Opened, base::Refusal> bring(SignInId id, const base::Iin& iin,
                                                         std::string_view signed_text, std::string_view beside = "") {
        const SigningIn::Signed by{.iin = iin,
                                   .organisation = "000140000072",
                                   .certificate = crypto::sha256(base::as_bytes("certificate")),
                                   .content = crypto::sha256(base::as_bytes(signed_text))};
        return world.unit([&](store::WriteSession& session) {
            return signing_in().finish_eds(session, id, by, beside, world.clock.now());
        });
    }
    static const base::Reason* refused(const std::variant<SigningIn::Opened, base::Refusal>& outcome) {
        const auto* const refusal = std::get_if<base::Refusal>(&outcome);
        return refusal == nullptr ? nullptr : &refusal->first();
    }
};

TEST_F(EdsSignInTest, OpensASessionThatSaysSo) {
    const auto outcome = bring(offer(), person::without_phone().iin, "challenge");
    ASSERT_TRUE(std::holds_alternative<SigningIn::Opened>(outcome));
    const auto& opened = std::get<SigningIn::Opened>(outcome);
    const auto found = find(opened.token);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->means, records::SignInMeans::eds);
    EXPECT_EQ(found->organisation, "000140000072");
    EXPECT_THAT(world.journal_of(found->id), ElementsAre("session.begun"));
}

TEST_F(EdsSignInTest, AChallengeIsGoodOnce) {
    const SignInId id = offer();
    ASSERT_EQ(refused(bring(id, person::abai().iin, "challenge")), nullptr);
    EXPECT_EQ(refused(bring(id, person::abai().iin, "challenge")), &eds_challenge_unknown);
}

TEST_F(EdsSignInTest, AnotherTextAnotherChallengeTooLate) {
    const SignInId id = offer();
    EXPECT_EQ(refused(bring(id, person::abai().iin, "something else")), &eds_challenge_unknown);
    const SignInId nobodys = SignInId::make(world.clock.now(), {}, world.entropy);
    EXPECT_EQ(refused(bring(nobodys, person::abai().iin, "challenge")), &eds_challenge_unknown);
    world.clock.advance(limits::code_life);
    EXPECT_EQ(refused(bring(id, person::abai().iin, "challenge")), &eds_challenge_unknown);
}

TEST_F(EdsSignInTest, WhomNobodyKnowsAndTheDead) {
    EXPECT_EQ(refused(bring(offer(), person::unknown(), "challenge")), &eds_person_unknown);
    EXPECT_EQ(refused(bring(offer(), person::dead().iin, "challenge")), &eds_person_unknown);
}

// Whoever signs in a second way where they are signed in has both, in one session.
TEST_F(EdsSignInTest, BothMeansMakeOneSessionThatEndsWithTheElder) {
    const auto by_code = just_signed_in();
    world.clock.advance(10min);
    const auto outcome = bring(offer(), person::abai().iin, "challenge", by_code.token);
    const auto& both = std::get<SigningIn::Opened>(outcome).session;
    EXPECT_EQ(both.means, records::SignInMeans::eds_and_code);
    EXPECT_EQ(both.organisation, "000140000072");
    EXPECT_EQ(both.ends, by_code.session.ends);
    EXPECT_FALSE(find(by_code.token)) << "went over into the new one";
    const auto begun = begin(person::abai().iin);
    const auto again = finish(begun.id, code(), std::get<SigningIn::Opened>(outcome).token);
    EXPECT_EQ(std::get<SigningIn::Opened>(again).session.means, records::SignInMeans::eds_and_code);
}

TEST_F(EdsSignInTest, ASessionOfAnotherOrOfTheSameMeansAddsNothing) {
    const auto others = just_signed_in(person::ybyrai());
    const auto outcome = bring(offer(), person::abai().iin, "challenge", others.token);
    EXPECT_EQ(std::get<SigningIn::Opened>(outcome).session.means, records::SignInMeans::eds);
    EXPECT_TRUE(find(others.token)) << "nobody is signed out by somebody else";
    const auto again = bring(offer(), person::abai().iin, "challenge", std::get<SigningIn::Opened>(outcome).token);
    EXPECT_EQ(std::get<SigningIn::Opened>(again).session.means, records::SignInMeans::eds);
    EXPECT_EQ(std::get<SigningIn::Opened>(bring(offer(), person::abai().iin, "challenge", "no token")).session.means,
              records::SignInMeans::eds);
}

TEST_F(EdsSignInTest, AnEndedSessionAddsNothing) {
    const auto by_code = just_signed_in();
    world.clock.advance(limits::session_idle_max);
    const auto outcome = bring(offer(), person::abai().iin, "challenge", by_code.token);
    EXPECT_EQ(std::get<SigningIn::Opened>(outcome).session.means, records::SignInMeans::eds);
}

TEST_F(EdsSignInTest, ACodeOpensNoChallenge) {
    const SignInId id = offer();
    EXPECT_FALSE(opens(id, "000000"));
    EXPECT_EQ(refused(bring(id, person::abai().iin, "challenge")), nullptr) << "and spends none";
}

TEST_F(SigningInTest, TheAnswerTellsNothingOfWhoIsThere) {
    for (const auto& iin :
         {person::unknown(), person::dead().iin, person::missing().iin, person::without_phone().iin}) {
        const auto begun = begin(iin);
        EXPECT_EQ(begun.next_code, world.clock.now() + limits::code_pause_first) << "as for anybody";
        EXPECT_THAT(deliver(world), IsEmpty());
        EXPECT_EQ(std::get<base::Refusal>(finish(begun.id, "000000")).first().code, code_wrong.code);
    }
    const auto begun = begin(person::abai().iin);
    EXPECT_EQ(begun.next_code, world.clock.now() + limits::code_pause_first);
    EXPECT_EQ(std::get<base::Refusal>(finish(begun.id, "")).first().code, code_wrong.code);
    EXPECT_EQ(std::get<base::Refusal>(finish(SignInId{}, "000000")).first().code, code_wrong.code);
}

TEST_F(SigningInTest, AWrongCodeIsCountedAndGuessingEndsTheCode) {
    const auto begun = begin(person::abai().iin);
    const std::string right = code();
    for (int i = 0; i < limits::code_attempts_max; ++i)
        EXPECT_FALSE(opens(begun.id, other_than(right)));
    EXPECT_FALSE(opens(begun.id, right)) << "one attempt over";
}

TEST_F(SigningInTest, TheLastAttemptMayBeTheRightOne) {
    const auto begun = begin(person::abai().iin);
    const std::string right = code();
    for (int i = 1; i < limits::code_attempts_max; ++i)
        EXPECT_FALSE(opens(begun.id, other_than(right)));
    EXPECT_TRUE(opens(begun.id, right));
}

TEST_F(SigningInTest, ACodeExpires) {
    const auto begun = begin(person::abai().iin);
    const std::string right = code();
    world.clock.advance(limits::code_life);
    EXPECT_FALSE(opens(begun.id, right));
}

TEST_F(SigningInTest, ACodeIsForItsOwnSignInAlone) {
    const auto mine = begin(person::abai().iin);
    const std::string code_of_mine = code();
    const auto other = begin(person::ybyrai().iin);
    const std::string code_of_other = code();
    if (code_of_mine == code_of_other) return;  // once in a million seeds
    EXPECT_FALSE(opens(other.id, code_of_mine));
    EXPECT_FALSE(opens(mine.id, code_of_other));
    EXPECT_TRUE(opens(mine.id, code_of_mine));
}

TEST_F(SigningInTest, CodesComeWithGrowingPausesAndSoManyADay) {
    base::Duration pause{0};
    int sent = 0;
    // From noon to midnight there is time for all codes of a day.
    while (sent < limits::codes_per_day_max) {
        const auto begun = begin(person::abai().iin);
        EXPECT_EQ(deliver(world).size(), 1U);
        ++sent;
        EXPECT_TRUE(begun.code_sent);
        EXPECT_FALSE(begin(person::abai().iin).code_sent);
        EXPECT_THAT(deliver(world), IsEmpty()) << "too soon";
        const base::Duration next = begun.next_code - world.clock.now();
        EXPECT_GE(next, std::min<base::Duration>(pause, limits::code_pause_max));
        pause = next;
        if (sent < limits::codes_per_day_max) world.clock.advance(next);
    }
    world.clock.advance(pause - base::Duration{1});
    begin(person::abai().iin);
    EXPECT_THAT(deliver(world), IsEmpty()) << "too soon";
    EXPECT_EQ(pause, limits::code_pause_max) << "however many were asked for, by whomever";
    world.clock.advance(base::Duration{1});
    begin(person::abai().iin);
    EXPECT_EQ(deliver(world).size(), 1U) << "no lock for the rest of the day";
}

TEST_F(SigningInTest, StrangersWhoUseUpSignInsLeaveTheCodesForAnswers) {
    for (int i = 0; i < 3; ++i)
        begin(person::abai().iin);
    deliver(world);
    const auto request = ask(world, person::abai());
    const auto id = world.request(request).subject;
    const auto next = world.unit([&](store::WriteSession& session) {
        return world.service->persons.confirming.send_for_answer(session, {.by = id, .whose = id}, request,
                                                                 world.clock.now());
    });
    EXPECT_TRUE(next.has_value());
}

TEST_F(SigningInTest, AStrangerTakesNoTurnsOfADeviceThatIsKnown) {
    const std::string device = signed_in().device;
    for (int i = 0; i < 3; ++i)
        begin(person::abai().iin);
    deliver(world);
    EXPECT_FALSE(begin(person::abai().iin).code_sent) << "the stranger has taken the turn of all unknown devices";
    const auto begun = begin(person::abai().iin, device);
    EXPECT_TRUE(begun.code_sent);
    EXPECT_TRUE(opens(begun.id, code()));
    EXPECT_FALSE(begin(person::abai().iin, device).code_sent) << "pauses grow here too";
}

TEST_F(SigningInTest, ADeviceIsKnownForItsPersonAndForATime) {
    const std::string device = signed_in().device;
    const auto known = [&](const base::Iin& iin, std::string_view token) {
        // A turn that nobody has taken is granted to anybody; so it is taken before.
        begin(iin);
        deliver(world);
        const bool sent = begin(iin, token).code_sent;
        deliver(world);
        world.clock.advance(limits::code_pause_max);
        return sent;
    };
    EXPECT_FALSE(known(person::ybyrai().iin, device)) << "of another person";
    EXPECT_FALSE(known(person::abai().iin, device.substr(1)));
    EXPECT_FALSE(known(person::abai().iin, "9" + device)) << "signed in the future";
    EXPECT_FALSE(known(person::abai().iin, "-1." + device));
    EXPECT_FALSE(known(person::abai().iin, "99999999999999999999." + device));
    std::string forged = device;
    forged.back() = forged.back() == 'A' ? 'Q' : 'A';
    EXPECT_FALSE(known(person::abai().iin, forged));
    EXPECT_TRUE(known(person::abai().iin, device));
    world.clock.advance(limits::known_device_life);
    EXPECT_FALSE(known(person::abai().iin, device)) << "too long ago";
}

TEST_F(SigningInTest, ASessionEndsIdleAndAtLast) {
    const std::string token = signed_in().token;
    EXPECT_FALSE(find(token)) << "idle for " << limits::session_idle_max.count() << " s";
    const auto busy = signed_in();
    const auto touch = [&] {
        world.unit(
            [&](store::WriteSession& session) { signing_in().touch(session, busy.session.id, world.clock.now()); });
    };
    while (world.clock.now() + 10min < busy.session.ends) {
        touch();
        world.clock.advance(10min);
        ASSERT_TRUE(find(busy.token));
    }
    touch();
    world.clock.advance(busy.session.ends - world.clock.now());
    EXPECT_FALSE(find(busy.token)) << "however busy";
}

TEST_F(SigningInTest, ATokenThatWasChangedIsNone) {
    const auto begun = begin(person::abai().iin);
    const auto opened = std::get<SigningIn::Opened>(finish(begun.id, code()));
    const std::string& token = opened.token;
    std::string changed = token;
    changed[changed.size() - 2] = changed[changed.size() - 2] == 'A' ? 'B' : 'A';
    for (const std::string& wrong : {changed, std::string{}, std::string{"."}, opened.session.id.to_string(),
                                     opened.session.id.to_string() + ".", token + "A", "x" + token}) {
        EXPECT_FALSE(find(wrong)) << wrong;
    }
    EXPECT_TRUE(find(token));
}

TEST_F(SigningInTest, OneEndsOnesOwnSessionsAlone) {
    const auto begun = begin(person::abai().iin);
    const auto opened = std::get<SigningIn::Opened>(finish(begun.id, code()));
    const auto end = [&](consent::SubjectId by) {
        return world.unit([&](store::WriteSession& session) {
            return signing_in().end(session, by, opened.session.id, world.clock.now());
        });
    };
    const auto stranger = signed_in(person::ybyrai());
    EXPECT_FALSE(end(stranger.session.subject));
    EXPECT_TRUE(end(opened.session.subject));
    EXPECT_FALSE(find(opened.token));
    EXPECT_FALSE(end(opened.session.subject));
}

TEST_F(SigningInTest, TheOldestSessionGivesWay) {
    std::vector<SigningIn::Opened> all;
    for (std::size_t i = 0; i <= limits::sessions_max; ++i)
        all.push_back(signed_in());
    const auto left = world.look(
        [&](store::ReadSession& session) { return world.records.sessions.of(session, all.front().session.subject); });
    EXPECT_EQ(left.size(), limits::sessions_max);
    EXPECT_NE(left.front().id, all.front().session.id);
}

TEST_F(SigningInTest, AnErasedPersonHasNoSession) {
    const auto begun = begin(person::abai().iin);
    const auto opened = std::get<SigningIn::Opened>(finish(begun.id, code()));
    world.unit([&](store::WriteSession& session) {
        erase_person(world.service->parts, session, opened.session.subject, world.clock.now());
    });
    EXPECT_FALSE(find(opened.token));
}

TEST_F(SigningInTest, ASessionEndsWithThePerson) {
    const auto begun = begin(person::abai().iin);
    const auto opened = std::get<SigningIn::Opened>(finish(begun.id, code()));
    ASSERT_TRUE(find(opened.token));
    world.unit([&](store::WriteSession& session) {
        auto subject = world.records.subjects.find(session, opened.session.subject).value();
        subject.person.life_status = people::LifeStatus::dead;
        world.records.subjects.update(session, subject);
    });
    EXPECT_FALSE(find(opened.token));
}

TEST_F(SigningInTest, AnErasureLeavesNoCode) {
    const auto request = ask(world, person::abai());
    const auto id = world.request(request).subject;
    const auto begun = begin(person::abai().iin);
    world.unit([&](store::WriteSession& session) {
        world.service->persons.confirming.send_for_answer(session, {.by = id, .whose = id}, request, world.clock.now())
            .value();
    });
    deliver(world);
    const auto codes = [&] {
        return world.look([&](store::ReadSession& session) {
            return world.records.codes.find(session, request, records::CodeKind::answer).has_value() ||
                   world.records.codes.find(session, begun.id, records::CodeKind::sign_in).has_value();
        });
    };
    ASSERT_TRUE(codes());
    world.unit(
        [&](store::WriteSession& session) { erase_person(world.service->parts, session, id, world.clock.now()); });
    EXPECT_FALSE(codes());
}

// LAW-36.3a: what is refused anyway spends no code, and does not tell whether the code was right.
TEST_F(SigningInTest, AnAnswerThatDoesNotFitSpendsNoCodeAndTellsNothingOfIt) {
    const auto request = ask(world, person::abai());
    const auto id = world.request(request).subject;
    world.unit([&](store::WriteSession& session) {
        world.service->persons.confirming.send_for_answer(session, {.by = id, .whose = id}, request, world.clock.now())
            .value();
    });
    std::string right;
    for (const Sms& sms : deliver(world)) {
        const auto at = sms.text.find_first_of("0123456789");
        if (sms.text.find("код") != std::string::npos && sms.text.find("1414") == std::string::npos)
            right = sms.text.substr(at, 6);
    }
    const std::string wrong = right == "111111" ? "222222" : "111111";
    const auto answer = [&](std::string code, std::vector<std::string> fields) {
        return world.unit([&](store::WriteSession& session) {
            return world.service->persons.answering.answer(session, {.by = id, .whose = id},
                                                           {.request = request,
                                                            .answer = consent::Answer::yes,
                                                            .services = {},
                                                            .fields = std::move(fields),
                                                            .code = std::move(code)},
                                                           world.clock.now());
        });
    };
    const auto attempts = [&] {
        return world.look([&](store::ReadSession& session) {
            return world.records.codes.find(session, request, records::CodeKind::answer)->attempts;
        });
    };
    const auto by_right = answer(right, {"noSuchField"});
    EXPECT_EQ(attempts(), 0);
    const auto by_wrong = answer(wrong, {"noSuchField"});
    EXPECT_EQ(attempts(), 1) << "a wrong one counts all the same";
    ASSERT_TRUE(by_right && by_wrong);
    EXPECT_EQ(by_right->reasons(), by_wrong->reasons());
    EXPECT_FALSE(by_right->has(code_wrong));
    EXPECT_FALSE(answer(right, {"surname"})) << "the code is still good";
}

}  // namespace
}  // namespace kelisim::access
