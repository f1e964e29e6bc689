// SPDX-License-Identifier: Apache-2.0
// What a registry has of its own beside what every data owner does: its data, how it is asked, and how it answers.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "owner/service.hpp"
#include "soap/business_data.hpp"
#include "soap/shep.hpp"

namespace kelisim::owner {

// One message, for a service that the registry has.
struct Inquiry {
    std::string_view service;
    const soap::BusinessData& data;  // a document
    std::string_view sender;         // senderId
    std::string_view id;             // of the answer
};

struct Answered {
    std::string document;  // unsigned
    // Why nothing is given of anybody; nothing: something is.
    std::optional<base::Refusal> refused = {};
};

// A registry on the SOAP wire. Used on one io thread.
class Registry {
public:
    virtual ~Registry() = default;
    virtual bool serves(std::string_view service) const = 0;
    // status/code of an answer that found nothing (wire.md A5).
    virtual std::string_view not_found_code() const { return "SCSE001"; }
    // Refused for a request that cannot be read. Throws base::Outage when nothing can be decided. The inquiry outlives it.
    virtual boost::asio::awaitable<soap::Read<Answered>> answer(const Inquiry& inquiry) = 0;
};

// A service over REST: POST {"iin": "...", "fields": [...]}.
struct RestCall {
    base::Iin iin;
    std::vector<std::string_view> fields;  // of the service
    std::string_view also;                 // RestService::also
};
struct RestService {
    std::string_view path;  // a literal
    Service service;
    std::string_view also = {};  // a further member, text, that names what is asked about; empty: none
    std::function<base::Result<boost::json::object>(const RestCall& call)> record;
};

}  // namespace kelisim::owner
