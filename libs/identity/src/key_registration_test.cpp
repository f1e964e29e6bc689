// SPDX-License-Identifier: Apache-2.0
#include "identity/key_registration.hpp"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "json/json.hpp"
#include "token/keys.hpp"
#include "xml/document.hpp"

namespace kelisim::identity {
namespace {

using boost::json::array;
using boost::json::object;
namespace limits = base::limits;

const std::string bin = "000140000072";
const std::string issuer = "https://kdp.test";
const base::Time now = base::parse_time("2026-06-01T12:00:00Z").value();

object jwk(const crypto::PrivateKey& key, std::string_view kid) {
    const token::SigningKey made(
        key, key.public_key().fits(token::Algorithm::es256) ? token::Algorithm::es256 : token::Algorithm::rs256);
    object out = token::KeySet({made.verification()}).to_jwks().at("keys").as_array().at(0).as_object();
    out["kid"] = kid;
    return out;
}
object ec(std::string_view kid = "a") {
    static const crypto::PrivateKey key = crypto::PrivateKey::generate_p256();
    return jwk(key, kid);
}
object rsa(std::string_view kid = "r") {
    static const crypto::PrivateKey key = crypto::PrivateKey::generate_rsa2048();
    return jwk(key, kid);
}
object keys(array list) {
    return {{"keys", std::move(list)}};
}

object registration() {
    return {{"action", "register_keys"}, {"host", issuer},      {"made", "2026-06-01T11:59:00Z"},
            {"organisation", bin},       {"client_id", "bank"}, {"purpose", "client_authentication"},
            {"jwks", keys({ec()})}};
}
template <class Value>
object with(std::string_view name, Value value) {
    object changed = registration();
    changed[name] = std::move(value);
    return changed;
}
object without(std::string_view name) {
    object changed = registration();
    changed.erase(name);
    return changed;
}
object tls(std::string_view kind, std::string_view name) {
    object changed = without("jwks");
    changed["purpose"] = "tls_certificate";
    changed["certificate_name"] = object{{"kind", kind}, {"name", name}};
    return changed;
}

SignedDocument signed_by(std::string_view content, std::string of = bin,
                         std::vector<trust::Role> roles = {trust::Role::legal_entity, trust::Role::first_head}) {
    const base::BytesView bytes = base::as_bytes(content);
    return {.bytes = {},
            .content = {bytes.begin(), bytes.end()},
            .signatory = {
                .iin = base::Iin::parse("450810100013").value(), .bin = std::move(of), .roles = std::move(roles)}};
}
base::Result<SignedKeyRegistration> read(const object& content) {
    return read_key_registration(signed_by(boost::json::serialize(content)), issuer, now);
}
base::Result<SignedKeyRegistration> read_text(std::string_view content) {
    return read_key_registration(signed_by(content), issuer, now);
}
std::vector<std::string_view> against(const base::Result<SignedKeyRegistration>& result) {
    std::vector<std::string_view> codes;
    if (result.has_value()) return codes;
    const base::Refusal refusal = result.error();
    for (const base::Reason* reason : refusal.reasons())
        codes.push_back(reason->code);
    return codes;
}
using Codes = std::vector<std::string_view>;

// KDP-10.2
TEST(KeyRegistration, OfAClient) {
    const auto got = read(with("jwks", keys({ec("a"), rsa("r")})));
    ASSERT_TRUE(got) << got.error().first().code;
    EXPECT_EQ(got->content.purpose, registry::KeyPurpose::client_authentication);
    EXPECT_EQ(got->content.organisation, bin);
    EXPECT_EQ(got->content.client_id, "bank");
    EXPECT_EQ(got->content.made, now - std::chrono::minutes{1});
    EXPECT_EQ(got->role, trust::Role::first_head);
    const auto kept = token::KeySet::from_jwks(json::parse(got->content.jwks, {}).value().as_object());
    EXPECT_NE(kept.find("a"), nullptr);
    EXPECT_NE(kept.find("r"), nullptr);
}

TEST(KeyRegistration, OfProofsAndOfACertificate) {
    object proofs = without("client_id");
    proofs["purpose"] = "proofs";
    const auto of_proofs = read(proofs);
    ASSERT_TRUE(of_proofs);
    EXPECT_EQ(of_proofs->content.client_id, "");
    const auto of_name = read(tls("san_ip", "2001:DB8:0:0::1"));
    ASSERT_TRUE(of_name);
    EXPECT_EQ(of_name->content.name, "2001:db8::1") << "addresses have one form";
    for (const auto& [kind, name] : {std::pair{"subject_dn", "CN=bank,OU=BIN000140000072,C=KZ"},
                                     {"san_dns", "bank.test"},
                                     {"san_uri", "urn:kz:bank"},
                                     {"san_email", "a@bank.test"}}) {
        EXPECT_TRUE(read(tls(kind, name))) << kind;
    }
}

TEST(KeyRegistration, NoKeysAtAllEndThoseBefore) {
    const auto got = read(with("jwks", keys({})));
    ASSERT_TRUE(got);
    EXPECT_EQ(got->content.jwks, "");
}

TEST(KeyRegistration, SignedAsTheTextOfAnElement) {
    const std::string text = boost::json::serialize(registration());
    EXPECT_TRUE(read_text("<key_registration>" + xml::escaped(text) + "</key_registration>"));
    EXPECT_EQ(against(read_text("<registration>" + xml::escaped(text) + "</registration>")),
              Codes{"key_registration_unreadable"});
    EXPECT_EQ(against(read_text("<key_registration><a>" + xml::escaped(text) + "</a></key_registration>")),
              Codes{"key_registration_unreadable"});
    EXPECT_EQ(against(read_text("<key_registration>" + xml::escaped(text) + "<!-- x --></key_registration>")),
              Codes{"key_registration_unreadable"});
    EXPECT_EQ(against(read_text("<key_registration>")), Codes{"xml_malformed"});
}

TEST(KeyRegistration, WhatIsNone) {
    for (const object& content : {with("action", "sign_in"), without("action"), with("purpose", "all"),
                                  without("purpose"), with("action", nullptr)}) {
        EXPECT_EQ(against(read(content)), Codes{"key_registration_unreadable"}) << boost::json::serialize(content);
    }
    EXPECT_EQ(against(read_text("[]")), Codes{"key_registration_unreadable"});
    EXPECT_EQ(against(read_text("")), Codes{"json_malformed"});
    for (const char* name : {"host", "made", "organisation", "client_id", "jwks"})
        EXPECT_TRUE(read(without(name)).has_error()) << name;
    EXPECT_EQ(against(read(with("further", 1))), Codes{"json_member_unknown"});
    object mixed = with("purpose", "proofs");
    EXPECT_EQ(against(read(mixed)), Codes{"json_member_unknown"}) << "proofs are of no client";
}

TEST(KeyRegistration, KeysThatDoNotDo) {
    const auto of = [](object key) { return against(read(with("jwks", keys({std::move(key)})))); };
    for (const char* name : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
        object key = rsa();
        key[name] = "AQAB";
        EXPECT_EQ(of(key), Codes{"key_registration_private_key"}) << name;
    }
    const Codes bad{"key_registration_key"};
    object weak = rsa();
    weak["n"] = base::to_base64url(base::Bytes(128, 0xff));
    EXPECT_EQ(of(weak), bad) << "1024 bits";
    object large = rsa();
    large["n"] = base::to_base64url(base::Bytes(limits::registered_rsa_bytes_max + 1, 0xff));
    EXPECT_EQ(of(large), bad) << "one byte over";
    object off = ec();
    off["x"] = off["y"];
    EXPECT_EQ(of(off), bad) << "not on the curve";
    object other = ec();
    other["alg"] = "RS256";
    EXPECT_EQ(of(other), bad);
    object encrypts = ec();
    encrypts["use"] = "enc";
    EXPECT_EQ(of(encrypts), bad);
    EXPECT_EQ(of({{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", "AAAA"}}), bad);
    EXPECT_EQ(of(ec(std::string(limits::name_bytes_max + 1, 'k'))), bad);
    EXPECT_EQ(against(read(with("jwks", keys({1})))), bad);
}

TEST(KeyRegistration, KidsAndNumbers) {
    EXPECT_EQ(against(read(with("jwks", keys({ec("a"), rsa("a")})))), Codes{"key_registration_kid_twice"});
    object unnamed = ec();
    unnamed.erase("kid");
    EXPECT_EQ(against(read(with("jwks", keys({unnamed, unnamed})))), Codes{"key_registration_kid_twice"})
        << "without a kid it is the thumbprint";
    array many;
    for (std::size_t i = 0; i < limits::registered_keys_max; ++i)
        many.push_back(ec("k" + std::to_string(i)));
    EXPECT_TRUE(read(with("jwks", keys(many))));
    many.push_back(ec("one too many"));
    EXPECT_EQ(against(read(with("jwks", keys(many)))), Codes{"json_member_range"});
}

TEST(KeyRegistration, NamesThatNoCertificateBears) {
    for (const auto& [kind, name] : {std::pair{"san_dns", "*.bank.test"},
                                     {"san_dns", ""},
                                     {"san_ip", "bank.test"},
                                     {"san_email", "bank"},
                                     {"san_uri", "bank"},
                                     {"subject_dn", "bank"},
                                     {"cn", "bank"},
                                     {"subject_dn", "CN=bank\n"}}) {
        EXPECT_EQ(against(read(tls(kind, name))), Codes{"key_registration_name"}) << kind << " " << name;
    }
}

TEST(KeyRegistration, OnlyForThisServerAndOnlyNow) {
    EXPECT_EQ(against(read(with("host", issuer + "/"))), Codes{"key_registration_elsewhere"});
    const Codes late{"key_registration_not_now"};
    const auto made = [](base::Time at) { return against(read(with("made", base::to_iso8601(at)))); };
    const std::chrono::microseconds one{1};
    EXPECT_EQ(made(now - limits::key_registration_age_max), Codes{});
    EXPECT_EQ(made(now - limits::key_registration_age_max - one), late);
    EXPECT_EQ(made(now + limits::clock_skew), Codes{});
    EXPECT_EQ(made(now + limits::clock_skew + one), late);
    EXPECT_EQ(against(read(with("made", "today"))), Codes{"time_malformed"});
}

TEST(KeyRegistration, OnlyWhoBindsTheOrganisation) {
    const std::string content = boost::json::serialize(registration());
    using enum trust::Role;
    const auto by = [&](std::string of, std::vector<trust::Role> roles) {
        return against(read_key_registration(signed_by(content, std::move(of), std::move(roles)), issuer, now));
    };
    EXPECT_EQ(by(bin, {legal_entity, may_sign}), Codes{});
    for (const trust::Role role : {employee, hr_officer, may_sign_financial, treasury_client, legal_entity})
        EXPECT_EQ(by(bin, {legal_entity, role}), Codes{"key_registration_may_not_sign"}) << trust::to_string(role);
    EXPECT_EQ(by("000140000353", {legal_entity, first_head}), Codes{"key_registration_other_organisation"});
    EXPECT_EQ(by("", {natural_person}),
              (Codes{"key_registration_other_organisation", "key_registration_may_not_sign"}));
    EXPECT_EQ(against(read_key_registration(
                  signed_by(boost::json::serialize(with("organisation", "")), "", {natural_person}), issuer, now)),
              (Codes{"key_registration_other_organisation", "key_registration_may_not_sign"}))
        << "no organisation is nobody's";
}

}  // namespace
}  // namespace kelisim::identity
