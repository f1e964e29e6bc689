// SPDX-License-Identifier: Apache-2.0
#include "trust/time_stamp.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "der.hpp"
#include "material.hpp"
#include "testing_run.hpp"
#include "trust/testing_cms.hpp"

namespace kelisim::trust {
namespace {

using base::Bytes;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::SizeIs;

Bytes bytes(std::string_view text) {
    return {text.begin(), text.end()};
}

std::vector<std::string> codes(const TimeStampReport& report) {
    std::vector<std::string> found;
    const Findings all = report.all();
    for (const Finding& one : all.all())
        if (one.weight != Weight::note) found.emplace_back(one.reason->code);
    EXPECT_EQ(found.empty(), report.verdict() == Verdict::valid);
    return found;
}

struct World {
    explicit World(KeyKind kind) : pki(kind, entropy) {}
    base::SeededEntropy entropy{3};
    test::Pki pki;
    Authorities authorities = pki.authorities();
};
World& world(KeyKind kind) {
    static World gost(KeyKind::gost2015_512), rsa(KeyKind::rsa), ec(KeyKind::ec);
    if (kind == KeyKind::rsa) return rsa;
    return kind == KeyKind::ec ? ec : gost;
}

const Policy policy{.revocation_required = false}, old_policy{.allow_rsa_sha1 = true, .revocation_required = false};

class TimeStampTest : public ::testing::TestWithParam<KeyKind> {
protected:
    Verification with(const Policy& of = policy, base::Time at = test::now) const {
        return {.authorities = world_.authorities, .policy = of, .revocation = nullptr, .at = at, .now = at};
    }
    test::TimeStamp right(DigestAlgorithm algorithm = DigestAlgorithm::sha256) const {
        return {.algorithm = algorithm, .imprint = digest(algorithm, {data_}), .nonce = {1, 2, 3}};
    }
    Bytes token(const test::TimeStamp& stamp) const { return test::time_stamp_token(stamp, pki_.time_stamper); }
    std::vector<std::string> verified(const Bytes& bytes_of_token) const {
        return codes(verify_time_stamp(bytes_of_token, {data_}, with()));
    }

