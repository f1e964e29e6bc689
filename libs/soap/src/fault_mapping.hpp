// SPDX-License-Identifier: Apache-2.0
// ErrorInfo of common/v10/Types, for faults and for notifications that hold one.
#pragma once

#include "mapping.hpp"
#include "soap/fault.hpp"

namespace kelisim::soap {

template <class A, Of<ErrorInfo> M>
void map(A& a, M& m) {
    a.text("errorCode", m.code, &shep_field_missing);
    // Whole stack traces are met.
    const Size any{.bytes_max = no_size.bytes_max, .written_max = base::limits::message_text_bytes_max};
    a.text_if_any("errorMessage", m.message, any);
    a.text("errorData", m.data, nullptr, any);
    a.time_if_any("errorDate", m.date);
    a.parts("subError", m.sub, 1);
    a.session_if_any("sessionId", m.session);
}

}  // namespace kelisim::soap
