// SPDX-License-Identifier: Apache-2.0
#include "crypto/hash.hpp"
#include "crypto/hash_stream.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace kelisim::crypto {
namespace {

using base::as_bytes;

// FIPS 180-4, example vectors.
TEST(Sha256, GivesTheVectorsOfItsStandard) {
    EXPECT_EQ(base::to_hex(sha256(as_bytes("abc"))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(base::to_hex(sha256(as_bytes(""))), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256({as_bytes("a"), as_bytes("bc")}), sha256(as_bytes("abc")));
}

TEST(Sha256, GivesInPiecesWhatItGivesAtOnce) {
    Sha256 pieces;
    for (const char* piece : {"a", "", "b", "c"})
        pieces.add(as_bytes(piece));
    EXPECT_EQ(pieces.finish(), sha256(as_bytes("abc")));
    EXPECT_EQ(Sha256().finish(), sha256(base::BytesView()));
}

// RFC 4231 test case 2.
TEST(HmacSha256, GivesTheVectorOfItsStandard) {
    EXPECT_EQ(base::to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

// RFC 4231 test case 6: a key longer than the block of the hash is hashed first.
TEST(HmacSha256, TakesALongKey) {
    const base::Bytes key(131, 0xaa);
    EXPECT_EQ(base::to_hex(hmac_sha256(key, as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(EqualConstantTime, TellsEqualFromUnequal) {
    EXPECT_TRUE(equal_constant_time(as_bytes("same"), as_bytes("same")));
    EXPECT_TRUE(equal_constant_time({}, {}));
    EXPECT_FALSE(equal_constant_time(as_bytes("same"), as_bytes("sane")));
    EXPECT_FALSE(equal_constant_time(as_bytes("same"), as_bytes("sam")));
    EXPECT_FALSE(equal_constant_time(as_bytes("same"), {}));
}

}  // namespace
}  // namespace kelisim::crypto
