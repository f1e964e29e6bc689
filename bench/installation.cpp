// SPDX-License-Identifier: Apache-2.0
#include "installation.hpp"

#include "access/sweeps.hpp"
#include "base/limits.hpp"
#include "records/add_people.hpp"
#include "records/registry_store.hpp"
#include "store_sqlite/schema.hpp"

namespace kelisim::bench {

namespace {

// What it costs to remember the last checkpoint is a sync a second beside the database; here the database is measured.
class Forgetful final : public notary::LastSigned {
public:
    std::optional<std::string> read() override { return std::nullopt; }
    void keep(std::string_view) override {}
};

world::World make_world(std::size_t persons, base::Entropy& entropy) {
    world::World world = world::load(world::generate(persons, entropy), "the world of the benchmark");
    // So that uses are limited by the machine and not by the sandbox's connections.
    for (registry::Connection& connection : world.entries.connections)
        connection.uses_max = base::limits::uses_max_max;
    return world;
}

std::vector<people::Person> askable_of(const world::World& world) {
    std::vector<people::Person> persons;
    for (const people::Person& person : world.persons) {
        if (person.phone && people::reachable(person) && people::decides_alone(person)) persons.push_back(person);
    }
    return persons;
}

std::unique_ptr<store_sqlite::Database> make_database(const std::filesystem::path& directory) {
    const store_sqlite::Options options{.directory = directory};
    store_sqlite::init(options);
    return store_sqlite::Database::open(options);
}

}  // namespace

Installation::Installation(const std::filesystem::path& directory, std::size_t count)
    : world(make_world(count, entropy)),
      persons(askable_of(world)),
      vault(crypto::make_seal_key(entropy)),
      key(crypto::PrivateKey::generate_p256()),
      registry(world.entries),
      database(make_database(directory)),
      records(vault, entropy),
      asking(parts()),
      contact(parts()),
      answers(parts()),
      tokens(parts(), "http://127.0.0.1"),
      uses(parts()),
      persons_side(parts(), answers, "http://127.0.0.1", "127.0.0.1/ledger") {
    fill();
    last_signed = std::make_unique<Forgetful>();
    scheduler =
        std::make_unique<store::Scheduler>(timers, database->writer(), database->readers(), clock, timer_handlers());
    store::run(database->writer(),
               [this](store::WriteSession& session) { access::plan_sweep(parts(), session, clock.now()); });
    sequencer = std::make_unique<notary::Sequencer>(notary::SequencerParts{.records = records,
                                                                           .writer = database->writer(),
                                                                           .readers = database->readers(),
                                                                           .clock = clock,
                                                                           .log = *log,
                                                                           .board = board,
                                                                           .last_signed = *last_signed,
                                                                           .origin = "bench.example/ledger",
                                                                           .key = crypto::Ed25519Key::generate(),
                                                                           .entropy = entropy,
                                                                           .tags = crypto::VrfKey::generate()},
                                                    notary::SequencerOptions{});
}

access::Parts Installation::parts() {
    return {.registry = registry,
            .records = records,
            .timers = timers,
            .outbox = outbox,
            .entropy = entropy,
            .zone = zone,
            .tokens = index,
            .script = channel::Script::cyrillic,
            // The load asks the same persons again and again.
            .question_limits = {.person_day_max = 1'000'000'000, .asker_day_max = 1'000'000'000, .first_wait = {}},
            .quiet_hours = {}};
}

void Installation::fill() {
    store::run(database->writer(), [this](store::WriteSession& session) {
        records::save_registry(session, world.entries);
        records::add_people(session, records, world.persons, clock.now());
    });
}

store::TimerHandlers Installation::timer_handlers() {
    store::TimerHandlers handlers;
    handlers[std::string(access::timer_request_expiry)] = [this](auto& session, const store::DueTimer& timer) {
        asking.expire(session, consent::RequestId::from_bytes(timer.key.entity).value(), clock.now());
    };
    handlers[std::string(access::timer_consent_expiry)] = [this](auto& session, const store::DueTimer& timer) {
        answers.expire_consent(session, consent::ConsentId::from_bytes(timer.key.entity).value(), clock.now());
    };
    handlers[std::string(access::timer_answer_forget)] = [this](auto& session, const store::DueTimer& timer) {
        uses.forget_answer(session, consent::UseId::from_bytes(timer.key.entity).value());
    };
    handlers[std::string(access::timer_sweep)] = [this](auto& session, const store::DueTimer&) {
        access::sweep(parts(), session, clock.now());
    };
    return handlers;
}

}  // namespace kelisim::bench
