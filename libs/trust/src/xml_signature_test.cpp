// SPDX-License-Identifier: Apache-2.0
#include "trust/xml_signature.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "material.hpp"
#include "testing_run.hpp"
#include "trust/findings.hpp"
#include "trust/testing_documents.hpp"
#include "trust/xml_findings.hpp"

namespace kelisim::trust {
namespace {

using test::replaced;

const std::string document =
    "<login xmlns=\"urn:login\" Id=\"whole\"><nonce>a&#13;\nb</nonce><part Id=\"part\">\xD3\x98</part></login>";

struct Signing {
    explicit Signing(KeyKind kind)
        : pki(kind, entropy),
          authorities(pki.authorities()),
          key(test::signing_key(pki.person, entropy)),
          system_key(test::signing_key(pki.information_system, entropy)) {}

    Verification with(const Policy& policy = material::without_revocation) const {
        return {.authorities = authorities, .policy = policy, .revocation = nullptr, .at = test::now, .now = test::now};
    }

    base::SystemEntropy entropy;
    test::Pki pki;
    Authorities authorities;
    SigningKey key, system_key;
};

Signing& signing(KeyKind kind) {
    static Signing gost(KeyKind::gost2015_512), rsa(KeyKind::rsa), ec(KeyKind::ec);
    return kind == KeyKind::rsa ? rsa : kind == KeyKind::ec ? ec : gost;
}

base::BytesView bytes(std::string_view text) {
    return base::as_bytes(text);
}

std::string text_of(const base::Result<base::Bytes>& result) {
    return std::string(base::as_text(result.value()));
}

class EachKind : public testing::TestWithParam<KeyKind> {
protected:
    Signing& with_ = signing(GetParam());
};
INSTANTIATE_TEST_SUITE_P(Kinds, EachKind, testing::Values(KeyKind::gost2015_512, KeyKind::rsa, KeyKind::ec));

TEST_P(EachKind, VerifiesAWholeDocumentThatWasSignedHere) {  // INT-60
    const auto signed_document = sign_xml(bytes(document), with_.key);
    ASSERT_TRUE(signed_document.has_value());
    const DocumentReport report = verify_xml(*signed_document, {}, with_.with());
    EXPECT_EQ(report.verdict(), Verdict::valid) << test::in_words(report);
    // The bytes that were signed, without the signature: what a reader may read.
    EXPECT_EQ(
        base::as_text(report.content),
        "<login xmlns=\"urn:login\" Id=\"whole\"><nonce>a&#xD;\nb</nonce><part Id=\"part\">\xD3\x98</part></login>");
    ASSERT_EQ(report.signers.size(), 1U);
    EXPECT_EQ(report.signers[0].algorithm, with_.key.algorithm());
    EXPECT_EQ(report.signers[0].certificate->subject(), with_.pki.person.certificate);
    EXPECT_TRUE(report.signers[0].certificate->has(Role::natural_person));
}

TEST_P(EachKind, VerifiesAPartByItsId) {
    const auto signed_document = sign_xml_part(bytes(document), "part", with_.key);
    ASSERT_TRUE(signed_document.has_value());
    const XmlRules part{.part = {.kind = SignedPart::Kind::named, .ns = "urn:login", .name = "part"}};
    const DocumentReport report = verify_xml(*signed_document, part, with_.with());
    EXPECT_EQ(report.verdict(), Verdict::valid) << test::in_words(report);
    EXPECT_EQ(base::as_text(report.content), "<part xmlns=\"urn:login\" Id=\"part\">\xD3\x98</part>");
    // Who reads the whole document must not be given a part for it.
    const DocumentReport whole = verify_xml(*signed_document, {}, with_.with());
    EXPECT_EQ(whole.verdict(), Verdict::invalid);
    EXPECT_TRUE(whole.signers[0].findings.has(xml_signature_element));
    EXPECT_TRUE(whole.content.empty());
    const DocumentReport other =
        verify_xml(*signed_document, {.part = {.kind = SignedPart::Kind::named, .ns = "urn:login", .name = "nonce"}},
                   with_.with());
    EXPECT_TRUE(other.signers[0].findings.has(xml_signature_element));
    const DocumentReport whatever =
        verify_xml(*signed_document, {.part = {.kind = SignedPart::Kind::whatever}}, with_.with());
    EXPECT_EQ(whatever.verdict(), Verdict::valid) << test::in_words(whatever);
    EXPECT_EQ(whatever.content, report.content);
}

TEST_P(EachKind, TellsAChangedContentFromAWrongSignature) {
    const std::string good = text_of(sign_xml(bytes(document), with_.key));
    const DocumentReport changed = verify_xml(bytes(replaced(good, "a&#13;", "A&#13;")), {}, with_.with());
    EXPECT_TRUE(changed.signers.at(0).findings.has(xml_signature_digest));
    EXPECT_FALSE(changed.signers.at(0).findings.has(xml_signature_value));
    EXPECT_TRUE(changed.content.empty());
    EXPECT_EQ(changed.verdict(), Verdict::invalid);

    // A digest that fits the changed content, under the old signature.
    const std::string other = text_of(sign_xml(bytes(replaced(document, "a&#13;", "A&#13;")), with_.key));
    const auto info = [](const std::string& text) {
        const std::size_t begin = text.find("<ds:SignedInfo>"), end = text.find("</ds:SignedInfo>");
        return text.substr(begin, end - begin);
    };
    const DocumentReport forged = verify_xml(bytes(replaced(other, info(other), info(good))), {}, with_.with());
    EXPECT_TRUE(forged.signers.at(0).findings.has(xml_signature_digest));
    EXPECT_TRUE(forged.signers.at(0).findings.has(xml_signature_value));
    const std::string mixed = replaced(good, info(good), info(other));
    const DocumentReport resigned = verify_xml(bytes(replaced(mixed, "a&#13;", "A&#13;")), {}, with_.with());
    EXPECT_FALSE(resigned.signers.at(0).findings.has(xml_signature_digest));
    EXPECT_TRUE(resigned.signers.at(0).findings.has(xml_signature_value));
    EXPECT_TRUE(resigned.content.empty());
}

TEST_P(EachKind, ChecksTheCertificateToo) {
    const auto signed_document = sign_xml(bytes(document), with_.key);
    Verification later = with_.with();
    later.at = later.now = test::now + std::chrono::hours(24 * 400);
    const DocumentReport expired = verify_xml(*signed_document, {}, later);
    EXPECT_EQ(expired.verdict(), Verdict::invalid);
    EXPECT_TRUE(expired.signers[0].certificate->findings.has(certificate_expired));
    EXPECT_TRUE(expired.signers[0].findings.all().empty());
    // Authorities of the same names, with other keys.
    Signing foreign(GetParam());
    const DocumentReport stranger = verify_xml(*signed_document, {}, foreign.with());
    EXPECT_EQ(stranger.verdict(), Verdict::invalid);
    EXPECT_FALSE(stranger.signers[0].certificate->findings.all().empty());
}

TEST_P(EachKind, ReadsSeveralSignaturesOnlyWhenAsked) {
    const auto once = sign_xml(bytes(document), with_.key);
    const auto twice = sign_xml(*once, with_.system_key);
    const DocumentReport refused = verify_xml(*twice, {}, with_.with());
    EXPECT_TRUE(refused.findings.has(xml_signature_extra));
    EXPECT_TRUE(refused.content.empty());
    const XmlRules several{.purpose = Purpose::any, .signatures_max = 2};
    const DocumentReport report = verify_xml(*twice, several, with_.with());
    EXPECT_EQ(report.verdict(), Verdict::valid) << test::in_words(report);
    ASSERT_EQ(report.signers.size(), 2U);
    EXPECT_EQ(report.signers[0].certificate->subject(), with_.pki.person.certificate);
    EXPECT_EQ(report.signers[1].certificate->subject(), with_.pki.information_system.certificate);
    EXPECT_EQ(report.content, verify_xml(*once, {}, with_.with()).content);
    // The second signer signed over the first signature; another in its place is not what was signed.
    const std::string text = text_of(twice);
    const std::size_t end = text.find("</ds:Signature>");
    const DocumentReport without_first =
        verify_xml(bytes(text.substr(0, text.find("<ds:Signature")) + text.substr(end + 15)), several, with_.with());
    EXPECT_TRUE(without_first.signers.at(0).findings.has(xml_signature_digest));
    const DocumentReport changed = verify_xml(bytes(replaced(text, "a&#13;", "A&#13;")), several, with_.with());
    EXPECT_TRUE(changed.signers.at(0).findings.has(xml_signature_digest));
    EXPECT_TRUE(changed.signers.at(1).findings.has(xml_signature_digest));
    EXPECT_TRUE(changed.content.empty());
}

TEST_P(EachKind, ReturnsNothingForSignersOfDifferentParts) {
    const std::string parts = "<page><a Id=\"a\">1</a><b Id=\"b\">2</b></page>";
    const XmlRules whatever{.part = {.kind = SignedPart::Kind::whatever}, .purpose = Purpose::any, .signatures_max = 2};
    const auto by_two = [&](const char* first, const char* second) {
        return verify_xml(*sign_xml_part(*sign_xml_part(bytes(parts), first, with_.key), second, with_.system_key),
                          whatever, with_.with());
    };
    const DocumentReport same = by_two("a", "a");
    EXPECT_EQ(same.verdict(), Verdict::valid) << test::in_words(same);
    EXPECT_EQ(base::as_text(same.content), "<a Id=\"a\">1</a>");
    const DocumentReport different = by_two("a", "b");
    EXPECT_EQ(different.verdict(), Verdict::invalid);
    EXPECT_TRUE(test::all_findings(different).has(xml_signature_element));
    EXPECT_TRUE(different.content.empty());
}

TEST_P(EachKind, VerifiesBusinessDataWhereItStandsInAMessage) {
    const std::string inner =
        text_of(sign_xml(bytes("<p:order xmlns:p=\"urn:p\"><p:sum>1</p:sum></p:order>"), with_.key));
    const std::string element = inner.substr(inner.find("<p:order"));
    const auto in = [](const std::string& content) {
        return xml::Document::parse(
                   bytes("<e:Envelope xmlns:e=\"urn:e\" xmlns:x=\"urn:x\"><data>" + content + "</data></e:Envelope>"))
            .value();
    };
    const auto verify = [&](const xml::Document& message) {
        return verify_xml(message.root().children()[0].children()[0], {}, with_.with());
    };
    const DocumentReport report = verify(in(element));
    EXPECT_EQ(report.verdict(), Verdict::valid) << test::in_words(report);
    EXPECT_EQ(base::as_text(report.content), "<p:order xmlns:p=\"urn:p\"><p:sum>1</p:sum></p:order>");
    EXPECT_TRUE(verify(in(replaced(element, ">1<", ">2<"))).signers.at(0).findings.has(xml_signature_digest));

    // Signed with the namespaces of the message in scope, and put in without repeating them.
    const std::string wide =
        text_of(sign_xml(bytes("<order xmlns:e=\"urn:e\" xmlns:x=\"urn:x\"><x:sum>1</x:sum></order>"), with_.key));
    const std::string bare = replaced(wide.substr(wide.find("<order")), " xmlns:e=\"urn:e\" xmlns:x=\"urn:x\"", "");
    const DocumentReport scoped = verify(in(bare));
    EXPECT_EQ(scoped.verdict(), Verdict::valid) << test::in_words(scoped);
    EXPECT_TRUE(verify(in(replaced(bare, ">1<", ">2<"))).signers.at(0).findings.has(xml_signature_digest));
}

TEST(XmlSignature, VerifiesTheGeneratedDocument) {
    const auto authorities = material::authorities(
        Contour::test, {{.file = "generated/ca.der", .anchor = true, .role_arcs = material::nca_arcs}});
    const base::Bytes good = material::bytes("generated/signed.xml");
    const DocumentReport report = verify_xml(good, {}, material::at("2026-11-22T00:00:00Z", authorities));
    EXPECT_EQ(report.verdict(), Verdict::valid) << test::in_words(report);
    EXPECT_EQ(base::as_text(report.content), "<login><nonce>abc</nonce></login>");
    const DocumentReport changed = verify_xml(bytes(replaced(std::string(base::as_text(good)), "abc", "abd")), {},
                                              material::at("2026-11-22T00:00:00Z", authorities));
    EXPECT_TRUE(changed.signers.at(0).findings.has(xml_signature_digest));
}

TEST_P(EachKind, FindsACertificateThatItKnows) {
    const std::string good = text_of(sign_xml(bytes(document), with_.key));
    const std::size_t begin = good.find("<ds:X509Certificate>"), end = good.find("</ds:X509Data>");
    const Certificate& own = with_.pki.person.certificate;
    const auto named = [&](const std::string& issuer, const std::string& serial) {
        return good.substr(0, begin) + "<ds:X509IssuerSerial><ds:X509IssuerName>" + xml::escaped(issuer) +
               "</ds:X509IssuerName><ds:X509SerialNumber> " + serial +
               "\n</ds:X509SerialNumber></ds:X509IssuerSerial>" + good.substr(end);
    };
    const XmlRules rules{.known = {with_.pki.information_system.certificate, own}};
    const DocumentReport report =
        verify_xml(bytes(named(own.issuer_text(), own.serial_decimal())), rules, with_.with());
    EXPECT_EQ(report.verdict(), Verdict::valid) << test::in_words(report);
    // Java writes the parts of a name in the other order, and blanks after commas.
    const std::string text = own.issuer_text();
    const std::size_t comma = text.rfind(',');
    ASSERT_NE(comma, std::string::npos);
    const std::string turned = text.substr(comma + 1) + ", " + text.substr(0, comma);
    EXPECT_EQ(verify_xml(bytes(named(turned, own.serial_decimal())), rules, with_.with()).verdict(), Verdict::valid);
    const auto unknown = [&](const std::string& issuer, const std::string& serial) {
        return verify_xml(bytes(named(issuer, serial)), rules, with_.with())
            .signers.at(0)
            .findings.has(xml_signature_key_unknown);
    };
    EXPECT_TRUE(unknown(text, own.serial_decimal() + "1"));
    EXPECT_TRUE(unknown(text, own.serial()));  // hexadecimal
    EXPECT_TRUE(unknown(text + ",CN=B", own.serial_decimal()));
    EXPECT_TRUE(unknown("", own.serial_decimal()));
}

// Another implementation takes for signed what we signed, and for changed what was changed.
class ByXmlsec1 : public EachKind {};
INSTANTIATE_TEST_SUITE_P(Kinds, ByXmlsec1, testing::Values(KeyKind::rsa, KeyKind::ec));  // Debian's knows no GOST

TEST_P(ByXmlsec1, IsTakenForWhatItIs) {
    const test::Directory directory("xmlsec1");
    const auto pem = [&](const std::string& name, const test::Party& party) {
        return directory.write(name, base::as_bytes(test::to_pem("CERTIFICATE", party.certificate.der())));
    };
    const std::string root = pem("root.pem", with_.pki.root), authority = pem("authority.pem", with_.pki.authority);
    const auto accepts = [&](base::BytesView text, const std::vector<std::string>& further = {}) {
        std::vector<std::string> words{"xmlsec1",         "--verify", "--trusted-pem",       root,
                                       "--untrusted-pem", authority,  "--verification-time", "2026-06-01 12:00:00"};
        words.insert(words.end(), further.begin(), further.end());
        words.push_back(directory.write("document.xml", text));
        return test::run(words) == 0;
    };
    const base::Bytes whole = sign_xml(bytes(document), with_.key).value();
    EXPECT_TRUE(accepts(whole));
    EXPECT_FALSE(accepts(bytes(replaced(std::string(base::as_text(whole)), "a&#13;", "A&#13;"))));
    const std::vector<std::string> id{"--id-attr:Id", "urn:login:part"};
    const base::Bytes part = sign_xml_part(bytes(document), "part", with_.key).value();
    EXPECT_TRUE(accepts(part, id));
    EXPECT_FALSE(accepts(bytes(replaced(std::string(base::as_text(part)), "\xD3\x98", "\xD3\x99")), id));
}

TEST(XmlSignature, NotesWhatPolicyLetsPass) {
    const auto authorities =
        material::authorities(Contour::test, {{.file = "xml/gost_root.cer", .anchor = true},
                                              {.file = "xml/gost_authority.cer", .role_arcs = material::nca_arcs}});
    const base::Bytes old = material::bytes("xml/digest_sha1.xml");
    const DocumentReport refused = verify_xml(old, {}, material::at("2026-06-01T12:00:00Z", authorities));
    EXPECT_EQ(refused.verdict(), Verdict::invalid);
    EXPECT_TRUE(refused.content.empty());
    const DocumentReport allowed =
        verify_xml(old, {}, material::at("2026-06-01T12:00:00Z", authorities, material::legacy));
    EXPECT_EQ(allowed.verdict(), Verdict::valid) << test::in_words(allowed);
    EXPECT_TRUE(allowed.signers.at(0).findings.has(xml_signature_algorithm_legacy));
}

TEST(XmlSignature, RefusesToSignWhatCannotBeSigned) {
    const SigningKey& key = signing(KeyKind::gost2015_512).key;
    EXPECT_TRUE(sign_xml(bytes("<a>"), key).error().has(xml::xml_malformed));
    EXPECT_TRUE(sign_xml(bytes("<!DOCTYPE a><a/>"), key).error().has(xml::xml_document_type));
    EXPECT_TRUE(sign_xml_part(bytes("<a><b Id='b'/></a>"), "c", key).error().has(xml::xml_id_missing));
    EXPECT_TRUE(sign_xml_part(bytes("<a><b Id='b'/><c Id='b'/></a>"), "b", key).error().has(xml::xml_id_twice));
    EXPECT_TRUE(sign_xml_part(bytes("<a><b Id='b'/></a>"), "xpointer(/)", key).error().has(xml_signature_uri));
    EXPECT_TRUE(
        sign_xml_part(bytes("<a Id='a'/>"), "a", key).error().has(xml_signature_place));  // it would sign itself
    EXPECT_TRUE(sign_xml(bytes("<a xmlns='relative'/>"), key).error().has(xml_signature_not_computable));
}

TEST(XmlSignature, MayBeUsedOnSeveralThreads) {
    const Signing& with = signing(KeyKind::gost2015_512);
    std::atomic<int> valid = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            for (int k = 0; k < 8; ++k) {
                const std::string text = "<a><b>" + std::to_string(i * 100 + k) + "</b></a>";
                const DocumentReport report = verify_xml(sign_xml(bytes(text), with.key).value(), {}, with.with());
                if (report.verdict() == Verdict::valid && base::as_text(report.content) == text) ++valid;
            }
        });
    for (std::thread& each : threads)
        each.join();
    EXPECT_EQ(valid, 32);
}

}  // namespace
}  // namespace kelisim::trust
