// SPDX-License-Identifier: Apache-2.0
#include "walk.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>

#include "base/limits.hpp"
#include "records/registry_store.hpp"

namespace kelisim::simulation {

using namespace std::chrono_literals;
using consent::ConsentState;
using consent::RequestId;
using consent::RequestState;
using store_sqlite::CommitFault;
namespace limits = base::limits;

Walk::Walk(std::uint64_t seed) : random_(seed), desk_(seed), carrier_(random_), latest_(desk_.world.clock.now()) {
    world().unit([](store::WriteSession& session) {
        records::save_registry(session, records::testing::entries());
        return true;
    });
    world().store.commit_each_unit();
    restart();
    world().store.run_batches_twice();
    world().store.fail_commits([this] { return fault(); });
}

void Walk::step() {
    struct Choice {
        unsigned weight;
        void (Walk::*act)();
    };
    static constexpr std::array choices = {Choice{24, &Walk::ask},
                                           Choice{24, &Walk::reply},
                                           Choice{8, &Walk::answer_in_cabinet},
                                           Choice{10, &Walk::redeem},
                                           Choice{5, &Walk::refresh},
                                           Choice{28, &Walk::use},
                                           Choice{10, &Walk::settle},
                                           Choice{3, &Walk::revoke},
                                           Choice{6, &Walk::pause_or_resume},
                                           Choice{4, &Walk::withdraw},
                                           Choice{4, &Walk::object},
                                           Choice{2, &Walk::extend},
                                           Choice{2, &Walk::confirm_deletion},
                                           Choice{2, &Walk::block},
                                           Choice{3, &Walk::ask_deferred},
                                           Choice{4, &Walk::use_deferred},
                                           Choice{2, &Walk::move_deferred},
                                           Choice{9, &Walk::wait},
                                           Choice{1, &Walk::jump},
                                           Choice{1, &Walk::die},
                                           Choice{6, &Walk::deliver},
                                           Choice{2, &Walk::sweep}};
    unsigned whole = 0;
    for (const Choice& choice : choices)
        whole += choice.weight;
    auto left = static_cast<unsigned>(random_() % whole);
    for (const Choice& choice : choices) {
        if (left < choice.weight) {
            (this->*choice.act)();
            break;
        }
        left -= choice.weight;
    }
    check();
}

void Walk::end() {
    if (once_in(4)) end_connection();
    for (int i = 0; i < 6; ++i)
        advance(13h);
    check();
    for (const auto& [id, known] : requests_)
        EXPECT_NE(known.state, RequestState::asked) << "no request stays open for ever: " << id.to_string();
    check_disclosed();
    check_ledger();
    check_told();
    for (const auto& [id, times] : carrier_.times)
        EXPECT_LE(times, limits::sms_sends_max) << id;
    const std::size_t yes = told_at_the_end({"Сіз келісім бердіңіз", "Вы дали согласие"});
    const std::size_t no = told_at_the_end({"Сіз бас тарттыңыз", "Вы отказали"});
    const std::size_t silence = told_at_the_end({"Сұрау жабылды", "Запрос закрыт"});
    // An attempt is written down before the send, and there are two: one death at that place loses nothing, two lose a word.
    const std::size_t lost_at_most = deaths_delivering_ / limits::sms_sends_max;
    EXPECT_LE(yes, ended_as(RequestState::granted)) << "each is told once, whatever died on the way";
    EXPECT_GE(yes + lost_at_most, ended_as(RequestState::granted));
    EXPECT_LE(no, ended_as(RequestState::refused));
    EXPECT_GE(no + lost_at_most, ended_as(RequestState::refused));
    EXPECT_LE(silence, ended_as(RequestState::expired)) << "who was never asked is told nothing";
}

void Walk::check_ledger() {
    EXPECT_THAT(verify().findings, ::testing::IsEmpty());
}

std::string Walk::summary() const {
    std::map<RequestState, int> states;
    for (const auto& [id, known] : requests_)
        ++states[known.state];
    std::string text = std::to_string(requests_.size()) + " requests (";
    for (const auto& [state, number] : states)
        text += std::to_string(static_cast<int>(state)) + ":" + std::to_string(number) + " ";
    return text + "), " + std::to_string(tokens_.size()) + " tokens, " + std::to_string(uses_passed_) + " uses, " +
           std::to_string(withdrawals_) + " withdrawals, " + std::to_string(carrier_.times.size()) + " messages, " +
           std::to_string(deaths_) + " deaths";
}

// Before or after the commit: the caller learns in both cases only that it did not learn.
CommitFault Walk::fault() {
    if (starting_ || !once_in(80)) return CommitFault::none;
    return once_in(2) ? CommitFault::fails_and_is_lost : CommitFault::fails_though_durable;
}

void Walk::make_effects() {
    auto parts = desk_.parts();
    effects_ = std::make_unique<delivery::DueEffects>(delivery::RunnerParts{.writer = parts.writer,
                                                                            .readers = parts.readers,
                                                                            .outbox = parts.outbox,
                                                                            .clock = parts.clock,
                                                                            .contact = parts.contact,
                                                                            .answers = parts.answers,
                                                                            .persons = parts.persons,
                                                                            .sms = carrier_});
}

std::optional<base::Time> Walk::run_timers() {
    try {
        return desk_.timers->run_due();
    } catch (const store::Unavailable&) {
        die();
        return now();
    }
}

std::optional<base::Time> Walk::run_effects() {
    try {
        return effects_->run_due();
    } catch (const store::Unavailable&) {
        die();
    } catch (const ProcessEnds&) {
        die();
    }
    ++deaths_delivering_;
    return now();
}

void Walk::run_due() {
    for (int i = 0; i < 200; ++i) {
        const auto timer = run_timers();
        const auto effect = run_effects();
        if ((!timer || *timer > now()) && (!effect || *effect > now())) return;
    }
    FAIL() << "what is due never ends";
}

void Walk::advance(base::Duration by) {
    world().clock.advance(by);
    latest_ = std::max(latest_, now());
    run_due();
}

// Mostly moments, now and then days: terms of three and five working days, of thirty days and of a year pass on a walk.
void Walk::wait() {
    static const std::vector<base::Duration> steps = {1s,   5s,    10s,   30s, 1min, 1min, 2min, 2min, 5min,
                                                      5min, 11min, 11min, 1h,  1h,   7h,   26h,  72h,  240h};
    const base::Duration step = any_of(steps);
    if (once_in(2)) return advance(step);
    // Nothing that was due meanwhile has run when the next thing happens.
    world().clock.advance(step);
    latest_ = std::max(latest_, now());
}

// As when a clock is set right.
void Walk::jump() {
    static const std::vector<base::Duration> steps = {-90s, -5s, -1s, 3s, 400s};
    world().clock.advance(any_of(steps));
    latest_ = std::max(latest_, now());
}

void Walk::die() {
    restart();
    ++deaths_;
}

void Walk::restart() {
    starting_ = true;
    effects_.reset();
    desk_.restart();
    make_effects();
    starting_ = false;
}

void Walk::sweep() {
    sure([this](store::WriteSession& session) {
        access::sweep(world().service->parts, session, now());
        return true;
    });
}

void Walk::check() {
    for (auto& [id, known] : requests_) {
        const RequestState state = state_of(id);
        if (state != known.state) check_move(id, known, state);
        check_consent(id, known);
    }
    for (const Token& token : tokens_)
        check_token(token);
    check_deferred();
}

// The first answer wins: from an end nothing follows, whichever way it came.
void Walk::check_move(RequestId id, Known& known, RequestState state) {
    EXPECT_TRUE(consent::may_follow(known.state, state)) << "from an end nothing follows";
    EXPECT_TRUE(state != RequestState::granted || known.said_yes);
    EXPECT_TRUE(state != RequestState::refused || known.said_no);
    EXPECT_TRUE(state != RequestState::expired || latest_ >= known.expires);
    EXPECT_TRUE(state != RequestState::undeliverable || !known.person.phone ||
                carrier_.rejected.contains(id.to_string()));
    known.state = state;
}

void Walk::check_consent(RequestId id, Known& known) {
    if (known.state != RequestState::granted) {
        EXPECT_FALSE(known.consent);
        return;
    }
    if (known.consent && settled_.contains(id)) return;
    const auto consent = consent_of(id);
    EXPECT_EQ(known.consent.value_or(consent.id), consent.id);
    known.consent = consent.id;
    EXPECT_LE(consent.uses, consent.terms.uses_max);
    EXPECT_LE(consent.counted, consent.uses);
    EXPECT_EQ(consent.uses, known.passed - known.given_back);
    EXPECT_TRUE(consent.state != ConsentState::exhausted || consent.counted == consent.terms.uses_max);
    EXPECT_TRUE(consent.state != ConsentState::expired || latest_ >= consent.expires);
    // What was acknowledged to the person holds.
    EXPECT_EQ(consent.state == ConsentState::withdrawn, known.withdrawn.has_value());
    EXPECT_TRUE(consent.state != ConsentState::paused || known.paused);
    EXPECT_TRUE(consent.state != ConsentState::active || !known.paused);
    EXPECT_TRUE(consent.state != ConsentState::invalidated || !connected_);
    EXPECT_EQ(consent.version, known.restored ? 2 : 1);
    const bool over = consent::ended(consent) && consent.state != ConsentState::withdrawn;
    if (over && consent.uses == consent.counted) settled_.insert(id);
}

void Walk::check_token(const Token& token) {
    const bool found = world().service->index.find(access::testing::id_of(token.issued), now()).has_value();
    if (!found) return;
    EXPECT_FALSE(token.ended);
    EXPECT_LT(now(), token.issued.claims.expires);
    const auto consent = consent_of(token.request);
    EXPECT_FALSE(consent::ended(consent)) << boost::describe::enum_to_string(consent.state, "");
    EXPECT_NE(consent.state, ConsentState::paused);
}

// Each withdrawal reaches the initiator once, whatever died on the way.
void Walk::check_told() {
    std::map<base::RawId, int> told;
    const auto notices = look([&](store::ReadSession& session) {
        return world().records.party_notices.of(session, "DEMOBANK", records::PartyNoticeKind::withdrawal, 0, 100'000);
    });
    for (const auto& notice : notices)
        ++told[notice.entity];
    for (const auto& [id, known] : requests_) {
        if (!known.consent) continue;
        EXPECT_EQ(told[*known.consent], known.withdrawals) << id.to_string();
    }
}

// Messages that begin so; a message and its repeats count once.
std::size_t Walk::told_at_the_end(std::initializer_list<std::string_view> beginnings) const {
    std::size_t told = 0;
    for (const auto& [id, text] : carrier_.texts) {
        for (const std::string_view beginning : beginnings)
            told += text.starts_with(beginning);
    }
    return told;
}

std::size_t Walk::ended_as(RequestState state) const {
    return static_cast<std::size_t>(std::count_if(requests_.begin(), requests_.end(),
                                                  [&](const auto& each) { return each.second.state == state; }));
}

}  // namespace kelisim::simulation
