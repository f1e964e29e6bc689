// SPDX-License-Identifier: Apache-2.0
// For fuzz targets of signed documents: what a forger without a key can do to a good one.
#pragma once

#include <string>

#include "base/bytes.hpp"

namespace kelisim::trust::test {

// Six bytes an edit: place (2), what (1), length or letter (1), from where (2).
inline std::string edited(std::string text, base::BytesView edits) {
    for (; edits.size() >= 6 && text.size() < 65'536; edits = edits.subspan(6)) {
        if (text.empty()) return text;
        const std::size_t place = (edits[0] * 256U + edits[1]) % text.size();
        const std::size_t from = (edits[4] * 256U + edits[5]) % text.size();
        const std::string piece = text.substr(from, edits[3] * 16U);
        switch (edits[2] % 4) {
            case 0:
                text[place] = static_cast<char>(edits[3]);
                break;
            case 1:
                text.insert(place, 1, static_cast<char>(edits[3]));
                break;
            case 2:
                text.erase(place, edits[3]);
                break;
            default:
                text.insert(place, piece);  // a part wrapped into another
        }
    }
    return text;
}

}  // namespace kelisim::trust::test