    World& world_ = world(GetParam());
    const test::Pki& pki_ = world_.pki;
    const Bytes data_ = bytes("a signature");
};

INSTANTIATE_TEST_SUITE_P(Kinds, TimeStampTest, ::testing::Values(KeyKind::gost2015_512, KeyKind::rsa, KeyKind::ec));

TEST_P(TimeStampTest, TheUnalteredPasses) {
    for (const DigestAlgorithm algorithm :
         {DigestAlgorithm::sha256, DigestAlgorithm::streebog512, DigestAlgorithm::gost34311}) {
        const TimeStampReport report = verify_time_stamp(token(right(algorithm)), {data_}, with());
        EXPECT_THAT(codes(report), ElementsAre());
        EXPECT_EQ(report.at, test::now);
        EXPECT_EQ(report.policy, time_stamp_policy_gost2015);
        EXPECT_EQ(report.algorithm, algorithm);
        EXPECT_EQ(report.authority->certificate->subject(), pki_.time_stamper.certificate);
        EXPECT_THAT(verified(test::to_ber(token(right(algorithm)))), ElementsAre());
        EXPECT_THAT(
            codes(verify_time_stamp_of_imprint(token(right(algorithm)), algorithm, digest(algorithm, {data_}), with())),
            ElementsAre());
    }
    const base::BytesView data = data_;
    EXPECT_THAT(codes(verify_time_stamp(token(right()), {data.first(3), data.subspan(3)}, with())), ElementsAre());
}

TEST_P(TimeStampTest, OfOtherBytes) {
    const Bytes stamp = token(right());
    EXPECT_THAT(codes(verify_time_stamp(stamp, {bytes("another signature")}, with())),
                ElementsAre("time_stamp_imprint_differs"));
    EXPECT_THAT(codes(verify_time_stamp_of_imprint(stamp, DigestAlgorithm::streebog256,
                                                   digest(DigestAlgorithm::sha256, {data_}), with())),
                ElementsAre("time_stamp_imprint_differs"));
    test::TimeStamp longer = right();
    longer.imprint.push_back(0);
    EXPECT_THAT(verified(token(longer)), ElementsAre("time_stamp_imprint_differs"));
}

TEST_P(TimeStampTest, WeakAndUnknownHashes) {
    const Bytes weak = token(right(DigestAlgorithm::sha1));
    EXPECT_THAT(verified(weak), ElementsAre("time_stamp_imprint_weak"));
    EXPECT_THAT(codes(verify_time_stamp(weak, {data_}, with(old_policy))), ElementsAre());
}

TEST_P(TimeStampTest, AuthoritiesThatAreNone) {
    const auto stamped_by = [&](const test::Profile& profile) {
        return verified(test::time_stamp_token(right(), pki_.issue(profile, world_.entropy)));
    };
    test::Profile profile = test::time_stamper_profile();
    ASSERT_THAT(stamped_by(profile), ElementsAre());
    // RFC 3161 2.3: the usage alone, and critical.
    profile.extended_key_usage_critical = false;
    EXPECT_THAT(stamped_by(profile), ElementsAre("certificate_wrong_purpose"));
    profile = test::time_stamper_profile();
    profile.extended_key_usages = {"1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.4"};
    EXPECT_THAT(stamped_by(profile), ElementsAre("certificate_wrong_purpose"));
    profile = test::time_stamper_profile();
    profile.extended_key_usages = {"1.3.6.1.5.5.7.3.4"};
    EXPECT_THAT(stamped_by(profile), ElementsAre("certificate_wrong_purpose"));
    profile = test::time_stamper_profile();
    profile.extended_key_usages.clear();
    EXPECT_THAT(stamped_by(profile), ElementsAre("certificate_wrong_purpose"));
    profile = test::time_stamper_profile();
    profile.not_after = test::now - std::chrono::hours{1};
    EXPECT_THAT(stamped_by(profile), ElementsAre("time_stamp_outside_validity", "certificate_expired"));
    base::SeededEntropy other{4};
    EXPECT_THAT(verified(test::time_stamp_token(right(), test::Pki(GetParam(), other).time_stamper)),
                Contains("chain_no_anchor"));
}

TEST_P(TimeStampTest, InstantsThatCannotBe) {
    test::TimeStamp stamp = right();
    stamp.at = test::now + std::chrono::minutes{1};
    EXPECT_THAT(verified(token(stamp)), ElementsAre("time_stamp_from_future"));
    stamp.at = pki_.time_stamper.certificate.not_before() - std::chrono::hours{1};
    EXPECT_THAT(verified(token(stamp)), ElementsAre("time_stamp_outside_validity"));
    const base::Time expired = pki_.time_stamper.certificate.not_after() + std::chrono::hours{1};
    EXPECT_THAT(codes(verify_time_stamp(token(right()), {data_}, with(policy, expired))),
                ElementsAre("certificate_expired"))
        << "its key may be anybody's by then";
}

TEST_P(TimeStampTest, SignersMustBeOne) {
    const test::CmsSigner one{.party = &pki_.time_stamper,
                              .signing_certificate = test::signing_certificate_v2(pki_.time_stamper.certificate)};
    EXPECT_THAT(verified(test::time_stamp_token(right(), {one})), ElementsAre()) << "RFC 5816 allows v2";
    EXPECT_THAT(verified(test::time_stamp_token(right(), std::vector<test::CmsSigner>{})),
                ElementsAre("time_stamp_not_one_signer"));
    EXPECT_THAT(verified(test::time_stamp_token(right(), {one, one})), ElementsAre("time_stamp_not_one_signer"));
}

TEST_P(TimeStampTest, ItsOwnSignature) {
    const auto altered = [&](const std::function<void(test::CmsSigner&)>& alter) {
        test::CmsSigner one{.party = &pki_.time_stamper,
                            .signing_certificate = test::signing_certificate_v1(pki_.time_stamper.certificate)};
        alter(one);
        return verified(test::time_stamp_token(right(), {one}));
    };
    ASSERT_THAT(altered([](auto&) {}), ElementsAre());
    EXPECT_THAT(altered([](auto& one) { one.signing_certificate = Bytes{}; }),
                ElementsAre("cms_signing_certificate_absent"));
    EXPECT_THAT(
        altered([&](auto& one) { one.signing_certificate = test::signing_certificate_v1(pki_.head.certificate); }),
        ElementsAre("cms_signing_certificate_differs"));
    EXPECT_THAT(altered([](auto& one) { one.has_attributes = false; }),
                ElementsAre("cms_signed_attributes_absent", "cms_signing_certificate_absent"));
    EXPECT_THAT(altered([](auto& one) { one.message_digest = Bytes(32, 1); }), ElementsAre("cms_digest_differs"));
    EXPECT_THAT(altered([](auto& one) { one.content_type = std::string(test::data_content); }),
                ElementsAre("cms_content_type_differs"));
    EXPECT_THAT(altered([](auto& one) {
                    one.alter_signature = [](Bytes signature) {
                        signature.back() ^= 1U;
                        return signature;
                    };
                }),
                ElementsAre("cms_signature_wrong"));
    test::CmsDocument bare{.content_type = std::string(test::time_stamp_content),
                           .content = {},
                           .signers = {{.party = &pki_.time_stamper}}};
    EXPECT_THAT(verified(test::cms(bare)), ElementsAre("time_stamp_malformed"));
}

TEST_P(TimeStampTest, TokensThatAreNone) {
    const Bytes whole = token(right());
    ASSERT_THAT(verified(whole), ElementsAre());
    for (std::size_t size = 0; size < whole.size(); size += 13)
        EXPECT_THAT(verified(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))),
                    ElementsAre("time_stamp_malformed"));
    EXPECT_THAT(verified(Bytes(base::limits::time_stamp_bytes_max + 1)), ElementsAre("time_stamp_malformed"));
    const Bytes document = test::cms({.content = data_, .signers = {{.party = &pki_.head}}});
    EXPECT_THAT(verified(document), ElementsAre("time_stamp_malformed")) << "a signature, but of something else";
    test::TimeStamp stamp = right();
    const Bytes unknown = der::sequence({test::extension("1.2.3.4", der::null())});
    const Bytes critical = der::sequence({test::extension("1.2.3.4", der::null(), test::Criticality::critical)});
    stamp.further_fields = {der::element(der::context(1), base::BytesView(unknown).subspan(2))};
    EXPECT_THAT(verified(token(stamp)), ElementsAre());
    stamp.further_fields = {der::element(der::context(1), base::BytesView(critical).subspan(2))};
    EXPECT_THAT(verified(token(stamp)), ElementsAre("time_stamp_malformed"));
    stamp.further_fields = {der::null()};
    EXPECT_THAT(verified(token(stamp)), ElementsAre("time_stamp_malformed"));
}

