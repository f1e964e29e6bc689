// SPDX-License-Identifier: Apache-2.0
// INT-2.29
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "http_signatures/content_digest.hpp"
#include "http_signatures/signature.hpp"

namespace kelisim::http_signatures {
namespace {

constexpr std::int64_t made = 1618884473;

// RFC 9421 B.2: the request and the answer of its examples.
const http::Headers rfc_request_fields{
    {"Host", "example.com"},
    {"Date", "Tue, 20 Apr 2021 02:07:55 GMT"},
    {"Content-Type", "application/json"},
    {"Content-Digest",
     "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"},
    {"Content-Length", "18"}};
const RequestView rfc_request{.method = "POST",
                              .scheme = "https",
                              .authority = "example.com",
                              .target = "/foo?param=Value&Pet=dog",
                              .headers = rfc_request_fields};
const http::Headers rfc_response_fields{
    {"Date", "Tue, 20 Apr 2021 02:07:56 GMT"},
    {"Content-Type", "application/json"},
    {"Content-Digest",
     "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:"},
    {"Content-Length", "23"}};

crypto::Ed25519Public rfc_ed25519() {  // B.1.4
    const auto bytes = base::from_base64url("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs");
    crypto::Ed25519Public key{};
    std::copy(bytes->begin(), bytes->end(), key.begin());
    return key;
}
crypto::PublicKey rfc_p256() {  // B.1.3
    return *crypto::PublicKey::from_jwk({.kty = "EC",
                                         .crv = "P-256",
                                         .x = "qIVYZVLCrPZHGHjP17CTW0_-D9Lfw0EkjqF7xB4FivA",
                                         .y = "Mc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0",
                                         .n = {},
                                         .e = {}});
}

Signature read(std::string_view input, std::string_view value) {
    http::Headers headers;
    headers.add("Signature-Input", input);
    headers.add("Signature", value);
    return read_signature(headers).value();
}

base::Time at(std::int64_t seconds) {
    return base::Time{std::chrono::seconds{seconds}};
}

std::vector<std::string_view> codes(const base::Result<void>& verdict) {
    std::vector<std::string_view> all;
    if (verdict.has_value()) return all;
    const base::Refusal refusal = verdict.error();
    for (const base::Reason* reason : refusal.reasons())
        all.push_back(reason->code);
    return all;
}
using Codes = std::vector<std::string_view>;

TEST(HttpSignature, Rfc9421B23Base) {
    const Signature signature = read(
        R"(sig-b23=("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss")",
        "sig-b23=:AA==:");
    EXPECT_EQ(
        signature_base(signature.input, rfc_request).value(),
        "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@method\": POST\n\"@path\": /foo\n\"@query\": "
        "?param=Value&Pet=dog\n"
        "\"@authority\": example.com\n\"content-type\": application/json\n\"content-digest\": "
        "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:\n"
        "\"content-length\": 18\n\"@signature-params\": (\"date\" \"@method\" \"@path\" \"@query\" \"@authority\" "
        "\"content-type\" \"content-digest\" \"content-length\");created=1618884473;keyid=\"test-key-rsa-pss\"");
}

TEST(HttpSignature, Rfc9421B24) {
    const ResponseView response{.status = 200, .headers = rfc_response_fields, .request = rfc_request};
    const Signature signature = read(
        R"(sig-b24=("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256")",
        "sig-b24=:wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==:");
    EXPECT_EQ(codes(verify(signature, response, rfc_p256(), {.components = {"\"@status\""}, .now = at(made)})),
              Codes{"http_signature_without_nonce"});
    const ResponseView other{.status = 201, .headers = rfc_response_fields, .request = rfc_request};
    EXPECT_EQ(codes(verify(signature, other, rfc_p256(), {.components = {}, .now = at(made)})),
              (Codes{"http_signature_without_nonce", "http_signature_wrong"}));
}

TEST(HttpSignature, Rfc9421B26) {
    const Signature signature = read(
        R"(sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519")",
        "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:");
    EXPECT_EQ(signature.key_id, "test-key-ed25519");
    EXPECT_EQ(codes(verify(signature, rfc_request, rfc_ed25519(), {.components = {}, .now = at(made)})),
              Codes{"http_signature_without_nonce"});
    EXPECT_EQ(codes(verify(signature, rfc_request, rfc_p256(), {.components = {}, .now = at(made)})),
              (Codes{"http_signature_without_nonce", "http_signature_wrong"}));
}

// A call as a consumer sends it, signed by a key of its own; each test spoils one thing.
class SignedCall : public testing::Test {
protected:
    static constexpr std::string_view components =
        R"("@method" "@authority" "@path" "@query" "content-digest" "authorization")";
    static constexpr std::string_view parameters = R"(;created=1618884473;keyid="k";nonce="n")";

