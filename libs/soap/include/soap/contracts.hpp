// SPDX-License-Identifier: Apache-2.0
// The WSDL and XSD documents of contracts/ as a server hands them out by `?wsdl` and `?xsd=NAME`.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kelisim::soap {

enum class ContractKind { wsdl, xsd };

struct Contract {
    ContractKind kind;
    std::string_view name;  // of its file, without the ending: "SyncChannelHttp_Service"
    std::string_view text;  // as in contracts/, with references to files beside it
};
std::span<const Contract> contracts();

// As clients of the endpoint `address` read it: that is its soap:address, and references to other documents are ADDRESS?wsdl=NAME
// and ADDRESS?xsd=NAME. Nothing where there is no such document.
std::optional<std::string> contract(ContractKind kind, std::string_view name, std::string_view address);

}  // namespace kelisim::soap
