// SPDX-License-Identifier: Apache-2.0
#include "identity/proofs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <functional>

#include "base/text.hpp"
#include "token/jws.hpp"

namespace kelisim::identity {
namespace {

const token::SigningKey key{crypto::PrivateKey::generate_p256()};
const token::SigningKey stranger{crypto::PrivateKey::generate_p256()};
constexpr std::string_view issuer = "http://issuer";
constexpr std::int64_t now = 1'795'000'000;

const registry::Registry& world() {
    static const registry::Registry registry([] {
        const registry::Name name{"атау", "название"};
        registry::Entries entries;
        registry::Organisation bank{"000140000353", registry::OrganisationKind::bank, name};
        bank.proof_keys = boost::json::serialize(token::KeySet({key.verification()}).to_jwks());
        entries.organisations = {bank, {"000140000429", registry::OrganisationKind::company, name}};
        entries.systems = {{"BANK", "000140000353", registry::Contour::external, "bank", ""},
                           {"KEYLESS", "000140000429", registry::Contour::external, "keyless", ""}};
        return entries;
    }());
    return registry;
}

boost::json::object claims() {
    return {
        {"cbin", "000140000353"}, {"mcheck", "Bio"}, {"aud", issuer},    {"jti", "one"},
        {"sub", "450810100013"},  {"iat", now},      {"exp", now + 600}, {"authorization_details_sha256", "digest"}};
}

base::Result<consent::Proof> read(std::string_view jws, std::string_view sender = "BANK") {
    return Proofs(world(), std::string(issuer)).read(jws, *world().system(sender));
}
base::Result<consent::Proof> read(const boost::json::object& of) {
    return read(token::sign(key, "JWT", of));
}

TEST(Proofs, AreReadAsTheyWereSigned) {
    const auto proof = read(claims()).value();
    EXPECT_EQ(proof.organisation, "000140000353");
    EXPECT_EQ(proof.method, "Bio");
    EXPECT_EQ(proof.id, "one");
    EXPECT_EQ(proof.subject.reveal(), "450810100013");
    EXPECT_EQ(proof.confirmed_by, proof.subject);
    EXPECT_EQ(proof.details, "digest");
    EXPECT_EQ(base::to_seconds(proof.expires) - base::to_seconds(proof.issued), 600);
    EXPECT_EQ(proof.answer, consent::Answer::yes);
    EXPECT_FALSE(proof.offer);
    EXPECT_EQ(std::count(proof.signed_text.begin(), proof.signed_text.end(), '.'), 2) << "kept as it came";
}

TEST(Proofs, MayBeOfARepresentativeOfARefusalAndOfAProactiveService) {
    auto of = claims();
    of["confirmed_by"] = "411020100014";
    of["answer"] = "no";
    of["campaign"] = "rename";
    of["text_sha256"] = "text";
    of["asked_at"] = now - 60;
    of["answered_at"] = now - 30;
    const auto proof = read(of).value();
    EXPECT_EQ(proof.confirmed_by.reveal(), "411020100014");
    EXPECT_EQ(proof.answer, consent::Answer::no);
    ASSERT_TRUE(proof.offer);
    EXPECT_EQ(proof.offer->campaign, "rename");
    EXPECT_EQ(proof.offer->text_sha256, "text");
    EXPECT_LT(proof.offer->asked, proof.offer->answered);
}

class Missing : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Claims, Missing,
                         testing::Values("cbin", "mcheck", "aud", "jti", "sub", "iat", "exp",
                                         "authorization_details_sha256"));
TEST_P(Missing, IsNoProof) {
    auto of = claims();
    of.erase(GetParam());
    EXPECT_TRUE(read(of).error().has(consent::proof_invalid));
}

struct Wrong {
    std::string name;
    std::function<void(boost::json::object&)> change;
};
class Malformed : public testing::TestWithParam<Wrong> {};
INSTANTIATE_TEST_SUITE_P(Claims, Malformed,
                         testing::Values(Wrong{"another_audience", [](auto& c) { c["aud"] = "http://other"; }},
                                         Wrong{"no_iin", [](auto& c) { c["sub"] = "450810100014"; }},
                                         Wrong{"representative_no_iin", [](auto& c) { c["confirmed_by"] = "1"; }},
                                         Wrong{"answer_perhaps", [](auto& c) { c["answer"] = "perhaps"; }},
                                         Wrong{"answer_true", [](auto& c) { c["answer"] = true; }},
                                         Wrong{"empty_jti", [](auto& c) { c["jti"] = ""; }},
                                         Wrong{"long_jti", [](auto& c) { c["jti"] = std::string(129, 'x'); }},
                                         Wrong{"time_as_text", [](auto& c) { c["exp"] = "tomorrow"; }},
                                         Wrong{"offer_without_times", [](auto& c) { c["campaign"] = "rename"; }}),
                         [](const testing::TestParamInfo<Wrong>& test) { return test.param.name; });
TEST_P(Malformed, IsNoProof) {
    auto of = claims();
    GetParam().change(of);
    EXPECT_TRUE(read(of).error().has(consent::proof_invalid));
}

TEST(Proofs, AreRefusedUnderAnotherKeyOrWithoutASignature) {
    EXPECT_TRUE(read(token::sign(stranger, "JWT", claims())).has_error());
    EXPECT_TRUE(read(token::sign(key, "JWT", claims()), "KEYLESS").has_error());
    const std::string jws = token::sign(key, "JWT", claims());
    EXPECT_TRUE(read(jws.substr(0, jws.rfind('.') + 1)).has_error());
    EXPECT_TRUE(read("").has_error());
    EXPECT_TRUE(read(std::string(100'000, 'x')).has_error());
}

// --- `ovt` of the SOAP wire (wire.md B4)

const token::SigningKey rsa{crypto::PrivateKey::generate_rsa2048(), token::Algorithm::rs256};
const base::Iin abai = base::Iin::parse("450810100013").value();

// A bank with two keys, as who exchanges one has them.
const registry::Registry& wire_world() {
    static const registry::Registry registry([] {
        registry::Entries entries;
        registry::Organisation bank{"000140000353", registry::OrganisationKind::bank, {"атау", "название"}};
        bank.proof_keys = boost::json::serialize(token::KeySet({key.verification(), rsa.verification()}).to_jwks());
        entries.organisations = {bank};
        entries.systems = {{"BANK", "000140000353", registry::Contour::external, "bank", ""}};
        return entries;
    }());
    return registry;
}
base::Result<consent::Proof> read_ovt(std::string_view jws) {
    return Proofs(wire_world(), std::string(issuer)).read_ovt(jws, *wire_world().system("BANK"), abai);
}
// Clients of the wire name no key.
std::string without_kid(const boost::json::object& payload, const token::SigningKey& by = rsa) {
    const auto encoded = [](const boost::json::object& part) {
        return base::to_base64url(base::as_bytes(boost::json::serialize(part)));
    };
    const std::string input =
        encoded({{"alg", token::to_string(by.algorithm)}, {"typ", "JWT"}}) + '.' + encoded(payload);
    return input + '.' + base::to_base64url(by.key.sign(by.algorithm, base::as_bytes(input)));
}
boost::json::object bare() {
    return {{"cbin", "000140000353"}, {"mcheck", "Bio"}, {"iat", now}, {"exp", now + 36'000}};
}

TEST(Ovt, BareItNamesNobody) {
    const auto proof = read_ovt(without_kid(bare())).value();
    EXPECT_FALSE(proof.bound);
    EXPECT_EQ(proof.subject, abai) << "the message says about whom it is";
    EXPECT_EQ(proof.answer, consent::Answer::yes);
    EXPECT_EQ(base::to_seconds(proof.expires) - base::to_seconds(proof.issued), 36'000);
}

TEST(Ovt, WithPersonAndIdItIsBound) {
    boost::json::object payload = bare();
    payload["sub"] = "411020100014";
    EXPECT_FALSE(read_ovt(without_kid(payload)).value().bound) << "without an id it could come again";
    payload["jti"] = "one";
    const auto proof = read_ovt(without_kid(payload)).value();
    EXPECT_TRUE(proof.bound);
    EXPECT_EQ(proof.subject.reveal(), "411020100014") << "for the decision to compare";
}

TEST(Ovt, DatesAreNumbersOrTexts) {
    boost::json::object payload = bare();
    payload["iat"] = "2026-11-18T10:00:00.000Z";
    payload["exp"] = "2026-11-18T16:00:00+05:00";
    EXPECT_EQ(read_ovt(without_kid(payload)).value().expires - read_ovt(without_kid(payload)).value().issued,
              std::chrono::hours{1});
    payload["iat"] = 1'795'000'000.5;
    EXPECT_EQ(base::to_seconds(read_ovt(without_kid(payload)).value().issued), now);
    for (const boost::json::value& wrong : {boost::json::value("yesterday"), boost::json::value(-1),
                                            boost::json::value(1e300), boost::json::value(nullptr)}) {
        payload["iat"] = wrong;
        EXPECT_TRUE(read_ovt(without_kid(payload)).has_error()) << boost::json::serialize(wrong);
    }
}

TEST(Ovt, OfAnotherKeyOrForAnotherIsNone) {
    EXPECT_TRUE(read_ovt(without_kid(bare(), key)).has_value()) << "any of its keys will do";
    EXPECT_TRUE(read_ovt(without_kid(bare(), stranger)).has_error());
    EXPECT_TRUE(read_ovt("").has_error());
    EXPECT_TRUE(read_ovt("a.b.c").has_error());
    boost::json::object elsewhere = bare();
    elsewhere["aud"] = "https://another";
    EXPECT_TRUE(read_ovt(without_kid(elsewhere)).has_error());
    for (const char* member : {"cbin", "mcheck", "iat", "exp"}) {
        boost::json::object lacking = bare();
        lacking.erase(member);
        EXPECT_TRUE(read_ovt(without_kid(lacking)).has_error()) << member;
    }
    boost::json::object nobody = bare();
    nobody["sub"] = "somebody";
    EXPECT_TRUE(read_ovt(without_kid(nobody)).has_error());
    std::string stripped = without_kid(bare());
    stripped.resize(stripped.rfind('.') + 1);
    EXPECT_TRUE(read_ovt(stripped).has_error());
}

}  // namespace
}  // namespace kelisim::identity
