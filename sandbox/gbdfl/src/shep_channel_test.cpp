// SPDX-License-Identifier: Apache-2.0
// The owner's SOAP side over real sockets: what it believes, what it gives, and how it says no.
#include "owner/shep_channel.hpp"

#include "gbdfl_owner/registry.hpp"

#include <functional>
#include <ostream>

#include "base/text.hpp"
#include "owner/testing.hpp"
#include "soap/fault.hpp"
#include "soap/security.hpp"
#include "trust/testing_documents.hpp"
#include "trust/xml_signature.hpp"

namespace kelisim::gbdfl {
namespace {

using namespace owner::test;
using soap::DataForm;
using soap::Version;

// A gateway and an owner with keys of one authority.
struct Keys {
    base::SystemEntropy entropy;
    trust::test::Pki pki{trust::KeyKind::ec, entropy};
    trust::SigningKey key = trust::test::signing_key(pki.information_system, entropy);
};

using Opened = OpenedReply;

class ShepTest : public RegistryTest<Persons> {
protected:
    explicit ShepTest(owner::ShepOptions options = {}) : RegistryTest(role, std::move(options)) {}

    token::AccessClaims whole_claims() const {
        auto whole = claims();
        whole.grant.services = {"GBDFLUniversal_token", "GBDFL_FamilyInfoToken"};
        for (const Service* service : {&person_service(), &family_service()})
            whole.grant.fields.insert(whole.grant.fields.end(), service->fields.begin(), service->fields.end());
        return whole;
    }
    std::string good_token() const { return signed_token(whole_claims()); }

