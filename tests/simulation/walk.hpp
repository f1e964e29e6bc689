// SPDX-License-Identifier: Apache-2.0
// A random walk over the real units on a real database, under a virtual clock and from one seed: people who answer well,
// badly, twice, late, by two ways and never; a carrier that loses, doubles and reorders; clients that use, repeat, revoke
// and object; an operator; a clock that jumps; a process that dies before and after any commit, after which everybody
// repeats what was not acknowledged. A plain model walks along and knows what must never happen.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "carrier.hpp"
#include "delivery/testing.hpp"

namespace kelisim::simulation {

// What the walk knows of one request, from what it did and heard itself.
struct Known {
    people::Person person;
    base::Time expires;
    consent::RequestState state = consent::RequestState::recorded;
    std::optional<consent::ConsentId> consent;
    std::int64_t passed = 0, given_back = 0;  // uses
    bool said_yes = false, said_no = false;   // something was written that can be read so, before the expiry
    // Of the consent, as it was acknowledged.
    bool paused = false;
    std::optional<base::Time> withdrawn;
    bool restored = false;
    int withdrawals = 0;
};

// Access on a ground that the person is to be told of later.
struct Deferred {
    people::Person person;
    base::Time begun, due;
    bool ended_early = false;
    std::optional<base::Time> disclosed = {};
};

struct Token {
    access::IssuedToken issued;
    consent::RequestId request;
    base::Time refresh_ends;  // of its refresh token
    bool ended = false;       // revoked, or of before a pause or withdrawal: dead for ever
};

struct Message {
    std::string id;
    people::Person writer;
    std::string text;
    base::Time at;
};

class Walk {
public:
    explicit Walk(std::uint64_t seed);

    void step();
    // At the end everything that can still happen does, and the whole store is held against its ledger.
    void end();
    void check_ledger();
    std::string summary() const;
    // Tells two walks apart: every fact that was recorded.
    std::string root() { return verify().root; }

private:
    access::testing::World& world() { return desk_.world; }
    const access::PersonSide& persons() { return world().service->persons; }
    base::Time now() { return world().clock.now(); }
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
    bool once_in(std::size_t times) { return below(times) == 0; }
    template <class Container>
    auto& any_of(Container& container) {
        return *std::next(container.begin(), static_cast<std::ptrdiff_t>(below(container.size())));
    }

    // --- walk.cpp: time, deaths, invariants
    // Runs a unit as somebody who repeats what was not acknowledged.
    template <class Unit>
    auto sure(Unit unit) {
        return survive([&] { return world().unit(unit); });
    }
    template <class Work>
    auto survive(Work work) {
        for (;;) {
            try {
                return work();
            } catch (const store::Unavailable&) {
                die();
            }
        }
    }
    // A read may be cut off while the store opens anew after a failed commit.
    template <class Look>
    auto look(Look read) {
        return survive([&] { return world().look(read); });
    }
    consent::RequestState state_of(consent::RequestId id) {
        return survive([&] { return world().state_of(id); });
    }
    consent::Consent consent_of(consent::RequestId id) {
        return survive([&] { return world().consent_of(id); });
    }
    access::LedgerReport verify() {
        return survive([&] { return world().verify(); });
    }
    store_sqlite::CommitFault fault();
    void make_effects();
    std::optional<base::Time> run_timers();
    std::optional<base::Time> run_effects();
    void deliver() { run_effects(); }
    void run_due();
    void advance(base::Duration by);
    void wait();
    void jump();
    void die();
    void restart();
    void sweep();
    void check();
    void check_move(consent::RequestId id, Known& known, consent::RequestState state);
    void check_consent(consent::RequestId id, Known& known);
    void check_token(const Token& token);
    void check_told();
    std::size_t told_at_the_end(std::initializer_list<std::string_view> beginnings) const;
    std::size_t ended_as(consent::RequestState state) const;

    // --- people.cpp
    void reply();
    void hear(const Message& message);
    void note(const people::Person& writer, bool yes);
    void answer_in_cabinet();
    void pause_or_resume();
    void withdraw();
    void extend();
    void block();
    std::optional<std::string> code_for(const people::Person& person);
    access::Acting self(const people::Person& person);

    // --- clients.cpp
    void ask();
    void redeem();
    void redeem(consent::RequestId id);
    void refresh();
    void revoke();
    void use();
    void use(const Token& token);
    void settle();
    void object();
    void confirm_deletion();
    void end_connection();
    void end_tokens_of(consent::RequestId request, bool refresh_too);
    std::optional<consent::RequestId> some_granted();

    // --- deferrals.cpp
    void ask_deferred();
    void use_deferred();
    void move_deferred();
    records::Deferral deferral_of(consent::RequestId id);
    void check_deferred();
    void check_disclosed();

    std::mt19937_64 random_;
    delivery::testing::Desk desk_;
    Carrier carrier_;
    std::unique_ptr<delivery::DueEffects> effects_;
    std::map<consent::RequestId, Known> requests_;
    std::map<consent::RequestId, Deferred> deferred_;
    std::vector<Token> tokens_;
    std::set<std::string> dead_refresh_;
    std::vector<std::pair<consent::UseId, consent::RequestId>> open_uses_;
    std::set<consent::RequestId> settled_;  // whose consent can change no more
    std::vector<Message> heard_;
    std::set<std::string> blocked_;  // IINs of those who want no more questions of the bank
    base::Time latest_;              // that the clock ever showed
    bool connected_ = true;          // the bank's connection stands
    std::size_t uses_passed_ = 0, calls_ = 0, deaths_ = 0, deaths_delivering_ = 0, withdrawals_ = 0;
    bool starting_ = false;  // such a process is left alone
};

}  // namespace kelisim::simulation
