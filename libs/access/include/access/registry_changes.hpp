// SPDX-License-Identifier: Apache-2.0
// What is registered changes. The operator ends a connection, a услуга of it or an integration service before its time (236/НК
// п.5(1)-(3); 418-V ст.41(2)): from the commit on nothing new is asked, issued or let through on it; the consents that stood on
// it alone are invalidated piece by piece after it, because there may be millions. An organisation registers the keys of its
// systems (236/НК п.10(2)): from the commit on those before them count no more.
#pragma once

#include <string_view>

#include "access/steering.hpp"
#include "store/scheduler.hpp"

namespace kelisim::access {

extern const base::Reason registry_entry_unknown;
extern const base::Reason registry_ended_before;
extern const base::Reason key_registration_organisation_unknown;
extern const base::Reason key_registration_client_unknown;
extern const base::Reason key_registration_superseded;
extern const base::Reason key_registration_name_taken;

// Thread-safe; every function runs inside a unit. The registry is the one of the parts.
class RegistryChanges {
public:
    RegistryChanges(const Parts& parts, const Steering& steering, registry::Registry& registry)
        : parts_(parts), steering_(steering), registry_(registry) {}

    // Who ends it, and why, for the journal.
    struct Order {
        consent::SubjectId official;
        std::string organisation;  // BIN
        std::string reason;
    };
    base::Result<void> end_connection(store::WriteSession& session, std::string_view key, const Order& order,
                                      base::Time now) const;
    base::Result<void> end_purpose(store::WriteSession& session, std::string_view connection, std::string_view code,
                                   const Order& order, base::Time now) const;
    base::Result<void> end_service(store::WriteSession& session, std::string_view key, const Order& order,
                                   base::Time now) const;

    // `signed_by`: the content, as its signer wrote it and with the evidence for it; `id` is given here. Whoever calls has
    // verified the signature and that the signer binds the organisation.
    base::Result<records::KeyRegistrationId> register_keys(store::WriteSession& session,
                                                           records::KeptKeyRegistration signed_by,
                                                           base::Time now) const;

    // The timer of the pieces; sets itself until all living consents were held against the registry.
    void invalidate_some(store::WriteSession& session, const store::DueTimer& timer, base::Time now) const;

private:
    void put_keys(store::WriteSession& session, const registry::KeyRegistration& content) const;
    template <class Entry>
    void save(store::WriteSession& session, const Entry& entry) const;
    void note(store::WriteSession& session, const records::Fact& fact, base::Time now) const;
    base::RawId new_id(base::Time now) const;

    Parts parts_;
    const Steering& steering_;
    registry::Registry& registry_;
};

}  // namespace kelisim::access
