// SPDX-License-Identifier: Apache-2.0
// For systems that are told of changes of consents: how they want to be (push, RFC 8935, or poll), and polling (RFC 8936).
// Client authentication by header, as for initiators.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/client_authentication.hpp"
#include "http/client.hpp"
#include "http/route.hpp"
#include "token/keys.hpp"

namespace kelisim::api {

extern const base::Reason event_method_unknown;
extern const base::Reason event_endpoint_malformed;
extern const base::Reason event_endpoint_not_public;
extern const base::Reason event_stream_pushed;

struct EventParts {
    std::string issuer;
    const records::SecurityEvents& events;
    store::Writer& writer;
    store::Readers& readers;
    const base::Clock& clock;
    const ClientAuthentication& clients;
    const token::SigningKey& signing_key;
    http::Reach reach = http::Reach::public_only;
    std::function<void()> stream_changed;  // after a commit: there may be something to push
};

// The parts outlive the server that has these routes.
std::vector<http::Route> event_routes(const EventParts& parts);

}  // namespace kelisim::api
