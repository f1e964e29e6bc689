// SPDX-License-Identifier: Apache-2.0
#include "soap/security.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "trust/findings.hpp"
#include "trust/testing_documents.hpp"
#include "trust/xml_findings.hpp"
#include "trust/xml_signature.hpp"
#include "xml/canonical.hpp"

namespace kelisim::soap {
namespace {

using trust::KeyKind;
using trust::Verdict;
using trust::test::replaced;

constexpr std::string_view content =
    "<typ:SendMessage xmlns:typ=\"http://bip.bee.kz/SyncChannel/v10/Types\"><request><messageId>m-1</messageId>"
    "<data>text</data></request></typ:SendMessage>";

// A system, its authority, and whoever verifies.
struct World {
    explicit World(KeyKind kind)
        : pki(kind, entropy),
          authorities(pki.authorities()),
          key(trust::test::signing_key(pki.information_system, entropy)),
          person(trust::test::signing_key(pki.person, entropy)) {}

    base::SystemEntropy entropy;
    trust::test::Pki pki;
    trust::Authorities authorities;
    trust::SigningKey key, person;
    trust::Policy policy{.revocation_required = false};
    trust::Verification with{.authorities = authorities,
                             .policy = policy,
                             .revocation = nullptr,
                             .at = trust::test::now,
                             .now = trust::test::now};
};

World& world(KeyKind kind = KeyKind::gost2015_512) {
    static World gost(KeyKind::gost2015_512), rsa(KeyKind::rsa), ec(KeyKind::ec);
    return kind == KeyKind::rsa ? rsa : kind == KeyKind::ec ? ec : gost;
}

std::string text_of(const base::Result<base::Bytes>& result) {
    return std::string(base::as_text(result.value()));
}

std::string signed_message(World& by = world()) {
    return text_of(sign({.content = content, .body_id = "id-1"}, by.key));
}

trust::DocumentReport verify_text(const std::string& text, World& by = world(),
                                  const std::vector<trust::Certificate>& known = {}) {
    const auto envelope = Envelope::parse(base::as_bytes(text));
    if (!envelope) throw std::logic_error("no envelope: " + std::string(envelope.error().first().code));
    return verify(*envelope, known, by.with);
}

bool has(const trust::DocumentReport& report, const base::Reason& reason) {
    return trust::test::all_findings(report).has(reason);
}

std::string part_of(const std::string& text, std::string_view begin, std::string_view end) {
    const std::size_t from = text.find(begin), to = text.find(end, from);
    if (from == std::string::npos || to == std::string::npos) throw std::logic_error("no such part");
    return text.substr(from, to + end.size() - from);
}

class EachKind : public testing::TestWithParam<KeyKind> {};
INSTANTIATE_TEST_SUITE_P(Kinds, EachKind, testing::Values(KeyKind::gost2015_512, KeyKind::rsa, KeyKind::ec));

TEST_P(EachKind, VerifiesWhatWasSignedHere) {  // INT-2.6, INT-2.15
    World& by = world(GetParam());
    for (const Version version : {Version::v11, Version::v12}) {
        const std::string text = text_of(sign({.version = version, .content = content, .body_id = "id-1"}, by.key));
        const trust::DocumentReport report = verify_text(text, by);
        EXPECT_EQ(report.verdict(), Verdict::valid) << trust::test::in_words(report);
        ASSERT_EQ(report.signers.size(), 1U);
        EXPECT_EQ(report.signers[0].certificate->subject(), by.pki.information_system.certificate);
        // The body as it is to be processed, and nothing of the header.
        const auto body = xml::Document::parse(report.content);
        ASSERT_TRUE(body.has_value());
        EXPECT_TRUE(body->root().is(namespace_of(version), "Body"));
        EXPECT_EQ(body->root().children().front().children().front().child("", "data")->text(), "text");
    }
}

TEST_P(EachKind, RefusesWhatWasChanged) {
    World& by = world(GetParam());
    const std::string good = signed_message(by);
    ASSERT_EQ(verify_text(good, by).verdict(), Verdict::valid);
    const auto changed = verify_text(replaced(good, ">text<", ">Text<"), by);
    EXPECT_TRUE(has(changed, trust::xml_signature_digest));
    EXPECT_TRUE(changed.content.empty());
    const std::string value = part_of(good, "<ds:SignatureValue>", "</ds:SignatureValue>");
    std::string other = value;
    other[20] = other[20] == 'A' ? 'B' : 'A';
    EXPECT_TRUE(has(verify_text(replaced(good, value, other), by), trust::xml_signature_value));
}

TEST(Security, WritesTheFormOfTheGateway) {  // wire.md A6
    const std::string good = signed_message();
    const auto envelope = Envelope::parse(base::as_bytes(good));
    ASSERT_TRUE(envelope.has_value());
    const xml::Element security = envelope->header()->children().front();
    EXPECT_EQ(security.attribute(soap11_namespace, "mustUnderstand"), "1");
    EXPECT_EQ(security.children().size(), 1U);
    EXPECT_EQ(envelope->body().attribute(xml::wsu_namespace, "Id"), "id-1");
    EXPECT_NE(good.find("<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>"),
              std::string::npos);
    EXPECT_NE(good.find("<ds:Reference URI=\"#id-1\"><ds:Transforms><ds:Transform "
                        "Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></ds:Transforms><ds:DigestMethod "
                        "Algorithm=\"urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34112015-512\"/>"),
              std::string::npos);
    EXPECT_NE(good.find("<ds:KeyInfo><wsse:SecurityTokenReference"), std::string::npos);
    EXPECT_NE(
        good.find(
            "ValueType=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3\""),
        std::string::npos);
    EXPECT_EQ(good.find("BinarySecurityToken"), std::string::npos);
    EXPECT_EQ(good.find("&#13;"), std::string::npos);
}

TEST(Security, SignsNothingThatIsNoBody) {
    const auto refused = [](std::string_view body, std::string_view id = "id-1") {
        return sign({.content = body, .body_id = id}, world().key).error();
    };
    EXPECT_TRUE(refused("<a>").has(xml::xml_malformed));
    EXPECT_TRUE(refused("</soap:Body><soap:Body>").has(soap_body));
    EXPECT_TRUE(refused("</soap:Body></soap:Envelope><!--").has(xml::xml_malformed));
    EXPECT_TRUE(refused("<a/>", "1\"><").has(trust::xml_signature_uri));
    EXPECT_TRUE(refused("<a Id='id-1'/>").has(xml::xml_id_twice));
}

// --- Other forms of senders

struct Sent {
    std::string body_attribute = "wsu:Id=\"id-1\"";
    std::string before = {};  // in wsse:Security, ahead of the signature
    std::string key_info;
};

std::string wsse(std::string_view name, const std::string& attributes, const std::string& inner) {
    return "<wsse:" + std::string(name) + " xmlns:wsse=\"" + std::string(wsse_namespace) + "\" " + attributes + ">" +
           inner + "</wsse:" + std::string(name) + ">";
}

const std::string token_type =
    "ValueType=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3\"";

std::string send(const Sent& sent, World& by = world()) {
    auto document = xml::Document::parse(base::as_bytes(
        "<soap:Envelope xmlns:soap=\"" + std::string(soap11_namespace) + "\" xmlns:wsu=\"" +
        std::string(xml::wsu_namespace) + "\"><SOAP-ENV:Header xmlns:SOAP-ENV=\"" + std::string(soap11_namespace) +
        "\">" + wsse("Security", "soap:mustUnderstand=\"1\"", sent.before) + "</SOAP-ENV:Header><soap:Body " +
        sent.body_attribute + ">" + std::string(content) + "</soap:Body></soap:Envelope>"));
    if (!document) throw std::logic_error("not XML");
    const xml::Element security = document->root().children().front().children().front();
    if (!trust::sign_message(*document, security, "id-1", sent.key_info, by.key)) throw std::logic_error("not signed");
    return std::string(base::as_text(document->to_bytes()));
}

std::string certificate_of(World& by = world()) {
    return base::to_base64(by.pki.information_system.certificate.der());
}

std::string key_identifier(const std::string& attributes = token_type, const std::string& value = certificate_of()) {
    return wsse("SecurityTokenReference", "", wsse("KeyIdentifier", attributes, value));
}

std::string reference_to(const std::string& uri) {
    return wsse("SecurityTokenReference", "", wsse("Reference", "URI=\"" + uri + "\" " + token_type, ""));
}

std::string issuer_serial(const std::string& issuer, const std::string& serial) {
    return wsse(
        "SecurityTokenReference", "",
        "<ds:X509Data xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509IssuerSerial><ds:X509IssuerName>" +
            xml::escaped(issuer) + "</ds:X509IssuerName><ds:X509SerialNumber>" + serial +
            "</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data>");
}

TEST(Security, FindsTheBodyByEveryIdAttributeOfClients) {  // wire.md A8
    for (const char* const attribute :
         {"wsu:Id=\"id-1\"", "wsu:id=\"id-1\"", "Id=\"id-1\"", "ID=\"id-1\"", "id=\"id-1\""}) {
        const auto report = verify_text(send({.body_attribute = attribute, .key_info = key_identifier()}));
        EXPECT_EQ(report.verdict(), Verdict::valid) << attribute << ": " << trust::test::in_words(report);
    }
}

TEST(Security, TakesABinarySecurityToken) {
    const std::string token = wsse("BinarySecurityToken", "Id=\"X509-1\" " + token_type, certificate_of());
    const std::string good = send({.before = token, .key_info = reference_to("#X509-1")});
    const auto report = verify_text(good);
    EXPECT_EQ(report.verdict(), Verdict::valid) << trust::test::in_words(report);
    EXPECT_TRUE(has(verify_text(send({.before = token, .key_info = reference_to("#X509-2")})), xml::xml_id_missing));
    EXPECT_TRUE(has(verify_text(send({.before = token, .key_info = reference_to("X509-1")})), soap_key_reference));
    EXPECT_TRUE(has(verify_text(send({.before = token, .key_info = reference_to("#id-1")})), soap_key_reference));
    EXPECT_TRUE(
        has(verify_text(send({.before = token + token, .key_info = reference_to("#X509-1")})), xml::xml_id_twice));
    const std::string chain = wsse("BinarySecurityToken",
                                   "Id=\"X509-1\" ValueType=\"http://docs.oasis-open.org/wss/2004/01/"
                                   "oasis-200401-wss-x509-token-profile-1.0#X509PKIPathv1\"",
                                   certificate_of());
    EXPECT_TRUE(has(verify_text(send({.before = chain, .key_info = reference_to("#X509-1")})), soap_key_reference));
}

// By hand, not by xmlsec1: the form of one of the clients (wire.md A6), with a list of prefixes on each canonical form.
TEST(Security, TakesListsOfPrefixes) {
    const auto list = [](const std::string& name, const std::string& prefixes) {
        return "<ds:" + name +
               " Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"><ec:InclusiveNamespaces "
               "xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"" +
               prefixes + "\"/></ds:" + name + ">";
    };
    std::string text =
        replaced(signed_message(), "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>",
                 list("CanonicalizationMethod", "soap"));
    text =
        replaced(text, "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>", list("Transform", ""));
    EXPECT_TRUE(
        has(verify_text(text), trust::xml_signature_value));  // so far the signature is of another ds:SignedInfo
    const auto document = xml::Document::parse(base::as_bytes(text)).value();
    std::optional<base::Bytes> bytes;
    document.root().walk([&](xml::Element each) {
        if (each.name() == "SignedInfo") bytes = xml::canonical(each, xml::Canonical::exclusive, {"soap"});
    });
    ASSERT_NE(base::as_text(*bytes).find("xmlns:soap"), std::string_view::npos);
    const std::string value = part_of(text, "<ds:SignatureValue>", "</ds:SignatureValue>");
    const std::string good = replaced(
        text, value, "<ds:SignatureValue>" + base::to_base64(world().key.sign(*bytes)) + "</ds:SignatureValue>");
    const auto report = verify_text(good);
    EXPECT_EQ(report.verdict(), Verdict::valid) << trust::test::in_words(report);
    EXPECT_TRUE(
        has(verify_text(replaced(good, "PrefixList=\"soap\"", "PrefixList=\"ds\"")), trust::xml_signature_value));
    std::string many;
    for (int i = 0; i < 33; ++i)
        many += "p" + std::to_string(i) + " ";
    EXPECT_TRUE(has(verify_text(replaced(good, "PrefixList=\"soap\"", "PrefixList=\"" + many + "\"")),
                    trust::xml_signature_canonical_form));
}

TEST(Security, LooksUpIssuerAndSerial) {
    const trust::Certificate& own = world().pki.information_system.certificate;
    const std::vector<trust::Certificate> known{world().pki.person.certificate, own};
    const std::string issuer = own.issuer_text(), serial = own.serial_decimal();
    const std::string good = send({.key_info = issuer_serial(issuer, serial)});
    const auto report = verify_text(good, world(), known);
    EXPECT_EQ(report.verdict(), Verdict::valid) << trust::test::in_words(report);
    EXPECT_TRUE(has(verify_text(good), soap_key_unknown));
    EXPECT_TRUE(has(verify_text(good, world(), {world().pki.person.certificate}), soap_key_unknown));
    EXPECT_TRUE(
        has(verify_text(send({.key_info = issuer_serial(issuer, serial + "0")}), world(), known), soap_key_unknown));
    EXPECT_TRUE(has(verify_text(send({.key_info = issuer_serial(issuer + ",C=US", serial)}), world(), known),
                    soap_key_unknown));
    EXPECT_TRUE(has(verify_text(send({.key_info = issuer_serial("", "")}), world(), known), soap_key_unknown));
    // The lookup may be led astray; the signature cannot.
    const trust::Certificate& other = world().pki.person.certificate;
    const auto astray =
        verify_text(send({.key_info = issuer_serial(other.issuer_text(), other.serial_decimal())}), world(), known);
    EXPECT_TRUE(has(astray, trust::xml_signature_value));
}

TEST(Security, RefusesKeysInOtherForms) {
    ASSERT_EQ(verify_text(send({.key_info = key_identifier()})).verdict(), Verdict::valid);
    EXPECT_TRUE(has(verify_text(send({.key_info = ""})), trust::xml_signature_key_missing));
    EXPECT_TRUE(has(verify_text(send({.key_info = wsse("SecurityTokenReference", "", "")})), soap_key_reference));
    EXPECT_TRUE(has(verify_text(send({.key_info = key_identifier("")})), soap_key_reference));
    EXPECT_TRUE(has(verify_text(send({.key_info = key_identifier(token_type, "AAAA")})), soap_key_reference));
    EXPECT_TRUE(has(verify_text(send({.key_info = key_identifier(token_type + " EncodingType=\"urn:hex\"")})),
                    soap_key_reference));
    EXPECT_TRUE(has(verify_text(send({.key_info = key_identifier() + key_identifier()})), soap_key_reference));
    EXPECT_TRUE(has(
        verify_text(send({.key_info = "<ds:KeyName xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">x</ds:KeyName>"})),
        soap_key_reference));
    // No report without a certificate is valid, whatever else holds.
    EXPECT_NE(verify_text(send({.key_info = ""})).verdict(), Verdict::valid);
}

TEST(Security, ReadsTheHeaderStrictly) {
    const std::string good = signed_message();
    ASSERT_EQ(verify_text(good).verdict(), Verdict::valid);
    const std::string security = part_of(good, "<wsse:Security ", "</wsse:Security>");
    const std::string signature = part_of(good, "<ds:Signature ", "</ds:Signature>");
    const auto refused = [](const std::string& text, const base::Reason& reason) {
        const auto report = verify_text(text);
        EXPECT_TRUE(has(report, reason)) << reason.code << ", but " << trust::test::in_words(report);
        EXPECT_NE(report.verdict(), Verdict::valid);
        EXPECT_TRUE(report.content.empty());
    };
    refused(replaced(good, security, ""), soap_not_signed);
    refused(replaced(good, part_of(good, "<soap:Header>", "</soap:Header>"), ""), soap_not_signed);
    refused(replaced(good, signature, ""), soap_not_signed);
    refused(replaced(good, security, security + security), soap_security_twice);
    refused(replaced(good, signature, signature + signature), trust::xml_signature_extra);
    refused(replaced(good, signature, signature + "<e xmlns=\"urn:e\"/>"), soap_security_unknown);
    refused(replaced(good, "</soap:Header>", "<h xmlns=\"urn:h\">" + signature + "</h></soap:Header>"),
            soap_signature_beside);
    const auto timestamp = verify_text(replaced(
        good, signature, "<wsu:Timestamp xmlns:wsu=\"" + std::string(xml::wsu_namespace) + "\"/>" + signature));
    EXPECT_EQ(timestamp.verdict(), Verdict::valid)
        << trust::test::in_words(timestamp);  // not signed, so not believed; clients may send it
}

TEST(Security, LeavesSignaturesOfBusinessDataToWhoReadsThem) {
    const std::string inner = text_of(trust::sign_xml(base::as_bytes("<order/>"), world().person));
    const std::string body = "<data>" + inner.substr(inner.find("<order")) + "</data>";
    const std::string text = text_of(sign({.content = body, .body_id = "id-1"}, world().key));
    const auto report = verify_text(text);
    EXPECT_EQ(report.verdict(), Verdict::valid) << trust::test::in_words(report);
    const auto verified = xml::Document::parse(report.content);
    const auto business = trust::verify_xml(verified->root().children()[0].children()[0], {}, world().with);
    EXPECT_EQ(business.verdict(), Verdict::valid) << trust::test::in_words(business);
    EXPECT_EQ(base::as_text(business.content), "<order></order>");
}

TEST(Security, AsksForATransportCertificateOfTheChain) {
    static World stranger(KeyKind::gost2015_512);  // authorities of the same names, with other keys
    const auto foreign = verify_text(signed_message(stranger));
    EXPECT_EQ(foreign.verdict(), Verdict::invalid);
    EXPECT_TRUE(foreign.signers.at(0).findings.all().empty()) << trust::test::in_words(foreign);
    EXPECT_NE(foreign.signers.at(0).certificate->verdict(), Verdict::valid);
}

}  // namespace
}  // namespace kelisim::soap
