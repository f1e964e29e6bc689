// SPDX-License-Identifier: Apache-2.0
// Why something is not given, in all three languages: the gateway tells a code and a text in one.
#pragma once

#include <boost/json/array.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/message.hpp"
#include "http/route.hpp"

namespace kelisim::connector {

// Codes of reasons, the first decides.
using Codes = std::vector<std::string>;

// The reasons of contracts/error-codes.csv, as they were when the program was built. Immutable.
class Catalogue {
public:
    Catalogue();
    // RFC 4180 with a header line that names code, clause, kk, ru and en; throws std::logic_error for anything else.
    explicit Catalogue(std::string_view csv);

    // [{"code", "clause", "kk", "ru", "en"}]; a code that a newer gateway brings is told as such.
    boost::json::array reasons(const Codes& codes) const;
    // RFC 9457 with these reasons.
    http::Response problem(int status, const Codes& codes) const;
    http::Response problem(const base::Refusal& refusal) const;  // status by the kind of the first
    http::Response problem(int status, const base::Reason& reason) const;
    // For what the server itself answers; this outlives it.
    http::ErrorPage error_page() const;

private:
    struct Entry {
        std::string clause, kk, ru, en;
    };
    const Entry& entry(std::string_view code) const;

    std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace kelisim::connector
