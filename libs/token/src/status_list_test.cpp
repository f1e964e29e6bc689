// SPDX-License-Identifier: Apache-2.0
#include "token/status_list.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include "base/text.hpp"

namespace kelisim::token {
namespace {

using namespace std::chrono_literals;

base::Bytes bytes_of(const StatusList& list, std::size_t size) {
    const auto compressed = base::from_base64url(list.encoded()).value();
    base::Bytes bytes(size + 1);
    uLongf read = bytes.size();
    EXPECT_EQ(uncompress(bytes.data(), &read, compressed.data(), compressed.size()), Z_OK);
    bytes.resize(read);
    return bytes;
}

// The example of the draft, "Status List Token with 2-Bit Status Values in JWT format".
TEST(StatusList, HasTheBytesOfTheDraftsExample) {
    constexpr std::array<unsigned, 12> statuses{1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3};
    StatusList list(statuses.size());
    for (std::size_t i = 0; i < statuses.size(); ++i)
        list.set(i, statuses[i]);
    EXPECT_EQ(bytes_of(list, 3), (base::Bytes{0xC9, 0x44, 0xF9}));
}

TEST(StatusList, AStatusIsReplacedAndItsNeighboursStay) {
    StatusList list(5);
    list.set(1, 3);
    list.set(2, 1);
    list.set(1, 2);
    EXPECT_EQ(bytes_of(list, 2), (base::Bytes{0x18, 0x00}));
    list.set(1, 0);
    EXPECT_EQ(bytes_of(list, 2), (base::Bytes{0x10, 0x00}));
}

TEST(StatusList, ThereIsNoPlaceBesideAndNoFifthStatus) {
    StatusList list(4);
    EXPECT_THROW(list.set(4, 0), std::out_of_range);
    EXPECT_THROW(list.set(0, 4), std::out_of_range);
    EXPECT_EQ(bytes_of(list, 1), base::Bytes{0x00});
}

TEST(StatusList, ItsTokenNamesItself) {
    const base::Time now = base::from_micros(1'795'000'000'000'000);
    const auto json = to_json({.issuer = "https://k.test",
                               .uri = "https://k.test/status-lists/7",
                               .aggregation_uri = "https://k.test/status-lists",
                               .issued = now,
                               .expires = now + 60s,
                               .ttl = 15s},
                              StatusList(4));
    EXPECT_EQ(json.at("sub"), "https://k.test/status-lists/7");
    EXPECT_EQ(json.at("exp").as_int64() - json.at("iat").as_int64(), 60);
    EXPECT_EQ(json.at("ttl"), 15);
    EXPECT_EQ(json.at("status_list").at("bits"), 2);
}

}  // namespace
}  // namespace kelisim::token