// --- request and response

class ResponseTest : public TimeStampTest {
protected:
    Bytes answer(test::TimeStamp stamp, int status = 0) const {
        return test::time_stamp_response(status, test::time_stamp_token(stamp, pki_.time_stamper));
    }
    test::TimeStamp fitting() const {
        return {.algorithm = request_.algorithm,
                .imprint = request_.imprint,
                .policy = request_.policy,
                .nonce = request_.nonce};
    }
    std::vector<std::string> read(const Bytes& response) const {
        const TimeStampResponse read = read_time_stamp_response(response, request_, with());
        EXPECT_EQ(read.token.empty(), read.report.verdict() != Verdict::valid) << "no token that does not count";
        return codes(read.report);
    }
    const TimeStampRequest request_ =
        make_time_stamp_request(DigestAlgorithm::streebog512, {data_}, time_stamp_policy_gost2015, world_.entropy);
};

INSTANTIATE_TEST_SUITE_P(Kinds, ResponseTest, ::testing::Values(KeyKind::gost2015_512, KeyKind::rsa, KeyKind::ec));

TEST_P(ResponseTest, TheUnalteredPasses) {
    EXPECT_THAT(read(answer(fitting())), ElementsAre());
    EXPECT_THAT(read(answer(fitting(), 1)), ElementsAre()) << "granted with modifications";
    EXPECT_THAT(read(test::to_ber(answer(fitting()))), ElementsAre());
}

