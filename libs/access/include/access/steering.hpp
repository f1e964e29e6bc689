// SPDX-License-Identifier: Apache-2.0
// The person steers a consent: pause, resume, withdraw, extend; and the initiator objects to a withdrawal or confirms that
// the data are deleted (94-V art. 8; 236/НК п.5(4)).
#pragma once

#include <string>
#include <variant>

#include "access/confirming.hpp"
#include "consent/steps.hpp"

namespace kelisim::access {

extern const base::Reason consent_on_a_ground;
extern const base::Reason objection_reason_missing;
extern const base::Reason deletion_confirmed_before;
extern const base::Reason objection_made_before;

// When the receiver has to have deleted the data: the end of the storage term, which counts from the grant. Nothing where
// the terms name none.
std::optional<base::Time> storage_ends(const consent::Consent& consent);

// Thread-safe; every function runs inside a unit.
class Steering {
public:
    explicit Steering(const Parts& parts) : parts_(parts), confirming_(parts) {}

    // No use passes and no token is good from the commit on. Tokens of before a pause stay dead after it; the refresh
    // token gets new ones.
    base::Result<void> pause(store::WriteSession& session, const Acting& acting, consent::ConsentId id,
                             base::Time now) const;
    base::Result<void> resume(store::WriteSession& session, const Acting& acting, consent::ConsentId id,
                              base::Time now) const;
    // Every token dies; the initiator is told, and may object for limits::objection_working_days.
    base::Result<void> withdraw(store::WriteSession& session, const Acting& acting, consent::ConsentId id,
                                base::Time now) const;

    // The consent as an extension would make it. `until`: the first instant at which it no longer holds. Changes nothing.
    base::Result<consent::Consent> extended(store::WriteSession& session, const Acting& acting, consent::ConsentId id,
                                            base::Time until, base::Time now) const;
    // Widens the consent, so it takes a fresh code. A refusal is a value that undoes nothing, because a wrong code is
    // counted.
    std::optional<base::Refusal> extend(store::WriteSession& session, const Acting& acting, consent::ConsentId id,
                                        base::Time until, std::string_view code, base::Time now) const;

    // For whoever signed for it with an EDS.
    base::Result<void> extend_signed(store::WriteSession& session, const Acting& acting, consent::ConsentId id,
                                     base::Time until, base::Time now) const;

    // Ends it when the registry no longer carries it: its connection, услуга or every service is gone. False when nothing
    // was to be ended.
    bool invalidate(store::WriteSession& session, consent::ConsentId id, base::Time now) const;

    struct Objection {
        std::string reason;    // the obligation that stands
        std::string evidence;  // what shows it: a reference, a document's number
    };
    base::Result<void> object(store::WriteSession& session, std::string_view initiator, consent::ConsentId id,
                              const Objection& objection, base::Time now) const;
    base::Result<void> confirm_deletion(store::WriteSession& session, std::string_view initiator, consent::ConsentId id,
                                        base::Time now) const;

    // Tells the keyspace of parties.
    void tell_party(store::WriteSession& session, const store::OutboxRow& row) const;
    void take_in_event(store::WriteSession& session, const store::OutboxRow& row, base::Time now) const;

private:
    struct Own {
        records::Consents::Found found;
        consent::SubjectId by;
    };
    base::Result<Own> own(store::WriteSession& session, const Acting& acting, consent::ConsentId id) const;
    base::Result<records::Consents::Found> of_initiator(store::WriteSession& session, std::string_view initiator,
                                                        consent::ConsentId id) const;
    base::Result<Own> extend_within(store::WriteSession& session, const Acting& acting, consent::ConsentId id,
                                    base::Time until, base::Time now) const;
    void record_extension(store::WriteSession& session, Own& mine, base::Time until, base::Time now) const;

    Parts parts_;
    Confirming confirming_;
};

}  // namespace kelisim::access
