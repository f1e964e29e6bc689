// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <variant>

#include "access/levels.hpp"
#include "access/signing_in.hpp"
#include "base/clock.hpp"
#include "http/route.hpp"
#include "identity/cookie.hpp"
#include "store/writer.hpp"

namespace kelisim::api {

extern const base::Reason session_missing;
extern const base::Reason session_csrf;
extern const base::Reason level_eds;
extern const base::Reason level_eds_and_code;

// A signed-in person, and whose things the request is about: their own, or those of the ward that `?ward=` names.
struct PersonCall {
    records::PersonSession session;
    access::Acting acting;
};

// Thread-safe; all references outlive it.
class PersonAuthentication {
public:
    PersonAuthentication(const access::SigningIn& signing_in, store::Writer& writer, store::Readers& readers,
                         const base::Clock& clock, std::string_view issuer, const access::Parts& parts,
                         const access::Levels& levels)
        : signing_in_(signing_in),
          writer_(writer),
          readers_(readers),
          clock_(clock),
          cookie_(issuer, identity::session_cookie),
          device_cookie_(issuer, identity::device_cookie),
          parts_(parts),
          levels_(levels) {}

    // The session's cookie, for whatever changes something the token against forged requests, and the level.
    boost::asio::awaitable<std::variant<PersonCall, http::Response>> call(const http::Request& request,
                                                                          access::Level wanted) const;
    const access::Levels& levels() const { return levels_; }
    // Why this session does not do for it.
    std::optional<base::Refusal> too_low(const records::PersonSession& session, access::Level wanted) const;
    const identity::Cookie& cookie() const { return cookie_; }
    // Of a browser in which this person signed in before.
    const identity::Cookie& device_cookie() const { return device_cookie_; }

    // What shows or widens something.
    template <class Handler>
    http::Endpoint endpoint(Handler handler) const {
        return at_level(levels_.look, std::move(handler));
    }
    // What protects the person: any session does (access/levels.hpp).
    template <class Handler>
    http::Endpoint protecting(Handler handler) const {
        return at_level(access::Level::code, std::move(handler));
    }

private:
    template <class Handler>
    http::Endpoint at_level(access::Level wanted, Handler handler) const {
        const http::Authenticator<PersonCall> who = [this, wanted](const http::Request& request) {
            return call(request, wanted);
        };
        return http::authenticated<PersonCall>(who, std::move(handler));
    }

    const access::SigningIn& signing_in_;
    store::Writer& writer_;
    store::Readers& readers_;
    const base::Clock& clock_;
    identity::Cookie cookie_, device_cookie_;
    access::Parts parts_;
    access::Levels levels_;
};

}  // namespace kelisim::api
