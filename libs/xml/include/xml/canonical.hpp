// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "xml/element.hpp"

namespace kelisim::xml {

enum class Canonical {
    inclusive,  // Canonical XML 1.0
    exclusive,  // Exclusive XML Canonicalization 1.0
};

// The canonical form of an element with everything below it, comments left out. `prefixes` is the PrefixList of the exclusive
// form. Nothing where no form is defined: a namespace name that is a relative URI (Canonical XML 1.0 section 1.3:
// "implementations MUST report an operation failure").
std::optional<base::Bytes> canonical(Element element, Canonical form, const std::vector<std::string>& prefixes = {});

}  // namespace kelisim::xml
