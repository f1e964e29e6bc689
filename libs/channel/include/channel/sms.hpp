// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace kelisim::channel {

// 3GPP TS 23.038: 7-bit default alphabet with its extension table, or UCS-2 when one letter does not fit.
enum class Encoding { gsm7, ucs2 };

struct Size {
    Encoding encoding{};
    std::size_t units = 0;     // septets, or 16-bit code units
    std::size_t segments = 0;  // messages that the person gets and somebody pays for
};

// 160 septets or 70 units in one message; 153 and 67 in each part of a longer one (TS 23.040 9.2.3.24.1), and neither
// an escaped septet pair nor a surrogate pair is cut. Precondition: well-formed UTF-8.
Size size_of(std::string_view text);

// How 1414 writes: as people do, or in Latin letters that fit the 7-bit alphabet and need half the segments.
enum class Script { cyrillic, latin };

// Kazakh and Russian Cyrillic in Latin letters of the 7-bit alphabet; other characters stay.
std::string transliterate(std::string_view text);

}  // namespace kelisim::channel
