// SPDX-License-Identifier: Apache-2.0
#include "token/status_list.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <functional>

#include "base/text.hpp"
#include "token/jws.hpp"

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

// Who relies on a list.
class ReadStatusList : public testing::Test {
protected:
    std::string signed_list(const boost::json::object& claims, std::string_view typ = status_list_type) const {
        return sign(key_, typ, claims);
    }
    boost::json::object claims() const { return to_json(claims_, list()); }
    static StatusList list() {
        StatusList list(12);
        list.set(1, status_suspended);
        list.set(11, status_invalid);
        return list;
    }
    base::Result<StatusListToken> read(const std::string& text) const {
        return verify_status_list(text, keys_, {.issuer = claims_.issuer, .uri = claims_.uri, .now = claims_.issued});
    }
    const SigningKey key_{crypto::PrivateKey::generate_p256()};
    const KeySet keys_{{key_.verification()}};
    const StatusListClaims claims_{.issuer = "https://k.test",
                                   .uri = "https://k.test/status-lists/7",
                                   .aggregation_uri = "https://k.test/status-lists",
                                   .issued = base::from_micros(1'795'000'000'000'000),
                                   .expires = base::from_micros(1'795'000'060'000'000),
                                   .ttl = 15s};
};

TEST_F(ReadStatusList, TellsEachStatus) {
    const auto read_list = read(signed_list(claims()));
    ASSERT_TRUE(read_list.has_value());
    EXPECT_EQ(read_list->claims.issued, claims_.issued);
    EXPECT_EQ(read_list->claims.expires, claims_.expires);
    EXPECT_EQ(read_list->claims.ttl, 15s);
    EXPECT_EQ(read_list->list.at(0), status_valid);
    EXPECT_EQ(read_list->list.at(1), status_suspended);
    EXPECT_EQ(read_list->list.at(11), status_invalid);
    EXPECT_FALSE(read_list->list.at(12));
    EXPECT_FALSE(read_list->list.at(-1));
}

TEST_F(ReadStatusList, IsReadAtItsFullSize) {
    StatusList full(base::limits::status_list_places);
    // What compresses to nothing less: every place differs from its neighbours without a rule.
    std::uint32_t state = 1;
    for (std::size_t place = 0; place < base::limits::status_list_places; ++place) {
        state = state * 1664525U + 1013904223U;
        full.set(place, state >> 30U);
    }
    const auto read_list = read(signed_list(to_json(claims_, full)));
    ASSERT_TRUE(read_list.has_value());
    EXPECT_EQ(read_list->list.encoded(), full.encoded());
    EXPECT_TRUE(read_list->list.at(base::limits::status_list_places - 1));
}

TEST_F(ReadStatusList, IsThatOfTheTokenAndInTime) {
    const auto refused = [&](std::function<void(boost::json::object&)> spoil) {
        auto spoiled = claims();
        spoil(spoiled);
        return std::string(read(signed_list(spoiled)).error().first().code);
    };
    EXPECT_EQ(refused([](auto& c) { c["iss"] = "https://other.test"; }), "status_list_other");
    EXPECT_EQ(refused([](auto& c) { c["sub"] = "https://k.test/status-lists/8"; }), "status_list_other");
    EXPECT_EQ(refused([](auto& c) { c["exp"] = c["iat"]; }), "status_list_stale");
    for (const auto* member : {"iss", "sub", "iat", "exp", "ttl", "status_list"})
        EXPECT_EQ(refused([&](auto& c) { c.erase(member); }), "status_list_malformed") << member;
    EXPECT_EQ(refused([](auto& c) { c["ttl"] = 0; }), "status_list_malformed");
    EXPECT_EQ(refused([](auto& c) { c["status_list"].as_object()["bits"] = 1; }), "status_list_malformed");
    for (const auto* text : {"", "AAAA", "not base64"})
        EXPECT_EQ(refused([&](auto& c) { c["status_list"].as_object()["lst"] = text; }), "status_list_malformed")
            << text;
    EXPECT_EQ(refused([](auto& c) {
                  auto& text = c["status_list"].as_object()["lst"];
                  auto bytes = base::from_base64url(std::string(text.as_string())).value();
                  bytes.push_back(0);  // something behind the list
                  text = base::to_base64url(bytes);
              }),
              "status_list_malformed");
    const StatusList longer(base::limits::status_list_places + 4);
    EXPECT_EQ(refused([&](auto& c) { c["status_list"].as_object()["lst"] = longer.encoded(); }),
              "status_list_malformed");
}

TEST_F(ReadStatusList, IsSignedAsAList) {
    EXPECT_EQ(read(signed_list(claims(), "JWT")).error().first().code, "jws_wrong_type");
    const SigningKey other{crypto::PrivateKey::generate_p256()};
    EXPECT_EQ(read(sign(other, status_list_type, claims())).error().first().code, "jws_unknown_key");
    EXPECT_EQ(read("a.b.c").error().first().code, "jws_malformed");
}

}  // namespace
}  // namespace kelisim::token
