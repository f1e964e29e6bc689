// SPDX-License-Identifier: Apache-2.0
// What 1414 writes because of the cabinet: one-time codes (418-V ст.1(39)), and what was done with a consent.
#pragma once

#include <string>

#include "channel/texts.hpp"

namespace kelisim::channel {

std::string sign_in_code_text(std::string_view code, Style style);
// The code stands for one yes and no other: the text says to whom.
std::string answer_code_text(std::string_view code, const Subject& about, Style style);
std::string extension_code_text(std::string_view code, const Subject& about, Style style);

std::string paused_text(const Subject& about, Style style);
std::string resumed_text(const Subject& about, Style style);
std::string withdrawn_text(const Subject& about, Style style);
std::string extended_text(const Subject& about, std::string_view until, Style style);  // until: local day
// The initiator objected to the withdrawal; the person can complain to the authorized body (94-V art. 8).
std::string restored_text(const Subject& about, Style style);
std::string question_answered_text(const Subject& about, Style style);
std::string question_overdue_text(const Subject& about, Style style);

}  // namespace kelisim::channel
