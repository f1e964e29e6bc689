// SPDX-License-Identifier: Apache-2.0
// A random walk over the whole service with a virtual clock: people who answer well, badly, twice and late, a carrier
// that loses and doubles, clients that use and revoke, a process that ends between any two commits. A plain model walks
// along and knows what must never happen. KELISIM_SEED repeats a walk, KELISIM_STEPS lengthens it.
#include <gmock/gmock.h>

#include <charconv>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>

#include "base/limits.hpp"
#include "channel/reply.hpp"
#include "delivery/testing.hpp"

namespace kelisim::simulation {
namespace {

using namespace std::chrono_literals;
namespace limits = base::limits;
namespace person = records::testing::person;
using consent::ConsentState;
using consent::RequestId;
using consent::RequestState;
using consent::UseState;
using delivery::Sent;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    if (text == nullptr) return otherwise;
    const std::string_view whole(text);
    std::uint64_t value = 0;
    const auto read = std::from_chars(whole.data(), whole.data() + whole.size(), value);
    if (read.ec != std::errc{} || read.ptr != whole.data() + whole.size()) throw std::invalid_argument(name);
    return value;
}

// What the walk knows of one request, from what it did and heard itself.
struct Known {
    people::Person person;
    base::Time expires;
    RequestState state = RequestState::recorded;
    std::optional<consent::ConsentId> consent;
    std::int64_t passed = 0, given_back = 0;  // uses
    bool said_yes = false, said_no = false;   // something was written that can be read so, before the expiry
};

struct Token {
    access::IssuedToken issued;
    RequestId request;
    bool revoked = false;
};

struct Message {
    std::string id;
    people::Person writer;
    std::string text;
    base::Time at;
};

class ProcessEnds : public std::exception {};

// A carrier that now and then loses the outcome or refuses. What it reports as unknown may have arrived or not.
class Carrier final : public delivery::SmsTransport {
public:
    explicit Carrier(std::mt19937_64& random) : random_(random) {}
    std::vector<Sent> send(const std::vector<access::Sms>& messages) override {
        std::vector<Sent> outcomes;
        for (const access::Sms& message : messages) {
            ++times[message.id];
            const auto [at, fresh] = texts.emplace(message.id, message.text);
            EXPECT_EQ(at->second, message.text) << "sent again, it says the same";
            const auto chance = random_() % 100;
            outcomes.push_back(chance < 80 ? Sent::accepted : chance < 95 ? Sent::unknown : Sent::rejected);
            if (outcomes.back() == Sent::rejected) rejected.insert(message.id);
        }
        if (random_() % 50 == 0) throw ProcessEnds();  // the carrier has them, and nobody wrote down that it does
        return outcomes;
    }
    std::map<std::string, int> times;
    std::map<std::string, std::string> texts;
    std::set<std::string> rejected;

private:
    std::mt19937_64& random_;
};

class Walk {
public:
    explicit Walk(std::uint64_t seed) : random_(seed), desk_(seed), carrier_(random_) {
        desk_.world.store.run_batches_twice();
        make_effects();
    }

