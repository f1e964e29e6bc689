// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace kelisim::store {

// "The data directory is locked by one process": flock(2) on DIR/lock, released with the process at the latest.
class DirectoryLock {
public:
    // Throws base::Outage when another process, or another part of this one, has it.
    explicit DirectoryLock(const std::filesystem::path& directory);
    ~DirectoryLock();
    DirectoryLock(const DirectoryLock&) = delete;
    DirectoryLock& operator=(const DirectoryLock&) = delete;

private:
    int file_;
};

// Makes the entries of a directory durable: a new file is only safe once its name is. Throws base::Outage.
void sync_directory(const std::filesystem::path& directory);

}  // namespace kelisim::store
