// SPDX-License-Identifier: Apache-2.0
// Access of which a named law lets the person be told later (418-V ст.36(4)): unseen until its time, whatever happens meanwhile, and
// then there once, with the times that it had.
#include <gmock/gmock.h>

#include <algorithm>

#include "walk.hpp"

namespace kelisim::simulation {

using namespace std::chrono_literals;
using consent::RequestId;
namespace person = records::testing::person;

void Walk::ask_deferred() {
    static const std::vector<people::Person> people = person::all();
    const people::Person& subject = any_of(people);
    auto command = access::testing::ask_for(subject.iin);
    command.initiator = "POLICE";
    command.ask.ground = "94-V:9(1)";
    command.ask.uses_max = 3;
    static const std::vector<base::Duration> times = {10min, 7h, 72h, 240h, 719h, 721h};
    const base::Time asked = now();
    const base::Duration time = any_of(times);
    command.deferral = consent::DeferralAsk{.law = "search-act", .until = asked + time, .decision = "№ 1"};
    const auto id = world().service->asking.new_id(command.subject, asked);
    const auto recorded =
        sure([&](store::WriteSession& session) { return world().service->asking.record(session, command, id, asked); });
    // Thirty days, and to the hour no more.
    ASSERT_EQ(recorded.has_value(), time < 720h);
    if (recorded.has_value()) deferred_.emplace(id, Deferred{.person = subject, .begun = asked, .due = asked + time});
}

void Walk::use_deferred() {
    if (deferred_.empty()) return;
    const RequestId id = any_of(deferred_).first;
    Deferred& known = deferred_.at(id);
    const auto& police = *world().registry.system("POLICE");
    const auto token =
        sure([&](store::WriteSession& session) { return world().service->tokens.redeem(session, id, police, now()); });
    if (!token) return;
    auto call = access::testing::call_with(access::testing::id_of(*token), known.person.iin);
    call.receiver = "POLICE";
    call.idempotency_key = "deferred " + std::to_string(calls_++);
    const auto decided =
        sure([&](store::WriteSession& session) { return world().service->uses.reserve(session, call, now()); });
    const auto* reserved = std::get_if<access::Reserved>(&decided);
    if (reserved == nullptr || once_in(4)) return;
    sure([&](store::WriteSession& session) {
        world().service->uses.conclude(session, reserved->id, consent::UseState::delivered, std::nullopt, now());
        return true;
    });
}

// Prolonged or ended before its time, by its asker or by another one.
void Walk::move_deferred() {
    if (deferred_.empty()) return;
    const RequestId id = any_of(deferred_).first;
    Deferred& known = deferred_.at(id);
    const auto before = deferral_of(id);
    const std::string asker = once_in(4) ? "RESCUE" : "POLICE";
    if (once_in(2)) {
        const base::Time until = before.due + 1h * static_cast<std::int64_t>(below(400));
        sure([&](store::WriteSession& session) {
            return persons().deferring.prolong(session, asker, before.id, until, "№ 2", now());
        });
        known.due = deferral_of(id).due;
        EXPECT_TRUE(known.due == before.due || (known.due == until && asker == "POLICE"));
        EXPECT_LE(known.due, known.begun + 720h) << "no longer than the law lets";
        return;
    }
    sure([&](store::WriteSession& session) { return persons().deferring.disclose(session, asker, before.id, now()); });
    known.ended_early = known.ended_early || (asker == "POLICE" && !before.disclosed);
    EXPECT_TRUE(asker == "POLICE" || deferral_of(id).disclosed == before.disclosed);
}

records::Deferral Walk::deferral_of(RequestId id) {
    return look([&](store::ReadSession& session) { return world().records.deferrals.of_request(session, id).value(); });
}

void Walk::check_deferred() {
    for (auto& [id, known] : deferred_) {
        if (known.disclosed) continue;
        known.disclosed = deferral_of(id).disclosed;
        if (known.disclosed) {
            EXPECT_TRUE(known.ended_early || latest_ >= known.due) << "not before its time";
        }
        look([&](store::ReadSession& session) {
            const auto whose = world().records.subjects.find(session, known.person.iin).value();
            const auto& cabinet = persons().cabinet;
            EXPECT_EQ(cabinet.request(session, whose, id).has_value(), known.disclosed.has_value());
            const auto consent = world().records.requests.state(session, id)->consent.value();
            EXPECT_EQ(cabinet.consent(session, whose, consent, now()).has_value(), known.disclosed.has_value());
            return true;
        });
    }
}

// At the end, when everything that was due has run: there once, and of what is open nothing is in the person's chain.
void Walk::check_disclosed() {
    std::map<base::RawId, int> told;
    look([&](store::ReadSession& session) {
        world().records.journal.each_after(session, 0, 10'000'000, [&](const records::JournalEntry& entry) {
            if (entry.kind == "deferral.disclosed") ++told[entry.entity];
        });
        return true;
    });
    for (const auto& [id, known] : deferred_) {
        const auto deferral = deferral_of(id);
        EXPECT_EQ(deferral.begun, known.begun);
        EXPECT_TRUE(!known.disclosed || known.disclosed == deferral.disclosed) << "what was told stays told, once";
        EXPECT_TRUE(deferral.disclosed || now() < deferral.due) << "at its time at the latest";
        EXPECT_EQ(told[deferral.id], deferral.disclosed ? 1 : 0);
        look([&](store::ReadSession& session) {
            const auto whose = world().records.subjects.find(session, known.person.iin).value();
            world().records.journal.of_subject(session, whose.id, 0, {}, [&](const records::JournalEntry& entry) {
                EXPECT_TRUE(deferral.disclosed || entry.entity != id);
            });
            return true;
        });
    }
}

}  // namespace kelisim::simulation
