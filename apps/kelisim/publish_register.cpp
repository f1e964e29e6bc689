// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/json/serialize.hpp>

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "commands.hpp"
#include "exchange.hpp"
#include "http/client.hpp"
#include "json/json.hpp"
#include "publish_command.hpp"
#include "terminal.hpp"
#include "trust/signing_key.hpp"
#include "trust/xml_signature.hpp"

namespace kelisim::app {

namespace {

constexpr std::size_t passphrase_bytes_max = 1024;

// What the gateway is asked, one exchange after the other, in one session.
class Staff {
public:
    explicit Staff(const Publish& wanted)
        : language_(base::to_string(language_wanted(wanted.language))),
          tls_({.anchors = wanted.anchors, .chain = {}, .key = {}}),
          workers_(1),
          client_(workers_, {.tls = &tls_}) {
        const auto authority = http::parse_http_origin(wanted.gateway);
        if (!authority) throw base::Outage("--gateway is not https://host:port: " + wanted.gateway);
        authority_ = *authority;
    }

    struct Reply {
        int status = 0;
        boost::json::object body;
        std::string cookie;
    };
    Reply post(const std::string& target, const boost::json::object& body, std::vector<http::Header> headers = {}) {
        headers.push_back({"Content-Type", "application/json"});
        headers.push_back({"Accept-Language", language_});
        const http::Outcome outcome = exchange(workers_, client_,
                                               {.upstream = authority_,
                                                .method = "POST",
                                                .target = target,
                                                .headers = std::move(headers),
                                                .body = boost::json::serialize(body),
                                                .limits = {}});
        if (const auto* failure = std::get_if<http::Failure>(&outcome))
            throw base::Outage("the gateway does not answer: " + failure->why);
        const auto& answer = std::get<http::Answer>(outcome);
        const std::string_view cookie = answer.headers.first("Set-Cookie").value_or("");
        Reply reply{.status = answer.status, .body = {}, .cookie = std::string(cookie.substr(0, cookie.find(';')))};
        if (auto value = json::parse(answer.body, {}); value.has_value() && value->is_object())
            reply.body = std::move(value->get_object());
        return reply;
    }

private:
    std::string language_;
    http::ClientTls tls_;
    http::Workers workers_;
    http::Client client_;
    http::Authority authority_;
};

std::string member(const boost::json::object& body, std::string_view name) {
    const auto text = json::text(body, name);
    if (text.has_error()) throw base::Outage("the gateway's answer has no " + std::string(name));
    return std::string(*text);
}

trust::SigningKey key_of(const Publish& wanted, base::Entropy& entropy) {
    std::string passphrase = read_bounded(wanted.passphrase, passphrase_bytes_max);
    passphrase.erase(std::min(passphrase.find_first_of("\r\n"), passphrase.size()));
    const std::string file = read_text(wanted.eds);
    auto key =
        trust::SigningKey::from_pkcs12(base::as_bytes(file), base::Secret<std::string>(std::move(passphrase)), entropy);
    if (key.has_error()) throw base::Outage(wanted.eds.string() + ": " + std::string(key.error().first().text.en));
    return std::move(*key);
}

// An EDS signs nothing that another has chosen: only a challenge of this gateway for signing in, and nothing beside it.
void require_challenge(std::string_view text, std::string_view issuer) {
    constexpr std::string_view begin = "<challenge expires=\"", end = "\" purpose=\"sign_in\"></challenge>";
    const std::string host = "\" host=\"" + std::string(issuer) + "\" nonce=\"";
    const bool framed = text.starts_with(begin) && text.ends_with(end);
    const bool ours = framed && text.find(host) != std::string_view::npos;
    const bool plain = std::ranges::count(text, '<') == 2 && std::ranges::count(text, '"') == 8 &&
                       text.find('&') == std::string_view::npos;
    if (!ours || !plain)
        throw base::Outage("the gateway gave something else to sign than a sign-in at " + std::string(issuer) +
                           "; if that is not its issuer, name it by --issuer");
}

struct Session {
    std::string cookie, csrf;
};

Session sign_in(Staff& staff, const Publish& wanted) {
    base::SystemEntropy entropy;
    const trust::SigningKey key = key_of(wanted, entropy);
    const Staff::Reply begun = staff.post("/api/v1/sign-in-by-eds", {});
    if (begun.status != 201) throw base::Outage("signing in cannot be begun: " + std::to_string(begun.status));
    const std::string challenge = member(begun.body, "challenge");
    require_challenge(challenge, wanted.issuer.empty() ? wanted.gateway : wanted.issuer);
    const auto document = trust::sign_xml(base::as_bytes(challenge), key);
    if (document.has_error()) throw base::Outage(std::string(document.error().first().text.en));
    const Staff::Reply finished = staff.post("/api/v1/sign-in-by-eds/" + member(begun.body, "sign_in"),
                                             {{"signature", base::as_text(*document)}});
    if (finished.status != 200)
        throw base::Outage("signing in was refused: " + printable(member(finished.body, "title")));
    return {.cookie = finished.cookie, .csrf = member(finished.body, "csrf_token")};
}

}  // namespace

int register_service(const Publish& wanted, const publication::Offer& offer) {
    Staff staff(wanted);
    const Session session = sign_in(staff, wanted);
    const Staff::Reply reply = staff.post("/api/v1/staff/services", publication::registration(offer, wanted.reason),
                                          {{"Cookie", session.cookie}, {"X-CSRF-Token", session.csrf}});
    if (reply.status != 201) {
        complain(printable(member(reply.body, "title")));
        return 1;
    }
    print_line(offer.key + " is registered since " + printable(member(reply.body, "registered")));
    tell_what_is_left(wanted, offer);
    return 0;
}

}  // namespace kelisim::app
