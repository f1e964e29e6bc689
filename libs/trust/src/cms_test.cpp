// SPDX-License-Identifier: Apache-2.0
#include "trust/cms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "asn1.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "der.hpp"
#include "material.hpp"
#include "testing_run.hpp"
#include "trust/cms_findings.hpp"
#include "trust/testing_cms.hpp"
#include "trust/time_stamp.hpp"

namespace kelisim::trust {
namespace {

using base::Bytes;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<std::string> codes(const Findings& findings) {
    std::vector<std::string> found;
    for (const Finding& one : findings.all())
        if (one.weight != Weight::note) found.emplace_back(one.reason->code);
    return found;
}

// What is against the document, its signers and their certificates.
std::vector<std::string> codes(const DocumentReport& report) {
    std::vector<std::string> found = codes(report.findings);
    for (const SignerReport& signer : report.signers) {
        for (const std::string& one : codes(signer.findings))
            found.push_back(one);
        if (!signer.certificate) continue;
        for (const std::string& one : codes(signer.certificate->findings))
            found.push_back(one);
    }
    return found;
}

Bytes bytes(std::string_view text) {
    return {text.begin(), text.end()};
}

struct World {
    explicit World(KeyKind kind) : pki(kind, entropy) {}
    base::SeededEntropy entropy{7};
    test::Pki pki;
    Authorities authorities = pki.authorities();
};
World& world(KeyKind kind) {
    static World gost(KeyKind::gost2015_512), rsa(KeyKind::rsa), ec(KeyKind::ec);
    if (kind == KeyKind::rsa) return rsa;
    return kind == KeyKind::ec ? ec : gost;
}

const Policy policy{.revocation_required = false};

class CmsTest : public ::testing::TestWithParam<KeyKind> {
protected:
    Verification at(base::Time when) const {
        return {.authorities = world_.authorities, .policy = policy, .revocation = nullptr, .at = when, .now = when};
    }
    DocumentReport verify(const Bytes& document, const CmsRules& rules = {}) const {
        return verify_cms(document, rules, at(test::now));
    }
    std::vector<std::string> refused(const Bytes& document, const CmsRules& rules = {}) const {
        const DocumentReport report = verify(document, rules);
        EXPECT_EQ(report.verdict(), Verdict::invalid);
        return codes(report);
    }
    // The document that every alteration below begins with; it passes.
    test::CmsSigner signer() const { return {.party = &pki_.head}; }
    Bytes signed_by(const test::CmsSigner& one) const { return test::cms({.content = content_, .signers = {one}}); }

    SigningKey key(const test::Party& party) const {
        return test::signing_key(party, {pki_.authority.certificate, pki_.root.certificate}, world_.entropy);
    }

