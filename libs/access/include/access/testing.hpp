// SPDX-License-Identifier: Apache-2.0
// For tests: the service with all its use cases on a real database, and what its stories are told with.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "access/answers.hpp"
#include "access/asking.hpp"
#include "access/contact.hpp"
#include "access/introspection.hpp"
#include "access/person_side.hpp"
#include "access/registrations.hpp"
#include "access/security_events.hpp"
#include "access/sweeps.hpp"
#include "access/tokens.hpp"
#include "access/uses.hpp"
#include "access/verify.hpp"
#include "records/add_people.hpp"
#include "records/testing.hpp"

namespace kelisim::access::testing {

namespace person = records::testing::person;
using records::testing::TestClock;

inline const std::string issuer = "https://kelisim.test";

// What lives as long as the process: a restart makes it anew.
struct Service {
    Service(registry::Registry& registry, const records::Records& records, base::Entropy& entropy,
            const base::Zone& zone)
        : parts{.registry = registry,
                .records = records,
                .timers = timers,
                .outbox = outbox,
                .entropy = entropy,
                .zone = zone,
                .tokens = index,
                .script = channel::Script::cyrillic,
                // Stories ask the same few persons over and over.
                .question_limits = {.person_day_max = 1'000'000, .asker_day_max = 1'000'000, .first_wait = {}},
                .quiet_hours = {}},
          registry_changes(parts, persons.steering, registry),
          registrations(parts, registry) {}

    store::Timers timers;
    store::Outbox outbox;
    TokenIndex index;
    Parts parts;
    Asking asking{parts};
    Contact contact{parts};
    Answers answers{parts};
    Tokens tokens{parts, issuer};
    Uses uses{parts};
    PersonSide persons{parts, answers, issuer, "kelisim.test/ledger"};
    RegistryChanges registry_changes;
    Registrations registrations;
};

class World {
public:
    explicit World(std::uint64_t seed = 1, const records::ArchiveFiles* files = nullptr)
        : entropy(seed), records(vault, entropy, files) {
        start();
        store.unit([this](store::WriteSession& session) {
            records::add_people(session, records, person::all(), clock.now());
        });
    }

    // Ends like a process that is killed between two commits, and starts again.
    void restart() {
        store.close();
        store.open();
        start();
    }

    template <class F>
    auto unit(F work) {
        return store.unit(work);
    }
    template <class F>
    auto look(F work) {
        return store.look(work);
    }

    consent::RequestState state_of(consent::RequestId id) {
        return look([&](store::ReadSession& session) { return records.requests.state(session, id)->state; });
    }
    consent::AccessRequest request(consent::RequestId id) {
        return look([&](store::ReadSession& session) {
            const auto subject = records.subjects.load(session, records.requests.state(session, id)->subject);
            return records.requests.find(session, id, subject.data_key).value();
        });
    }
    consent::Consent consent_of(consent::RequestId id) {
        const auto consent = request(id).consent.value();
        return look([&](store::ReadSession& session) {
            return records.consents.find(session, consent, records.subjects)->consent;
        });
    }
    const registry::System& bank() const { return *registry.system("DEMOBANK"); }
    const registry::System& insurer() const { return *registry.system("DEMOINS"); }

    // Held against the ledger after all of the journal went into the tree.
    LedgerReport verify() {
        unit([this](store::WriteSession& session) {
            while (records.ledger.sequence(session, 1000, clock.now()) != 0) {
            }
        });
        return look([this](store::ReadSession& session) { return verify_ledger(session, records); });
    }
    // The kinds of journal entries about one entity, oldest first.
    std::vector<std::string> journal_of(const base::RawId& entity) {
        std::vector<std::string> kinds;
        store.readers().read([&](store::ReadSession& session) {
            records.journal.each_after(session, 0, 1'000'000, [&](const records::JournalEntry& entry) {
                if (entry.entity == entity) kinds.push_back(entry.kind);
            });
        });
        return kinds;
    }

