// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "xml/document.hpp"

namespace kelisim::xml {

// Looks the bytes through before libxml2 does, since libxml2 counts nothing and compares each attribute of an element with
// each other. It says what is against them, or null; a text that it accepts need not be well-formed, but is within the
// limits, in UTF-8, and without a document type.
const base::Reason* objection_to(std::string_view text, const Limits& limits);

}  // namespace kelisim::xml
