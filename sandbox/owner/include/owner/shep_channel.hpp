// SPDX-License-Identifier: Apache-2.0
// A data owner behind the gateway, as existing ones are: SendMessage in, SendMessageResponse out (wire.md A3, A5 to A7, B5). The
// token comes in the business data and is verified without asking about it (236/НК п.2(8)); the answer has one shape, so a token
// has to grant all fields of the service.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/entropy.hpp"
#include "base/zone.hpp"
#include "http/route.hpp"
#include "http/server.hpp"
#include "owner/kelisim_side.hpp"
#include "owner/registry.hpp"
#include "soap/sync_channel.hpp"
#include "trust/authorities.hpp"
#include "trust/policy.hpp"
#include "trust/report.hpp"
#include "trust/signing_key.hpp"

namespace kelisim::owner {

struct ShepOptions {
    // Whose certificates the gateway has. With them every message has to be signed; without them none is looked at, which is for
    // a gateway on the same machine.
    std::optional<trust::Authorities> gateway = {};
    // Of the organisation that runs the gateway; empty: whoever has a certificate under those authorities may sign.
    std::string gateway_bin = {};
    // Signs every answer and the document in it; nothing: neither is signed.
    std::optional<trust::SigningKey> key = {};
};

struct ShepParts {
    Registry& registry;
    const KelisimSide& kelisim;  // its clock
    base::Entropy& entropy;
    const base::Zone& zone;
    http::Observer& observer;  // hears of what became a fault because something did not answer
};

// Used on one io thread; outlives the server that has its routes.
class ShepChannel {
public:
    ShepChannel(ShepParts parts, ShepOptions options) : parts_(parts), options_(std::move(options)) {}

    // POST /shep/
    std::vector<http::Route> routes();

private:
    // What an answer, a fault among them, has to be like.
    struct Exchange {
        soap::Version version = soap::Version::v11;
        std::optional<soap::SessionId> session = {};
    };
    using Response = http::Response;
    using Answer = boost::asio::awaitable<Response>;

    Answer send_message(const http::Request& request);
    Answer converse(const http::Request& request, Exchange& exchange);
    Answer answer(const Exchange& exchange, const soap::SendMessage& message, const soap::BusinessData& data,
                  soap::DataForm form);

    trust::DocumentReport verify(const soap::Envelope& envelope) const;
    bool is_of_gateway(const trust::DocumentReport& report) const;
    Response fault(const Exchange& exchange, std::string_view code, std::string detail) const;
    Response enveloped(const Exchange& exchange, int status, const std::string& content) const;
    std::string new_id() const;

    ShepParts parts_;
    ShepOptions options_;
    trust::Policy policy_{.revocation_required = false};  // it asks no responder
};

}  // namespace kelisim::owner
