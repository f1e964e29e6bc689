// SPDX-License-Identifier: Apache-2.0
#include "token/status_list.hpp"

#include <zlib.h>

#include <stdexcept>

#include "base/text.hpp"
#include "json/json.hpp"
#include "token/jws.hpp"

namespace kelisim::token {

using base::Kind;
using base::Reason;

const Reason status_list_malformed{
    "status_list_malformed",
    Kind::unauthenticated,
    "draft-ietf-oauth-status-list",
    {"Мәртебелер тізімі қате жазылған.", "Список статусов записан неверно.", "The status list is malformed."}};
const Reason status_list_other{
    "status_list_other",
    Kind::unauthenticated,
    "draft-ietf-oauth-status-list",
    {"Бұл токен атаған мәртебелер тізімі емес.", "Это не тот список статусов, который назван в токене.",
     "This is not the status list that the token names."}};
const Reason status_list_stale{
    "status_list_stale",
    Kind::unauthenticated,
    "draft-ietf-oauth-status-list",
    {"Мәртебелер тізімі ескірген.", "Список статусов устарел.", "The status list is out of date."}};

namespace {

constexpr std::size_t places_per_byte = 8 / StatusList::bits;
constexpr unsigned status_max = (1U << StatusList::bits) - 1;

}  // namespace

StatusList::StatusList(std::size_t places)
    : places_(places), bytes_((places + places_per_byte - 1) / places_per_byte) {}

StatusList::StatusList(base::Bytes bytes) : places_(bytes.size() * places_per_byte), bytes_(std::move(bytes)) {}

std::optional<StatusList> StatusList::decoded(std::string_view encoded) {
    const auto compressed = base::from_base64url(encoded);
    if (!compressed) return std::nullopt;
    base::Bytes bytes(base::limits::status_list_places / places_per_byte);
    uLongf size = bytes.size();
    uLong taken = compressed->size();
    // What would grow beyond the buffer is Z_BUF_ERROR: nothing that was sent can take more memory than this.
    const int done = uncompress2(bytes.data(), &size, compressed->data(), &taken);
    if (done != Z_OK || taken != compressed->size()) return std::nullopt;
    bytes.resize(size);
    return StatusList(std::move(bytes));
}

std::optional<unsigned> StatusList::at(std::int64_t place) const {
    if (place < 0 || static_cast<std::uint64_t>(place) >= places_) return std::nullopt;
    const auto index = static_cast<std::size_t>(place);
    const auto shift = static_cast<unsigned>(index % places_per_byte) * bits;
    return (static_cast<unsigned>(bytes_[index / places_per_byte]) >> shift) & status_max;
}

void StatusList::set(std::size_t place, unsigned status) {
    if (place >= places_ || status > status_max) throw std::out_of_range("no such place or status in a status list");
    // "The bits within an array are counted from least significant bit "0" to the most significant bit ("7")."
    const auto shift = static_cast<unsigned>(place % places_per_byte) * bits;
    std::uint8_t& byte = bytes_[place / places_per_byte];
    byte = static_cast<std::uint8_t>((byte & ~(status_max << shift)) | (status << shift));
}

std::string StatusList::encoded() const {
    uLongf size = compressBound(static_cast<uLong>(bytes_.size()));
    base::Bytes compressed(size);
    const int done = compress2(compressed.data(), &size, bytes_.data(), static_cast<uLong>(bytes_.size()),
                               Z_BEST_COMPRESSION);  // "RECOMMENDED to use the highest compression level available"
    if (done != Z_OK) throw base::Outage("zlib could not compress a status list");
    compressed.resize(size);
    return base::to_base64url(compressed);
}

boost::json::object to_json(const StatusListClaims& claims, const StatusList& list) {
    return {{"iss", claims.issuer},
            {"sub", claims.uri},
            {"iat", base::to_seconds(claims.issued)},
            {"exp", base::to_seconds(claims.expires)},
            {"ttl", claims.ttl.count()},
            {"status_list",
             {{"bits", StatusList::bits}, {"lst", list.encoded()}, {"aggregation_uri", claims.aggregation_uri}}}};
}

base::Result<StatusListToken> verify_status_list(std::string_view text, const KeySet& keys,
                                                 const ExpectedStatusList& expected) {
    const auto payload = verify(text, keys, status_list_type, status_list_text_bytes_max);
    if (!payload) return payload.error();
    constexpr json::Range instants{.min = 0, .max = 253'402'300'799};  // the year 9999
    const auto issuer = json::text(*payload, "iss"), uri = json::text(*payload, "sub");
    const auto issued = json::integer(*payload, "iat", instants), expires = json::integer(*payload, "exp", instants);
    const auto ttl = json::integer(*payload, "ttl", {.min = 1, .max = instants.max});
    const auto* member = payload->if_contains("status_list");
    const bool complete = issuer && uri && issued && expires && ttl && member != nullptr && member->is_object();
    if (!complete) return base::Refusal(status_list_malformed);
    const auto width = json::integer(member->get_object(), "bits", {.min = 1, .max = 8});
    const auto encoded = json::text(member->get_object(), "lst", status_list_text_bytes_max);
    if (!width || *width != StatusList::bits || !encoded) return base::Refusal(status_list_malformed);
    auto list = StatusList::decoded(*encoded);
    if (!list) return base::Refusal(status_list_malformed);
    StatusListClaims claims{.issuer = std::string(*issuer),
                            .uri = std::string(*uri),
                            .aggregation_uri = {},
                            .issued = base::Time{std::chrono::seconds{*issued}},
                            .expires = base::Time{std::chrono::seconds{*expires}},
                            .ttl = std::chrono::seconds{*ttl}};
    std::vector<const Reason*> reasons;
    if (claims.issuer != expected.issuer || claims.uri != expected.uri) reasons.push_back(&status_list_other);
    if (expected.now >= claims.expires) reasons.push_back(&status_list_stale);
    if (!reasons.empty()) return base::Refusal(std::move(reasons));
    return StatusListToken{std::move(claims), *std::move(list)};
}

}  // namespace kelisim::token