    struct Asked {
        std::string service = "GBDFLUniversal_token";
        std::string iin = std::string(abai);
        std::string token;
        std::string public_key = {};
        DataForm form = DataForm::nodes;
        std::string more = {};
    };
    std::string content_of(const Asked& asked) const {
        const std::string text =
            R"(<r:Request xmlns:r="http://message.persistence.interactive.nat"><messageId>b-1</messageId>)"
            "<messageDate>2026-01-15T10:00:00+05:00</messageDate><senderCode>DEMOBANK</senderCode>"
            "<iin>" +
            asked.iin + "</iin><kdpToken>" + asked.token + "</kdpToken><publicKey>" + asked.public_key +
            "</publicKey>" + asked.more + "</r:Request>";
        return message(asked.service, text, asked.form);
    }
    Reply ask(const Asked& asked) { return send(soap::enveloped(Version::v11, content_of(asked))); }
};

TEST_F(ShepTest, GivesThePersonInTheFormInWhichItWasAsked) {
    for (const DataForm form : {DataForm::nodes, DataForm::escaped, DataForm::cdata}) {
        const Reply reply = ask({.token = good_token(), .form = form});
        ASSERT_EQ(reply.status, 200) << reply.text;
        EXPECT_EQ(reply.type, "text/xml; charset=utf-8");
        const Opened opened(reply);
        EXPECT_EQ(opened.data.form(), form);
        EXPECT_EQ(opened.message.status_code, "SCSS001");
        EXPECT_EQ(opened.message.correlation_id, "m-1");
        EXPECT_EQ(opened.message.session->bare(), "00000000-0000-4000-8000-0000000000ff");
        EXPECT_EQ(opened.result(), "00000");
        const xml::Element root = opened.data.root();
        EXPECT_EQ(root.child("", "requestId")->text(), "b-1");
        EXPECT_EQ(root.child("", "messageId")->text(), opened.message.message_id);
        EXPECT_EQ(root.child("", "receiver")->child("", "code")->text(), "DEMOBANK");
        EXPECT_EQ(root.child("", "persons")->child("", "person")->child("", "surname")->text(), "Құнанбаев");
    }
    // Nothing was asked but what is published for everybody, and that once.
    EXPECT_EQ(fake_.introspections, 0);
    EXPECT_EQ(fake_.jwks_fetches, 1);
    EXPECT_EQ(fake_.list_fetches, 1);
}

TEST_F(ShepTest, GivesTheFamily) {
    auto mother = whole_claims();
    mother.subject = *base::Iin::parse("820909200016");
    const Reply reply = ask({.service = "GBDFL_FamilyInfoToken", .iin = "820909200016", .token = signed_token(mother)});
    ASSERT_EQ(reply.status, 200) << reply.text;
    EXPECT_NE(reply.text.find("<children><child><iin>991231200017</iin>"), std::string::npos);
    EXPECT_EQ(reply.text.find("regAddress"), std::string::npos);
}

TEST_F(ShepTest, SpeaksBothVersionsUnderEachContentType) {
    for (const auto* type : {"text/xml", "application/xml; charset=utf-8", "text/plain", "application/soap+xml"}) {
        const Reply reply = send(soap::enveloped(Version::v12, content_of({.token = good_token()})), type);
        EXPECT_EQ(reply.status, 200) << type;
        EXPECT_EQ(reply.type, "application/soap+xml; charset=utf-8");
        EXPECT_EQ(reply.envelope().version(), Version::v12);
    }
    for (const auto* type : {"application/json", "text/xml; charset=koi8-r", ""})
        EXPECT_EQ(send(soap::enveloped(Version::v11, content_of({.token = good_token()})), type).status, 415) << type;
    const Reply fault = send(soap::enveloped(Version::v12, content_of({.service = "no", .token = "a"})));
    EXPECT_EQ(fault.status, 500);
    EXPECT_EQ(fault.envelope().version(), Version::v12);
}

TEST_F(ShepTest, TakesThePublishedKeyAsAHint) {
    std::string published = base::to_base64(fake_.key.key.public_key().to_spki());
    published.insert(40, "\n ");
    EXPECT_EQ(Opened(ask({.token = good_token(), .public_key = published})).result(), "00000");
    const std::string foreign = base::to_base64(crypto::PrivateKey::generate_p256().public_key().to_spki());
    for (const std::string& key : {foreign, std::string("not base64"), published.substr(0, 60)})
        expect_refused(ask({.token = good_token(), .public_key = key}), "public_key_foreign");
    // A forger sends the key that fits his token.
    const token::SigningKey forger{crypto::PrivateKey::generate_p256()};
    expect_refused(ask({.token = token::sign(forger, token::access_token_type, token::to_json(whole_claims())),
                        .public_key = base::to_base64(forger.key.public_key().to_spki())}),
                   "jws_unknown_key");
}

struct SpoiledToken {
    std::string_view name;
    std::function<void(token::AccessClaims&)> spoil;
    std::string_view code;
};
void PrintTo(const SpoiledToken& c, std::ostream* out) {
    *out << c.name;
}
class SpoiledTokens : public ShepTest, public ::testing::WithParamInterface<SpoiledToken> {};

TEST_P(SpoiledTokens, GiveNothing) {
    auto spoiled = whole_claims();
    GetParam().spoil(spoiled);
    expect_refused(ask({.token = signed_token(spoiled)}), GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(
    Gbdfl, SpoiledTokens,
    ::testing::Values(
        SpoiledToken{"other_issuer", [](auto& c) { c.issuer = "https://other.test"; }, "claims_wrong_issuer"},
        SpoiledToken{"other_audience", [](auto& c) { c.audience = {"ZAGS"}; }, "claims_wrong_audience"},
        SpoiledToken{"expired", [](auto& c) { c.expires = c.issued - 1s; }, "claims_expired"},
        SpoiledToken{"other_person", [](auto& c) { c.subject = *base::Iin::parse("411020100014"); }, "person_differs"},
        SpoiledToken{"other_service", [](auto& c) { c.grant.services = {"GBDFL_FamilyInfoToken"}; },
                     "service_not_granted"},
        SpoiledToken{"one_field_less", [](auto& c) { std::erase(c.grant.fields, "documents"); }, "field_not_granted"},
        SpoiledToken{"no_status", [](auto& c) { c.status.reset(); }, "token_without_status"},
        SpoiledToken{"status_elsewhere", [](auto& c) { c.status->uri = "https://other.test/status-lists/1"; },
                     "token_without_status"},
        SpoiledToken{"status_at_a_host_that_begins_alike",
                     [](auto& c) { c.status->uri = "https://kelisim.test.evil/status-lists/1"; },
                     "token_without_status"},
        SpoiledToken{"status_on_another_path",
                     [](auto& c) { c.status->uri = std::string(issuer) + "/status-lists/../x"; },
                     "token_without_status"},
        SpoiledToken{"place_beyond_the_list", [](auto& c) { c.status->index = 16; }, "token_without_status"}),
    [](const auto& c) { return std::string(c.param.name); });

TEST_F(ShepTest, GivesNothingWithoutATokenOfKelisim) {
    expect_refused(ask({.token = ""}), "token_missing");
    expect_refused(ask({.token = "garbage"}), "jws_malformed");
    token::SigningKey forged{crypto::PrivateKey::generate_p256()};
    forged.kid = fake_.key.kid;
    expect_refused(ask({.token = token::sign(forged, token::access_token_type, token::to_json(whole_claims()))}),
                   "jws_bad_signature");
    expect_refused(ask({.token = token::sign(fake_.key, token::id_token_type, token::to_json(whole_claims()))}),
                   "jws_wrong_type");
    auto both = whole_claims();
    both.grant = {.services = {}, .purpose = "p", .fields = {}, .acts = {}, .consent = "1"};
    const Reply reply = ask({.token = signed_token(both)});
    expect_refused(reply, "service_not_granted");
    EXPECT_NE(reply.text.find("Токен охватывает не все"), std::string::npos);  // every reason in words
}

TEST_F(ShepTest, KnowsNoPersonWhomTheRegistryDoesNotKnow) {
    auto unknown = whole_claims();
    unknown.subject = *base::Iin::parse("990101100020");
    expect_refused(ask({.iin = "990101100020", .token = signed_token(unknown)}), "person_unknown", "SCSE001");
}

TEST_F(ShepTest, LooksTheTokenUpInTheStatusList) {
    fake_.list_ttl = 1s;  // the shortest: what changes is seen at the next second
    fake_.list.set(5, token::status_suspended);
    expect_refused(ask({.token = good_token()}), "token_suspended");
    {
        const std::lock_guard lock(fake_.mutex);
        fake_.list.set(5, token::status_invalid);
    }
    auto elsewhere = whole_claims();  // a list that nobody has fetched yet
    elsewhere.status->uri = std::string(issuer) + "/status-lists/2";
    expect_refused(ask({.token = signed_token(elsewhere)}), "token_inactive");
    {
        const std::lock_guard lock(fake_.mutex);
        fake_.list.set(5, 3);
    }
    elsewhere.status->uri = std::string(issuer) + "/status-lists/3";
    expect_refused(ask({.token = signed_token(elsewhere)}), "token_inactive");
    {
        const std::lock_guard lock(fake_.mutex);
        fake_.list.set(5, token::status_valid);
    }
    elsewhere.status->uri = std::string(issuer) + "/status-lists/4";
    EXPECT_EQ(Opened(ask({.token = signed_token(elsewhere)})).result(), "00000");
}

TEST_F(ShepTest, KeepsAListForItsTtlAndNoLonger) {
    fake_.list_ttl = 3600s;
    fake_.list_life = 1s;  // never beyond its end
    EXPECT_EQ(Opened(ask({.token = good_token()})).result(), "00000");
    {
        const std::lock_guard lock(fake_.mutex);
        fake_.list.set(5, token::status_invalid);
    }
    const auto patience = std::chrono::steady_clock::now() + 10s;
    Reply reply = ask({.token = good_token()});
    while (Opened(reply).result() == "00000" && std::chrono::steady_clock::now() < patience)
        reply = ask({.token = good_token()});
    expect_refused(reply, "token_inactive");
    EXPECT_EQ(fake_.list_fetches, 2);
}

TEST_F(ShepTest, IsNotBehindTheClockOfKelisim) {
    fake_.list_ahead = 10min;  // its clock: the token ended five minutes ago
    expect_refused(ask({.token = good_token()}), "claims_expired");
    auto later = whole_claims();
    later.expires = clock_.now() + 15min;
    EXPECT_EQ(Opened(ask({.token = signed_token(later)})).result(), "00000");
}

class WithoutStatuses : public ShepTest, public ::testing::WithParamInterface<int> {};

TEST_P(WithoutStatuses, DecidesNothing) {
    switch (GetParam()) {
        case 0:
            fake_.list_status = 404;
            break;
        case 1:
            fake_.list_key = token::SigningKey{crypto::PrivateKey::generate_p256()};
            break;
        case 2:
            fake_.list_uri = std::string(issuer) + "/status-lists/2";  // of other tokens
            break;
        case 3:
            fake_.list_ahead = -2min;  // over
            break;
        default:
            ASSERT_EQ(ask({.token = ""}).status, 200);
            kelisim_server_.reset();
    }
    const Reply reply = ask({.token = good_token()});
    expect_fault(reply, "SCE909", "service_unavailable");
    EXPECT_EQ(observer_.failures, 1);
}
INSTANTIATE_TEST_SUITE_P(Gbdfl, WithoutStatuses, ::testing::Range(0, 5));

TEST_F(ShepTest, FaultsWhatItCannotRead) {
    expect_fault(send("<a"), "SCE001", "xml_malformed");
    expect_fault(send(R"(<!DOCTYPE a [<!ENTITY b "c">]>)" + soap::enveloped(Version::v11, content_of({}))), "SCE001",
                 "xml_document_type");
    expect_fault(send("<a/>"), "SCE001", "soap_not_an_envelope");
    expect_fault(send(soap::enveloped(Version::v11, "<a/>")), "SCE001", "shep_operation_unknown");
    expect_fault(ask({.service = "GbdulInfoByBin_v2", .token = good_token()}), "SCE004");
    expect_fault(ask({.token = good_token(), .more = "<iin>411020100014</iin>"}), "SCE001",
                 "data/iin: shep_field_twice");
    std::string message = soap::enveloped(Version::v11, content_of({.token = good_token()}));
    const auto data = message.find("<data>");
    for (const auto& [content, code] :
         std::initializer_list<std::pair<std::string, std::string>>{{"<data/>", "data: shep_field_missing"},
                                                                    {"<data>text</data>", "xml_malformed"},
                                                                    {"<data>text<a/></data>", "business_data_mixed"}}) {
        std::string other = message;
        other.replace(data, other.find("</data>") + 7 - data, content);
        expect_fault(send(other), "SCE001", code);
    }
    EXPECT_EQ(fake_.jwks_fetches, 0);  // none of it was worth a question
}

TEST_F(ShepTest, TakesNoMoreThanItsLimit) {
    const std::string message = soap::enveloped(Version::v11, content_of({.token = good_token()}));
    const std::string most = message + std::string(base::limits::request_body_bytes_max - message.size(), ' ');
    EXPECT_EQ(send(most).status, 200);
    EXPECT_EQ(send(most + " ").status, 413);
}

// --- Signed

Keys& keys() {
    static Keys keys;
    return keys;
}

class SignedShep : public ShepTest {
protected:
    SignedShep() : ShepTest({.gateway = keys().pki.authorities(), .gateway_bin = "000140000072", .key = keys().key}) {}
    std::string signed_by(const trust::SigningKey& key, const std::string& content) const {
        const auto message = soap::sign({.content = content, .body_id = "id-1"}, key).value();
        return {message.begin(), message.end()};
    }
    trust::Verification with() const {
        return {.authorities = authorities_,
                .policy = policy_,
                .revocation = nullptr,
                .at = clock_.now(),
                .now = clock_.now()};
    }
    const trust::Authorities authorities_ = keys().pki.authorities();
    const trust::Policy policy_{.revocation_required = false};
};

TEST_F(SignedShep, AnswersASignedMessageWithASignedOne) {
    for (const DataForm form : {DataForm::nodes, DataForm::escaped, DataForm::cdata}) {
        const Reply reply = send(signed_by(keys().key, content_of({.token = good_token(), .form = form})));
        ASSERT_EQ(reply.status, 200) << reply.text;
        const Opened opened(reply);
        const auto report = soap::verify(opened.envelope, {}, with());
        EXPECT_EQ(report.verdict(), trust::Verdict::valid) << trust::test::in_words(report);
        EXPECT_EQ(opened.data.form(), form);
        EXPECT_EQ(opened.result(), "00000");
        // wire.md A7: the business document has a signature of its own, as its last child.
        EXPECT_EQ(opened.data.root().children().back().name(), "Signature");
        const auto inner = trust::verify_xml(opened.data.root(), {.purpose = trust::Purpose::transport}, with());
        EXPECT_EQ(inner.verdict(), trust::Verdict::valid) << trust::test::in_words(inner);
    }
}

TEST_F(SignedShep, TakesOnlyWhatTheGatewaySigned) {
    const std::string content = content_of({.token = good_token()});
    expect_fault(send(soap::enveloped(Version::v11, content)), "SCE007", "soap_not_signed");
    const std::string good = signed_by(keys().key, content);
    expect_fault(send(trust::test::replaced(good, std::string(abai), "411020100014")), "SCE006");
    static Keys strangers;
    expect_fault(send(signed_by(strangers.key, content)), "SCE005");
    auto profile = trust::test::system_profile();
    profile.not_after = clock_.now() - 1h;
    const auto expired = trust::test::signing_key(keys().pki.issue(profile, entropy_), entropy_);
    expect_fault(send(signed_by(expired, content)), "SCE005");
    // Certified by the same authority, and not the gateway.
    const auto person = trust::test::signing_key(keys().pki.person, entropy_);
    expect_fault(send(signed_by(person, content)), "SCE006", "gateway_differs");
    EXPECT_EQ(fake_.jwks_fetches, 0);  // nothing was asked for any of them
}

TEST_F(SignedShep, SignsItsFaultsAndRefusals) {
    for (const std::string& message : {std::string("<a"), signed_by(keys().key, content_of({.token = "garbage"}))}) {
        const Reply reply = send(message);
        const auto envelope = reply.envelope();
        const auto report = soap::verify(envelope, {}, with());
        EXPECT_EQ(report.verdict(), trust::Verdict::valid) << trust::test::in_words(report);
    }
}

}  // namespace
}  // namespace kelisim::gbdfl
