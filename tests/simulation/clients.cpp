// SPDX-License-Identifier: Apache-2.0
#include "base/limits.hpp"
#include "walk.hpp"

namespace kelisim::simulation {

using namespace std::chrono_literals;
using consent::ConsentState;
using consent::RequestId;
using consent::RequestState;
using consent::UseState;
namespace limits = base::limits;
namespace person = records::testing::person;

std::optional<RequestId> Walk::some_granted() {
    std::vector<RequestId> granted;
    for (const auto& [id, known] : requests_) {
        if (known.state == RequestState::granted) granted.push_back(id);
    }
    if (granted.empty()) return std::nullopt;
    return once_in(4) ? any_of(granted) : granted.back();
}

void Walk::end_tokens_of(RequestId request, bool refresh_too) {
    for (Token& token : tokens_) {
        if (token.request != request) continue;
        token.ended = true;
        if (refresh_too && token.issued.refresh_token) dead_refresh_.insert(*token.issued.refresh_token);
    }
}

void Walk::ask() {
    static const std::vector<people::Person> people = person::all();
    const people::Person& subject = any_of(people);
    auto command = access::testing::ask_for(subject.iin);
    if (once_in(4)) command.ask.uses_max = 1;
    if (once_in(3)) command.life_seconds = 60 + static_cast<std::int64_t>(below(3600));
    if (once_in(20)) command.ask.purpose = "resale";
    const base::Time asked = now();
    const auto id = world().service->asking.new_id(command.subject, asked);
    const auto recorded =
        sure([&](store::WriteSession& session) { return world().service->asking.record(session, command, id, asked); });
    // The guardian of the incapable person is not known here, the mother of the child is.
    const bool may = people::reachable(subject) && subject.capable && command.ask.purpose != "resale" && connected_;
    ASSERT_EQ(recorded.has_value(), may);
    if (!may) return;
    const auto* stopped = std::get_if<access::Stopped>(&*recorded);
    const bool blocked = blocked_.contains(std::string(subject.iin.reveal()));
    // After the clock was set back, the pause after a question in vain is not over.
    EXPECT_TRUE((stopped != nullptr) == blocked || (stopped != nullptr && now() < latest_))
        << (stopped == nullptr ? "" : stopped->refusal.first().code);
    if (stopped != nullptr) return;
    Known known;
    known.person = subject;
    known.expires = std::get<access::RecordedRequest>(*recorded).expires;
    requests_.emplace(id, known);
    if (once_in(2)) deliver();
}

void Walk::redeem() {
    if (requests_.empty()) return;
    const auto granted = some_granted();
    redeem(granted && !once_in(4) ? *granted : any_of(requests_).first);
}

void Walk::redeem(RequestId id) {
    const Known& known = requests_.at(id);
    const bool stranger = once_in(8);
    const auto& client = stranger ? world().insurer() : world().bank();
    // Not acknowledged, its text is nobody's: the repeat brings another.
    const auto issued =
        sure([&](store::WriteSession& session) { return world().service->tokens.redeem(session, id, client, now()); });
    if (!issued) return;
    EXPECT_FALSE(stranger);
    EXPECT_TRUE(known.said_yes) << "no token without a yes";
    EXPECT_TRUE(!known.withdrawn && !known.paused && connected_);
    EXPECT_EQ(state_of(id), RequestState::granted);
    EXPECT_EQ(issued->claims.subject, known.person.iin);
    tokens_.push_back({*issued, id, consent_of(id).expires});
    if (once_in(2)) use();  // a bank that has a token mostly calls at once
}

void Walk::refresh() {
    if (tokens_.empty()) return;
    const Token token = any_of(tokens_);
    if (!token.issued.refresh_token) return;
    const auto renewed = sure([&](store::WriteSession& session) {
        return world().service->tokens.refresh(session, *token.issued.refresh_token, world().bank(), now());
    });
    if (renewed.has_error()) {
        const auto consent = consent_of(token.request);
        const bool holds = consent.state == ConsentState::active && now() < consent.expires && connected_;
        const bool dead = dead_refresh_.contains(*token.issued.refresh_token) || now() >= token.refresh_ends;
        EXPECT_TRUE(!holds || dead);
        return;
    }
    EXPECT_FALSE(dead_refresh_.contains(*token.issued.refresh_token));
    const Known& known = requests_.at(token.request);
    EXPECT_TRUE(!known.withdrawn && !known.paused && connected_);
    tokens_.push_back({*renewed, token.request, {}});
}

void Walk::revoke() {
    if (tokens_.empty()) return;
    Token& token = any_of(tokens_);
    const bool family = token.issued.refresh_token && once_in(4);
    const auto stored = look([&](store::ReadSession& session) {
        return family ? world().service->tokens.find_refresh(session, *token.issued.refresh_token)
                      : world().records.tokens.find(session, access::testing::id_of(token.issued));
    });
    ASSERT_TRUE(stored);
    sure([&](store::WriteSession& session) {
        EXPECT_TRUE(world().service->tokens.revoke(session, stored->id, world().bank(), now()));
        return true;
    });
    token.ended = true;
    if (family) end_tokens_of(token.request, true);
}

void Walk::use() {
    if (tokens_.empty()) return;
    // Mostly one of the last: the others have ended, by now or soon.
    const std::size_t recent = std::min<std::size_t>(tokens_.size(), 4);
    use(once_in(5) ? any_of(tokens_) : tokens_[tokens_.size() - 1 - below(recent)]);
}

void Walk::use(const Token& token) {
    Known& known = requests_.at(token.request);
    auto call = access::testing::call_with(access::testing::id_of(token.issued), known.person.iin);
    call.idempotency_key = "call " + std::to_string(++calls_);
    const bool outside = once_in(6);
    if (outside) call.fields = {"salary"};
    const auto before = consent_of(token.request);
    const std::size_t deaths = deaths_;
    const auto decision =
        sure([&](store::WriteSession& session) { return world().service->uses.reserve(session, call, now()); });
    const bool lives = !token.ended && now() < token.issued.claims.expires && now() < before.expires &&
                       before.state == ConsentState::active && before.uses < before.terms.uses_max && connected_;
    const auto* reserved = std::get_if<access::Reserved>(&decision);
    const auto* objected = std::get_if<access::Objected>(&decision);
    // The first time was durable, and nobody knows what became of it: the same key does not open a second time.
    const bool counted_before =
        deaths != deaths_ && objected != nullptr && objected->refusal.has(access::use_in_progress);
    EXPECT_EQ(reserved != nullptr || counted_before, lives && !outside);
    if (reserved == nullptr && !counted_before) return;
    ++known.passed;
    ++uses_passed_;
    if (reserved != nullptr) open_uses_.emplace_back(reserved->id, token.request);
    if (reserved == nullptr || !once_in(8)) return;
    const auto again =
        sure([&](store::WriteSession& session) { return world().service->uses.reserve(session, call, now()); });
    EXPECT_TRUE(std::get<access::Objected>(again).refusal.has(access::use_in_progress)) << "one key, one use";
}

// The owner answers, or nobody knows.
void Walk::settle() {
    if (open_uses_.empty()) return;
    const auto at = open_uses_.begin() + static_cast<std::ptrdiff_t>(below(open_uses_.size()));
    const consent::UseId use = at->first;
    const auto request = at->second;
    open_uses_.erase(at);
    if (once_in(5)) return;  // the process that waited is gone: a sweep will find the use
    static const std::vector<UseState> outcomes = {UseState::delivered, UseState::not_sent, UseState::unknown};
    const UseState wanted = any_of(outcomes);
    sure([&](store::WriteSession& session) {
        world().service->uses.conclude(session, use, wanted, std::nullopt, now());
        return true;
    });
    const auto booked = look([&](store::ReadSession& session) { return world().records.uses.find(session, use); });
    EXPECT_TRUE(booked->use.state == wanted || booked->use.state == UseState::unknown) << "a sweep was first";
    if (booked->use.state == UseState::not_sent) ++requests_.at(request).given_back;
}

// 94-V art. 8: within three working days, once, and what was closed opens under a new version with new tokens alone.
void Walk::object() {
    const auto id = some_granted();
    if (!id) return;
    Known& known = requests_.at(*id);
    const auto before = consent_of(*id);
    const bool stranger = once_in(6);
    sure([&](store::WriteSession& session) {
        return persons().steering.object(session, stranger ? "DEMOINS" : "DEMOBANK", before.id, {"шарт", "№ 17"},
                                         now());
    });
    const auto after = consent_of(*id);
    if (after.version == before.version) return;
    EXPECT_FALSE(stranger);
    EXPECT_TRUE(known.withdrawn && connected_);
    EXPECT_FALSE(known.restored) << "one objection to one consent";
    // Three working days are over within nine days here, whatever holidays there are.
    EXPECT_LT(now() - *known.withdrawn, 24h * 9);
    known.withdrawn.reset();
    known.restored = true;
}

void Walk::confirm_deletion() {
    const auto id = some_granted();
    if (!id) return;
    const auto before = consent_of(*id);
    const auto done = sure([&](store::WriteSession& session) {
        return persons().steering.confirm_deletion(session, "DEMOBANK", before.id, now());
    });
    EXPECT_TRUE(done.has_error() || consent::ended(consent_of(*id)));
}

void Walk::end_connection() {
    for (const auto& [id, known] : requests_) {
        if (known.state == RequestState::granted) redeem(id);
    }
    const bool ended = sure([&](store::WriteSession& session) {
        const auto done = world().service->registry_changes.end_connection(
            session, "bank-loans", {.official = {}, .organisation = "000140000072", .reason = "бұйрық"}, now());
        return done.has_value() || done.error().has(access::registry_ended_before);  // by the time before a death
    });
    ASSERT_TRUE(ended);
    connected_ = false;
    // Nothing passes from the commit on, under no token that lives, before the walk over the consents has begun.
    for (const Token& token : tokens_)
        use(token);
    advance(1s);
    for (const auto& [id, known] : requests_) {
        EXPECT_TRUE(known.state != RequestState::granted || consent::ended(consent_of(id)));
    }
    for (Token& token : tokens_)
        token.ended = true;
}

}  // namespace kelisim::simulation
