// SPDX-License-Identifier: Apache-2.0
// By messages of ШЭП: SendMessage under WS-Security, with the token in the data or beside them (wire.md A3, A6, B5).
#pragma once

#include <optional>
#include <vector>

#include "base/zone.hpp"
#include "connector/message_template.hpp"
#include "connector/way_out.hpp"
#include "soap/business_data.hpp"
#include "soap/envelope.hpp"
#include "soap/sync_channel.hpp"
#include "store/writer.hpp"
#include "trust/certificate.hpp"
#include "trust/signing_key.hpp"

namespace kelisim::connector {

extern const base::Reason fields_not_all;
extern const base::Reason value_missing;
extern const base::Reason value_unknown;
extern const base::Reason value_not_plain;

struct SoapParts {
    Gateway& gateway;
    const Book& book;
    store::Writer& writer;
    store::Readers& readers;
    const base::Zone& zone;
    std::string service;
    std::string path;  // of the gateway's end point
    std::string sender;
    base::Secret<std::string> password;  // empty: the signature says who sends
    MessageTemplate data;
    soap::DataForm form{};
    bool signed_data = false;  // the data are a document that the organisation signs (307/НК п.2(29))
    trust::SigningKey key;
    std::vector<trust::Certificate> gateway_certificates;  // with which the gateway signs, as its operator gave them
};

// All references outlive it. Places of the template that it fills itself: iin, token, publicKey (the gateway's, of the token), messageId,
// date; the others are members of the system's body.
class SoapWay final : public WayOut {
public:
    explicit SoapWay(SoapParts parts) : parts_(std::move(parts)) {}

    // An answer of this wire has one shape and is never cut, so all that was asked for is wanted or nothing.
    base::Result<void> admits(const Ask& ask, const Wanted& wanted) const override;
    boost::asio::awaitable<std::optional<std::variant<Given, Told>>> repeat(const Consent& consent,
                                                                            const Wanted& wanted,
                                                                            std::string_view repeat_key) override;
    // Gives {"status", "message", "data"}: the owner's data as a text, byte for byte where an owner signed them as text.
    boost::asio::awaitable<std::variant<Given, Told>> call(const Held& held, const Consent& consent,
                                                           const Wanted& wanted, std::string_view repeat_key) override;

private:
    boost::asio::awaitable<std::variant<SentMessage, Told>> compose(const Held& held, const Consent& consent,
                                                                    const Wanted& wanted);
    boost::asio::awaitable<std::variant<std::string, Told>> public_key_of(std::string_view token);
    base::Result<std::string> content(MessageTemplate::Values values) const;
    boost::asio::awaitable<std::variant<Given, Told>> send(const SentMessage& message);
    // Sends it, and forgets it where nothing was counted under its token.
    boost::asio::awaitable<std::variant<Given, Told>> exchange(const SentMessage& message, const Consent& consent,
                                                               std::string_view repeat_key);
    boost::asio::awaitable<void> drop(const Consent& consent, std::string_view repeat_key);
    base::Result<http::Outgoing> outgoing(const SentMessage& message) const;
    std::variant<Given, Told> read(const http::Answer& answer) const;
    // Nothing where none of the gateway's certificates that hold now signed it.
    std::optional<xml::Document> signed_body(const soap::Envelope& envelope) const;

    SoapParts parts_;
    token::KeySet published_;
};

}  // namespace kelisim::connector
