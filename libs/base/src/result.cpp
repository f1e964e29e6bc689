// SPDX-License-Identifier: Apache-2.0
#include "base/result.hpp"

#include <algorithm>

namespace kelisim::base {

Refusal::Refusal() {
    throw std::logic_error("a success has no refusal");
}

Refusal::Refusal(std::vector<const Reason*> reasons) : reasons_(std::move(reasons)) {
    if (reasons_.empty()) throw std::logic_error("a refusal needs a reason");
}

bool Refusal::has(const Reason& reason) const {
    return std::any_of(reasons_.begin(), reasons_.end(), [&](const Reason* r) { return r->code == reason.code; });
}

void throw_exception_from_error(const Refusal& refusal, const boost::source_location& where) {
    throw std::logic_error("unexpected refusal " + std::string(refusal.first().code) + " at " + where.to_string());
}

}  // namespace kelisim::base
