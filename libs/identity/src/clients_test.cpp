// SPDX-License-Identifier: Apache-2.0
#include "identity/clients.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <functional>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "token/jws.hpp"

namespace kelisim::identity {
namespace {

using namespace std::chrono_literals;
using registry::CertificateName;

const token::SigningKey key{crypto::PrivateKey::generate_p256()};
const base::Time now = base::from_micros(1'795'000'000'000'000);
constexpr auto jwt_bearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const registry::Registry& world() {
    static const registry::Registry registry([] {
        const registry::Name name{"атау", "название"};
        registry::Entries entries;
        entries.organisations = {{"000140000353", registry::OrganisationKind::bank, name}};
        entries.systems = {{"BANK", "000140000353", registry::Contour::external, "demo bank", ""},
                           {"OTHER", "000140000353", registry::Contour::external, "other", ""}};
        entries.credentials = {{"demo bank", base::to_base64url(crypto::sha256(base::as_bytes("a+secret %"))),
                                boost::json::serialize(token::KeySet({key.verification()}).to_jwks())},
                               {"other", "", ""}};
        for (const auto& [client, kind, known] : {std::tuple{"dn", CertificateName::subject_dn, "CN=bank,C=KZ"},
                                                  {"dns", CertificateName::san_dns, "bank.test"},
                                                  {"uri", CertificateName::san_uri, "urn:bank"},
                                                  {"ip", CertificateName::san_ip, "2001:db8::1"},
                                                  {"email", CertificateName::san_email, "Bank@bank.test"},
                                                  {"dn too", CertificateName::subject_dn, "CN=twin"},
                                                  {"dn three", CertificateName::subject_dn, "CN=twin"}}) {
            entries.systems.push_back(
                {std::string("S-") + client, "000140000353", registry::Contour::external, client, ""});
            entries.tls_clients.push_back({client, kind, known});
        }
        return entries;
    }());
    return registry;
}

const Clients& clients() {
    static const Clients made(world(), {"http://issuer", "http://issuer/token"});
    return made;
}

std::string basic(std::string_view pair) {
    // RFC 4648 section 4 from the URL alphabet.
    std::string text = base::to_base64url(base::as_bytes(pair));
    for (char& c : text)
        c = c == '-' ? '+' : c == '_' ? '/' : c;
    while (text.size() % 4 != 0)
        text += '=';
    return "Basic " + text;
}

bool authenticates(const Presented& presented) {
    const auto credentials = read_credentials(presented);
    return credentials.has_value() && clients().authenticate(*credentials, now).has_value();
}

TEST(ClientSecret, IsTakenFromBasicFormDecoded) {
    EXPECT_TRUE(authenticates({.authorization = basic("demo+bank:a%2Bsecret+%25")}));
    EXPECT_TRUE(authenticates({.authorization = basic("demo%20bank:a%2bsecret%20%25"), .client_id = "demo bank"}));
}

TEST(ClientSecret, IsTakenFromTheBody) {
    EXPECT_TRUE(authenticates({.client_id = "demo bank", .client_secret = "a+secret %"}));
}

struct Wrong {
    std::string name;
    Presented presented;
};
class SecretRefused : public testing::TestWithParam<Wrong> {};
TEST_P(SecretRefused, ForWhateverReason) {
    EXPECT_FALSE(authenticates(GetParam().presented));
}
INSTANTIATE_TEST_SUITE_P(
    Table, SecretRefused,
    testing::Values(Wrong{"Nothing", {}}, Wrong{"OnlyTheName", {.client_id = "demo bank"}},
                    Wrong{"WrongSecret", {.client_id = "demo bank", .client_secret = "a secret %"}},
                    Wrong{"EmptySecret", {.client_id = "demo bank", .client_secret = ""}},
                    Wrong{"UnknownClient", {.client_id = "nobody", .client_secret = "a+secret %"}},
                    Wrong{"ClientWithoutSecret", {.client_id = "other", .client_secret = ""}},
                    Wrong{"SecretWithoutName", {.client_secret = "a+secret %"}},
                    Wrong{"NotFormEncoded", {.authorization = basic("demo bank:a+secret %")}},
                    Wrong{"NoColon", {.authorization = basic("demo+bank")}},
                    Wrong{"NotBase64", {.authorization = "Basic ###"}}, Wrong{"Bearer", {.authorization = "Bearer x"}},
                    Wrong{"OtherNameBeside",
                          {.authorization = basic("demo+bank:a%2Bsecret+%25"), .client_id = "other"}},
                    Wrong{"TwoWays",
                          {.authorization = basic("demo+bank:a%2Bsecret+%25"),
                           .client_id = "demo bank",
                           .client_secret = "a+secret %"}}),
    [](const auto& c) { return c.param.name; });

boost::json::object claims() {
    return {{"iss", "demo bank"}, {"sub", "demo bank"},           {"aud", "http://issuer"},
            {"jti", "once"},      {"iat", base::to_seconds(now)}, {"exp", base::to_seconds(now + 1min)}};
}

base::Result<AuthenticatedClient> asserted(const std::string& assertion, std::optional<std::string> client_id = {}) {
    return clients().authenticate(
        *read_credentials({.client_id = std::move(client_id), .assertion_type = jwt_bearer, .assertion = assertion}),
        now);
}

TEST(Assertion, IsTakenOnceByItsJti) {
    const auto client = asserted(token::sign(key, "JWT", claims()), "demo bank");
    ASSERT_TRUE(client.has_value());
    EXPECT_EQ(client->system->key, "BANK");
    EXPECT_EQ(client->once->jti, "once");
    EXPECT_GE(client->once->expires, now + 1min) << "the jti is kept as long as the assertion could be used";
}

TEST(Assertion, MayNameTheTokenEndpointAmongItsAudiences) {
    auto several = claims();
    several["aud"] = {"http://elsewhere", "http://issuer/token"};
    EXPECT_TRUE(asserted(token::sign(key, "JWT", several)).has_value());
}

struct ClaimCase {
    std::string name;
    std::function<void(boost::json::object&)> change;
};
class AssertionRefused : public testing::TestWithParam<ClaimCase> {};
TEST_P(AssertionRefused, ForItsClaims) {
    auto changed = claims();
    GetParam().change(changed);
    EXPECT_TRUE(asserted(token::sign(key, "JWT", changed)).has_error());
}
INSTANTIATE_TEST_SUITE_P(
    Table, AssertionRefused,
    testing::Values(ClaimCase{"OtherIssuer", [](auto& c) { c["iss"] = "other"; }},
                    ClaimCase{"OtherSubject", [](auto& c) { c["sub"] = "other"; }},
                    ClaimCase{"UnknownSubject", [](auto& c) { c["sub"] = "nobody"; }},
                    ClaimCase{"OtherAudience", [](auto& c) { c["aud"] = "http://elsewhere"; }},
                    ClaimCase{"NoAudience", [](auto& c) { c.erase("aud"); }},
                    ClaimCase{"NoJti", [](auto& c) { c.erase("jti"); }},
                    ClaimCase{"EmptyJti", [](auto& c) { c["jti"] = ""; }},
                    ClaimCase{"LongJti",
                              [](auto& c) { c["jti"] = std::string(base::limits::name_bytes_max + 1, 'x'); }},
                    ClaimCase{"NoExpiry", [](auto& c) { c.erase("exp"); }},
                    ClaimCase{"Expired", [](auto& c) { c["exp"] = base::to_seconds(now - base::limits::clock_skew); }},
                    ClaimCase{"LivesTooLong",
                              [](auto& c) {
                                  c["exp"] = base::to_seconds(now + base::limits::client_assertion_life_max +
                                                              base::limits::clock_skew + 1s);
                              }},
                    ClaimCase{"IssuedTomorrow", [](auto& c) { c["iat"] = base::to_seconds(now + 24h); }},
                    ClaimCase{"NotYet", [](auto& c) { c["nbf"] = base::to_seconds(now + 24h); }},
                    ClaimCase{"ExpiryAsText", [](auto& c) { c["exp"] = "tomorrow"; }}),
    [](const auto& c) { return c.param.name; });

TEST(Assertion, IsRefusedForItsSignatureAndWhatStandsBeside) {
    const token::SigningKey foreign{crypto::PrivateKey::generate_p256()};
    EXPECT_TRUE(asserted(token::sign(foreign, "JWT", claims())).has_error());
    EXPECT_TRUE(asserted(token::sign(key, "at+jwt", claims())).has_error());
    EXPECT_TRUE(asserted(token::sign(key, "JWT", claims()), "other").has_error());
    EXPECT_TRUE(asserted("").has_error());
    EXPECT_TRUE(read_credentials({.assertion = token::sign(key, "JWT", claims())}).has_error());
    EXPECT_TRUE(read_credentials({.assertion_type = "urn:other", .assertion = "x"}).has_error());
}

// --- RFC 8705 2.1

// What a certificate says, and nothing else.
struct Says {
    std::string subject = {};
    std::vector<std::string> dns = {}, uris = {}, addresses = {}, emails = {};
};

std::shared_ptr<const http::PeerCertificate> shown(const Says& says) {
    auto certificate = std::make_shared<http::PeerCertificate>();
    certificate->subject = says.subject;
    certificate->dns = says.dns;
    certificate->uris = says.uris;
    certificate->addresses = says.addresses;
    certificate->emails = says.emails;
    return certificate;
}

std::string known_as(const Says& says, std::optional<std::string> client_id = {}) {
    const auto client = clients().authenticate(ByCertificate{shown(says), std::move(client_id)}, now);
    return client.has_value() ? client->system->client_id : "nobody";
}

TEST(Certificate, AuthenticatesWhoeverIsKnownByItsName) {
    EXPECT_EQ(known_as({.subject = "CN=bank,C=KZ"}, "dn"), "dn");
    EXPECT_EQ(known_as({.dns = {"elsewhere.test", "Bank.TEST"}}, "dns"), "dns");
    EXPECT_EQ(known_as({.uris = {"urn:bank"}}, "uri"), "uri");
    EXPECT_EQ(known_as({.addresses = {"2001:0db8:0:0::1"}}, "ip"), "ip");
    EXPECT_EQ(known_as({.emails = {"Bank@bank.test"}}, "email"), "email");
    EXPECT_EQ(known_as({.subject = "CN=bank,C=KZ"}), "dn");
    EXPECT_EQ(known_as({.subject = "CN=twin"}, "dn too"), "dn too");
}

TEST(Certificate, AuthenticatesNobodyElse) {
    EXPECT_EQ(known_as({.subject = "CN=bank,C=KZ"}, "dns"), "nobody");
    EXPECT_EQ(known_as({.subject = "CN=bank,C=KZ"}, "demo bank"), "nobody") << "it is known by a secret";
    EXPECT_EQ(known_as({.subject = "CN=bank,C=KZ"}, "no such client"), "nobody");
    for (const auto* subject :
         {"", "CN=bank", "CN=bank,C=KZ,O=x", "O=x,CN=bank,C=KZ", "CN=Bank,C=KZ", "CN=bank\\,C=KZ"})
        EXPECT_EQ(known_as({.subject = subject}, "dn"), "nobody") << subject;
    EXPECT_EQ(known_as({.subject = "bank.test", .dns = {"x.bank.test", "*.test", "bank.test.", ""}}, "dns"), "nobody");
    EXPECT_EQ(known_as({.dns = {"urn:bank"}, .uris = {"URN:bank", "urn:bank:x"}}, "uri"), "nobody");
    EXPECT_EQ(known_as({.dns = {"2001:db8::1"}, .addresses = {"2001:db8::2", ""}}, "ip"), "nobody");
    EXPECT_EQ(known_as({.emails = {"bank@bank.test"}}, "email"), "nobody");
    EXPECT_EQ(known_as({.subject = "CN=twin"}), "nobody") << "two are known by it";
    EXPECT_EQ(known_as({}), "nobody");
}

TEST(Certificate, IsTheWayWhereThereIsNoOther) {
    const auto certificate = shown({.subject = "CN=bank,C=KZ"});
    const auto way = [](const Presented& presented) {
        const auto credentials = read_credentials(presented);
        return credentials.has_error()                               ? "none"
               : std::holds_alternative<ByCertificate>(*credentials) ? "certificate"
                                                                     : "other";
    };
    EXPECT_STREQ(way({.client_id = "dn", .certificate = certificate}), "certificate");
    EXPECT_STREQ(way({.client_id = "dn", .client_secret = "x", .certificate = certificate}), "other");
    EXPECT_STREQ(way({.authorization = basic("a:b"), .certificate = certificate}), "other");
    EXPECT_STREQ(way({.certificate = certificate}), "none") << "the client_id is missing";
    EXPECT_STREQ(way({.authorization = "Bearer x", .client_id = "dn", .certificate = certificate}), "none");
    EXPECT_STREQ(way({.client_id = "dn"}), "none");
}

}  // namespace
}  // namespace kelisim::identity
