// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <variant>

#include "access/signing_in.hpp"
#include "base/clock.hpp"
#include "http/route.hpp"
#include "identity/cookie.hpp"
#include "store/writer.hpp"

namespace kelisim::api {

extern const base::Reason session_missing;
extern const base::Reason session_csrf;

// A signed-in person, and whose things the request is about: their own, or those of the ward that `?ward=` names.
struct PersonCall {
    records::PersonSession session;
    access::Acting acting;
};

// Thread-safe; all references outlive it.
class PersonAuthentication {
public:
    PersonAuthentication(const access::SigningIn& signing_in, store::Writer& writer, store::Readers& readers,
                         const base::Clock& clock, std::string_view issuer)
        : signing_in_(signing_in),
          writer_(writer),
          readers_(readers),
          clock_(clock),
          cookie_(issuer, identity::session_cookie),
          device_cookie_(issuer, identity::device_cookie) {}

    // The session's cookie, and for whatever changes something the token against forged requests.
    boost::asio::awaitable<std::variant<PersonCall, http::Response>> call(const http::Request& request) const;
    const identity::Cookie& cookie() const { return cookie_; }
    // Of a browser in which this person signed in before.
    const identity::Cookie& device_cookie() const { return device_cookie_; }

    template <class Handler>
    http::Endpoint endpoint(Handler handler) const {
        const http::Authenticator<PersonCall> who = [this](const http::Request& request) { return call(request); };
        return http::authenticated<PersonCall>(who, std::move(handler));
    }

private:
    const access::SigningIn& signing_in_;
    store::Writer& writer_;
    store::Readers& readers_;
    const base::Clock& clock_;
    identity::Cookie cookie_, device_cookie_;
};

}  // namespace kelisim::api