    http::Headers fields() const {
        http::Headers headers{{"Authorization", token}, {"Content-Digest", "sha-256=:" + digest + ":"}};
        headers.add("Signature-Input", input);
        headers.add("Signature", "sig=:" + base::to_base64(value) + ":");
        return headers;
    }
    void sign(std::string_view covered, std::string_view under) {
        input = "sig=(" + std::string(covered) + ")" + std::string(under);
        const http::Headers headers = fields();
        const auto text = signature_base(read_signature(headers).value().input, view(headers));
        if (text.has_value()) value = key.sign(crypto::Algorithm::es256, base::as_bytes(*text));
    }
    RequestView view(const http::Headers& headers) const {
        return {.method = method, .scheme = "https", .authority = authority, .target = target, .headers = headers};
    }
    Codes verdict() const { return verdict_under(key.public_key()); }
    Codes verdict_under(const VerifyingKey& with) const {
        const http::Headers headers = fields();
        const auto signature = read_signature(headers);
        if (signature.has_error()) return {signature.error().first().code};
        const Demands demands{.components = {"\"@method\"", "\"@authority\"", "\"@path\"", "\"@query\"",
                                             "\"content-digest\"", "\"authorization\""},
                              .now = at(now)};
        return codes(http_signatures::verify(*signature, view(headers), with, demands));
    }
    void SetUp() override { sign(components, parameters); }