TEST_P(ResponseTest, AnswersToSomebodyElse) {
    test::TimeStamp stamp = fitting();
    stamp.nonce[5] ^= 1U;
    EXPECT_THAT(read(answer(stamp)), ElementsAre("time_stamp_nonce"));
    stamp.nonce.clear();
    EXPECT_THAT(read(answer(stamp)), ElementsAre("time_stamp_nonce"));
    stamp = fitting();
    stamp.policy = time_stamp_policy_rsa;
    EXPECT_THAT(read(answer(stamp)), ElementsAre("time_stamp_policy"));
    stamp = fitting();
    stamp.imprint[0] ^= 1U;
    EXPECT_THAT(read(answer(stamp)), ElementsAre("time_stamp_imprint_differs"));
}

TEST_P(ResponseTest, Refusals) {
    EXPECT_THAT(read(test::time_stamp_response(2, {})), ElementsAre("time_stamp_refused"));
    EXPECT_THAT(read(answer(fitting(), 2)), ElementsAre("time_stamp_refused")) << "a token with a refusal is none";
    EXPECT_THAT(read(test::time_stamp_response(0, {})), ElementsAre("time_stamp_malformed"));
    EXPECT_THAT(read(bytes("tsp.pki.gov.kz: Try again")), ElementsAre("time_stamp_malformed"));
    EXPECT_THAT(read({}), ElementsAre("time_stamp_malformed"));
    Bytes cut = answer(fitting());
    cut.pop_back();
    EXPECT_THAT(read(cut), ElementsAre("time_stamp_malformed"));
}

TEST_P(ResponseTest, OpensslReadsTheRequest) {
    if (GetParam() != KeyKind::rsa) return;  // the key has no part in it
    const test::Directory directory("tsp");
    for (int i = 0; i < 20; ++i) {
        const TimeStampRequest request = make_time_stamp_request(
            DigestAlgorithm::sha256, {data_}, i % 2 == 0 ? time_stamp_policy_rsa : "", world_.entropy);
        ASSERT_EQ(test::run({"openssl", "ts", "-query", "-in", directory.write("query", request.der), "-out",
                             directory.path("again"), "-text"}),
                  0);
    }
}

// An authority that is not of our making answers our request, today.
TEST_P(ResponseTest, OpensslStamps) {
    if (GetParam() == KeyKind::gost2015_512) return;  // it knows no Kazakh key
    using namespace std::chrono;
    const base::SystemClock clock;
    const base::Time today = clock.now();
    const auto lasting = [&](test::Profile profile) {
        profile.not_before = today - hours{24};
        profile.not_after = today + hours{24};
        return profile;
    };
    const test::Party root = test::self_signed(lasting(test::root_profile("TSA ROOT")),
                                               test::KeyPair::make(GetParam(), world_.entropy), world_.entropy);
    const test::Party authority = test::issue(lasting(test::time_stamper_profile()), root,
                                              test::KeyPair::make(GetParam(), world_.entropy), world_.entropy);
    const test::Directory directory("tsa");
    directory.write("tsa.pem", base::as_bytes(test::to_pem("CERTIFICATE", authority.certificate.der())));
    directory.write("key.pem", base::as_bytes(test::to_pem("PRIVATE KEY", authority.key.pkcs8())));
    directory.write("serial", base::as_bytes("01"));
    const std::string config =
        "[tsa]\nserial=" + directory.path("serial") + "\nsigner_cert=" + directory.path("tsa.pem") +
        "\nsigner_key=" + directory.path("key.pem") +
        "\nsigner_digest=sha256\ndefault_policy=1.2.398.3.3.2.6.2\ndigests=sha256\naccuracy=secs:1\n"
        "ordering=yes\ntsa_name=yes\ness_cert_id_alg=sha256\n";
    const TimeStampRequest request =
        make_time_stamp_request(DigestAlgorithm::sha256, {data_}, time_stamp_policy_rsa, world_.entropy);
    ASSERT_EQ(
        test::run({"openssl", "ts", "-reply", "-config", directory.write("config", base::as_bytes(config)), "-section",
                   "tsa", "-queryfile", directory.write("query", request.der), "-out", directory.path("reply")}),
        0);
    const Authorities authorities = Authorities::make(Contour::test, {{.name = "root",
                                                                       .certificate = root.certificate,
                                                                       .anchor = true,
                                                                       .contour = Contour::test,
                                                                       .role_arcs = {}}})
                                        .value();
    const Verification here{.authorities = authorities,
                            .policy = policy,
                            .revocation = nullptr,
                            .at = today + minutes{1},
                            .now = today + minutes{1}};
    const TimeStampResponse read = read_time_stamp_response(directory.read("reply"), request, here);
    EXPECT_THAT(codes(read.report), ElementsAre());
    EXPECT_EQ(read.report.policy, time_stamp_policy_rsa);
    EXPECT_THAT(codes(verify_time_stamp(read.token, {data_}, here)), ElementsAre());
    EXPECT_THAT(codes(verify_time_stamp(read.token, {bytes("other")}, here)),
                ElementsAre("time_stamp_imprint_differs"));
}

