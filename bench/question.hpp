// SPDX-License-Identifier: Apache-2.0
// The one question that the benchmarks ask.
#pragma once

#include <string>

#include "access/asking.hpp"

namespace kelisim::bench {

inline access::AskCommand question(const std::string& initiator, const base::Iin& subject) {
    return {.initiator = initiator,
            .subject = subject,
            .ask = {.purpose = "loan-application",
                    .services = {"GBDFLUniversal_token"},
                    .fields = {"surname", "name", "birthDate"},
                    .acts = {},
                    .term = {},
                    .uses_max = {},
                    .employee = "employee-17",
                    .connection = {},
                    .channel = {}},
            .life_seconds = {}};
}

}  // namespace kelisim::bench