    crypto::PrivateKey key = crypto::PrivateKey::generate_p256();
    std::string method = "POST", authority = "gw.example", target = "/gateway/S/person?a=1", token = "Bearer t";
    std::string digest = base::to_base64(crypto::sha256(base::as_bytes("{}")));
    std::string input;
    base::Bytes value{0};
    std::int64_t now = made;
};

TEST_F(SignedCall, Passes) {
    EXPECT_EQ(verdict(), Codes{});
}

TEST_F(SignedCall, EachAlteredComponentIsSeen) {
    for (std::string* part : {&method, &authority, &target, &token, &digest}) {
        const std::string before = *part;
        part->insert(part->size() - 1, part == &digest ? "" : "x");
        if (part == &digest) part->front() = part->front() == 'A' ? 'B' : 'A';
        EXPECT_EQ(verdict(), Codes{"http_signature_wrong"}) << before;
        *part = before;
    }
    target = "/gateway/S/person";
    EXPECT_EQ(verdict(), Codes{"http_signature_wrong"});
}

TEST_F(SignedCall, EachUncoveredComponentIsSeen) {
    for (const std::string_view left_out : {"\"@method\" ", "\"@authority\" ", "\"@path\" ", "\"@query\" ",
                                            "\"content-digest\" ", " \"authorization\""}) {
        std::string covered(components);
        covered.erase(covered.find(left_out), left_out.size());
        sign(covered, parameters);
        EXPECT_EQ(verdict(), Codes{"http_signature_component_uncovered"}) << left_out;
    }
}

TEST_F(SignedCall, OfAnotherKey) {
    EXPECT_EQ(verdict_under(crypto::PrivateKey::generate_p256().public_key()), Codes{"http_signature_wrong"});
    EXPECT_EQ(verdict_under(crypto::PrivateKey::generate_rsa2048().public_key()), Codes{"http_signature_wrong"});
    EXPECT_EQ(verdict_under(rfc_ed25519()), Codes{"http_signature_wrong"});
}

TEST_F(SignedCall, WithRsa) {
    key = crypto::PrivateKey::generate_rsa2048();
    const http::Headers headers = fields();
    const auto text = signature_base(read_signature(headers).value().input, view(headers));
    value = key.sign(crypto::Algorithm::rs256, base::as_bytes(text.value()));
    EXPECT_EQ(verdict(), Codes{});
    value = key.sign(crypto::Algorithm::ps256, base::as_bytes(text.value()));
    EXPECT_EQ(verdict(), Codes{"http_signature_wrong"});
}

TEST_F(SignedCall, AtItsTime) {
    now = made + 300;
    EXPECT_EQ(verdict(), Codes{});
    now = made + 301;
    EXPECT_EQ(verdict(), Codes{"http_signature_outdated"});
    now = made - 60;
    EXPECT_EQ(verdict(), Codes{});
    now = made - 61;
    EXPECT_EQ(verdict(), Codes{"http_signature_in_future"});
    now = made;
    sign(components, R"(;created=1618884473;expires=1618884472;keyid="k";nonce="n")");
    EXPECT_EQ(verdict(), Codes{"http_signature_outdated"});
    sign(components, R"(;keyid="k";nonce="n")");
    EXPECT_EQ(verdict(), Codes{"http_signature_undated"});
    sign(components, R"(;created=1618884473;keyid="k")");
    EXPECT_EQ(verdict(), Codes{"http_signature_without_nonce"});
}

TEST_F(SignedCall, TheKeySaysTheAlgorithm) {
    sign(components, R"(;created=1618884473;keyid="k";nonce="n";alg="ecdsa-p256-sha256")");
    EXPECT_EQ(verdict(), Codes{});
    for (const char* named : {"hmac-sha256", "ed25519", "rsa-v1_5-sha256", "none"}) {
        sign(components, R"(;created=1618884473;keyid="k";nonce="n";alg=")" + std::string(named) + '"');
        EXPECT_EQ(verdict(), Codes{"http_signature_algorithm_differs"}) << named;
    }
}

TEST_F(SignedCall, ComponentsThatCannotBeRight) {
    const std::string all(components);
    sign(all + " \"@path\"", parameters);
    EXPECT_EQ(verdict(), Codes{"http_signature_component_repeated"});
    sign(all + " \"x-not-there\"", parameters);
    EXPECT_EQ(verdict(), Codes{"http_signature_component_absent"});
    for (const char* strange : {" \"@status\"", " \"@new\"", " \"authorization\";bs", " \"@method\";req"}) {
        sign(all + strange, parameters);
        EXPECT_EQ(verdict(), Codes{"http_signature_component_unknown"}) << strange;
    }
    for (const char* malformed : {" \"Host\"", " 5", " \"\""}) {
        sign(all + malformed, parameters);
        EXPECT_EQ(verdict(), Codes{"http_signature_malformed"}) << malformed;
    }
}

TEST_F(SignedCall, AllFindingsAtOnce) {
    sign("\"@method\"", "");
    method = "GET";
    EXPECT_EQ(verdict(), (Codes{"http_signature_component_uncovered", "http_signature_undated",
                                "http_signature_without_nonce", "http_signature_wrong"}));
}

TEST(HttpSignature, FieldsThatAreNotOneSignature) {
    struct Case {
        const char *input, *value, *code;
    };
    for (const Case& one :
         {Case{"", "", "http_signature_malformed"}, Case{"a=();created=1", "b=:AA==:", "http_signature_labels_differ"},
          Case{"a=(), b=()", "a=:AA==:, b=:AA==:", "http_signature_several"},
          Case{"a=()", "a=:AA==:, b=:AA==:", "http_signature_several"},
          Case{"a=(), a=()", "a=:AA==:", "http_signature_malformed"},
          Case{"a=5", "a=:AA==:", "http_signature_malformed"}, Case{"a=()", "a=\"AA==\"", "http_signature_malformed"},
          Case{"a=();created=\"1\"", "a=:AA==:", "http_signature_malformed"},
          Case{"a=();keyid=k", "a=:AA==:", "http_signature_malformed"}}) {
        http::Headers headers;
        headers.add("Signature-Input", one.input);
        headers.add("Signature", one.value);
        EXPECT_EQ(read_signature(headers).error().first().code, one.code) << one.input;
    }
    EXPECT_TRUE(read_signature({{"Signature", "a=:AA==:"}}).error().has(http_signature_missing));
    EXPECT_TRUE(read_signature({{"Signature-Input", "a=()"}}).error().has(http_signature_missing));
    EXPECT_TRUE(read_signature({{"Signature-Input", "a=()"}, {"Signature-Input", "b=()"}, {"Signature", "a=:AA==:"}})
                    .error()
                    .has(http_signature_several));
}

// RFC 9421 2.4: an answer is bound to the request that it answers.
TEST(HttpSignature, AnswerBoundToItsRequest) {
    const ResponseView response{.status = 503, .headers = rfc_response_fields, .request = rfc_request};
    const Signature signature =
        read(R"(r=("@status" "@method";req "content-digest";req "content-length"))", "r=:AA==:");
    EXPECT_EQ(signature_base(signature.input, response).value(),
              "\"@status\": 503\n\"@method\";req: POST\n\"content-digest\";req: "
              "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:\n"
              "\"content-length\": 23\n\"@signature-params\": (\"@status\" \"@method\";req \"content-digest\";req "
              "\"content-length\")");
}

TEST(HttpSignature, OurSignaturesVerify) {
    const http::Headers asked_with{{"Content-Digest", content_digest_of("{}")}, {"Signature", "a=:AA==:"}};
    const RequestView request{
        .method = "POST", .scheme = "https", .authority = "h", .target = "/p?q=1", .headers = asked_with};
    for (const auto& key : {crypto::PrivateKey::generate_p256(), crypto::PrivateKey::generate_rsa2048()}) {
        const std::vector<std::string_view> components{"\"@status\"", "\"content-digest\"", "\"@query\";req",
                                                       "\"signature\";req"};
        http::Headers headers{{"Content-Digest", content_digest_of("[]")}};
        const ResponseView before{.status = 200, .headers = headers, .request = request};
        const SignatureFields made_of =
            sign(components, before, {.key = key, .key_id = "k", .created = at(made), .nonce = "n"});
        headers.add("Signature-Input", made_of.input);
        headers.add("Signature", made_of.value);
        EXPECT_TRUE(check_content_digest(headers, "[]").has_value());
        const Signature signature = read_signature(headers).value();
        const Demands demands{.components = components, .now = at(made)};
        const ResponseView same{.status = 200, .headers = headers, .request = request};
        EXPECT_EQ(codes(verify(signature, same, key.public_key(), demands)), Codes{});
        const ResponseView other{.status = 201, .headers = headers, .request = request};
        EXPECT_EQ(codes(verify(signature, other, key.public_key(), demands)), Codes{"http_signature_wrong"});
        const auto foreign = crypto::PrivateKey::generate_p256();
        EXPECT_NE(codes(verify(signature, same, foreign.public_key(), demands)), Codes{});
    }
}

TEST(HttpSignature, ValuesOfRepeatedFieldsAndOfNoQuery) {
    const http::Headers headers{{"X-A", "  one "}, {"x-a", "two"}};
    const RequestView request{.method = "GET", .scheme = "https", .authority = "h", .target = "/p", .headers = headers};
    EXPECT_EQ(
        signature_base(read(R"(r=("x-a" "@query" "@target-uri"))", "r=:AA==:").input, request).value(),
        "\"x-a\": one, two\n\"@query\": ?\n\"@target-uri\": https://h/p\n\"@signature-params\": (\"x-a\" \"@query\" "
        "\"@target-uri\")");
}

TEST(ContentDigest, HoldsTheBody) {
    const std::string right = "sha-256=:" + base::to_base64(crypto::sha256(base::as_bytes("{}"))) + ":";
    EXPECT_TRUE(check_content_digest({{"Content-Digest", right}}, "{}").has_value());
    EXPECT_TRUE(
        check_content_digest({{"Content-Digest", "sha-512=:AA==:"}, {"Content-Digest", right}}, "{}").has_value());
    EXPECT_TRUE(check_content_digest({{"Content-Digest", right}}, "{ }").error().has(content_digest_wrong));
    EXPECT_TRUE(check_content_digest({}, "{}").error().has(content_digest_missing));
    EXPECT_TRUE(check_content_digest({{"Content-Digest", "sha-512=:AA==:"}}, "{}").error().has(content_digest_missing));
    for (const std::string bad : {"sha-256", "sha-256=\"x\"", "sha-256=(:AA==:)", "SHA-256=:AA==:"})
        EXPECT_TRUE(check_content_digest({{"Content-Digest", bad}}, "{}").error().has(content_digest_malformed)) << bad;
    EXPECT_TRUE(
        check_content_digest({{"Content-Digest", right + ", " + right}}, "{}").error().has(content_digest_malformed));
}

}  // namespace
}  // namespace kelisim::http_signatures
