// SPDX-License-Identifier: Apache-2.0
#include "token/jws.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "base/text.hpp"
#include "json/json.hpp"

namespace kelisim::token {

using base::Kind;
using base::Reason;
using base::Result;

const Reason jws_malformed{"jws_malformed",
                           Kind::unauthenticated,
                           "RFC 7515 section 7.1",
                           {"Токен қате жазылған.", "Токен записан неверно.", "The token is malformed."}};
const Reason jws_unknown_key{"jws_unknown_key",
                             Kind::unauthenticated,
                             "RFC 7515 section 4.1.4",
                             {"Токен белгісіз кілтпен қойылған.", "Токен подписан неизвестным ключом.",
                              "The token names a key that is not known."}};
const Reason jws_wrong_algorithm{
    "jws_wrong_algorithm",
    Kind::unauthenticated,
    "RFC 8725 section 3.1",
    {"Токеннің қолтаңба алгоритмі бұл кілтке сәйкес емес.", "Алгоритм подписи токена не подходит этому ключу.",
     "The algorithm of the token is not the one of its key."}};
const Reason jws_wrong_type{"jws_wrong_type",
                            Kind::unauthenticated,
                            "RFC 8725 section 3.11",
                            {"Токеннің түрі басқа.", "Токен другого вида.", "The token is of another type."}};
const Reason jws_critical_unknown{
    "jws_critical_unknown",
    Kind::unauthenticated,
    "RFC 7515 section 4.1.11",
    {"Токенде белгісіз міндетті параметр бар.", "В токене неизвестный обязательный параметр.",
     "The token marks a parameter critical that is not understood."}};
const Reason jws_bad_signature{
    "jws_bad_signature",
    Kind::unauthenticated,
    "RFC 7515 section 5.2",
    {"Токеннің қолтаңбасы жарамсыз.", "Подпись токена неверна.", "The signature of the token is wrong."}};

namespace {

Result<boost::json::object> read_part(std::string_view encoded, std::size_t bytes_max) {
    const auto bytes = base::from_base64url(encoded);
    if (!bytes) return base::Refusal(jws_malformed);
    auto value = json::parse(base::as_text(*bytes), {.bytes_max = bytes_max});
    if (value.has_error() || !value->is_object()) return base::Refusal(jws_malformed);
    return std::move(value->get_object());
}

std::string encode(const boost::json::object& object) {
    return base::to_base64url(base::as_bytes(boost::json::serialize(object)));
}

std::string_view header_text(const boost::json::object& header, std::string_view name) {
    const auto value = json::optional_text(header, name);
    return value.has_value() && *value ? **value : std::string_view{};
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// RFC 7515 4.1.9: a media type, compared without regard to case, whose "application/" may be left out.
bool is_type(std::string_view given, std::string_view expected) {
    constexpr std::string_view prefix = "application/";
    const auto same = [](std::string_view a, std::string_view b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
    };
    if (given.size() > prefix.size() && same(given.substr(0, prefix.size()), prefix))
        given.remove_prefix(prefix.size());
    return same(given, expected);
}

Result<void> check_header(const boost::json::object& header, std::string_view typ) {
    // "If any of the listed extension Header Parameters are not understood and supported by the recipient, then the
    // JWS is invalid" (RFC 7515 4.1.11): we support none. `b64` of RFC 7797 works through crit as well.
    if (header.contains("crit")) return base::Refusal(jws_critical_unknown);
    const std::string_view given = header_text(header, "typ");
    const bool fits = typ.empty() ? !header.contains("typ") || is_type(given, "JWT") : is_type(given, typ);
    if (!fits) return base::Refusal(jws_wrong_type);
    return {};
}

// A set of one key needs no kid; with several, guessing would be choosing by the token's word.
const VerificationKey* key_for(const boost::json::object& header, const KeySet& keys) {
    if (!header.contains("kid")) return keys.keys().size() == 1 ? &keys.keys().front() : nullptr;
    return keys.find(header_text(header, "kid"));
}

}  // namespace

std::string sign(const SigningKey& key, std::string_view typ, const boost::json::object& payload) {
    const boost::json::object header{{"alg", to_string(key.algorithm)}, {"typ", typ}, {"kid", key.kid}};
    std::string text = encode(header) + '.' + encode(payload);
    const base::Bytes signature = key.key.sign(key.algorithm, base::as_bytes(text));
    text += '.';
    text += base::to_base64url(signature);
    return text;
}

Result<Unverified> read_unverified(std::string_view text, std::size_t bytes_max) {
    const auto first = text.find('.');
    const auto last = text.rfind('.');
    if (text.size() > bytes_max || first == std::string_view::npos || first == last ||
        text.find('.', first + 1) != last) {
        return base::Refusal(jws_malformed);
    }
    auto header = read_part(text.substr(0, first), bytes_max);
    auto payload = read_part(text.substr(first + 1, last - first - 1), bytes_max);
    auto signature = base::from_base64url(text.substr(last + 1));
    if (header.has_error() || payload.has_error() || !signature) return base::Refusal(jws_malformed);
    return Unverified{.header = std::move(*header),
                      .payload = std::move(*payload),
                      .signing_input = text.substr(0, last),
                      .signature = std::move(*signature)};
}

Result<boost::json::object> verify(std::string_view text, const KeySet& keys, std::string_view typ,
                                   std::size_t bytes_max) {
    auto jws = read_unverified(text, bytes_max);
    if (jws.has_error()) return jws.error();
    if (const auto checked = check_header(jws->header, typ); checked.has_error()) return checked.error();
    const auto algorithm = parse_algorithm(header_text(jws->header, "alg"));
    if (!algorithm) return base::Refusal(jws_wrong_algorithm);
    const VerificationKey* key = key_for(jws->header, keys);
    if (key == nullptr) return base::Refusal(jws_unknown_key);
    if (key->algorithm != *algorithm) return base::Refusal(jws_wrong_algorithm);
    if (!key->key.verifies(key->algorithm, base::as_bytes(jws->signing_input), jws->signature)) {
        return base::Refusal(jws_bad_signature);
    }
    return std::move(jws->payload);
}

}  // namespace kelisim::token
