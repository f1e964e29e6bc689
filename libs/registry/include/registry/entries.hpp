// SPDX-License-Identifier: Apache-2.0
// What is registered: the values of the Smart Bridge application (236/НК п.5) and of the service registry.
// `ended`: since when something is no more, ISO 8601 in UTC; empty while it stands. What ended stays here for its name.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace kelisim::registry {

// A name that people read: Kazakh and Russian are both mandatory (418-V ст.38(3)).
struct Name {
    std::string kk, ru;
    bool operator==(const Name&) const = default;
};

enum class OrganisationKind { egov_operator, authorized_body, state_body, bank, company, state_corporation };
enum class Contour { ets, external };
// By which side of the gateway a call comes: from inside the unified transport environment (ШЭП), by the external gateway (ВШЭП),
// by the payment gateway (ПШЭП): 307/НК п.2(26), п.2(27).
enum class Side { inside, external, payment };
// A state system belongs to a state body, or to whom it entrusts its tasks (418-V ст.44(1)).
enum class Ownership { state, non_state };
// What leaves a system out of the gateway, as its registration says of it (307/НК п.3(2), п.3(3)). analytics_space: it is to be
// integrated as a part of the single data space for analytics; one that has another role besides is registered in that one.
enum class Exclusion { state_secrets, official_use, analytics_space };
// certification_authority and open_data: left out of the gateway (307/НК п.3(1), п.3(4)). payment: a request for a payment, which
// goes by the payment gateway (418-V ст.28(2)).
enum class ServiceKind { ordinary, payment, certification_authority, open_data };
enum class AccessClass { public_data, confidential };
enum class Environment { test, production };

// 236/НК п.7: how the subject is asked, chosen once per connection.
enum class Channel { contact_centre, own_means, proactive, logging, sms_code };

// An operations centre for information security, of one's own or bought (236/НК п.7(2)).
enum class SecurityCentre { none, own, bought };

// What the one-time code of channel 5 is made of (236/НК п.7(5)).
enum class CodeKind { numeric, alphanumeric };

// A party: owner of systems. Identified by BIN.
struct Organisation {
    std::string bin;
    OrganisationKind kind{};
    Name name;
    SecurityCentre security_operations_centre{};
    std::string own_means_approval = {};  // of the authorized body, by number; needed by one that is no bank
    bool renders_proactive_services = false;
    std::string proof_keys =
        {};  // its keys for proofs of own means, a JSON text (RFC 7517); empty: none (236/НК п.10(2))
    bool operator==(const Organisation&) const = default;
};

// 236/НК п.2(2): an initiator is an information system, not its owner.
struct System {
    std::string key;
    std::string organisation;  // BIN of its owner
    Contour contour{};
    std::string client_id;
    std::string exempt_ground;                   // 236/НК п.3; empty where integration is required
    bool unified_requirements_declared = false;  // Decree 832 (236/НК п.7)
    std::string security_test_protocol = {};     // by number; empty: none (236/НК п.7)
    Ownership ownership = Ownership::non_state;
    std::vector<Exclusion> exclusions = {};
    bool operator==(const System&) const = default;
};

// How a system proves that it is the client: no secret itself, only what checks one.
struct ClientCredential {
    std::string client_id;
    std::string secret_sha256;  // base64url; empty: no secret (production)
    std::string jwks;           // its public keys, a JSON text (RFC 7517); empty: none
    bool operator==(const ClientCredential&) const = default;
};

// By which name of a certificate a client is known (RFC 8705 section 2.1.2); exactly one of them.
enum class CertificateName { subject_dn, san_dns, san_uri, san_ip, san_email };

// Which certificate authenticates a client at the listener for systems. It says nothing of the authority: those are the
// listener's.
struct TlsClient {
    std::string client_id;
    CertificateName kind{};
    std::string name;  // a subject as RFC 4514 writes it
    bool operator==(const TlsClient&) const = default;
};

// What keys an organisation registers under its EDS (236/НК п.10(2)). Stored by number.
enum class KeyPurpose {
    client_authentication,  // the keys of a client's assertions: ClientCredential::jwks
    proofs,                 // the organisation's keys of proofs of own means: Organisation::proof_keys
    tls_certificate,        // by which name of its certificate a client is known: TlsClient
};

struct KeyRegistration {
    KeyPurpose purpose{};
    std::string organisation;     // BIN
    std::string client_id = {};   // empty for proofs
    std::string jwks = {};        // a JSON text (RFC 7517) of public members alone; empty: no keys from now on
    CertificateName name_kind{};  // of a tls_certificate, like the next
    std::string name = {};
    base::Time made;  // by its signer's word; a later one replaces an earlier one, never the reverse
    bool operator==(const KeyRegistration&) const = default;
};

// A service of a base operator that answers calls through the gateway.
struct IntegrationService {
    std::string key;
    std::string owner;  // key of the system that answers
    bool personal_data = false;
    AccessClass access_class{};
    Name name;
    std::vector<std::string> fields;
    std::string ended = {};
    ServiceKind kind = ServiceKind::ordinary;
    // What it answers, about whom and to whom (307/НК п.2(22)); empty for one from before it had to be given.
    Name description = {};
    bool operator==(const IntegrationService&) const = default;
};

// A joint agreement on information security of state and non-state systems (418-V ст.43(1); 307/НК п.4), while it is on file.
struct SecurityAgreement {
    std::string number;
    std::string signed_on, valid_to;   // as of a connection, both inclusive
    std::vector<std::string> parties;  // BINs
    std::string withdrawn = {};        // as `ended`
    bool operator==(const SecurityAgreement&) const = default;
};

