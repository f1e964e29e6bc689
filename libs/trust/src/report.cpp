// SPDX-License-Identifier: Apache-2.0
#include "trust/report.hpp"

#include "trust/findings.hpp"

#include <algorithm>

namespace kelisim::trust {
namespace {

Verdict worse(Verdict a, Verdict b) {
    return std::max(a, b);  // valid < indeterminate < invalid
}

}  // namespace

Verdict SignerReport::verdict() const {
    if (!certificate) return Verdict::invalid;
    return worse(findings.verdict(), certificate->verdict());
}

Verdict DocumentReport::verdict() const {
    if (signers.empty()) return Verdict::invalid;
    Verdict verdict = findings.verdict();
    for (const SignerReport& one : signers)
        verdict = worse(verdict, one.verdict());
    return verdict;
}

Findings DocumentReport::all_findings() const {
    Findings all = findings;
    for (const SignerReport& one : signers) {
        all.add(one.findings);
        if (one.certificate) all.add(one.certificate->findings);
    }
    return all;
}

bool DocumentReport::status_alone_unknown() const {
    const Findings all = all_findings();
    return verdict() == Verdict::indeterminate && all.has(revocation_unknown) && !all.has(certificate_on_hold);
}

}  // namespace kelisim::trust
