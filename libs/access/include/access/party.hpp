// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "records/party_notices.hpp"

namespace kelisim::access {

inline constexpr std::string_view question_asked = "use_question.asked";
inline constexpr std::string_view question_overdue = "use_question.overdue";

// What a party is told of, by its name in the journal.
std::string_view name_of(records::PartyNoticeKind kind);

}  // namespace kelisim::access
