// SPDX-License-Identifier: Apache-2.0
#include "watched_file.hpp"

#include <algorithm>

namespace kelisim::store_sqlite {
namespace {

constexpr std::size_t versions_max = 4;  // of a sector that is written again and again without a sync

}  // namespace

void WatchedFile::remember(std::uint64_t sector, const ReadSector& read) {
    History& history = unsynced_[sector];
    history.lost = false;
    if (history.versions.size() < versions_max) history.versions.push_back(read(sector));
}

void WatchedFile::before_write(std::uint64_t offset, std::uint64_t bytes, const ReadSector& read) {
    if (bytes == 0) return;
    const std::uint64_t last = (offset + bytes - 1) / sector_bytes;
    for (std::uint64_t sector = offset / sector_bytes; sector <= last; ++sector)
        remember(sector, read);
    size_ = std::max(size_, offset + bytes);
}

void WatchedFile::before_truncate(std::uint64_t size, const ReadSector& read) {
    for (std::uint64_t sector = size / sector_bytes; sector * sector_bytes < size_; ++sector)
        remember(sector, read);
    size_ = size;
}

void WatchedFile::synced() {
    std::erase_if(unsynced_, [](const auto& entry) { return !entry.second.lost; });
    synced_size_ = size_;
}

void WatchedFile::lost() {
    for (auto& [sector, history] : unsynced_)
        history.lost = true;
}

WatchedFile::Survivor WatchedFile::survivor(std::mt19937_64* random) const {
    Survivor survivor{{}, synced_size_};
    for (const auto& [sector, history] : unsynced_) {
        const bool any = random != nullptr && !history.lost;
        const std::size_t choice = any ? (*random)() % (history.versions.size() + 1) : 0;
        if (choice < history.versions.size()) survivor.sectors[sector] = history.versions[choice];
    }
    if (random != nullptr && size_ != synced_size_) {
        const auto [low, high] = std::minmax(size_, synced_size_);
        // At a boundary of sectors, or at one of the two ends.
        const std::uint64_t size = low + (*random)() % (high - low + 1);
        survivor.size = (*random)() % 2 == 0 ? size_ : std::clamp(size / sector_bytes * sector_bytes, low, high);
    }
    return survivor;
}

}  // namespace kelisim::store_sqlite
