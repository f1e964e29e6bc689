// SPDX-License-Identifier: Apache-2.0
// What a check found, whole: never the first fault alone. The three verdicts are those of ETSI EN 319 102-1, 5.1.3.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace kelisim::trust {

enum class Weight {
    fails,        // TOTAL-FAILED: no later knowledge makes it good
    leaves_open,  // INDETERMINATE: it cannot be said now; whoever needs an answer treats it as a no
    note,         // worth saying; changes no verdict
};

enum class Verdict { valid, indeterminate, invalid };

struct Finding {
    const base::Reason* reason = nullptr;  // one of findings.hpp
    Weight weight = Weight::fails;
    // For operators: which certificate (by fingerprint), which reference, which algorithm. No personal data, nothing that
    // would help a forger more than the reason does.
    std::string detail;
};

class Findings {
public:
    void add(const base::Reason& reason, Weight weight, std::string detail = {});
    void fail(const base::Reason& reason, std::string detail = {}) { add(reason, Weight::fails, std::move(detail)); }
    void leave_open(const base::Reason& reason, std::string detail = {}) {
        add(reason, Weight::leaves_open, std::move(detail));
    }
    void note(const base::Reason& reason, std::string detail = {}) { add(reason, Weight::note, std::move(detail)); }
    void add(const Findings& others);

    Verdict verdict() const;  // valid when nothing fails or leaves open
    const std::vector<Finding>& all() const { return all_; }
    bool has(const base::Reason& reason) const;
    // The findings that are against it, as a refusal. Precondition: verdict() is not valid.
    base::Refusal refusal() const;

private:
    std::vector<Finding> all_;
};

}  // namespace kelisim::trust
