// SPDX-License-Identifier: Apache-2.0
#include "demo_soap.hpp"

#include "authority/authority.hpp"
#include "base/id.hpp"
#include "data_directory.hpp"
#include "soap/business_data.hpp"
#include "soap/envelope.hpp"
#include "soap/kdp.hpp"
#include "soap/security.hpp"
#include "soap/sync_channel.hpp"

namespace kelisim::app {

namespace {

constexpr std::string_view message_namespace = "http://message.persistence.interactive.nat";

// The bank's end of the wire: its signing certificate, its messages.
class BankSystem {
public:
    BankSystem(Walk& walk, const std::filesystem::path& data) : walk_(walk), key_(issue(data)) {}

    soap::Envelope send(std::string_view service, soap::Data content) {
        const soap::SendMessage message{.message_id = id(),
                                        .service_id = std::string(service),
                                        .date = base::Time{std::chrono::seconds{walk_.now()}},
                                        .sender = {.id = "DEMOBANK"},
                                        .data = std::move(content)};
        const auto text = soap::sign({.content = soap::write(message, zone_), .body_id = "id-" + id()}, key_);
        const Reply reply = walk_.http().post_xml("/bip-sync-wss-gost/", std::string(base::as_text(text.value())));
        expect(reply.status == 200, "a fault came: " + reply.text);
        return soap::Envelope::parse(base::as_bytes(reply.text)).value();
    }
    const base::Zone& zone() const { return zone_; }

private:
    std::string id() { return base::RawId::make(base::SystemClock().now(), {}, entropy_).to_string(); }

    trust::SigningKey issue(const std::filesystem::path& data) {
        const authority::SandboxAuthority authority(DataDirectory(data).sandbox_authority_seed(entropy_));
        const std::string passphrase = "demo";
        const auto file = authority.issue({.iin = base::Iin::parse(abai.iin).value(),
                                           .name = "BANK",
                                           .bin = std::string(bank.bin),
                                           .organisation = "BANK",
                                           .office = authority::SandboxAuthority::Office::system},
                                          passphrase, base::SystemClock().now(), entropy_);
        return trust::SigningKey::from_pkcs12(file, base::Secret(passphrase), entropy_).value();
    }

    Walk& walk_;
    base::SystemEntropy entropy_;
    base::ProcessZone zone_{"Asia/Almaty"};
    trust::SigningKey key_;
};

soap::PersonDataResponse ask(BankSystem& system) {
    const soap::PersonDataRequest request{.uin = base::Personal(std::string(abai.iin)),
                                          .company = "BANK",
                                          .company_bin = std::string(bank.bin),
                                          .services = {"GBDFLUniversal_token"},
                                          .expires_in = 24 * 3'600'000};
    const soap::Envelope answer = system.send("KDP_SERVICE", soap::write(request, system.zone()));
    return soap::read_person_data_response(answer.body(), system.zone()).value();
}

}  // namespace

void walk_over_soap(Walk& walk, const std::filesystem::path& data) {
    headline("16. The same over SOAP, as existing systems do it");
    BankSystem system(walk, data);
    const auto pending = ask(system);
    expect(pending.status == "PENDING", "the answer was not pending: " + pending.status);
    say("   The bank's system signs a KDP_SERVICE message (WS-Security, ГОСТ). The answer: PENDING, the person is "
        "being asked.");
    walk.hear(abai);
    walk.reply(abai, "1");
    walk.hear(abai);
    const auto answer = ask(system);
    expect(!answer.token.reveal().empty(), "no token came: " + answer.status);
    say("   The same message again brings the token (RS256) and the key to check it with.");
    const std::string request = "<r:Request xmlns:r=\"" + std::string(message_namespace) +
                                "\"><messageId>1</messageId><messageDate>2026-01-15T10:00:00+05:00</messageDate>"
                                "<senderCode/><iin>" +
                                std::string(abai.iin) + "</iin><kdpToken>" + answer.token.reveal() +
                                "</kdpToken><publicKey>" + answer.public_key + "</publicKey></r:Request>";
    const soap::Envelope envelope = system.send(
        "GBDFLUniversal_token", soap::Data::document(base::as_bytes(request), soap::DataForm::nodes).value());
    const auto response = soap::read_send_message_response(envelope.body(), system.zone()).value();
    const auto found = soap::BusinessData::read(response.data);
    expect(response.status_code == "SCSS001" && found.has_value(), "the owner did not answer: " + response.status_code);
    const std::string document(base::as_text(found->document()));
    expect(document.find("<surname>") != std::string::npos, "no person came");
    say("   SendMessage to GBD FL with it: decided, counted and recorded, then forwarded. What came begins with:");
    constexpr std::size_t shown = 160;
    const auto person = document.find("<person>");
    quote(document.substr(person, shown) + "...");
}

}  // namespace kelisim::app
