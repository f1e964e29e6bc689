// SPDX-License-Identifier: Apache-2.0
#include "publication/description.hpp"

#include <algorithm>

#include "openapi.hpp"
#include "yaml.hpp"

namespace kelisim::publication {

namespace {

std::variant<Description, Unread> read(base::Result<Description> description) {
    if (description.has_error()) return Unread{.refusal = description.error(), .at = {}};
    return std::move(*description);
}

}  // namespace

// YAML has no beginning of its own; JSON that is not whole is told as JSON.
std::variant<Description, Unread> read_description(std::string_view text) {
    std::string_view start = text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    if (start.starts_with("\xEF\xBB\xBF")) start.remove_prefix(3);
    if (start.starts_with('<')) return read(read_wsdl(text));
    if (start.empty() || start.starts_with('{')) return read(read_openapi(text));
    auto document = read_yaml(text);
    if (auto* wrong = std::get_if<Unread>(&document)) return std::move(*wrong);
    return read(read_openapi(std::get<boost::json::value>(document)));
}

}  // namespace kelisim::publication