// A service of open data, or an open API: listed with the address where everybody reads it, and never behind the gateway (307/НК
// п.2(5), п.2(17), п.3(4)).
struct OpenService {
    std::string key;        // no integration service has the same one
    std::string publisher;  // BIN
    Name name;
    std::string address;  // a URL
    std::string ended = {};
    bool operator==(const OpenService&) const = default;
};

// A услуга: what the data are for, and the integration services that it needs (236/НК п.5(1), п.5(2)).
struct Purpose {
    std::string code;
    Name name;
    std::vector<std::string> services;
    std::string ended = {};
    bool operator==(const Purpose&) const = default;
};

// An approved application: who may ask for what, through which channel, in which bounds.
struct Connection {
    std::string key;
    std::string initiator;  // system key
    Channel channel{};
    Environment environment{};
    std::string valid_from, valid_to;  // local calendar days, both inclusive, "2026-01-01" (236/НК п.5(3))
    std::vector<std::string> acts;
    std::vector<std::string> grounds;  // of Law 94-V art. 9, for logging only
    std::string storage, processing;   // ISO 8601 periods (236/НК п.5(4))
    std::int64_t uses_max = 0;         // 0: the connection sets no bound
    std::int64_t uses_per_day = 0;     // 0: the connection sets no bound
    CodeKind code{};                   // for channel 5 only
    std::string act = {};              // on which a proactive service rests; for channel 3 only
    // Proofs of own means that are not bound to the person, as clients of the SOAP wire send them (wire.md B4); 0: none.
    std::int64_t bare_proofs_per_hour = 0;
    std::vector<Purpose> purposes;
    std::string ended = {};  // before its last day
    bool operator==(const Connection&) const = default;
};

// A proactive service is offered under an act, within its days (236/НК п.2(10)).
struct Campaign {
    std::string code;
    std::string act;
    std::string ground;
    std::string valid_from, valid_to;      // as of a connection
    Name text;                             // what the person is shown
    std::vector<std::string> text_sha256;  // of each language of it (UTF-8), base64url
    bool operator==(const Campaign&) const = default;
};

// Where a named law lets those whom it names tell a person later that their data were used on a ground (418-V ст.36(4)). There
// are none unless they are registered.
struct DeferralLaw {
    std::string key;
    std::string ground;                 // of art. 9 of Law 94-V, the only one for which it holds
    Name law;                           // as the person reads it
    std::string article;                // of that law
    std::string longest;                // ISO 8601 period from the access on; no notice is deferred longer
    std::vector<std::string> deciders;  // BINs of those who may decide it
    std::string ended = {};
    bool operator==(const DeferralLaw&) const = default;
};

BOOST_DESCRIBE_STRUCT(Name, (), (kk, ru))
BOOST_DESCRIBE_ENUM(OrganisationKind, egov_operator, authorized_body, state_body, bank, company, state_corporation)
BOOST_DESCRIBE_ENUM(Contour, ets, external)
BOOST_DESCRIBE_ENUM(Ownership, state, non_state)
BOOST_DESCRIBE_ENUM(Exclusion, state_secrets, official_use, analytics_space)
BOOST_DESCRIBE_ENUM(ServiceKind, ordinary, payment, certification_authority, open_data)
BOOST_DESCRIBE_ENUM(AccessClass, public_data, confidential)
BOOST_DESCRIBE_ENUM(Environment, test, production)
BOOST_DESCRIBE_ENUM(Channel, contact_centre, own_means, proactive, logging, sms_code)
BOOST_DESCRIBE_ENUM(SecurityCentre, none, own, bought)
BOOST_DESCRIBE_ENUM(CodeKind, numeric, alphanumeric)
BOOST_DESCRIBE_STRUCT(Organisation, (),
                      (bin, kind, name, security_operations_centre, own_means_approval, renders_proactive_services,
                       proof_keys))
BOOST_DESCRIBE_STRUCT(System, (),
                      (key, organisation, contour, client_id, exempt_ground, unified_requirements_declared,
                       security_test_protocol, ownership, exclusions))
BOOST_DESCRIBE_STRUCT(ClientCredential, (), (client_id, secret_sha256, jwks))
BOOST_DESCRIBE_ENUM(CertificateName, subject_dn, san_dns, san_uri, san_ip, san_email)
BOOST_DESCRIBE_STRUCT(TlsClient, (), (client_id, kind, name))
BOOST_DESCRIBE_ENUM(KeyPurpose, client_authentication, proofs, tls_certificate)
BOOST_DESCRIBE_STRUCT(IntegrationService, (),
                      (key, owner, personal_data, access_class, name, fields, ended, kind, description))
BOOST_DESCRIBE_STRUCT(SecurityAgreement, (), (number, signed_on, valid_to, parties, withdrawn))
BOOST_DESCRIBE_STRUCT(OpenService, (), (key, publisher, name, address, ended))
BOOST_DESCRIBE_STRUCT(Purpose, (), (code, name, services, ended))
BOOST_DESCRIBE_STRUCT(Connection, (),
                      (key, initiator, channel, environment, valid_from, valid_to, acts, grounds, storage, processing,
                       uses_max, uses_per_day, code, act, bare_proofs_per_hour, purposes, ended))
BOOST_DESCRIBE_STRUCT(DeferralLaw, (), (key, ground, law, article, longest, deciders, ended))
BOOST_DESCRIBE_STRUCT(Campaign, (), (code, act, ground, valid_from, valid_to, text, text_sha256))

}  // namespace kelisim::registry
