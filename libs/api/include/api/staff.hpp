// SPDX-License-Identifier: Apache-2.0
// What officials do: those of the authorized body look at who asked for and used a person's data, and never at the data
// (236/НК п.2(6)); those of the operator register, classify and end, find messages between systems, and look at nobody (418-V ст.46(1)).
#pragma once

#include <functional>
#include <vector>

#include "access/async_queues.hpp"
#include "access/data_reports.hpp"
#include "access/exchange_search.hpp"
#include "access/registrations.hpp"
#include "api/staff_authentication.hpp"
#include "http/elsewhere.hpp"
#include "notary/board.hpp"
#include "trust/signing_key.hpp"

namespace kelisim::api {

struct StaffParts {
    const access::Parts parts;
    store::Writer& writer;
    store::Readers& readers;
    http::Elsewhere& elsewhere;  // for reads that need an archive
    const base::Clock& clock;
    const StaffAuthentication& staff;
    const access::Cabinet& cabinet;
    const access::DataReports& reports;
    const access::Supervision& supervision;
    const access::RegistryChanges& registry_changes;
    const access::Registrations& registrations;
    const access::ExchangeSearch& exchange_search;
    std::function<void()> write_refusals;  // what was counted until now; waits
    const access::AsyncQueues& async_queues;
    std::function<void()> messages_ordered;  // one may wait anew
    const notary::Board& board;
    const trust::SigningKeys& evidence_keys;
};

// The parts outlive the server that has these routes.
std::vector<http::Route> staff_routes(const StaffParts& parts);

}  // namespace kelisim::api
