// SPDX-License-Identifier: Apache-2.0
// The service without its sockets, composed as apps/kelisim does: embedded database, scheduler with the ledger's
// sequencer, use cases, and a world with many persons.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "access/answers.hpp"
#include "access/asking.hpp"
#include "access/contact.hpp"
#include "access/person_side.hpp"
#include "access/tokens.hpp"
#include "access/uses.hpp"
#include "base/zone.hpp"
#include "notary/sequencer.hpp"
#include "store/scheduler.hpp"
#include "store_sqlite/database.hpp"
#include "token/keys.hpp"
#include "world/world.hpp"

namespace kelisim::bench {

class Installation {
public:
    // Makes a database in `directory` with the sandbox world and so many further persons. Throws base::Outage.
    Installation(const std::filesystem::path& directory, std::size_t persons);

    const registry::System& bank() const { return *registry.system("DEMOBANK"); }
    access::Parts parts();

    // In the order in which they are made; each refers to those above it only.
    base::SystemClock clock;
    base::SystemEntropy entropy;
    base::ProcessZone zone{"Asia/Almaty"};
    const world::World world;
    std::vector<people::Person> persons;  // those with a phone who can be asked
    records::Vault vault;
    token::SigningKey key;
    registry::Registry registry;
    store::Timers timers;
    store::Outbox outbox;
    std::unique_ptr<store_sqlite::Database> database;
    records::Records records;
    access::TokenIndex index;
    access::Asking asking;
    access::Contact contact;
    access::Answers answers;
    access::Tokens tokens;
    access::Uses uses;
    access::PersonSide persons_side;
    std::unique_ptr<store::Scheduler> scheduler;
    std::unique_ptr<telemetry::Log> log = telemetry::log_to_stderr(clock);
    notary::Board board;
    std::unique_ptr<notary::LastSigned> last_signed;
    std::unique_ptr<notary::Sequencer> sequencer;

private:
    void fill();
    store::TimerHandlers timer_handlers();
};

}  // namespace kelisim::bench
