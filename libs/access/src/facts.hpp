// SPDX-License-Identifier: Apache-2.0
// What the journal says of each step. Every fact of a request, consent, token or use carries the state that its row
// has from then on, so that `kelisim ledger verify` can hold the rows against the journal.
#pragma once

#include "access/registry_changes.hpp"
#include "consent/use.hpp"
#include "records/records.hpp"

namespace kelisim::access {

// How the journal names that something came into this state: "use.delivered".
std::string_view kind_of(consent::RequestState state);
std::string_view kind_of(consent::UseState state);

records::Fact request_fact(const consent::AccessRequest& request, base::Time now);
records::Fact consent_fact(std::string_view kind, const consent::Consent& consent, base::Time now);
records::Fact token_issued_fact(const records::TokenRecord& token, consent::SubjectId subject, base::Time now);
records::Fact token_revoked_fact(const records::TokenRecord& token, consent::SubjectId subject, base::Time now);
records::Fact use_fact(const consent::Use& use, const consent::Consent& consent, base::Time now);
// `use`: the id under which the refused call may be listed.
records::Fact use_refused_fact(const consent::Consent& consent, consent::UseId use, std::string_view service,
                               const std::vector<const base::Reason*>& reasons, base::Time now);

// Facts without a state speak of no row.
records::Fact session_fact(std::string_view kind, const records::SessionId& id, consent::SubjectId subject,
                           base::Time now);
// `certificate`: SHA-256 of the one that a person signed in with.
records::Fact session_begun_fact(const records::PersonSession& begun, const std::optional<crypto::Digest>& certificate);
// `by`: who signed; `certificate`: SHA-256 of the signer's.
records::Fact document_fact(const records::ElectronicDocument& document, consent::SubjectId by,
                            const crypto::Digest& certificate);
// What came and what was given back, tied together: digests, sizes and times, nothing of what they say.
// `kept_until`: nothing where its messages are not kept.
records::Fact exchange_fact(const records::Exchange& exchange, std::optional<base::Time> kept_until, base::Time now);
records::Fact exchange_bodies_deleted_fact(const records::ExchangeId& exchange, base::Time now);
records::Fact temp_file_kept_fact(const records::TempFile& file);
// `by`: the system that had or confirmed it; empty where the clock did it.
records::Fact temp_file_fact(std::string_view kind, const records::TempFile& file, std::string_view by, base::Time now);
// Messages of the asynchronous channel: who sent what kind of which size to whom, and nothing of what they say.
records::Fact message_accepted_fact(const records::AsyncMessage& message);
records::Fact message_ended_fact(const records::AsyncMessage& message, base::Time now);
records::Fact message_order_fact(std::string_view kind, const records::AsyncMessage& message,
                                 const RegistryChanges::Order& order, base::Time now);
// Somebody of the operator looked at the list of those given up, or at one of them.
records::Fact message_look_fact(std::string_view kind, const base::RawId& id, const RegistryChanges::Order& by,
                                base::Time now);
records::Fact question_fact(std::string_view kind, const records::UseQuestion& question, base::Time now);
records::Fact own_look_fact(const records::OwnLook& look, base::Time now);
// `official`: who looked, so that the operator alone can tell.
records::Fact official_look_fact(const records::OfficialLook& look, std::string_view official, base::Time now);
// What the operator ended, by its key; the parts that were not named are empty.
struct RegistryEnd {
    std::string_view connection = {}, purpose = {}, service = {};
    consent::SubjectId by = {};
    std::string_view organisation = {}, reason = {};
};
records::Fact registry_fact(std::string_view kind, const base::RawId& id, const RegistryEnd& end, base::Time now);
// What an official put into the registry, or said of it; `details`: of the entry as it is from then on.
struct OfficialAct {
    consent::SubjectId by;
    std::string_view organisation, reason;
};
records::Fact registration_fact(std::string_view kind, const base::RawId& id, const OfficialAct& act,
                                boost::json::object details, base::Time now);
boost::json::object details_of(const registry::System& system);
boost::json::object details_of(const registry::IntegrationService& service);
boost::json::object described_details_of(const registry::IntegrationService& service);
boost::json::object details_of(const registry::SecurityAgreement& agreement);
boost::json::object details_of(const registry::OpenService& service);
records::Fact keys_registered_fact(const records::KeptKeyRegistration& registration, base::Time now);
// The first entry of a chain of its own. `person` is bound to it by a digest that only who opens the entry can read.
records::Fact deferral_begun_fact(const records::Deferral& deferral, const base::Iin& person, base::Time now);
records::Fact deferral_prolonged_fact(const records::Deferral& deferral, base::Time now);
// In the person's own chain: names the other one.
records::Fact deferral_disclosed_fact(const records::Deferral& deferral, base::Time now);
// What officials do with deferrals; nobody's entry.
records::Fact deferral_order_fact(const base::RawId& id, const OfficialAct& act, base::Time now);
records::Fact deferral_look_fact(const base::RawId& id, const OfficialAct& act, base::Time now);
// A messageId may name a person, so the fact holds its blind index.
records::Fact exchange_search_fact(const base::RawId& id, const OfficialAct& act, const records::ExchangeFilter& filter,
                                   base::Time now);
// `bodies`: "with" or "without" what was said.
records::Fact refused_search_fact(const base::RawId& id, const OfficialAct& act, const records::RefusedFilter& filter,
                                  base::Time now);
records::Fact exchange_export_fact(const records::ExchangeId& exchange, const OfficialAct& act, std::string_view bodies,
                                   base::Time now);
records::Fact data_change_fact(const records::DataChange& change, std::optional<consent::SubjectId> subject,
                               base::Time now);
records::Fact person_fact(std::string_view kind, const consent::SubjectId& subject, consent::SubjectId by,
                          base::Time now);

}  // namespace kelisim::access
