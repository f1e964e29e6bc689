// SPDX-License-Identifier: Apache-2.0
#include "trust/report.hpp"

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

}  // namespace kelisim::trust
