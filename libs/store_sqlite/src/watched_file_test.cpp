// SPDX-License-Identifier: Apache-2.0
#include "watched_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace kelisim::store_sqlite {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

// A file whose sectors hold one letter each.
class File : public testing::Test {
protected:
    void write(std::uint64_t sector, char letter) {
        watched.before_write(sector * sector_bytes, sector_bytes, reader());
        if (content.size() <= sector) content.resize(sector + 1, '0');
        content[sector] = letter;
    }
    WatchedFile::ReadSector reader() {
        return [this](std::uint64_t sector) {
            Sector bytes;
            bytes.fill(sector < content.size() ? content[sector] : '\0');
            return bytes;
        };
    }
    // The file after a power failure, one letter a sector.
    std::string after(std::mt19937_64* random) {
        const auto survivor = watched.survivor(random);
        std::string left = content;
        left.resize(survivor.size / sector_bytes);
        for (const auto& [sector, bytes] : survivor.sectors) {
            if (sector < left.size()) left[sector] = bytes[0];
        }
        return left;
    }

    std::string content = "abcd";
    WatchedFile watched{4 * sector_bytes};
};

TEST_F(File, KeepsWhatWasSynced) {
    write(1, 'X');
    watched.synced();
    EXPECT_EQ(after(nullptr), "aXcd");
    EXPECT_THAT(watched.survivor(nullptr).sectors, IsEmpty());
}

TEST_F(File, LosesWhatWasNotSynced) {
    write(1, 'X');
    write(1, 'Y');
    write(4, 'e');
    EXPECT_EQ(after(nullptr), "abcd");
    EXPECT_EQ(content, "aYcde") << "a running program sees it";
}

TEST_F(File, KeepsAnySubsetAndAnyVersion) {
    write(0, 'X');
    write(1, 'Y');
    write(1, 'Z');
    std::mt19937_64 random(1);
    std::set<std::string> seen;
    for (int i = 0; i < 200; ++i)
        seen.insert(after(&random));
    EXPECT_THAT(seen, testing::UnorderedElementsAre("abcd", "aYcd", "aZcd", "Xbcd", "XYcd", "XZcd"));
}

TEST_F(File, GrowsByAnyNumberOfSectors) {
    write(4, 'e');
    write(5, 'f');
    std::mt19937_64 random(1);
    std::set<std::size_t> sizes;
    for (int i = 0; i < 200; ++i)
        sizes.insert(after(&random).size());
    EXPECT_THAT(sizes, testing::UnorderedElementsAre(4U, 5U, 6U));
}

TEST_F(File, ComesBackFromATruncationThatWasNotSynced) {
    watched.before_truncate(sector_bytes, reader());
    content = "a";
    EXPECT_EQ(after(nullptr), std::string("abcd").substr(0, 1) + std::string("bcd"));
    watched.synced();
    EXPECT_EQ(after(nullptr), "a");
}

TEST_F(File, DoesNotGetALostSectorBackByALaterSync) {
    write(1, 'X');
    watched.lost();
    write(2, 'Y');
    watched.synced();
    EXPECT_EQ(after(nullptr), "abYd");
    std::mt19937_64 random(1);
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(after(&random), "abYd");
}

TEST_F(File, SavesALostSectorThatIsWrittenAgain) {
    write(1, 'X');
    watched.lost();
    write(1, 'Z');
    watched.synced();
    EXPECT_EQ(after(nullptr), "aZcd");
}

TEST_F(File, WritesThatCrossSectorsTouchEachOfThem) {
    watched.before_write(sector_bytes - 1, sector_bytes + 2, reader());
    EXPECT_THAT(watched.survivor(nullptr).sectors, SizeIs(3));
    watched.synced();
    watched.before_write(sector_bytes, sector_bytes, reader());
    EXPECT_THAT(watched.survivor(nullptr).sectors, SizeIs(1));
    watched.before_write(0, 0, reader());
    EXPECT_THAT(watched.survivor(nullptr).sectors, SizeIs(1)) << "nothing written, nothing touched";
}

}  // namespace
}  // namespace kelisim::store_sqlite
