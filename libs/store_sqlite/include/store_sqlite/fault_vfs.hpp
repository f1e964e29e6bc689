// SPDX-License-Identifier: Apache-2.0
// A disk that fails, for tests (target store_sqlite_fault). SIGKILL alone cannot show a missing fsync, because the page
// cache outlives the process; this VFS remembers, for each sector of 512 bytes, what a power failure would leave.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

namespace kelisim::store_sqlite {

// A SQLite VFS over the system's. Databases, logs and rollback journals are watched; temporary files are not, and the
// shared memory file (-shm) is never durable. Thread-safe, except as said. `count` arguments count from the call on, 1
// for the next operation; a new plan for the same operation replaces the one before.
class FaultVfs {
public:
    // Registers itself under its name, which the process must not use twice at a time.
    FaultVfs(std::string name, std::uint64_t seed);
    // Every connection is closed by then.
    ~FaultVfs();
    FaultVfs(const FaultVfs&) = delete;
    FaultVfs& operator=(const FaultVfs&) = delete;

    const std::string& name() const;

    // What a failed sync left behind. After `lost` the page cache shows the data and the disk never gets it unless it
    // is written again, and every open handle is told once: Linux marks pages clean that it could not write.
    enum class Failed { stored, pending, lost };
    void fail_sync(std::uint64_t count, Failed how);
    void fail_every_sync(Failed how);
    // A part of the bytes arrives.
    void fail_write(std::uint64_t count);
    void fail_read(std::uint64_t count);
    // So many bytes can still be added to files; what does not fit is written in part and answered "disk full".
    void limit_space(std::uint64_t bytes);
    // The file system is mounted read-only, as Linux does after errors (ext4: errors=remount-ro).
    void refuse_writes();
    // No faults from here on, and space again.
    void heal();

    // The power goes: every operation from here on fails, and no byte reaches a file.
    void crash();
    // The power goes before the count-th write, sync or truncation.
    void crash_at(std::uint64_t count);
    bool crashed() const;

    enum class Survival {
        synced_only,    // nothing of what was not synced
        random_sectors  // any of it, in any order: each sector and each file size as it was at any time since the sync
    };
    // Rewrites the files to what survived, removes shared memory, and goes on with a healthy disk. No connection is open.
    void power_on(Survival survival);

    std::uint64_t syncs() const;  // that succeeded
    // The most sectors of a file that one sync of the thread had to wait for.
    std::uint64_t most_synced_by(std::thread::id thread) const;
    std::uint64_t faults() const;  // operations that were made to fail before a crash

private:
    class Disk;
    std::unique_ptr<Disk> disk_;
};

}  // namespace kelisim::store_sqlite
