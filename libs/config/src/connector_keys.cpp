// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "config/config.hpp"

namespace kelisim::config {

namespace {

Key text(std::string_view name, std::string_view description, std::string fallback) {
    return {.name = name, .description = description, .fallback = std::move(fallback)};
}

Key choice(std::string_view name, std::string_view description, std::vector<std::string_view> one_of) {
    std::string first(one_of.front());
    return {.name = name, .description = description, .fallback = std::move(first), .one_of = std::move(one_of)};
}

}  // namespace

std::span<const Key> connector_keys() {
    using std::int64_t;
    static const std::vector<Key> keys{
        text("gateway.url", "Where the gateway is: https://host:port. Plain http is taken on this machine alone.", ""),
        text("gateway.anchors", "Authorities of its certificate, PEM. Empty: those of the system.", ""),
        text("gateway.keys",
             "File with the keys of the gateway (JWK set), as its operator gave it to you: data that none of them "
             "signed "
             "(RFC 9421) are not given. Empty: a signature that is there is checked under the keys that the gateway "
             "publishes, one that is not there is not missed.",
             ""),
        {.name = "gateway.certificates",
         .description = "For the wire soap: files with the certificates with which the gateway signs messages, as its "
                        "operator gave them to you. Data under another signature are not given.",
         .fallback = std::vector<std::string>{}},
        text("service.key", "The integration service that the system uses.", ""),
        choice("service.wire", "Over which wire data are asked for: rest, or soap for messages of ШЭП.",
               {"rest", "soap"}),
        text("service.path", "For the wire rest: what stands behind the service in its addresses at the gateway.",
             "person"),
        text("client.id", "As which client the operator has registered your system.", ""),
        text("client.key",
             "File with the private key whose public half your organisation registers (docs/integration/keys.md).",
             "client.pem"),
        text("soap.template",
             "For the wire soap, like what follows: file with the business data as the owner wants them, with {iin} "
             "and, "
             "where it wants them, {token}, {publicKey}, {messageId}, {date} and names of your own in their places.",
             ""),
        choice("soap.form", "How the data stand in a message.", {"nodes", "escaped", "cdata"}),
        choice("soap.sign_data", "Whether the data are signed as a document of your organisation too.", {"no", "yes"}),
        text("soap.sender", "senderId: the key of your system at the gateway.", ""),
        text("soap.password", "File with its password. Empty: the signature is enough.", ""),
        text("soap.key", "File with the key of your organisation and its certificate: PKCS #12 or PEM.", ""),
        text("soap.passphrase", "File with the passphrase of that key. Empty: it has none.", ""),
        text("soap.path", "End point of the gateway.", "/bip-sync-wss-gost/"),
        text("core.address",
             "Where your system calls the connector. Another address than one of this machine needs a certificate.",
             "127.0.0.1"),
        {.name = "core.port",
         .description = "TCP port there; 0 picks a free one.",
         .fallback = int64_t{8090},
         .min = 0,
         .max = 65535},
        text("core.secret", "File with the secret that your system shows: Authorization: Bearer <secret>.", "secret"),
        text("core.tls_certificate",
             "Certificate of the connector, then those between it and the root. Empty: plain HTTP, for this machine.",
             ""),
        text("core.tls_key", "Private key of that certificate.", ""),
        text("kept.directory", "Directory of the database. It belongs to one process.", "data"),
        text("kept.key", "File with the key under which questions are sealed in it. Without it they are lost.",
             "data.key"),
        {.name = "kept.days",
         .description = "Days after which a question that was refused, or whose consent ended, is forgotten.",
         .fallback = int64_t{30},
         .min = 1,
         .max = 3'650},
    };
    return keys;
}

}  // namespace kelisim::config
