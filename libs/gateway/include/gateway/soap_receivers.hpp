// SPDX-License-Identifier: Apache-2.0
// Where participants of the SOAP wire take messages, and how they want the data in them.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "http/client.hpp"
#include "soap/business_data.hpp"

namespace kelisim::gateway {

struct SoapAddress {
    http::Authority upstream;
    std::string target = "/";
};

// Some read business data as child nodes alone, others as text alone (wire.md A7). By system; whoever is not named gets them as
// the other side wrote them.
using DataForms = std::map<std::string, soap::DataForm, std::less<>>;

inline soap::DataForm form_for(const DataForms& forms, std::string_view receiver, soap::DataForm otherwise) {
    const auto found = forms.find(receiver);
    return found == forms.end() ? otherwise : found->second;
}

}  // namespace kelisim::gateway