    World& world_ = world(GetParam());
    const test::Pki& pki_ = world_.pki;
    const Bytes content_ = bytes("challenge-0123456789");
    const std::size_t half_ = 64;  // of a GOST signature
};

INSTANTIATE_TEST_SUITE_P(Kinds, CmsTest, ::testing::Values(KeyKind::gost2015_512, KeyKind::rsa, KeyKind::ec));

TEST_P(CmsTest, TheUnalteredPasses) {
    const DocumentReport report = verify(signed_by(signer()), {.signing_certificate_required = true});
    EXPECT_THAT(codes(report), ElementsAre());
    EXPECT_EQ(report.verdict(), Verdict::valid);
    EXPECT_EQ(report.content, content_);
    ASSERT_THAT(report.signers, SizeIs(1));
    EXPECT_EQ(report.signers[0].algorithm, signature_for(GetParam()));
    EXPECT_EQ(report.signers[0].claimed_at, test::now);
    EXPECT_EQ(report.signers[0].proven_at, std::nullopt);
    EXPECT_EQ(report.signers[0].checked_at, test::now);
    EXPECT_THAT(report.signers[0].certificate->chain, SizeIs(3));
    EXPECT_TRUE(report.signers[0].certificate->has(Role::first_head));
}

TEST_P(CmsTest, BerIsReadAsDer) {
    const Bytes document = test::to_ber(signed_by(signer()));
    ASSERT_NE(document, signed_by(signer()));
    const DocumentReport report = verify(document);
    EXPECT_THAT(codes(report), ElementsAre());
    EXPECT_EQ(report.content, content_);
}

TEST_P(CmsTest, WhatWeSignPasses) {
    const DocumentReport attached =
        verify(sign_cms(content_, key(pki_.head), test::now), {.signing_certificate_required = true});
    EXPECT_THAT(codes(attached), ElementsAre());
    EXPECT_EQ(attached.content, content_);
    const auto half = base::BytesView(content_).first(5), rest = base::BytesView(content_).subspan(5);
    const Bytes detached = sign_detached_cms({half, rest}, key(pki_.head), test::now);
    EXPECT_THAT(codes(verify_detached_cms(detached, {content_}, {}, at(test::now))), ElementsAre());
    EXPECT_THAT(codes(verify_detached_cms(detached, {half, rest}, {}, at(test::now))), ElementsAre());
    EXPECT_THAT(codes(verify_detached_cms(detached, {rest, half}, {}, at(test::now))),
                ElementsAre("cms_digest_differs"));
    EXPECT_THAT(refused(detached), ElementsAre("cms_content_missing"));
}

TEST_P(CmsTest, ContentBesideAnAttachedSignature) {
    const Bytes document = signed_by(signer());
    const auto with = at(test::now);
    EXPECT_THAT(codes(verify_detached_cms(document, {content_}, {}, with)), ElementsAre());
    const DocumentReport other = verify_detached_cms(document, {bytes("challenge-0123456780")}, {}, with);
    EXPECT_THAT(codes(other), ElementsAre("cms_content_differs"));
    EXPECT_EQ(other.verdict(), Verdict::invalid);
    EXPECT_THAT(codes(verify_detached_cms(document, {content_, bytes("x")}, {}, with)),
                ElementsAre("cms_content_differs"));
}

TEST_P(CmsTest, OpensslAccepts) {
    if (GetParam() == KeyKind::gost2015_512) return;  // it knows no Kazakh key
    const test::Directory directory("cms");
    const std::string anchors =
        directory.write("anchors.pem", base::as_bytes(test::to_pem("CERTIFICATE", pki_.root.certificate.der())));
    const std::string when = std::to_string(base::to_seconds(test::now));
    const auto accepts = [&](const Bytes& document, std::vector<std::string> further) {
        std::vector<std::string> words{"openssl",
                                       "cms",
                                       "-verify",
                                       "-cades",
                                       "-binary",
                                       "-inform",
                                       "DER",
                                       "-in",
                                       directory.write("document", document),
                                       "-CAfile",
                                       anchors,
                                       "-purpose",
                                       "any",
                                       "-attime",
                                       when,
                                       "-out",
                                       directory.path("content")};
        words.insert(words.end(), further.begin(), further.end());
        return test::run(words) == 0 && directory.read("content") == content_;
    };
    const Bytes attached = sign_cms(content_, key(pki_.head), test::now);
    EXPECT_TRUE(accepts(attached, {}));
    EXPECT_TRUE(accepts(add_signer(attached, {}, key(pki_.person), test::now).value(), {}));
    const std::string file = directory.write("given", content_), other = directory.write("other", bytes("other"));
    const Bytes detached = sign_detached_cms({content_}, key(pki_.head), test::now);
    EXPECT_TRUE(accepts(detached, {"-content", file}));
    EXPECT_FALSE(accepts(detached, {"-content", other}));
}

TEST_P(CmsTest, ReadsWhatOpensslSigns) {
    if (GetParam() == KeyKind::gost2015_512) return;
    const test::Directory directory("cms-openssl");
    const std::string own =
        directory.write("own.pem", base::as_bytes(test::to_pem("CERTIFICATE", pki_.head.certificate.der())));
    const std::string secret =
        directory.write("key.pem", base::as_bytes(test::to_pem("PRIVATE KEY", pki_.head.key.pkcs8())));
    const std::string file = directory.write("content", content_), out = directory.path("signed");
    for (const std::vector<std::string>& how : std::vector<std::vector<std::string>>{
             {"-nodetach", "-cades"}, {"-nodetach", "-stream", "-indef"}, {"-nodetach", "-keyid"}}) {
        std::vector<std::string> words{"openssl", "cms",  "-sign", "-binary", "-md",  "sha256", "-signer",  own,
                                       "-inkey",  secret, "-in",   file,      "-out", out,      "-outform", "DER"};
        words.insert(words.end(), how.begin(), how.end());
        ASSERT_EQ(test::run(words), 0);
        const DocumentReport report = verify(directory.read("signed"));
        EXPECT_THAT(codes(report), ElementsAre()) << how[1];
        EXPECT_EQ(report.content, content_);
    }
}

TEST_P(CmsTest, SeveralSignersInAnyOrder) {
    for (const bool turned : {false, true}) {
        std::vector<test::CmsSigner> signers{{.party = &pki_.person}, {.party = &pki_.head}};
        if (turned) signers = {{.party = &pki_.head}, {.party = &pki_.person}};
        const DocumentReport report = verify(test::cms(
            {.content = content_,
             .signers = signers,
             .certificates = {{pki_.head.certificate, pki_.authority.certificate, pki_.person.certificate}}}));
        EXPECT_THAT(codes(report), ElementsAre());
        ASSERT_THAT(report.signers, SizeIs(2));
        EXPECT_EQ(report.signers[turned ? 0 : 1].certificate->subject(), pki_.head.certificate);
        EXPECT_EQ(report.signers[turned ? 1 : 0].certificate->subject(), pki_.person.certificate);
    }
}

TEST_P(CmsTest, OneBadSignerAmongSeveralIsSaidOfThatOne) {
    test::CmsSigner bad = {.party = &pki_.person};
    bad.message_digest = Bytes(32, 1);
    const DocumentReport report = verify(test::cms({.content = content_, .signers = {signer(), bad}}));
    EXPECT_EQ(report.verdict(), Verdict::invalid);
    EXPECT_EQ(report.signers[0].verdict(), Verdict::valid);
    EXPECT_THAT(codes(report.signers[1].findings), ElementsAre("cms_digest_differs"));
    EXPECT_THAT(report.content, SizeIs(0)) << "nothing is returned as signed";
}

TEST_P(CmsTest, AddedSigners) {
    const Bytes first = sign_cms(content_, key(pki_.head), test::now);
    const Bytes both = add_signer(first, {}, key(pki_.person), test::now + std::chrono::hours{1}).value();
    const DocumentReport report = verify(both);
    EXPECT_THAT(codes(report), ElementsAre());
    EXPECT_THAT(report.signers, SizeIs(2));
    const Bytes detached = sign_detached_cms({content_}, key(pki_.head), test::now);
    const Bytes further = add_signer(detached, {content_}, key(pki_.person), test::now).value();
    EXPECT_THAT(codes(verify_detached_cms(further, {content_}, {}, at(test::now))), ElementsAre());
    // Another kind of key beside it.
    const World& other = world(GetParam() == KeyKind::rsa ? KeyKind::ec : KeyKind::rsa);
    const Bytes mixed = add_signer(both, {}, test::signing_key(other.pki.head, {}, world_.entropy), test::now).value();
    EXPECT_THAT(codes(verify(mixed)), ElementsAre("chain_no_anchor"))
        << "right, but of an authority that is not trusted";
    EXPECT_EQ(add_signer(detached, {}, key(pki_.person), test::now).error().first().code, "cms_content_missing");
    EXPECT_EQ(add_signer(bytes("x"), {}, key(pki_.person), test::now).error().first().code, "cms_malformed");
    EXPECT_THAT(codes(verify_detached_cms(add_signer(detached, {bytes("other")}, key(pki_.person), test::now).value(),
                                          {content_}, {}, at(test::now))),
                ElementsAre("cms_digest_differs"));
}

TEST_P(CmsTest, NamedByItsKey) {
    test::CmsSigner one = signer();
    one.by_key_id = true;
    EXPECT_THAT(codes(verify(signed_by(one))), ElementsAre());
    EXPECT_THAT(
        refused(test::cms({.content = content_, .signers = {one}, .certificates = {{pki_.person.certificate}}})),
        ElementsAre("cms_signer_certificate_missing"));
}

TEST_P(CmsTest, CutShort) {
    const Bytes document = signed_by(signer());
    ASSERT_THAT(codes(verify(document)), ElementsAre());
    for (std::size_t size = 0; size < document.size(); size += 7)
        EXPECT_THAT(refused(Bytes(document.begin(), document.begin() + static_cast<std::ptrdiff_t>(size))),
                    ElementsAre("cms_malformed"));
    Bytes longer = document;
    longer.push_back(0);
    EXPECT_THAT(refused(longer), ElementsAre("cms_malformed"));
}

TEST_P(CmsTest, EveryBitCounts) {
    const Bytes document = signed_by(signer());
    ASSERT_THAT(codes(verify(document)), ElementsAre());
    for (std::size_t i = 0; i < document.size(); i += 11) {
        Bytes changed = document;
        changed[i] ^= 4U;
        const DocumentReport report = verify(changed);
        // What is not signed may change without harm: versions and the list of digests.
        EXPECT_TRUE(report.verdict() != Verdict::valid || report.content == content_) << i;
    }
}

TEST_P(CmsTest, NobodySigned) {
    EXPECT_THAT(refused(test::cms({.content = content_, .certificates = {{pki_.head.certificate}}})),
                ElementsAre("cms_no_signer"));
}

TEST_P(CmsTest, NoSignedDocument) {
    const Bytes enveloped = [&] {
        Bytes document = signed_by(signer());
        document[14] = 3;  // the last arc of id-signedData becomes that of id-envelopedData
        return document;
    }();
    EXPECT_THAT(refused(enveloped), ElementsAre("cms_not_signed"));
    EXPECT_THAT(refused(pki_.head.certificate.der()), ElementsAre("cms_not_signed"));
    EXPECT_THAT(refused({}), ElementsAre("cms_malformed"));
    EXPECT_THAT(refused(Bytes(base::limits::cms_bytes_max + 1)), ElementsAre("cms_too_large"));
}

TEST_P(CmsTest, AsManySignersAndCertificatesAsAllowed) {
    std::vector<test::CmsSigner> signers(base::limits::cms_signers_max, signer());
    EXPECT_THAT(
        codes(verify(test::cms({.content = content_, .signers = signers, .certificates = {{pki_.head.certificate}}}))),
        ElementsAre());
    signers.push_back(signer());
    EXPECT_THAT(
        refused(test::cms({.content = content_, .signers = signers, .certificates = {{pki_.head.certificate}}})),
        ElementsAre("cms_too_large"));
    std::vector<Certificate> certificates(base::limits::cms_certificates_max, pki_.head.certificate);
    EXPECT_THAT(codes(verify(test::cms({.content = content_, .signers = {signer()}, .certificates = certificates}))),
                ElementsAre());
    certificates.push_back(pki_.head.certificate);
    EXPECT_THAT(refused(test::cms({.content = content_, .signers = {signer()}, .certificates = certificates})),
                ElementsAre("cms_too_large"));
}

TEST_P(CmsTest, TheCertificateOfTheSignerIsAbsent) {
    const test::CmsDocument document{
        .content = content_, .signers = {signer()}, .certificates = {{pki_.person.certificate}}};
    EXPECT_THAT(refused(test::cms(document)), ElementsAre("cms_signer_certificate_missing"));
    EXPECT_THAT(codes(verify(test::cms(document), {.certificates = {pki_.head.certificate}})), ElementsAre())
        << "unless it is known otherwise";
}

TEST_P(CmsTest, AnotherCertificateWithTheSameNumber) {
    test::Profile profile = test::head_profile();
    profile.serial = [&] {
        Bytes serial;
        const std::string hex = pki_.head.certificate.serial();
        for (std::size_t i = 0; i < hex.size(); i += 2)
            serial.push_back(static_cast<std::uint8_t>(
                std::stoul(hex.substr(i, 2), nullptr, 16)));  // tidy-allow(parse-number): a test's own hex
        return serial;
    }();
    const test::Party twin = pki_.issue(profile, world_.entropy);
    ASSERT_EQ(twin.certificate.serial(), pki_.head.certificate.serial());
    const auto with = [&](const std::vector<Certificate>& certificates) {
        return test::cms({.content = content_, .signers = {signer()}, .certificates = certificates});
    };
    EXPECT_THAT(codes(verify(with({twin.certificate, pki_.head.certificate}))), ElementsAre());
    EXPECT_THAT(refused(with({twin.certificate})),
                ElementsAre("cms_signing_certificate_differs", "cms_signature_wrong"));
}

TEST_P(CmsTest, TheContentWasChanged) {
    Bytes document = signed_by(signer());
    const auto at = std::search(document.begin(), document.end(), content_.begin(), content_.end());
    *at ^= 1U;
    const DocumentReport report = verify(document);
    EXPECT_THAT(codes(report), ElementsAre("cms_digest_differs"));
    EXPECT_THAT(report.content, SizeIs(0));
}

TEST_P(CmsTest, TheSignatureWasChanged) {
    const auto altered = [&](std::function<Bytes(Bytes)> alter) {
        test::CmsSigner one = signer();
        one.alter_signature = std::move(alter);
        return refused(signed_by(one));
    };
    const auto wrong = ElementsAre("cms_signature_wrong");
    EXPECT_THAT(altered([](Bytes) { return Bytes{}; }), wrong);
    EXPECT_THAT(altered([](Bytes signature) {
                    signature.pop_back();
                    return signature;
                }),
                wrong);
    EXPECT_THAT(altered([](Bytes signature) {
                    signature.push_back(0);
                    return signature;
                }),
                wrong);
    EXPECT_THAT(altered([](Bytes signature) {
                    signature.back() ^= 1U;
                    return signature;
                }),
                wrong);
    EXPECT_THAT(altered([](Bytes signature) { return Bytes(signature.size(), 0); }), wrong);
    EXPECT_THAT(altered([](Bytes signature) { return Bytes(signature.size(), 0xff); }), wrong);
}

TEST_P(CmsTest, GostHalvesSwappedZeroOrBeyondTheOrder) {
    if (GetParam() != KeyKind::gost2015_512) return;
    const auto altered = [&](const std::function<void(std::span<std::uint8_t>, std::span<std::uint8_t>)>& alter) {
        test::CmsSigner one = signer();
        one.alter_signature = [&](Bytes signature) {
            alter(std::span(signature).first(half_), std::span(signature).subspan(half_));
            return signature;
        };
        return codes(verify(signed_by(one)));
    };
    ASSERT_THAT(altered([](auto, auto) {}), ElementsAre());
    const auto wrong = ElementsAre("cms_signature_wrong");
    EXPECT_THAT(altered([](auto r, auto s) { std::swap_ranges(r.begin(), r.end(), s.begin()); }), wrong);
    EXPECT_THAT(altered([](auto r, auto s) {
                    std::reverse(r.begin(), r.end());
                    std::reverse(s.begin(), s.end());
                }),
                wrong);
    EXPECT_THAT(altered([](auto r, auto) { std::ranges::fill(r, 0); }), wrong);
    EXPECT_THAT(altered([](auto, auto s) { std::ranges::fill(s, 0); }), wrong);
    // s + q for a small s would fit too, if nobody looked: every value beyond the order is refused.
    EXPECT_THAT(altered([](auto r, auto) { std::ranges::fill(r, 0xff); }), wrong);
    EXPECT_THAT(altered([](auto, auto s) { std::ranges::fill(s, 0xff); }), wrong);
}

TEST_P(CmsTest, SignedAttributesAreAbsent) {
    test::CmsSigner one = signer();
    one.has_attributes = false;
    EXPECT_THAT(refused(signed_by(one)), ElementsAre("cms_signed_attributes_absent"));
    EXPECT_THAT(codes(verify(signed_by(one), {.signed_attributes_required = false})), ElementsAre());
    EXPECT_THAT(refused(signed_by(one), {.signed_attributes_required = false, .signing_certificate_required = true}),
                ElementsAre("cms_signing_certificate_absent"));
    const Bytes typed = test::cms({.content_type = "1.2.3.4", .content = content_, .signers = {one}});
    EXPECT_THAT(refused(typed, {.signed_attributes_required = false}), ElementsAre("cms_signed_attributes_absent"));
}

TEST_P(CmsTest, AttributesThatMustBeThere) {
    test::CmsSigner one = signer();
    one.content_type = "";
    EXPECT_THAT(refused(signed_by(one)), ElementsAre("cms_attribute_missing"));
    one = signer();
    one.message_digest = Bytes{};
    EXPECT_THAT(refused(signed_by(one)), ElementsAre("cms_attribute_missing"));
    one = signer();
    one.signing_certificate = Bytes{};
    EXPECT_THAT(codes(verify(signed_by(one))), ElementsAre());
    EXPECT_TRUE(verify(signed_by(one)).signers[0].findings.has(cms_signing_certificate_absent))
        << "it is said all the same";
    EXPECT_THAT(refused(signed_by(one), {.signing_certificate_required = true}),
                ElementsAre("cms_signing_certificate_absent"));
    one = signer();
    one.signing_time.reset();
    EXPECT_THAT(codes(verify(signed_by(one))), ElementsAre());
}

TEST_P(CmsTest, AttributesThatSayOtherThings) {
    test::CmsSigner one = signer();
    one.content_type = std::string(test::time_stamp_content);
    EXPECT_THAT(refused(signed_by(one)), ElementsAre("cms_content_type_differs"));
    one = signer();
    one.message_digest = digest(digest_of(signature_for(GetParam())), {bytes("other")});
    EXPECT_THAT(refused(signed_by(one)), ElementsAre("cms_digest_differs"));
    for (const auto& names : {test::signing_certificate_v1, test::signing_certificate_v2}) {
        one = signer();
        one.signing_certificate = names(pki_.head.certificate);
        EXPECT_THAT(codes(verify(signed_by(one))), ElementsAre());
        one.signing_certificate = names(pki_.person.certificate);
        EXPECT_THAT(refused(signed_by(one)), ElementsAre("cms_signing_certificate_differs"));
    }
    one = signer();
    one.further_attributes = {test::signing_certificate_v1(pki_.person.certificate)};
    EXPECT_THAT(refused(signed_by(one)), ElementsAre("cms_signing_certificate_differs")) << "v2 is right and v1 is not";
}

TEST_P(CmsTest, SigningCertificateWithItsNumber) {
    const Bytes hash = der::octets(digest(DigestAlgorithm::sha256, {pki_.head.certificate.der()}));
    const Bytes issuer = der::sequence({der::element(der::context(4), pki_.head.certificate.issuer().der())});
    const auto named = [&](const Bytes& serial) {
        test::CmsSigner one = signer();
        const Bytes id = der::sequence({hash, der::sequence({issuer, serial})});
        one.signing_certificate = test::attribute("1.2.840.113549.1.9.16.2.47", der::sequence({der::sequence({id})}));
        return codes(verify(signed_by(one)));
    };
    const Bytes right = to_der(X509_get0_serialNumber(pki_.head.certificate.openssl()), i2d_ASN1_INTEGER);
    ASSERT_THAT(named(right), ElementsAre());
    EXPECT_THAT(named(der::integer(4711)), ElementsAre("cms_signing_certificate_differs"))
        << "though the hash is right";
    EXPECT_THAT(named(der::octets(right)), ElementsAre("cms_attribute_malformed"));
}

TEST_P(CmsTest, AttributesTwice) {
    const Bytes hash = digest(digest_of(signature_for(GetParam())), {content_});
    Bytes value{0x04, static_cast<std::uint8_t>(hash.size())};
    value.insert(value.end(), hash.begin(), hash.end());
    test::CmsSigner one = signer();
    one.further_attributes = {test::attribute("1.2.840.113549.1.9.4", value)};
    EXPECT_THAT(refused(signed_by(one)), ElementsAre("cms_attribute_repeated")) << "though both are right";
    one = signer();
    one.message_digest = Bytes{};
    one.further_attributes = {test::attribute("1.2.840.113549.1.9.4", value)};
    ASSERT_THAT(codes(verify(signed_by(one))), ElementsAre());
    Bytes twice = value;
    twice.insert(twice.end(), value.begin(), value.end());
    one.further_attributes = {test::attribute("1.2.840.113549.1.9.4", twice)};
    EXPECT_THAT(refused(signed_by(one)), ElementsAre("cms_attribute_malformed")) << "two values in one";
    one.further_attributes = {test::attribute("1.2.840.113549.1.9.4", {})};
    EXPECT_THAT(refused(signed_by(one)), ElementsAre("cms_attribute_malformed")) << "and none";
    one = signer();
    one.further_attributes = {test::attribute("1.2.3.4", value), test::attribute("1.2.3.4", value)};
    EXPECT_THAT(refused(signed_by(one)), ElementsAre("cms_attribute_repeated"));
}

TEST_P(CmsTest, AttributesOfTheWrongShape) {
    const Bytes null{5, 0};
    test::CmsSigner one = signer();
    one.content_type = "";
    one.further_attributes = {test::attribute("1.2.840.113549.1.9.3", null)};
    EXPECT_THAT(refused(signed_by(one)), ElementsAre("cms_attribute_malformed"));
    one = signer();
    one.message_digest = Bytes{};
    one.further_attributes = {test::attribute("1.2.840.113549.1.9.4", null)};
    EXPECT_THAT(refused(signed_by(one)), ElementsAre("cms_attribute_malformed"));
    one = signer();
    one.signing_time.reset();
    one.further_attributes = {test::attribute("1.2.840.113549.1.9.5", null)};
    EXPECT_THAT(refused(signed_by(one)), ElementsAre("cms_attribute_malformed"));
    for (const char* oid : {"1.2.840.113549.1.9.16.2.47", "1.2.840.113549.1.9.16.2.12"}) {
        one = signer();
        one.signing_certificate = test::attribute(oid, null);
        EXPECT_THAT(refused(signed_by(one)), ElementsAre("cms_attribute_malformed"));
        one.signing_certificate = test::attribute(oid, Bytes{0x30, 0x02, 0x30, 0x00});
        EXPECT_THAT(refused(signed_by(one)), ElementsAre("cms_attribute_malformed")) << "an empty list";
    }
}

TEST_P(CmsTest, AlgorithmsThatAreUnknownOrContradict) {
    test::CmsSigner one = signer();
    one.digest_oid = "1.2.3.4";
    EXPECT_THAT(refused(signed_by(one)), ElementsAre("cms_algorithm_unknown"));
    one = signer();
    one.digest_oid = "2.16.840.1.101.3.4.2.2";  // SHA-384 under the joint name of another
    EXPECT_THAT(refused(signed_by(one)), ElementsAre("cms_algorithm_unknown", "cms_digest_differs"));
    one = signer();
    one.signature_oid = "1.2.840.113549.1.1.10";  // RSASSA-PSS
    EXPECT_THAT(refused(signed_by(one)), ElementsAre("cms_algorithm_unknown"));
    one.signature_oid = GetParam() == KeyKind::rsa ? "1.2.840.10045.4.3.2" : "1.2.840.113549.1.1.1";
    one.digest_oid = "2.16.840.1.101.3.4.2.1";
    one.message_digest = digest(DigestAlgorithm::sha256, {content_});
    EXPECT_THAT(refused(signed_by(one)), ElementsAre("cms_signature_wrong")) << "an algorithm of other keys";
}

TEST_P(CmsTest, TheBareNameOfTheKeyCountsToo) {
    test::CmsSigner one = signer();
    one.signature_oid = GetParam() == KeyKind::rsa  ? "1.2.840.113549.1.1.1"
                        : GetParam() == KeyKind::ec ? "1.2.840.10045.2.1"
                                                    : "1.2.398.3.10.1.1.2.2";
    EXPECT_THAT(codes(verify(signed_by(one))), ElementsAre());
}

TEST_P(CmsTest, CertificatesThatMayNot) {
    const auto signed_with = [&](const test::Profile& profile) {
        const test::Party party = pki_.issue(profile, world_.entropy);
        return codes(verify(signed_by({.party = &party})));
    };
    test::Profile profile = test::head_profile();
    ASSERT_THAT(signed_with(profile), ElementsAre());
    profile.not_after = test::now - std::chrono::hours{1};
    EXPECT_THAT(signed_with(profile), ElementsAre("certificate_expired"));
    profile = test::head_profile();
    profile.not_before = test::now + std::chrono::hours{1};
    EXPECT_THAT(signed_with(profile), ElementsAre("certificate_not_yet_valid"));
    profile = test::head_profile();
    profile.key_usage = {KeyUse::digital_signature, KeyUse::key_encipherment};
    EXPECT_THAT(signed_with(profile), ElementsAre("certificate_wrong_key_usage"));
    profile = test::time_stamper_profile();
    EXPECT_THAT(signed_with(profile), Contains("certificate_wrong_purpose"));
}

TEST_P(CmsTest, AForeignAuthorityWithTheSameNames) {
    base::SeededEntropy other{99};
    const test::Pki forged(GetParam(), other);
    const Bytes document =
        test::cms({.content = content_,
                   .signers = {{.party = &forged.head}},
                   .certificates = {{forged.head.certificate, forged.authority.certificate, forged.root.certificate}}});
    EXPECT_THAT(refused(document), Contains("chain_no_anchor"));
}

// --- time stamps

class StampedTest : public CmsTest {
protected:
    Bytes stamp(const Bytes& document, base::Time when) const {
        const Bytes signature = signature_to_stamp(document, pki_.head.certificate).value();
        return test::time_stamp_token({.imprint = digest(DigestAlgorithm::sha256, {signature}), .at = when},
                                      pki_.time_stamper);
    }
    const Bytes document_ = sign_cms(content_, key(pki_.head), test::now);
    const CmsRules stamped_{.time_stamp_required = true};
};

INSTANTIATE_TEST_SUITE_P(Kinds, StampedTest, ::testing::Values(KeyKind::gost2015_512, KeyKind::rsa, KeyKind::ec));

TEST_P(StampedTest, ProvesTheInstant) {
    const base::Time when = test::now - std::chrono::hours{24 * 30};
    const Bytes stamped = add_time_stamp(document_, pki_.head.certificate, stamp(document_, when)).value();
    const DocumentReport report = verify(stamped, stamped_);
    EXPECT_THAT(codes(report), ElementsAre());
    EXPECT_EQ(report.signers[0].proven_at, when);
    EXPECT_EQ(report.signers[0].checked_at, when);
    EXPECT_EQ(report.content, content_);
    EXPECT_THAT(codes(verify(test::to_ber(stamped), stamped_)), ElementsAre());
}

TEST_P(StampedTest, OutlivesTheCertificate) {
    test::Profile profile = test::time_stamper_profile();
    profile.not_after = test::now + std::chrono::hours{24 * 365 * 5};
    const test::Party authority = pki_.issue(profile, world_.entropy);
    const Bytes signature = signature_to_stamp(document_, pki_.head.certificate).value();
    const Bytes token = test::time_stamp_token({.imprint = digest(DigestAlgorithm::sha256, {signature})}, authority);
    const Bytes stamped = add_time_stamp(document_, pki_.head.certificate, token).value();
    const Verification later = at(test::now + std::chrono::hours{24 * 365});
    EXPECT_THAT(codes(verify_cms(document_, {}, later)), ElementsAre("certificate_expired"))
        << "the signer's own word for the time proves nothing";
    EXPECT_THAT(codes(verify_cms(stamped, stamped_, later)), ElementsAre());
    // A stamp from after the end proves that it was too late, or nothing at all.
    const Bytes late = test::time_stamp_token(
        {.imprint = digest(DigestAlgorithm::sha256, {signature}), .at = test::now + std::chrono::hours{24 * 200}},
        authority);
    EXPECT_THAT(codes(verify_cms(add_time_stamp(document_, pki_.head.certificate, late).value(), stamped_, later)),
                ElementsAre("certificate_expired"));
}

TEST_P(StampedTest, TheEarliestCounts) {
    const base::Time early = test::now - std::chrono::hours{48}, late = test::now - std::chrono::hours{24};
    const Bytes once = add_time_stamp(document_, pki_.head.certificate, stamp(document_, late)).value();
    const DocumentReport report =
        verify(add_time_stamp(once, pki_.head.certificate, stamp(document_, early)).value(), stamped_);
    // Two unsigned attributes of one kind; RFC 5126 6.1.1 allows them.
    EXPECT_THAT(codes(report), ElementsAre());
    EXPECT_EQ(report.signers[0].proven_at, early);
}

TEST_P(StampedTest, NoMoreOfThemThanAllowed) {
    test::CmsSigner one = signer();
    const Bytes token = stamp(document_, test::now);
    for (std::size_t i = 0; i <= base::limits::time_stamps_max; ++i)
        one.unsigned_attributes.push_back(test::attribute("1.2.840.113549.1.9.16.2.14", token));
    EXPECT_THAT(refused(signed_by(one), stamped_), Contains("cms_too_large"));
    one.unsigned_attributes.pop_back();
    EXPECT_THAT(refused(signed_by(one), stamped_), Not(Contains("cms_too_large")));
}

TEST_P(StampedTest, OpensslAcceptsTheStamped) {
    if (GetParam() == KeyKind::gost2015_512) return;
    const test::Directory directory("cms-stamped");
    const Bytes stamped = add_time_stamp(document_, pki_.head.certificate, stamp(document_, test::now)).value();
    const std::string anchors =
        directory.write("anchors.pem", base::as_bytes(test::to_pem("CERTIFICATE", pki_.root.certificate.der())));
    EXPECT_EQ(test::run({"openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in",
                         directory.write("document", stamped), "-CAfile", anchors, "-purpose", "any", "-attime",
                         std::to_string(base::to_seconds(test::now)), "-out", directory.path("content")}),
              0);
    EXPECT_EQ(directory.read("content"), content_);
}

TEST_P(StampedTest, AbsentOrOfAnotherSignature) {
    EXPECT_THAT(refused(document_, stamped_), ElementsAre("cms_time_stamp_absent"));
    const Bytes other = sign_cms(bytes("other"), key(pki_.head), test::now);
    const Bytes token = stamp(other, test::now);
    EXPECT_EQ(add_time_stamp(document_, pki_.head.certificate, token).error().first().code,
              "time_stamp_imprint_differs");
    EXPECT_EQ(add_time_stamp(document_, pki_.person.certificate, token).error().first().code, "cms_no_such_signer");
    EXPECT_EQ(signature_to_stamp(document_, pki_.person.certificate).error().first().code, "cms_no_such_signer");
    EXPECT_EQ(add_time_stamp(document_, pki_.head.certificate, bytes("x")).error().first().code,
              "time_stamp_malformed");
    // Put in all the same.
    test::CmsSigner one = signer();
    one.unsigned_attributes = {test::attribute("1.2.840.113549.1.9.16.2.14", token)};
    EXPECT_THAT(refused(signed_by(one), stamped_), ElementsAre("time_stamp_imprint_differs"));
    const DocumentReport report = verify(signed_by(one));
    EXPECT_THAT(codes(report), ElementsAre()) << "it is not signed, so anybody could have put it there";
    EXPECT_TRUE(report.signers[0].findings.has(time_stamp_imprint_differs));
    EXPECT_EQ(report.signers[0].proven_at, std::nullopt);
}

TEST_P(StampedTest, OfAnAuthorityThatIsNone) {
    const Bytes signature = signature_to_stamp(document_, pki_.head.certificate).value();
    const test::TimeStamp right{.imprint = digest(DigestAlgorithm::sha256, {signature})};
    const auto stamped_by = [&](const test::Party& authority) {
        return codes(
            verify(add_time_stamp(document_, pki_.head.certificate, test::time_stamp_token(right, authority)).value(),
                   stamped_));
    };
    ASSERT_THAT(stamped_by(pki_.time_stamper), ElementsAre());
    EXPECT_THAT(stamped_by(pki_.head), Contains("certificate_wrong_purpose"));
    base::SeededEntropy other{99};
    EXPECT_THAT(stamped_by(test::Pki(GetParam(), other).time_stamper), Contains("chain_no_anchor"));
}

// --- what others made

TEST(CmsMaterialTest, TheGeneratedDocumentVerifies) {
    const Authorities authorities = material::authorities(
        Contour::test, {{.file = "generated/ca.der", .anchor = true, .role_arcs = material::nca_arcs}});
    const auto with = material::at("2027-01-01T00:00:00Z", authorities);
    const Bytes document = material::bytes("generated/att.cms");
    const DocumentReport report = verify_cms(document, {.signing_certificate_required = true}, with);
    EXPECT_THAT(codes(report), ElementsAre());
    EXPECT_EQ(base::as_text(report.content), "challenge-0123456789");
    EXPECT_EQ(report.signers[0].algorithm, SignatureAlgorithm::gost2015_512);
    EXPECT_TRUE(report.signers[0].certificate->has(Role::first_head));
    EXPECT_THAT(codes(verify_cms(document, {}, material::at("2028-01-01T00:00:00Z", authorities))),
                ElementsAre("certificate_expired"));
    Bytes changed = document;
    changed[70] ^= 1U;
    EXPECT_THAT(codes(verify_cms(changed, {}, with)), ElementsAre("cms_digest_differs"));
}

}  // namespace
}  // namespace kelisim::trust
