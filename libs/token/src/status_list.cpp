// SPDX-License-Identifier: Apache-2.0
#include "token/status_list.hpp"

#include <zlib.h>

#include <stdexcept>

#include "base/result.hpp"
#include "base/text.hpp"

namespace kelisim::token {

namespace {

constexpr std::size_t places_per_byte = 8 / StatusList::bits;
constexpr unsigned status_max = (1U << StatusList::bits) - 1;

}  // namespace

StatusList::StatusList(std::size_t places)
    : places_(places), bytes_((places + places_per_byte - 1) / places_per_byte) {}

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

}  // namespace kelisim::token