    void step() {
        struct Choice {
            unsigned weight;
            void (Walk::*act)();
        };
        static constexpr std::array choices = {
            Choice{14, &Walk::ask},    Choice{26, &Walk::reply},  Choice{10, &Walk::redeem}, Choice{4, &Walk::refresh},
            Choice{30, &Walk::use},    Choice{10, &Walk::settle}, Choice{3, &Walk::revoke},  Choice{9, &Walk::wait},
            Choice{1, &Walk::restart}, Choice{6, &Walk::deliver}, Choice{2, &Walk::sweep}};
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

    // At the end everything that can still happen does, and the whole store is held against its ledger.
    void end() {
        for (int i = 0; i < 6; ++i)
            advance(13h);
        check();
        for (const auto& [id, known] : requests_)
            EXPECT_NE(known.state, RequestState::asked) << "no request stays open for ever: " << id.to_string();
        check_ledger();
        for (const auto& [id, times] : carrier_.times)
            EXPECT_LE(times, limits::sms_sends_max) << id;
        check_receipts(RequestState::granted, {"Сіз келісім бердіңіз", "Вы дали согласие"});
        check_receipts(RequestState::refused, {"Сіз бас тарттыңыз", "Вы отказали"});
        check_receipts(RequestState::expired, {"Сұрау жабылды", "Запрос закрыт"});
    }
    // Each end of a request is told at most once, and no end is told that was none.
    void check_receipts(RequestState end, std::initializer_list<std::string_view> beginnings) {
        std::size_t told = 0, ended = 0;
        for (const auto& [id, text] : carrier_.texts) {
            for (const std::string_view beginning : beginnings)
                told += text.starts_with(beginning);
        }
        for (const auto& [id, known] : requests_)
            ended += known.state == end;
        EXPECT_LE(told, ended) << *beginnings.begin();
        EXPECT_EQ(told == 0, ended == 0) << *beginnings.begin();
    }
    void check_ledger() { EXPECT_THAT(world().verify().findings, ::testing::IsEmpty()); }
    std::string summary() const {
        std::map<RequestState, int> states;
        for (const auto& [id, known] : requests_)
            ++states[known.state];
        std::string text = std::to_string(requests_.size()) + " requests (";
        for (const auto& [state, number] : states)
            text += std::to_string(static_cast<int>(state)) + ":" + std::to_string(number) + " ";
        return text + "), " + std::to_string(tokens_.size()) + " tokens, " + std::to_string(uses_passed_) + " uses, " +
               std::to_string(carrier_.times.size()) + " messages, " + std::to_string(restarts_) + " restarts";
    }

private:
    access::testing::World& world() { return desk_.world; }
    base::Time now() { return world().clock.now(); }
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
    template <class Container>
    auto& any_of(Container& container) {
        return *std::next(container.begin(), static_cast<std::ptrdiff_t>(below(container.size())));
    }

    void make_effects() {
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
    std::optional<base::Time> deliver_until_next() {
        try {
            return effects_->run_due();
        } catch (const ProcessEnds&) {
            restart();
            return now();
        }
    }
    void deliver() { deliver_until_next(); }
    void advance(base::Duration by) {
        world().clock.advance(by);
        for (int i = 0; i < 100; ++i) {
            const auto timer = desk_.timers->run_due();
            const auto effect = deliver_until_next();
            if ((!timer || *timer > now()) && (!effect || *effect > now())) return;
        }
        FAIL() << "what is due never ends";
    }
    void wait() {
        static const std::vector<base::Duration> steps = {1s,   5s,   10s,  30s,   1min, 1min,
                                                          2min, 2min, 5min, 11min, 1h,   7h};
        below(2) == 0 ? world().clock.advance(any_of(steps)) : advance(any_of(steps));
    }
    void restart() {
        effects_.reset();
        desk_.restart();
        make_effects();
        ++restarts_;
    }
    void sweep() {
        world().unit([this](store::WriteSession& session) { access::sweep(world().service->parts, session, now()); });
    }

    void ask() {
        static const std::vector<people::Person> people = person::all();
        const people::Person& subject = any_of(people);
        auto command = access::testing::ask_for(subject.iin);
        if (below(4) == 0) command.ask.uses_max = 1;
        if (below(3) == 0) command.life_seconds = 60 + static_cast<std::int64_t>(below(3600));
        if (below(20) == 0) command.ask.purpose = "resale";
        const auto recorded = access::testing::try_ask(world(), command);
        // The guardian of the incapable person is not known here, the mother of the child is.
        const bool may = people::reachable(subject) && subject.capable && command.ask.purpose != "resale";
        ASSERT_EQ(recorded.has_value(), may);
        if (!may) return;
        Known known;
        known.person = subject;
        known.expires = recorded->expires;
        requests_.emplace(recorded->id, known);
        if (below(2) == 0) deliver();
    }

    // People answer with digits, words and noise, in time and late, and carriers double what they write.
    void reply() {
        static const std::vector<std::string> words = {"1",  "2",   "3",  "4", "5",      "6",   "7", "8", "иә",
                                                       "да", "жоқ", "no", "?", "мүмкін", "1 2", "",  "9", "\xff"};
        static const std::vector<people::Person> writers = {person::abai(), person::ybyrai()};
        if (!heard_.empty() && below(5) == 0) return hear(any_of(heard_));
        heard_.push_back({"mo-" + std::to_string(heard_.size()), any_of(writers), any_of(words), now()});
        hear(heard_.back());
        if (below(3) != 0) deliver();
    }
    void hear(const Message& message) {
        // Heard again it changes nothing, until the window of repeats is over and it is another message.
        const bool repeated = &message != &heard_.back() && now() < message.at + limits::idempotency_window;
        if (!repeated) note(message.writer, channel::read_reply(message.text));
        access::testing::hear(world(), message.writer, message.text, message.id);
    }
    void note(const people::Person& writer, const channel::Reply& meaning) {
        const auto* word = std::get_if<channel::Word>(&meaning);
        const auto* number = std::get_if<channel::Number>(&meaning);
        if (word == nullptr && number == nullptr) return;
        const bool yes = word != nullptr ? *word == channel::Word::yes : number->value % 2 == 1;
        for (auto& [id, known] : requests_) {
            if (!(known.person.iin == writer.iin) || now() >= known.expires) continue;
            (yes ? known.said_yes : known.said_no) = true;
        }
    }

    void redeem() {
        if (requests_.empty()) return;
        std::vector<RequestId> granted;
        for (const auto& [id, known] : requests_) {
            if (known.state == RequestState::granted) granted.push_back(id);
        }
        const bool sensible = !granted.empty() && below(4) != 0;
        const RequestId id = sensible ? granted.back() : any_of(requests_).first;
        const Known& known = requests_.at(id);
        const bool stranger = below(8) == 0;
        const auto issued = access::testing::redeem(world(), id, stranger ? world().insurer() : world().bank());
        if (!issued) return;
        EXPECT_FALSE(stranger);
        EXPECT_TRUE(known.said_yes) << "no token without a yes";
        EXPECT_EQ(world().state_of(id), RequestState::granted);
        EXPECT_EQ(issued->claims.subject, known.person.iin);
        tokens_.push_back({*issued, id});
    }
    void refresh() {
        if (tokens_.empty()) return;
        const Token token = any_of(tokens_);
        if (!token.issued.refresh_token) return;
        const auto renewed = world().unit([&](store::WriteSession& session) {
            return world().service->tokens.refresh(session, *token.issued.refresh_token, world().bank(), now());
        });
        const auto consent = world().consent_of(token.request);
        const bool holds = consent.state == ConsentState::active && now() < consent.expires;
        EXPECT_EQ(renewed.has_value(), holds && !ended_.contains(*token.issued.refresh_token));
        if (renewed) tokens_.push_back({*renewed, token.request});
    }
    void revoke() {
        if (tokens_.empty()) return;
        Token& token = any_of(tokens_);
        const bool family = token.issued.refresh_token && below(4) == 0;
        const auto stored = world().look([&](store::ReadSession& session) {
            return family ? world().service->tokens.find_refresh(session, *token.issued.refresh_token)
                          : world().records.tokens.find(session, access::testing::id_of(token.issued));
        });
        ASSERT_TRUE(stored);
        world().unit([&](store::WriteSession& session) {
            EXPECT_TRUE(world().service->tokens.revoke(session, stored->id, world().bank(), now()));
        });
        token.revoked = true;
        for (Token& other : tokens_) {
            if (!family || other.request != token.request) continue;
            other.revoked = true;
            if (other.issued.refresh_token) ended_.insert(*other.issued.refresh_token);
        }
    }

    void use() {
        if (tokens_.empty()) return;
        // Mostly one of the last: the others have ended, by now or soon.
        const std::size_t recent = std::min<std::size_t>(tokens_.size(), 4);
        const Token& token = below(5) == 0 ? any_of(tokens_) : tokens_[tokens_.size() - 1 - below(recent)];
        Known& known = requests_.at(token.request);
        auto call = access::testing::call_with(access::testing::id_of(token.issued), known.person.iin);
        const bool outside = below(6) == 0;
        if (outside) call.fields = {"salary"};
        const auto before = world().consent_of(token.request);
        const auto decision = access::testing::reserve(world(), call);
        const bool lives = !token.revoked && now() < token.issued.claims.expires &&
                           before.state == ConsentState::active && before.uses < before.terms.uses_max;
        EXPECT_EQ(std::holds_alternative<access::Reserved>(decision), lives && !outside);
        const auto* reserved = std::get_if<access::Reserved>(&decision);
        if (reserved == nullptr) return;
        ++known.passed;
        ++uses_passed_;
        open_uses_.emplace_back(reserved->id, token.request);
    }
    // The owner answers, or nobody knows.
    void settle() {
        if (open_uses_.empty()) return;
        const auto at = open_uses_.begin() + static_cast<std::ptrdiff_t>(below(open_uses_.size()));
        const auto [use, request] = *at;
        open_uses_.erase(at);
        if (below(5) == 0) return;  // the process that waited is gone: a sweep will find the use
        static const std::vector<UseState> outcomes = {UseState::delivered, UseState::not_sent, UseState::unknown};
        const UseState wanted = any_of(outcomes);
        access::testing::conclude(world(), use, wanted);
        const auto booked =
            world().look([&](store::ReadSession& session) { return world().records.uses.find(session, use); });
        EXPECT_TRUE(booked->use.state == wanted || booked->use.state == UseState::unknown) << "a sweep was first";
        if (booked->use.state == UseState::not_sent) ++requests_.at(request).given_back;
    }

    void check() {
        for (auto& [id, known] : requests_) {
            const RequestState state = world().state_of(id);
            if (state != known.state) check_move(id, known, state);
            check_consent(id, known);
        }
        for (const Token& token : tokens_)
            check_token(token);
    }
    void check_move(RequestId id, Known& known, RequestState state) {
        EXPECT_TRUE(consent::may_follow(known.state, state)) << "from an end nothing follows";
        EXPECT_TRUE(state != RequestState::granted || known.said_yes);
        EXPECT_TRUE(state != RequestState::refused || known.said_no);
        EXPECT_TRUE(state != RequestState::expired || now() >= known.expires);
        EXPECT_TRUE(state != RequestState::undeliverable || !known.person.phone ||
                    carrier_.rejected.contains(id.to_string()));
        known.state = state;
    }
    void check_consent(RequestId id, Known& known) {
        if (known.state != RequestState::granted) {
            EXPECT_FALSE(known.consent);
            return;
        }
        if (known.consent && settled_.contains(id)) return;
        const auto consent = world().consent_of(id);
        EXPECT_EQ(known.consent.value_or(consent.id), consent.id);
        known.consent = consent.id;
        EXPECT_LE(consent.uses, consent.terms.uses_max);
        EXPECT_LE(consent.counted, consent.uses);
        EXPECT_EQ(consent.uses, known.passed - known.given_back);
        EXPECT_TRUE(consent.state != ConsentState::exhausted || consent.counted == consent.terms.uses_max);
        EXPECT_TRUE(consent.state != ConsentState::expired || now() >= consent.expires);
        if (consent::ended(consent) && consent.uses == consent.counted) settled_.insert(id);
    }
    void check_token(const Token& token) {
        const bool found = world().service->index.find(access::testing::id_of(token.issued), now()).has_value();
        if (!found) return;
        EXPECT_FALSE(token.revoked);
        EXPECT_LT(now(), token.issued.claims.expires);
        EXPECT_FALSE(consent::ended(world().consent_of(token.request)));
    }

    std::mt19937_64 random_;
    delivery::testing::Desk desk_;
    Carrier carrier_;
    std::unique_ptr<delivery::DueEffects> effects_;
    std::map<RequestId, Known> requests_;
    std::vector<Token> tokens_;
    std::set<std::string> ended_;  // refresh tokens that were revoked
    std::vector<std::pair<consent::UseId, RequestId>> open_uses_;
    std::set<RequestId> settled_;  // whose consent can change no more
    std::vector<Message> heard_;
    std::size_t uses_passed_ = 0, restarts_ = 0;
};

// KDP-2.3, KDP-7.1, LAW-36.2, LAW-40.2, LAW-53
TEST(Simulation, NoWalkOpensDataWithoutAYesNorLosesCountOrRecord) {
    const std::uint64_t seed = from_environment("KELISIM_SEED", std::random_device{}());
    const std::uint64_t steps = from_environment("KELISIM_STEPS", 5000);
    std::cout << "KELISIM_SEED=" << seed << " KELISIM_STEPS=" << steps << std::endl;
    Walk walk(seed);
    for (std::uint64_t i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
        SCOPED_TRACE("step " + std::to_string(i));
        walk.step();
        if (i % 200 == 0) walk.check_ledger();
    }
    if (!::testing::Test::HasFailure()) walk.end();
    std::cout << walk.summary() << std::endl;
}

}  // namespace
}  // namespace kelisim::simulation
