// SPDX-License-Identifier: Apache-2.0
// What a person or an official signed with an electronic digital signature (EDS), as NCALayer gives it back, and who they are.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/iin.hpp"
#include "base/result.hpp"
#include "crypto/hash.hpp"
#include "trust/path.hpp"
#include "trust/verifier.hpp"

namespace kelisim::identity {

extern const base::Reason eds_unreadable;
extern const base::Reason eds_one_signer;
extern const base::Reason eds_no_iin;
extern const base::Reason eds_not_a_person;

// What is to be signed so that a signature is good here, now, once, and for nothing else: host, purpose, expiry and a nonce.
// XML in its canonical form, so that the same bytes are signed whether as XML or as CMS.
std::string make_challenge(std::string_view issuer, std::string_view purpose, base::Time expires,
                           base::Entropy& entropy);

struct Signatory {
    base::Iin iin;
    std::string bin;  // of the organisation that the certificate names; empty: the person's own
    std::vector<trust::Role> roles;
    crypto::Digest certificate{};  // SHA-256 of its DER
};

struct SignedDocument {
    enum class Form { xml, cms };
    Form form{};
    base::Bytes bytes;    // as it came: the electronic document; of a CMS its DER or BER
    base::Bytes content;  // what was signed, and nothing else
    Signatory signatory;
};

// Thread-safe. What it was made from outlives it.
class ElectronicSignatures {
public:
    explicit ElectronicSignatures(const trust::Verifier& verifier) : verifier_(verifier) {}

    // `answer`: a text or a list of one; XML, PEM, or bare base64 of an attached CMS (pki.md 5). Every finding that is against it
    // is a reason of the refusal. Throws base::Outage when nothing is against it but nobody could tell whether the certificate is
    // revoked: that is no fault of the person's. Waits for responders: never on an io thread.
    base::Result<SignedDocument> check(const boost::json::value& answer, trust::Purpose purpose) const;

private:
    const trust::Verifier& verifier_;
};

}  // namespace kelisim::identity