    TestClock clock;
    records::testing::LockedEntropy entropy;
    records::Vault vault{records::testing::master_key()};
    records::Records records;
    registry::Registry registry{records::testing::entries()};
    base::FixedZone zone{std::chrono::hours{5}};
    std::unique_ptr<Service> service;  // before the store, whose writer wakes its alarms
    records::testing::Store store;

private:
    void start() {
        auto fresh = std::make_unique<Service>(registry, records, entropy, zone);
        const std::vector<std::string> kinds{std::string(timer_request_expiry), std::string(timer_consent_expiry),
                                             std::string(timer_question_due),   std::string(timer_answer_forget),
                                             std::string(timer_sweep),          std::string(timer_registry_ended),
                                             std::string(timer_deferral_due)};
        store.unit([&](store::WriteSession& session) { store::Timers::declare(session, kinds); });
        service = std::move(fresh);
        store.readers().read([this](store::ReadSession& session) { service->tokens.load_index(session, clock.now()); });
    }
};

inline AskCommand ask_for(const base::Iin& subject) {
    return {.initiator = "DEMOBANK",
            .subject = subject,
            .ask = {.purpose = "loan-application",
                    .services = {"GBDFLUniversal_token", "GBDFL_FamilyInfoToken"},
                    .fields = {},
                    .acts = {},
                    .term = {},
                    .uses_max = {},
                    .employee = "Тексеруші Қызметкер",
                    .connection = {},
                    .channel = {}},
            .life_seconds = {}};
}

inline base::Result<RecordedRequest> try_ask(World& world, const AskCommand& command) {
    const base::Time now = world.clock.now();
    const auto id = world.service->asking.new_id(command.subject, now);
    const auto decision = world.unit(
        [&](store::WriteSession& session) { return world.service->asking.record(session, command, id, now); });
    if (decision.has_error()) return decision.error();
    if (const auto* stopped = std::get_if<Stopped>(&*decision)) return stopped->refusal;
    return std::get<RecordedRequest>(*decision);
}
inline consent::RequestId ask(World& world, const people::Person& person) {
    return try_ask(world, ask_for(person.iin)).value().id;
}

inline void hear(World& world, const people::Person& person, std::string_view text, std::string_view message_id) {
    world.unit([&](store::WriteSession& session) {
        world.service->contact.hear(session, *person.phone, text, message_id, world.clock.now());
    });
}

inline UseCommand call_with(consent::TokenId token, const base::Iin& subject) {
    return {.token = token,
            .receiver = "DEMOBANK",
            .service = "GBDFLUniversal_token",
            .purpose = "",
            .side = registry::Side::external,
            .fields = {"surname"},
            .acts = {},
            .persons = {subject},
            .idempotency_key = "",
            .digest = crypto::sha256(base::as_bytes("call"))};
}
inline UseDecision reserve(World& world, const UseCommand& command) {
    return world.unit(
        [&](store::WriteSession& session) { return world.service->uses.reserve(session, command, world.clock.now()); });
}
inline void conclude(World& world, consent::UseId id, consent::UseState outcome,
                     const std::optional<records::StoredAnswer>& answer = {}) {
    world.unit([&](store::WriteSession& session) {
        world.service->uses.conclude(session, id, outcome, answer, world.clock.now());
    });
}
inline std::optional<IssuedToken> redeem(World& world, consent::RequestId id, const registry::System& client) {
    return world.unit([&](store::WriteSession& session) {
        return world.service->tokens.redeem(session, id, client, world.clock.now());
    });
}
inline consent::TokenId id_of(const IssuedToken& token) {
    return consent::TokenId::parse(token.claims.jti).value();
}

// What the carrier and delivery do together on a good day: every SMS that is due arrives. Returns them.
inline std::vector<Sms> deliver(World& world) {
    using store::Outbox;
    const Service& service = *world.service;
    const base::Time now = world.clock.now();
    std::vector<Sms> sent;
    const auto each = [&](std::string_view kind, auto work) {
        world.unit([&](store::WriteSession& session) {
            for (const auto& row : Outbox::take_due(session, kind, now, now + std::chrono::minutes{2}, 100)) {
                work(session, row);
                Outbox::done(session, row.key);
            }
        });
    };
    each(outbox_answer, [&](auto& session, const auto& row) { service.answers.answer_from_phone(session, row, now); });
    each(outbox_sign_in,
         [&](auto& session, const auto& row) { service.persons.signing_in.send_code(session, row, now); });
    each(outbox_party, [&](auto& session, const auto& row) { service.persons.steering.tell_party(session, row); });
    each(outbox_event, [&](auto& session, const auto& row) { take_in_event(service.parts, session, row, now); });
    each(outbox_close, [&](auto& session, const auto& row) { service.contact.close(session, row); });
    each(outbox_question, [&](auto& session, const auto& row) {
        const auto question = service.contact.prepare_question(session, row, now);
        if (!std::holds_alternative<Sms>(question)) return;
        sent.push_back(std::get<Sms>(question));
        service.answers.mark_asked(session, consent::RequestId::from_bytes(row.key).value(), now);
    });
    each(outbox_notice, [&](auto&, const auto& row) { sent.push_back(service.contact.notice(row)); });
    return sent;
}

// A request that the person said yes to, with everything delivered.
inline consent::RequestId granted(World& world, const people::Person& person) {
    const auto id = ask(world, person);
    deliver(world);
    hear(world, person, "1", "yes to " + id.to_string());
    deliver(world);
    return id;
}

}  // namespace kelisim::access::testing
