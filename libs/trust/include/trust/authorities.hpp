// SPDX-License-Identifier: Apache-2.0
// Whom we trust: roots and intermediates that an operator installed, each by its fingerprint. A set holds one contour: the
// test authority's certificates are worthless in production, and the reverse (pki.md 1.5).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "trust/certificate.hpp"

namespace kelisim::trust {

extern const base::Reason authority_fingerprint;  // the file is not the certificate that the operator meant
extern const base::Reason authority_contour;      // certificates of both contours in one set
extern const base::Reason authority_not_ca;       // not an authority's certificate
extern const base::Reason authority_no_anchor;    // nothing that a chain could end at

enum class Contour { production, test };

struct Authority {
    std::string name;  // the operator's word for it
    Certificate certificate;
    bool anchor = false;  // a chain may end here; else an intermediate, which signers do not send (pki.md 1.5)
    Contour contour = Contour::production;
    // Arcs of extended key usages that this authority may give out as roles, dotted: "1.2.398.3.3.4" is НУЦ РК's. Another
    // authority's certificate with such a usage has no role by it (pki.md 1.2).
    std::vector<std::string> role_arcs;
};

// Immutable; safe to use from several threads at once.
class Authorities {
public:
    static base::Result<Authorities> make(Contour contour, std::vector<Authority> members);
    // For who knows the signer's certificate by other means, and asks of a report only whether the signature holds: no certificate
    // is ever valid under it.
    static Authorities none() { return {Contour::production, {}}; }

    Contour contour() const { return contour_; }
    const std::vector<Authority>& members() const { return members_; }
    const Authority* find(const Certificate& certificate) const;
    std::vector<const Authority*> named(const Name& subject) const;

private:
    Authorities(Contour contour, std::vector<Authority> members) : contour_(contour), members_(std::move(members)) {}
    Contour contour_;
    std::vector<Authority> members_;
};

// DIR/authorities.toml and the files that it names (docs/operating/trust.md): contour, and [[authority]] with name, file,
// sha256, anchor, role_arcs. Throws base::Outage, with every fault, for a directory that cannot be used.
Authorities read_authorities(const std::string& directory);

}  // namespace kelisim::trust
