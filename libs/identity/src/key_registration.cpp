// SPDX-License-Identifier: Apache-2.0
#include "identity/key_registration.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/json/serialize.hpp>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "identity/clients.hpp"
#include "json/json.hpp"
#include "token/keys.hpp"
#include "xml/document.hpp"

namespace kelisim::identity {

namespace limits = base::limits;
using base::Kind;
using base::Refusal;
using base::Result;
using registry::CertificateName;
using registry::KeyPurpose;

const base::Reason key_registration_unreadable{
    "key_registration_unreadable",
    Kind::invalid,
    "236/НК п.10(2)",
    {"Қол қойылған құжат кілттерді тіркеу емес.", "Подписано не то: это не регистрация ключей.",
     "What was signed is no registration of keys."}};
const base::Reason key_registration_elsewhere{
    "key_registration_elsewhere",
    Kind::invalid,
    "236/НК п.10(2)",
    {"Тіркеу басқа серверге арналған.", "Регистрация составлена для другого сервера.",
     "The registration was made for another server."}};
const base::Reason key_registration_not_now{
    "key_registration_not_now",
    Kind::invalid,
    "236/НК п.10(2)",
    {"Тіркеу тым бұрын немесе болашақ уақытпен жасалған: жаңасына қол қойыңыз.",
     "Регистрация составлена слишком давно или будущим временем: подпишите новую.",
     "The registration was made too long ago or in the future: sign a new one."}};
const base::Reason key_registration_key{
    "key_registration_key",
    Kind::invalid,
    "RFC 7518 section 6",
    {"Кілт жарамайды: 2048-4096 биттік RSA (RS256, PS256) немесе P-256 (ES256) керек.",
     "Ключ не подходит: нужен RSA от 2048 до 4096 бит (RS256, PS256) или P-256 (ES256).",
     "A key does not do: RSA of 2048 to 4096 bits (RS256, PS256) or P-256 (ES256)."}};
const base::Reason key_registration_private_key{
    "key_registration_private_key",
    Kind::invalid,
    "RFC 7517 section 9.2",
    {"Құжатта құпия кілт тұр. Енді ол құпия емес: жаңасын жасаңыз.",
     "В документе закрытый ключ. Теперь он не тайна: создайте новый.",
     "The document holds a private key. It is no secret any more: make another one."}};
const base::Reason key_registration_kid_twice{
    "key_registration_kid_twice",
    Kind::invalid,
    "RFC 7517 section 4.5",
    {"Екі кілттің kid белгісі бірдей.", "У двух ключей один kid.", "Two keys have one kid."}};
const base::Reason key_registration_name{
    "key_registration_name",
    Kind::invalid,
    "RFC 8705 section 2.1.2",
    {"Сертификат атауы бұл түрге сай жазылмаған.", "Имя сертификата записано не так, как у имён этого вида.",
     "The name of the certificate is not written as names of this kind are."}};
const base::Reason key_registration_certificate{
    "key_registration_certificate",
    Kind::forbidden,
    "RFC 8705 section 2.1",
    {"Атауы бар сертификатты жүйелерге арналған мекенжайға қосылғанда көрсетіңіз.",
     "Предъявите сертификат с этим именем при соединении с адресом для систем.",
     "Show the certificate that bears the name: send the registration over the listener for systems, with it."}};
const base::Reason key_registration_certificate_known{
    "key_registration_certificate_known",
    Kind::conflict,
    "RFC 8705 section 2.1.2",
    {"Бұл сертификат бойынша басқа жүйе танылады.", "По этому сертификату уже узнают другую систему.",
     "Another client is known by this certificate."}};
const base::Reason key_registration_other_organisation{"key_registration_other_organisation",
                                                       Kind::forbidden,
                                                       "236/НК п.10(2)",
                                                       {"Қол қойған адамның сертификаты бұл ұйымдікі (БСН) емес.",
                                                        "Сертификат подписавшего выдан не этой организации (БИН).",
                                                        "The signer's certificate is not of this organisation (BIN)."}};
const base::Reason key_registration_may_not_sign{"key_registration_may_not_sign",
                                                 Kind::forbidden,
                                                 "236/НК п.10(2)",
                                                 {"Бірінші басшы немесе қол қою құқығы бар адам қол қояды.",
                                                  "Подписывает первый руководитель или лицо с правом подписи.",
                                                  "The first head signs, or a person who has the right to sign."}};

namespace {

constexpr std::string_view element_name = "key_registration";
constexpr std::string_view action = "register_keys";

// The JSON text, whichever way it was signed.
Result<std::string> text_of(const base::Bytes& content) {
    const std::string_view bytes = base::as_text(content);
    if (!bytes.starts_with('<')) return std::string(bytes);
    const auto document = xml::Document::parse(content);
    if (document.has_error()) return document.error();
    const xml::Element root = document->root();
    auto text = root.is("", element_name) ? root.text() : std::nullopt;
    if (!text || root.has_remarks()) return Refusal(key_registration_unreadable);
    return *std::move(text);
}

// Of every kind of key that RFC 7518 section 6 has.
bool has_private_member(const boost::json::object& jwk) {
    constexpr std::array<std::string_view, 8> secret = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
    return std::any_of(secret.begin(), secret.end(), [&](std::string_view name) { return jwk.contains(name); });
}

bool is_taken(const token::VerificationKey& key) {
    const auto modulus = base::from_base64url(key.key.to_jwk().n);  // empty: no RSA
    return key.kid.size() <= limits::name_bytes_max &&
           (!modulus || modulus->size() <= limits::registered_rsa_bytes_max);
}

// Every key counts, or the set does not: whoever registers two must not find later that one was passed over.
Result<std::string> read_keys(const boost::json::object& registration) {
    const auto jwks = json::object(registration, "jwks");
    if (jwks.has_error()) return jwks.error();
    if (const auto only = json::only(**jwks, {"keys"}); only.has_error()) return only.error();
    const auto list = json::array(**jwks, "keys", limits::registered_keys_max);
    if (list.has_error()) return list.error();
    if ((*list)->empty()) return std::string();
    std::vector<token::VerificationKey> keys;
    for (const boost::json::value& each : **list) {
        const auto* const jwk = each.if_object();
        if (jwk == nullptr) return Refusal(key_registration_key);
        if (has_private_member(*jwk)) return Refusal(key_registration_private_key);
        const token::KeySet read = token::KeySet::from_jwks({{"keys", boost::json::array{*jwk}}});
        if (read.keys().empty() || !is_taken(read.keys().front())) return Refusal(key_registration_key);
        const token::VerificationKey& key = read.keys().front();
        const bool twice =
            std::any_of(keys.begin(), keys.end(), [&](const auto& other) { return other.kid == key.kid; });
        if (twice) return Refusal(key_registration_kid_twice);
        keys.push_back(key);
    }
    return boost::json::serialize(token::KeySet(std::move(keys)).to_jwks());
}

bool made_of(std::string_view text, std::string_view further) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return word || further.find(c) != std::string_view::npos;
    });
}

