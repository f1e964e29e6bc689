// SPDX-License-Identifier: Apache-2.0
// What the system beside the connector calls: plain HTTP and JSON, on this machine. Nothing happens by itself: each call takes the
// next step with the gateway, so whoever asks decides when.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <map>
#include <optional>
#include <variant>

#include "base/secret.hpp"
#include "connector/book.hpp"
#include "connector/catalogue.hpp"
#include "connector/gateway.hpp"
#include "connector/way_out.hpp"
#include "http/route.hpp"
#include "store/writer.hpp"

namespace kelisim::connector {

extern const base::Reason secret_wrong;
extern const base::Reason consent_unknown;
extern const base::Reason not_answered;
extern const base::Reason asked_too_late;
extern const base::Reason media_type_wrong;
extern const base::Reason repeat_key_malformed;
extern const base::Reason person_named;

struct AccessPointParts {
    Gateway& gateway;
    WayOut& way;
    const Book& book;
    store::Writer& writer;
    store::Readers& readers;
    const Catalogue& catalogue;
    base::Secret<std::string> secret;  // of whoever may call
    std::chrono::days kept_after_end;
};

// Used on one io thread. All references outlive it, and it outlives the server that has its routes.
class AccessPoint {
public:
    explicit AccessPoint(AccessPointParts parts) : parts_(std::move(parts)) {}
    std::vector<http::Route> routes();

private:
    using Answer = boost::asio::awaitable<http::Response>;
    using Steady = std::chrono::steady_clock;
    struct System {};  // who knows the secret
    struct Pace {
        Steady::time_point next;
        std::chrono::seconds interval;
    };
    struct Kept {
        Held held;
        Steady::time_point until;
    };

    boost::asio::awaitable<std::variant<System, http::Response>> identify(const http::Request& request) const;
    Answer ask(const http::Request& request);
    Answer look(const http::Request& request);
    Answer give(const http::Request& request);
    Answer forget(const http::Request& request);
    Answer health() const;

    std::optional<Consent> find(const http::Request& request) const;
    http::Response view(int status, const Consent& consent, const std::optional<Told>& trouble) const;
    http::Response refused(const Told& told) const;

    // Takes the next step; what kept it from being taken.
    boost::asio::awaitable<std::optional<Told>> bring_forward(Consent& consent);
    boost::asio::awaitable<std::optional<Told>> ask_person(Consent& consent);
    // A token, or why there is none; stores what was decided.
    boost::asio::awaitable<std::variant<Held, Pending, Told>> redeem(Consent& consent);
    boost::asio::awaitable<void> moved(Consent& consent, State to, Codes reasons);
    boost::asio::awaitable<std::variant<Given, Told>> data(Consent& consent, Wanted wanted, std::string repeat_key);

    Pace& pace_of(const ConsentId& id);
    void keep(const ConsentId& id, const Held& held);
    std::optional<Held> kept(const ConsentId& id);

    AccessPointParts parts_;
    std::map<ConsentId, Pace> paces_;
    std::map<ConsentId, Kept> kept_;
};

}  // namespace kelisim::connector
