// SPDX-License-Identifier: Apache-2.0
// What an organisation signs with its EDS to register the keys of its systems (236/НК п.10(2)): its EDS keys are GOST, which TLS
// and JWS do not know, so other keys stand in their place, and this document says that they are the organisation's.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "identity/electronic_signature.hpp"
#include "registry/registry.hpp"

namespace kelisim::identity {

extern const base::Reason key_registration_unreadable;
extern const base::Reason key_registration_elsewhere;
extern const base::Reason key_registration_not_now;
extern const base::Reason key_registration_key;
extern const base::Reason key_registration_private_key;
extern const base::Reason key_registration_kid_twice;
extern const base::Reason key_registration_name;
extern const base::Reason key_registration_certificate;
extern const base::Reason key_registration_certificate_known;
extern const base::Reason key_registration_other_organisation;
extern const base::Reason key_registration_may_not_sign;

struct SignedKeyRegistration {
    registry::KeyRegistration content;
    trust::Role role{};  // by which the signer binds the organisation
};

// The registration that a verified document holds, or every reason why it is none: a JSON text (docs/integration/keys.md), signed as
// CMS, or as the text of the XML element key_registration. `issuer`: what it has to be made for.
//
// It has to be signed by the first head, or by whoever has the right to sign for the organisation (pki.md 1.2); a right to sign
// financial documents is none for this, and an employee's certificate binds nobody.
//
// Keys are checked as strictly as they are later read: RSA of 2048 to 4096 bits, P-256, algorithms that we verify, public members
// alone, no kid twice. What is kept is written anew from what was understood.
base::Result<SignedKeyRegistration> read_key_registration(const SignedDocument& document, std::string_view issuer,
                                                          base::Time now);

// A name of a certificate is registered by who holds that certificate's key: it is shown on the connection that brings the
// registration, and bears the name. Otherwise anybody could take a name that another's certificate bears, and shut that client
// out. Nothing is asked of registrations of other kinds. `shown`: null where the connection has none.
base::Result<void> check_certificate_shown(const registry::KeyRegistration& content, const http::PeerCertificate* shown,
                                           const registry::Registry& registry);

}  // namespace kelisim::identity
