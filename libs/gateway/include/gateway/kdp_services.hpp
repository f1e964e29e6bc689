// SPDX-License-Identifier: Apache-2.0
// The services of КДП on the synchronous channel (wire.md B1): KDP_SERVICE, KDP_PERSONALDATA, KDP_LIST_TO_REVOKE,
// KDP_SEND_SOLUTION.
#pragma once

#include "access/cabinet.hpp"
#include "access/steering.hpp"
#include "gateway/local_service.hpp"
#include "gateway/person_data_access.hpp"

namespace kelisim::gateway {

struct KdpServicesParts {
    PersonDataAccess& access;
    const access::Cabinet& cabinet;
    const access::Steering& steering;
    const records::Records& records;
    store::Writer& writer;
    store::Readers& readers;
    http::Elsewhere& elsewhere;  // for what is read at length
    const base::Clock& clock;
    const base::Zone& zone;
    const SoapDoor& door;
};

// Thread-safe; outlives its services.
class KdpServices {
public:
    explicit KdpServices(const KdpServicesParts& parts) : parts_(parts) {}

    LocalServices services();

private:
    using Answer = std::variant<LocalAnswer, SoapRefusal>;
    using Awaited = boost::asio::awaitable<Answer>;

    Awaited person_data(const LocalCall& call);
    Awaited access_journal(const LocalCall& call) const;
    Awaited revocations(const LocalCall& call) const;
    Awaited solution(const LocalCall& call) const;
    Answer respond(const LocalCall& call, soap::Data data, bool keep) const;

    KdpServicesParts parts_;
};

}  // namespace kelisim::gateway
