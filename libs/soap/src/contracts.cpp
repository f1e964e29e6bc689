// SPDX-License-Identifier: Apache-2.0
#include "soap/contracts.hpp"

#include <algorithm>

#include "contract_rows.hpp"
#include "xml/document.hpp"

namespace kelisim::soap {
namespace {

// What a reference to a file becomes; a location that is none is that of the service.
std::string served(std::string_view location, std::string_view address) {
    for (const std::string_view kind : {"wsdl", "xsd"}) {
        const std::size_t ending = location.rfind('.');
        if (ending == std::string_view::npos || location.substr(ending + 1) != kind) continue;
        const std::size_t name = location.rfind('/') + 1;  // npos + 1 is 0
        return std::string(address) + "?" + std::string(kind) + "=" + std::string(location.substr(name, ending - name));
    }
    return std::string(address);
}

}  // namespace

std::span<const Contract> contracts() {
    return contract_rows;
}

std::optional<std::string> contract(ContractKind kind, std::string_view name, std::string_view address) {
    const auto found = std::ranges::find_if(
        contract_rows, [&](const Contract& each) { return each.kind == kind && each.name == name; });
    if (found == contract_rows.end()) return std::nullopt;
    constexpr std::string_view location = "ocation=\"";  // of schemaLocation too
    std::string out;
    std::string_view rest = found->text;
    for (;;) {
        const std::size_t at = rest.find(location);
        if (at == std::string_view::npos) return out.append(rest);
        out += rest.substr(0, at + location.size());
        rest.remove_prefix(at + location.size());
        const std::size_t end = rest.find('"');
        out += xml::escaped(served(rest.substr(0, end), address));
        rest.remove_prefix(end);
    }
}

}  // namespace kelisim::soap