// The name as it is kept; nothing for one that no certificate would bear.
std::optional<std::string> normal_name(CertificateName kind, std::string_view name) {
    const bool visible =
        std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) >= ' '; });
    if (name.empty() || !visible) return std::nullopt;
    switch (kind) {
        case CertificateName::subject_dn:
            return name.find('=') == std::string_view::npos ? std::nullopt : std::optional(std::string(name));
        case CertificateName::san_dns:
            return made_of(name, ".-_") ? std::optional(std::string(name)) : std::nullopt;
        case CertificateName::san_uri:
            return name.find(':') == std::string_view::npos ? std::nullopt : std::optional(std::string(name));
        case CertificateName::san_email:
            return name.find('@') == std::string_view::npos ? std::nullopt : std::optional(std::string(name));
        case CertificateName::san_ip: {
            boost::system::error_code bad;
            const auto address = boost::asio::ip::make_address(std::string(name), bad);
            return bad ? std::nullopt : std::optional(address.to_string());
        }
    }
    return std::nullopt;
}

Result<void> read_name(const boost::json::object& registration, registry::KeyRegistration& into) {
    const auto given = json::object(registration, "certificate_name");
    if (given.has_error()) return given.error();
    if (const auto only = json::only(**given, {"kind", "name"}); only.has_error()) return only.error();
    const auto kind = json::text(**given, "kind", limits::name_bytes_max), name = json::text(**given, "name");
    if (kind.has_error()) return kind.error();
    if (name.has_error()) return name.error();
    if (!boost::describe::enum_from_string(std::string(*kind).c_str(), into.name_kind)) {
        return Refusal(key_registration_name);
    }
    auto normal = normal_name(into.name_kind, *name);
    if (!normal) return Refusal(key_registration_name);
    into.name = *std::move(normal);
    return {};
}

std::optional<KeyPurpose> purpose_in(const boost::json::object& registration) {
    const auto text = json::text(registration, "purpose", limits::name_bytes_max);
    KeyPurpose purpose{};
    if (text.has_error() || !boost::describe::enum_from_string(std::string(*text).c_str(), purpose))
        return std::nullopt;
    return purpose;
}

