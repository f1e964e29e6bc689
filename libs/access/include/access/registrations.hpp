// SPDX-License-Identifier: Apache-2.0
// What officials put into the registry: systems and services, with what leaves them out of the gateway (307/НК п.3); joint agreements
// on information security (307/НК п.4); open data, which need no approval and no gateway (307/НК п.2(5), п.2(17)). From the
// commit on every decision knows them.
#pragma once

#include "access/registry_changes.hpp"

namespace kelisim::access {

extern const base::Reason registry_key_taken;
extern const base::Reason agreement_incomplete;

// What a system is registered as, and may be classified as anew.
struct SystemClass {
    registry::Contour contour{};
    registry::Ownership ownership{};
    std::vector<registry::Exclusion> exclusions;
};

// Thread-safe; every function runs inside a unit. The registry is the one of the parts.
class Registrations {
public:
    Registrations(const Parts& parts, registry::Registry& registry) : parts_(parts), registry_(registry) {}

    using Order = RegistryChanges::Order;
    using Done = base::Result<void>;

    // What 307/НК п.3 leaves out is refused with every reason. A new system has no keys yet: its organisation registers them.
    Done add(store::WriteSession& session, const registry::System& system, const Order& order, base::Time now) const;
    Done add(store::WriteSession& session, const registry::IntegrationService& service, const Order& order,
             base::Time now) const;
    // What is found out later. It is written down whatever it is; what it leaves out is refused at the next call.
    Done classify(store::WriteSession& session, std::string_view system, const SystemClass& as, const Order& order,
                  base::Time now) const;
    Done classify(store::WriteSession& session, std::string_view service, const registry::ServiceKind& as,
                  const Order& order, base::Time now) const;
    // What the registry says of a service that is not ended (307/НК п.2(22)).
    Done describe(store::WriteSession& session, std::string_view service, const registry::Name& as, const Order& order,
                  base::Time now) const;

    Done add(store::WriteSession& session, const registry::SecurityAgreement& agreement, const Order& order,
             base::Time now) const;
    Done withdraw(store::WriteSession& session, std::string_view agreement, const Order& order, base::Time now) const;

    Done add(store::WriteSession& session, const registry::OpenService& service, const Order& order,
             base::Time now) const;
    Done end_open(store::WriteSession& session, std::string_view key, const Order& order, base::Time now) const;

private:
    template <class Entry>
    void keep(store::WriteSession& session, const Entry& entry) const;
    void note(store::WriteSession& session, std::string_view kind, boost::json::object details, const Order& order,
              base::Time now) const;

    Parts parts_;
    registry::Registry& registry_;
};

}  // namespace kelisim::access
