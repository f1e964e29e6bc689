// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace kelisim::store_sqlite {

inline constexpr std::uint64_t sector_bytes = 512;
using Sector = std::array<char, sector_bytes>;

// What a power failure would leave of one file. The file itself always holds what a running program sees.
class WatchedFile {
public:
    // Reads one sector of the file as it is now, with zeros beyond its end.
    using ReadSector = std::function<Sector(std::uint64_t sector)>;

    explicit WatchedFile(std::uint64_t size) : size_(size), synced_size_(size) {}

    std::uint64_t size() const { return size_; }

    // Before the file is changed. Sectors are remembered as they were.
    void before_write(std::uint64_t offset, std::uint64_t bytes, const ReadSector& read);
    void before_truncate(std::uint64_t size, const ReadSector& read);
    void synced();
    std::uint64_t unsynced_sectors() const { return unsynced_.size(); }
    // What is not synced now will only be so once it is written again.
    void lost();

    // Puts sectors and size back to what survived; `random` null: only what was synced.
    struct Survivor {
        std::map<std::uint64_t, Sector> sectors;
        std::uint64_t size;
    };
    Survivor survivor(std::mt19937_64* random) const;

private:
    struct History {
        std::vector<Sector> versions;  // the synced one first; the present one is in the file
        bool lost = false;
    };

    void remember(std::uint64_t sector, const ReadSector& read);

    std::uint64_t size_;
    std::uint64_t synced_size_;
    std::map<std::uint64_t, History> unsynced_;
};

}  // namespace kelisim::store_sqlite
