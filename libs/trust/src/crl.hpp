// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "asn1.hpp"
#include "trust/revocation.hpp"

namespace kelisim::trust {

// A list of revoked certificates (RFC 5280 section 5), read once and asked often. Thread-safe.
class RevocationList {
public:
    // Nothing for what is no list, or over limits::crl_bytes_max.
    static std::optional<RevocationList> from_der(base::BytesView der);

    bool is_delta() const;
    std::optional<base::Time> until() const;
    // Its signature, names, scope and dates. Expensive: it reads every byte of the list.
    void check(const Certificate& issuer, const Verification& with, Findings& findings) const;
    void check_age(const Verification& with, Findings& findings) const;
    // Whether `delta` goes on from this list.
    bool continues_with(const RevocationList& delta) const;
    bool covers(const Certificate& certificate) const;
    // Good when it is not listed. `removed` tells a delta's removeFromCRL.
    struct Entry {
        Status status;
        bool listed = false, removed = false;
    };
    Entry find(const Certificate& certificate) const;

private:
    RevocationList(std::shared_ptr<X509_CRL> list, base::Bytes tbs) : list_(std::move(list)), tbs_(std::move(tbs)) {}
    std::shared_ptr<X509_CRL> list_;
    base::Bytes tbs_;
};

// What a list, and a delta where there is one, say of the certificate.
Status standing_in(const RevocationList& list, const RevocationList* delta, const Certificate& certificate);

}  // namespace kelisim::trust
