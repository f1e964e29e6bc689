// SPDX-License-Identifier: Apache-2.0
// A person looks at the data that an owner holds about them or a ward (418-V ст.16-18): fetched from the owner with a token
// that lives as long as the call.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "access/own_data.hpp"
#include "api/person_authentication.hpp"
#include "gateway/rest.hpp"
#include "http/client.hpp"
#include "token/jws.hpp"

namespace kelisim::gateway {

struct OwnDataParts {
    store::Writer& writer;
    const base::Clock& clock;
    const api::PersonAuthentication& persons;
    const access::OwnData& own_data;
    const token::SigningKey& signing_key;
    http::Client& client;
    const Routes& routes;
    const SignedMessages& signatures;
};

// Thread-safe. Outlives the server that has its routes.
class OwnData {
public:
    explicit OwnData(OwnDataParts parts) : parts_(std::move(parts)) {}

    std::vector<http::Route> routes();

private:
    using Answer = boost::asio::awaitable<http::Response>;
    using Decided = std::pair<consent::UseState, http::Response>;

    Answer fetch(const api::PersonCall& call, const http::Request& request);
    // `signed_request`: where the owner has to sign its answer to it.
    struct Asked {
        std::string_view service;
        const Locator& locator;
        std::optional<http_signatures::SentRequest> signed_request = {};
    };
    Decided judge(const http::Request& request, const access::OwnData::Look& look, const Asked& asked,
                  http::Outcome outcome) const;

    OwnDataParts parts_;
};

}  // namespace kelisim::gateway
