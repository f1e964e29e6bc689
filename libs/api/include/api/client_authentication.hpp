// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <variant>

#include "base/clock.hpp"
#include "http/form.hpp"
#include "http/message.hpp"
#include "http/route.hpp"
#include "identity/clients.hpp"
#include "records/records.hpp"
#include "store/writer.hpp"

namespace kelisim::api {

// A request of a client that proved who it is, with its form read.
struct ClientCall {
    const registry::System* client = nullptr;
    http::Form form;
};

// The same for a request whose body is no form.
struct ClientSystem {
    const registry::System* system = nullptr;
};

// For endpoints that take an authenticated client. Thread-safe; all references outlive it.
class ClientAuthentication {
public:
    ClientAuthentication(const identity::Clients& clients, const records::Records& records, store::Writer& writer,
                         const base::Clock& clock)
        : clients_(clients), records_(records), writer_(writer), clock_(clock) {}

    // The form and the client, or the error to answer with. An assertion counts only once it is durably used up.
    boost::asio::awaitable<std::variant<ClientCall, http::Response>> form_call(const http::Request& request) const;

    // For JSON bodies and for GET: Basic, a client assertion (RFC 7523) as the bearer token, or the certificate of the
    // connection (RFC 8705) when the header is missing; a problem otherwise.
    boost::asio::awaitable<std::variant<ClientSystem, http::Response>> header_call(const http::Request& request) const;

    // For a route that takes such a client: handler(const ClientSystem&, const http::Request&). This outlives the route.
    template <class Handler>
    http::Endpoint endpoint(Handler handler) const {
        const http::Authenticator<ClientSystem> who = [this](const http::Request& request) {
            return header_call(request);
        };
        return http::authenticated<ClientSystem>(who, std::move(handler));
    }

    // The client of Basic or of a certificate, as the gateway gets it beside a kdp-token.
    base::Result<const registry::System*> header_client(const http::Request& request) const;

private:
    // False when the assertion was used before.
    boost::asio::awaitable<bool> use_up(const identity::AuthenticatedClient& client) const;

    const identity::Clients& clients_;
    const records::Records& records_;
    store::Writer& writer_;
    const base::Clock& clock_;
};

}  // namespace kelisim::api