// --- what the authority's test contour made

constexpr std::string_view sample_nonce{"\x01\x83\x50\xc0\x22\xd7", 6};
constexpr std::string_view sample_imprint{
    "\x14\x65\xda\xd1\x26\xd3\x2b\xf7\xaa\x5d\x3b\x95\xa5\xc7\xc3\x31\xcd\xff\x34\xdf", 20};

TEST(TimeStampMaterialTest, TheTokenVerifiesAtItsTime) {
    const Bytes token = material::bytes("test/tsp_token.bin");
    const auto then = material::at("2022-09-18T14:00:00Z", material::test_contour(), material::legacy);
    const auto verified = [&](std::string_view imprint, const Verification& with) {
        return verify_time_stamp_of_imprint(token, DigestAlgorithm::sha1, base::as_bytes(imprint), with);
    };
    const TimeStampReport report = verified(sample_imprint, then);
    EXPECT_THAT(codes(report), ElementsAre());
    EXPECT_EQ(report.at, material::time("2022-09-18T13:20:14Z"));
    EXPECT_EQ(report.policy, "1.2.398.3.3.2.6.1");
    EXPECT_EQ(report.authority->algorithm, SignatureAlgorithm::gost2004);
    EXPECT_THAT(codes(verified(std::string(20, '\0'), then)), ElementsAre("time_stamp_imprint_differs"));
    EXPECT_THAT(codes(verified(sample_imprint, material::at("2022-09-18T14:00:00Z", material::test_contour()))),
                Contains("time_stamp_imprint_weak"));
    EXPECT_THAT(codes(verified(sample_imprint,
                               material::at("2024-06-01T00:00:00Z", material::test_contour(), material::legacy))),
                Contains("certificate_expired"));
    EXPECT_THAT(codes(verified(sample_imprint,
                               material::at("2022-09-18T13:00:00Z", material::test_contour(), material::legacy))),
                ElementsAre("time_stamp_from_future"));
}

TEST(TimeStampMaterialTest, TheResponseVerifiesAtItsTime) {
    const Bytes response = material::bytes("test/tsp_response.bin");
    const auto then = material::at("2022-09-18T14:00:00Z", material::test_contour(), material::legacy);
    TimeStampRequest request{.der = {},
                             .nonce = bytes(sample_nonce),
                             .algorithm = DigestAlgorithm::sha1,
                             .imprint = bytes(sample_imprint),
                             .policy = "1.2.398.3.3.2.6.1"};
    const TimeStampResponse read = read_time_stamp_response(response, request, then);
    EXPECT_THAT(codes(read.report), ElementsAre());
    EXPECT_EQ(read.token, material::bytes("test/tsp_token.bin"));
    request.nonce = bytes("another");
    EXPECT_THAT(codes(read_time_stamp_response(response, request, then).report), ElementsAre("time_stamp_nonce"));
}

}  // namespace
}  // namespace kelisim::trust
