// SPDX-License-Identifier: Apache-2.0
#include "http_signatures/content_digest.hpp"

#include <algorithm>

#include "crypto/hash.hpp"
#include "http_signatures/structured.hpp"

namespace kelisim::http_signatures {

using base::Kind;
using base::Reason;
using base::Refusal;

const Reason content_digest_missing{
    "content_digest_missing",
    Kind::unauthenticated,
    "RFC 9530 section 2",
    {"Content-Digest өрісінде дененің sha-256 бойынша хеші жоқ.", "В поле Content-Digest нет хеша тела по sha-256.",
     "The field Content-Digest holds no digest of the body by sha-256."}};
const Reason content_digest_malformed{"content_digest_malformed",
                                      Kind::invalid,
                                      "RFC 9530 section 2",
                                      {"Content-Digest өрісі қате жазылған.", "Поле Content-Digest записано неверно.",
                                       "The field Content-Digest is malformed."}};
const Reason content_digest_wrong{
    "content_digest_wrong",
    Kind::unauthenticated,
    "RFC 9530 section 2",
    {"Дене Content-Digest өрісіндегі хешке сәйкес емес.", "Тело не соответствует хешу в поле Content-Digest.",
     "The body is not the one whose digest the field Content-Digest holds."}};

base::Result<void> check_content_digest(const http::Headers& headers, std::string_view body) {
    if (headers.times("Content-Digest") == 0) return Refusal(content_digest_missing);
    const auto digests = parse_dictionary(headers.list("Content-Digest"));
    if (!digests) return Refusal(content_digest_malformed);
    const auto found =
        std::find_if(digests->begin(), digests->end(), [](const Member& member) { return member.key == "sha-256"; });
    if (found == digests->end()) return Refusal(content_digest_missing);
    const auto* item = std::get_if<Item>(&found->value);
    const auto* digest = item == nullptr ? nullptr : std::get_if<base::Bytes>(&item->value);
    if (digest == nullptr) return Refusal(content_digest_malformed);
    if (!crypto::equal_constant_time(*digest, crypto::sha256(base::as_bytes(body)))) {
        return Refusal(content_digest_wrong);
    }
    return {};
}

std::string content_digest_of(std::string_view body) {
    const crypto::Digest digest = crypto::sha256(base::as_bytes(body));
    return "sha-256=" + serialize(Item{.value = base::Bytes(digest.begin(), digest.end()), .parameters = {}});
}

}  // namespace kelisim::http_signatures
