// SPDX-License-Identifier: Apache-2.0
#include "der.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "trust/testing.hpp"

namespace kelisim::trust::der {
namespace {

using base::Bytes;

std::string hex(const Bytes& bytes) {
    return base::to_hex(bytes);
}

TEST(DerTest, IntegersAreMinimalAndKeepTheirSign) {
    for (const auto& [value, encoded] :
         std::initializer_list<std::pair<std::int64_t, const char*>>{{0, "020100"},
                                                                     {127, "02017f"},
                                                                     {128, "02020080"},
                                                                     {256, "02020100"},
                                                                     {-1, "0201ff"},
                                                                     {-129, "0202ff7f"}}) {
        EXPECT_EQ(hex(integer(value)), encoded);
        EXPECT_EQ(read_integer(*whole(integer(value), integer_tag)), value);
    }
    EXPECT_EQ(hex(integer(base::BytesView(Bytes{0, 0, 0x80}))), "02020080");
    EXPECT_EQ(read_integer({.tag = integer_tag, .content = Bytes(9, 1), .whole = {}}), std::nullopt);
}

TEST(DerTest, Oids) {
    for (const char* dotted : {"1.2.398.3.10.1.1.2.3.2", "2.16.840.1.101.3.4.2.1", "2.999.1", "0.0"})
        EXPECT_EQ(read_oid(*whole(oid(dotted), oid_tag)), dotted);
    const auto refused = [](const Bytes& content) {
        const Bytes element = der::element(oid_tag, content);
        return !read_oid(*whole(element, oid_tag));
    };
    EXPECT_TRUE(refused({}));
    EXPECT_TRUE(refused({0x2a, 0x86})) << "breaks off";
    EXPECT_TRUE(refused({0x2a, 0x80, 0x01})) << "a leading zero";
    EXPECT_TRUE(refused({0x2a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f})) << "beyond 64 bits";
}

TEST(DerTest, Times) {
    const auto at = [](const char* text) { return base::parse_time(text).value(); };
    EXPECT_EQ(base::as_text(time(at("2026-06-01T12:00:00Z"))).substr(2), "260601120000Z");
    EXPECT_EQ(base::as_text(time(at("2050-01-01T00:00:00Z"))).substr(2), "20500101000000Z");
    const auto read = [](std::uint8_t tag, std::string_view content) {
        const Bytes element = text(tag, content);
        return read_time(*whole(element, tag));
    };
    EXPECT_EQ(read(utc_time_tag, "491231235959Z"), at("2049-12-31T23:59:59Z"));
    EXPECT_EQ(read(utc_time_tag, "500101000000Z"), at("1950-01-01T00:00:00Z"));
    EXPECT_EQ(read(generalized_time_tag, "20260601120000.25Z"), at("2026-06-01T12:00:00.25Z"));
    for (const char* wrong :
         {"20260601120000", "20260601120000+0500", "20261301120000Z", "20260230120000Z", "20260601250000Z",
          "20260601120060Z", "20260601120000.Z", "20260601120000.50Z", "20260601120000.5xZ", "2026060112000Z", "", "Z"})
        EXPECT_EQ(read(generalized_time_tag, wrong), std::nullopt) << wrong;
    for (const char* wrong : {"2606011200Z", "260601120000+0500", "26060112000 Z", "20260601120000Z"})
        EXPECT_EQ(read(utc_time_tag, wrong), std::nullopt) << wrong;
}

TEST(DerTest, OnlyDerIsRead) {
    const auto is_der = [](const Bytes& bytes) { return whole(bytes, octets_tag).has_value(); };
    EXPECT_TRUE(is_der({0x04, 0x01, 0xaa}));
    EXPECT_FALSE(is_der({0x04, 0x81, 0x01, 0xaa})) << "a length longer than it must be";
    EXPECT_FALSE(is_der({0x04, 0x02, 0xaa})) << "too short";
    EXPECT_FALSE(is_der({0x04, 0x01, 0xaa, 0x00})) << "bytes behind";
    EXPECT_FALSE(is_der({0x04, 0x80, 0xaa, 0x00, 0x00})) << "an indefinite length";
    EXPECT_FALSE(is_der({0x1f, 0x04, 0x01, 0xaa})) << "a tag in several bytes";
    EXPECT_FALSE(is_der({0x04}));
    EXPECT_FALSE(is_der({}));
    EXPECT_FALSE(is_der({0x05, 0x00})) << "another tag";
}

TEST(DerTest, TheEndIsNoFault) {
    const Bytes two = sequence({integer(1), integer(2)});
    Reader reader(whole(two, sequence_tag)->content);
    EXPECT_TRUE(reader.next());
    EXPECT_FALSE(reader.next_if(octets_tag));
    EXPECT_TRUE(reader.next(integer_tag));
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.finished());
    EXPECT_FALSE(reader.next(integer_tag)) << "unless something must come";
    EXPECT_TRUE(reader.bad());
}

TEST(DerTest, SetsAreSorted) {
    EXPECT_EQ(hex(set_of({integer(3), integer(1), octets(Bytes{}), integer(2)})), "310b0201010201020201030400");
}

TEST(DerTest, BerBecomesDer) {
    const Bytes der =
        sequence({oid("1.2.3"), element(context(0), octets(base::as_bytes("content"))), set_of({integer(1)})});
    EXPECT_EQ(hex(*from_ber(der)), hex(der)) << "DER stays as it is";
    const Bytes ber = test::to_ber(der);
    ASSERT_NE(hex(ber), hex(der));
    EXPECT_EQ(hex(*from_ber(ber)), hex(der));
}

TEST(DerTest, WhatIsNoBer) {
    const Bytes ber = test::to_ber(sequence({element(context(0), octets(base::as_bytes("content"))), integer(5)}));
    ASSERT_TRUE(from_ber(ber));
    for (std::size_t size = 0; size < ber.size(); ++size)
        EXPECT_FALSE(from_ber(base::BytesView(ber).first(size))) << size;
    Bytes longer = ber;
    longer.push_back(0);
    EXPECT_FALSE(from_ber(longer));
    EXPECT_FALSE(from_ber(Bytes{0x04, 0x80, 0x00, 0x00})) << "a primitive has a length";
    EXPECT_FALSE(from_ber(Bytes{0x24, 0x03, 0x02, 0x01, 0x00})) << "an OCTET STRING has pieces of its own kind";
    EXPECT_FALSE(from_ber(Bytes{0x2c, 0x03, 0x0c, 0x01, 0x41})) << "no other string comes in pieces";
    EXPECT_FALSE(from_ber(Bytes{0x04, 0x88, 1, 1, 1, 1, 1, 1, 1, 1})) << "a length that nothing has";
    EXPECT_FALSE(from_ber(Bytes{0x04, 0x84, 0xff, 0xff, 0xff, 0xff}));
}

Bytes nested(std::size_t depth) {
    Bytes bytes = null();
    for (std::size_t i = 1; i < depth; ++i)
        bytes = element(sequence_tag, bytes);
    return bytes;
}

TEST(DerTest, BombsAreRefused) {
    EXPECT_TRUE(from_ber(nested(base::limits::ber_depth_max)));
    EXPECT_FALSE(from_ber(nested(base::limits::ber_depth_max + 1)));
    Bytes indefinite;
    for (int i = 0; i < 1'000'000; ++i)
        indefinite.insert(indefinite.end(), {0x30, 0x80});
    EXPECT_FALSE(from_ber(indefinite)) << "refused at the limit, not at the end of the stack";
    const auto many = [](std::size_t count) { return sequence(std::vector<Bytes>(count, null())); };
    EXPECT_TRUE(from_ber(many(base::limits::ber_elements_max - 1)));
    EXPECT_FALSE(from_ber(many(base::limits::ber_elements_max)));
}

TEST(DerTest, AlgorithmsHaveNoParametersOfTheirOwn) {
    const auto read = [](const Bytes& bytes) { return read_algorithm(*whole(bytes, sequence_tag)); };
    EXPECT_EQ(read(algorithm("1.2.3", Parameters::null)), "1.2.3");
    EXPECT_EQ(read(algorithm("1.2.3", Parameters::absent)), "1.2.3");
    EXPECT_EQ(read(sequence({oid("1.2.3"), integer(1)})), std::nullopt);
    EXPECT_EQ(read(sequence({oid("1.2.3"), null(), null()})), std::nullopt);
    EXPECT_EQ(read(sequence({oid("1.2.3"), Bytes{5, 1, 0}})), std::nullopt);
    EXPECT_EQ(read(sequence({})), std::nullopt);
}

}  // namespace
}  // namespace kelisim::trust::der