// Members that this purpose has, and no others.
Result<void> only_its_members(const boost::json::object& registration, KeyPurpose purpose) {
    switch (purpose) {
        case KeyPurpose::client_authentication:
            return json::only(registration, {"action", "host", "made", "organisation", "purpose", "client_id", "jwks"});
        case KeyPurpose::proofs:
            return json::only(registration, {"action", "host", "made", "organisation", "purpose", "jwks"});
        case KeyPurpose::tls_certificate:
            return json::only(registration,
                              {"action", "host", "made", "organisation", "purpose", "client_id", "certificate_name"});
    }
    return Refusal(key_registration_unreadable);
}

// What it asks for, whoever signed it.
Result<registry::KeyRegistration> read_content(const boost::json::object& registration, KeyPurpose purpose) {
    if (const auto only = only_its_members(registration, purpose); only.has_error()) return only.error();
    registry::KeyRegistration content{.purpose = purpose, .organisation = {}, .name_kind = {}, .made = {}};
    const auto organisation = json::text(registration, "organisation", limits::name_bytes_max);
    if (organisation.has_error()) return organisation.error();
    content.organisation = *organisation;
    const auto made = json::text(registration, "made", limits::name_bytes_max);
    if (made.has_error()) return made.error();
    const auto time = base::parse_time(*made);
    if (time.has_error()) return time.error();
    content.made = *time;
    if (purpose != KeyPurpose::proofs) {
        const auto client = json::text(registration, "client_id", limits::name_bytes_max);
        if (client.has_error()) return client.error();
        content.client_id = *client;
    }
    if (purpose == KeyPurpose::tls_certificate) {
        if (const auto name = read_name(registration, content); name.has_error()) return name.error();
        return content;
    }
    auto keys = read_keys(registration);
    if (keys.has_error()) return keys.error();
    content.jwks = *std::move(keys);
    return content;
}

std::optional<trust::Role> binding_role(const Signatory& signatory) {
    for (const trust::Role role : {trust::Role::first_head, trust::Role::may_sign}) {
        if (std::find(signatory.roles.begin(), signatory.roles.end(), role) != signatory.roles.end()) return role;
    }
    return std::nullopt;
}

bool is_exactly(const boost::json::object& registration, std::string_view name, std::string_view value) {
    const auto text = json::text(registration, name);
    return text.has_value() && *text == value;
}

}  // namespace

Result<SignedKeyRegistration> read_key_registration(const SignedDocument& document, std::string_view issuer,
                                                    base::Time now) {
    const auto text = text_of(document.content);
    if (text.has_error()) return text.error();
    const auto value = json::parse(*text, {});
    if (value.has_error()) return value.error();
    const auto* const registration = value->if_object();
    const auto purpose = registration == nullptr ? std::nullopt : purpose_in(*registration);
    // Its action tells it from whatever else the organisation signs.
    if (!purpose || !is_exactly(*registration, "action", action)) return Refusal(key_registration_unreadable);
    auto content = read_content(*registration, *purpose);
    if (content.has_error()) return content.error();

    std::vector<const base::Reason*> against;
    if (!is_exactly(*registration, "host", issuer)) against.push_back(&key_registration_elsewhere);
    if (content->made > now + limits::clock_skew || content->made < now - limits::key_registration_age_max) {
        against.push_back(&key_registration_not_now);
    }
    if (document.signatory.bin.empty() || document.signatory.bin != content->organisation) {
        against.push_back(&key_registration_other_organisation);
    }
    const auto role = binding_role(document.signatory);
    if (!role) against.push_back(&key_registration_may_not_sign);
    if (!against.empty()) return Refusal(std::move(against));
    return SignedKeyRegistration{.content = *std::move(content), .role = *role};
}

Result<void> check_certificate_shown(const registry::KeyRegistration& content, const http::PeerCertificate* shown,
                                     const registry::Registry& registry) {
    if (content.purpose != KeyPurpose::tls_certificate) return {};
    if (shown == nullptr || !bears(*shown, content.name_kind, content.name))
        return Refusal(key_registration_certificate);
    const auto known = clients_known_by(registry, *shown);
    const bool another = std::any_of(known.begin(), known.end(), [&](const registry::TlsClient* each) {
        return each->client_id != content.client_id;
    });
    if (another) return Refusal(key_registration_certificate_known);
    return {};
}

}  // namespace kelisim::identity
