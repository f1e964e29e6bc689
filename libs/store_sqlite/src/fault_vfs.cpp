// SPDX-License-Identifier: Apache-2.0
#include "store_sqlite/fault_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>

#include "watched_file.hpp"

namespace kelisim::store_sqlite {
namespace {

constexpr int watched_types = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;

// Fires once, at the count-th of its kind.
class Countdown {
public:
    void set(std::uint64_t count) { left_ = count; }
    void clear() { left_ = 0; }
    bool hit() { return left_ != 0 && --left_ == 0; }

private:
    std::uint64_t left_ = 0;
};

struct OnDisk {
    WatchedFile content;
    bool named;                // the directory entry is durable
    std::uint64_t errors = 0;  // lost syncs; each handle is told once of each
};

}  // namespace

class FaultVfs::Disk {
public:
    Disk(std::string vfs_name, std::uint64_t seed) : name(std::move(vfs_name)), random_(seed) { install(); }
    ~Disk() { sqlite3_vfs_unregister(&vfs_); }

    const std::string name;
    mutable std::mutex mutex;
    Countdown sync_fault, write_fault, read_fault, power_fault;
    Failed sync_failure = Failed::pending;
    bool every_sync_fails = false;
    bool read_only = false;
    std::optional<std::uint64_t> space;
    bool crashed = false;
    std::uint64_t syncs = 0;
    std::uint64_t faults = 0;
    std::map<std::thread::id, std::uint64_t> most_synced;

    void power_on(Survival survival);

private:
    // SQLite allocates it and the real file behind it; the base comes first, as in C.
    struct Handle {
        sqlite3_file base;
        Disk* disk;
        std::string* path;  // null when the file is not watched
        std::uint64_t errors_seen;

        sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
        const sqlite3_io_methods* methods() { return real()->pMethods; }
    };

    static Handle& handle_of(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }
    static Disk& disk_of(sqlite3_vfs* vfs) { return *static_cast<Disk*>(vfs->pAppData); }

    void install();
    static const sqlite3_io_methods* io_methods();

    int open(const char* path, Handle& handle, int flags, int* out_flags);
    int remove(const char* path, int sync_directory);
    int close(Handle& handle);
    int read(Handle& handle, void* bytes, int count, sqlite3_int64 offset);
    int write(Handle& handle, const void* bytes, int count, sqlite3_int64 offset);
    int write_part(Handle& handle, const void* bytes, std::uint64_t count, sqlite3_int64 offset);
    int truncate(Handle& handle, sqlite3_int64 size);
    int sync(Handle& handle, int flags);

    bool power_is_off();
    static WatchedFile::ReadSector sector_reader(Handle& handle);
    static void put_back(const std::string& path, const WatchedFile::Survivor& survivor);
    static std::string image(const std::string& path, const WatchedFile::Survivor& survivor);
    bool chance(Survival survival) { return survival == Survival::random_sectors && random_() % 2 == 0; }

    std::mt19937_64 random_;
    sqlite3_vfs* real_ = nullptr;
    sqlite3_vfs vfs_{};
    std::map<std::string, OnDisk> files_;
    std::map<std::string, std::string> removed_;  // what is back after a crash: the removal was not synced
    std::size_t open_handles_ = 0;
};

void FaultVfs::Disk::install() {
    real_ = sqlite3_vfs_find(nullptr);
    vfs_ = *real_;  // what is not replaced here is the system's: time, randomness, paths
    vfs_.pNext = nullptr;
    vfs_.zName = name.c_str();
    vfs_.pAppData = this;
    vfs_.szOsFile = static_cast<int>(sizeof(Handle)) + real_->szOsFile;
    vfs_.xOpen = [](sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
        return disk_of(vfs).open(path, handle_of(file), flags, out_flags);
    };
    vfs_.xDelete = [](sqlite3_vfs* vfs, const char* path, int sync) { return disk_of(vfs).remove(path, sync); };
    vfs_.xAccess = [](sqlite3_vfs* vfs, const char* path, int flags, int* result) {
        sqlite3_vfs* real = disk_of(vfs).real_;
        return real->xAccess(real, path, flags, result);
    };
    vfs_.xFullPathname = [](sqlite3_vfs* vfs, const char* path, int bytes, char* out) {
        sqlite3_vfs* real = disk_of(vfs).real_;
        return real->xFullPathname(real, path, bytes, out);
    };
    if (sqlite3_vfs_register(&vfs_, 0) != SQLITE_OK) throw std::runtime_error("cannot register " + name);
}

const sqlite3_io_methods* FaultVfs::Disk::io_methods() {
    static const sqlite3_io_methods methods = [] {
        sqlite3_io_methods m{};
        m.iVersion = 2;  // without memory mapping, which would go around xWrite
        m.xClose = [](sqlite3_file* f) { return handle_of(f).disk->close(handle_of(f)); };
        m.xRead = [](sqlite3_file* f, void* bytes, int count, sqlite3_int64 offset) {
            return handle_of(f).disk->read(handle_of(f), bytes, count, offset);
        };
        m.xWrite = [](sqlite3_file* f, const void* bytes, int count, sqlite3_int64 offset) {
            return handle_of(f).disk->write(handle_of(f), bytes, count, offset);
        };
        m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
            return handle_of(f).disk->truncate(handle_of(f), size);
        };
        m.xSync = [](sqlite3_file* f, int flags) { return handle_of(f).disk->sync(handle_of(f), flags); };
        m.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
            return handle_of(f).methods()->xFileSize(handle_of(f).real(), size);
        };
        m.xLock = [](sqlite3_file* f, int lock) { return handle_of(f).methods()->xLock(handle_of(f).real(), lock); };
        m.xUnlock = [](sqlite3_file* f, int lock) {
            return handle_of(f).methods()->xUnlock(handle_of(f).real(), lock);
        };
        m.xCheckReservedLock = [](sqlite3_file* f, int* out) {
            return handle_of(f).methods()->xCheckReservedLock(handle_of(f).real(), out);
        };
        m.xFileControl = [](sqlite3_file* f, int op, void* argument) {
            return handle_of(f).methods()->xFileControl(handle_of(f).real(), op, argument);
        };
        m.xSectorSize = [](sqlite3_file* f) { return handle_of(f).methods()->xSectorSize(handle_of(f).real()); };
        m.xDeviceCharacteristics = [](sqlite3_file* f) {
            return handle_of(f).methods()->xDeviceCharacteristics(handle_of(f).real());
        };
        m.xShmMap = [](sqlite3_file* f, int page, int bytes, int extend, void volatile** out) {
            return handle_of(f).methods()->xShmMap(handle_of(f).real(), page, bytes, extend, out);
        };
        m.xShmLock = [](sqlite3_file* f, int offset, int count, int flags) {
            return handle_of(f).methods()->xShmLock(handle_of(f).real(), offset, count, flags);
        };
        m.xShmBarrier = [](sqlite3_file* f) { handle_of(f).methods()->xShmBarrier(handle_of(f).real()); };
        m.xShmUnmap = [](sqlite3_file* f, int remove) {
            return handle_of(f).methods()->xShmUnmap(handle_of(f).real(), remove);
        };
        return m;
    }();
    return &methods;
}

// Called with the mutex held before everything that would change a file.
bool FaultVfs::Disk::power_is_off() {
    if (power_fault.hit()) crashed = true;
    return crashed;
}

int FaultVfs::Disk::open(const char* path, Handle& handle, int flags, int* out_flags) {
    const std::lock_guard lock(mutex);
    handle.base.pMethods = nullptr;
    handle.disk = this;
    handle.path = nullptr;
    const bool watched = path != nullptr && (flags & watched_types) != 0;
    if (watched && crashed) return SQLITE_CANTOPEN;
    const bool existed = watched && std::filesystem::exists(path);
    if (watched && read_only) {
        // As the system's VFS does on EROFS: nothing is made, and what is there opens for reading.
        if (!existed) return SQLITE_CANTOPEN;
        flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
    }
    const int result = real_->xOpen(real_, path, handle.real(), flags, out_flags);
    if (result != SQLITE_OK) return result;
    handle.base.pMethods = io_methods();
    ++open_handles_;
    if (!watched) return result;
    const std::uint64_t size = existed ? std::filesystem::file_size(path) : 0;
    auto& file = files_.try_emplace(path, OnDisk{WatchedFile(size), existed}).first->second;
    handle.path = new std::string(path);
    handle.errors_seen = file.errors;
    return result;
}

int FaultVfs::Disk::close(Handle& handle) {
    const std::lock_guard lock(mutex);
    delete handle.path;
    --open_handles_;
    return handle.methods()->xClose(handle.real());
}

int FaultVfs::Disk::remove(const char* path, int sync_directory) {
    const std::lock_guard lock(mutex);
    if (power_is_off() || read_only) return SQLITE_IOERR_DELETE;
    const auto found = files_.find(path);
    if (found != files_.end()) {
        if (found->second.named && sync_directory == 0)
            removed_[path] = image(path, found->second.content.survivor(nullptr));
        files_.erase(found);
    }
    return real_->xDelete(real_, path, sync_directory);
}

int FaultVfs::Disk::read(Handle& handle, void* bytes, int count, sqlite3_int64 offset) {
    if (handle.path != nullptr) {
        const std::lock_guard lock(mutex);
        const bool fails = read_fault.hit();
        if (fails && !crashed) ++faults;
        if (fails || crashed) return SQLITE_IOERR_READ;
    }
    return handle.methods()->xRead(handle.real(), bytes, count, offset);
}

WatchedFile::ReadSector FaultVfs::Disk::sector_reader(Handle& handle) {
    return [&handle](std::uint64_t number) {
        Sector sector;
        const int result = handle.methods()->xRead(handle.real(), sector.data(), static_cast<int>(sector.size()),
                                                   static_cast<sqlite3_int64>(number * sector_bytes));
        // A short read fills up with zeros, as a hole would read.
        if (result != SQLITE_OK && result != SQLITE_IOERR_SHORT_READ) sector.fill(0);
        return sector;
    };
}

int FaultVfs::Disk::write(Handle& handle, const void* bytes, int count, sqlite3_int64 offset) {
    const std::lock_guard lock(mutex);
    if (handle.path == nullptr) return handle.methods()->xWrite(handle.real(), bytes, count, offset);
    if (power_is_off()) return SQLITE_IOERR_WRITE;
    if (read_only) {
        ++faults;
        return SQLITE_IOERR_WRITE;
    }
    const auto size = files_.at(*handle.path).content.size();
    const auto wanted = static_cast<std::uint64_t>(count);
    const auto end = static_cast<std::uint64_t>(offset) + wanted;
    const std::uint64_t added = end > size ? end - size : 0;
    if (write_fault.hit()) {
        ++faults;
        const int part = write_part(handle, bytes, random_() % wanted, offset);
        return part == SQLITE_OK ? SQLITE_IOERR_WRITE : part;
    }
    if (space && added > *space) {
        ++faults;
        const std::uint64_t fits = wanted - std::min(wanted, added - *space);
        space = 0;
        const int part = write_part(handle, bytes, fits, offset);
        return part == SQLITE_OK ? SQLITE_FULL : part;
    }
    if (space) *space -= added;
    return write_part(handle, bytes, wanted, offset);
}

int FaultVfs::Disk::write_part(Handle& handle, const void* bytes, std::uint64_t count, sqlite3_int64 offset) {
    if (count == 0) return SQLITE_OK;
    files_.at(*handle.path).content.before_write(static_cast<std::uint64_t>(offset), count, sector_reader(handle));
    return handle.methods()->xWrite(handle.real(), bytes, static_cast<int>(count), offset);
}

int FaultVfs::Disk::truncate(Handle& handle, sqlite3_int64 size) {
    const std::lock_guard lock(mutex);
    if (handle.path == nullptr) return handle.methods()->xTruncate(handle.real(), size);
    if (power_is_off() || read_only) return SQLITE_IOERR_TRUNCATE;
    files_.at(*handle.path).content.before_truncate(static_cast<std::uint64_t>(size), sector_reader(handle));
    return handle.methods()->xTruncate(handle.real(), size);
}

// The real sync is left out: the files only need to be right once the power is on again, and this is what makes
// thousands of crashes affordable.
int FaultVfs::Disk::sync(Handle& handle, int flags) {
    const std::lock_guard lock(mutex);
    if (handle.path == nullptr) return handle.methods()->xSync(handle.real(), flags);
    if (power_is_off()) return SQLITE_IOERR_FSYNC;
    OnDisk& file = files_.at(*handle.path);
    auto& most = most_synced[std::this_thread::get_id()];
    most = std::max(most, file.content.unsynced_sectors());
    const bool fails = sync_fault.hit() || every_sync_fails;
    if (fails) ++faults;
    if (fails && sync_failure == Failed::lost) {
        file.content.lost();
        ++file.errors;
    } else if (!fails || sync_failure == Failed::stored) {
        file.content.synced();
        // SQLite's own VFS syncs the directory together with a new log or journal.
        file.named = true;
        removed_.erase(*handle.path);
    }
    const bool told_of_loss = handle.errors_seen != file.errors;
    handle.errors_seen = file.errors;
    if (fails || told_of_loss) return SQLITE_IOERR_FSYNC;
    ++syncs;
    return SQLITE_OK;
}

void FaultVfs::Disk::put_back(const std::string& path, const WatchedFile::Survivor& survivor) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    for (const auto& [sector, bytes] : survivor.sectors) {
        file.seekp(static_cast<std::streamoff>(sector * sector_bytes));
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
    file.close();
    if (!file) throw std::runtime_error("cannot put back " + path);
    std::filesystem::resize_file(path, survivor.size);
}

std::string FaultVfs::Disk::image(const std::string& path, const WatchedFile::Survivor& survivor) {
    std::ifstream file(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(file), {}};
    for (const auto& [sector, content] : survivor.sectors) {
        const std::size_t end = static_cast<std::size_t>((sector + 1) * sector_bytes);
        if (bytes.size() < end) bytes.resize(end);
        std::memcpy(bytes.data() + sector * sector_bytes, content.data(), content.size());
    }
    bytes.resize(static_cast<std::size_t>(survivor.size));
    return bytes;
}

void FaultVfs::Disk::power_on(Survival survival) {
    const std::lock_guard lock(mutex);
    if (open_handles_ != 0) throw std::logic_error("power_on() with open connections");
    auto* random = survival == Survival::random_sectors ? &random_ : nullptr;
    for (const auto& [path, file] : files_) {
        if (!std::filesystem::exists(path)) continue;
        if (file.named || chance(survival)) {
            put_back(path, file.content.survivor(random));
        } else {
            std::filesystem::remove(path);
        }
        std::filesystem::remove(path + "-shm");
    }
    for (const auto& [path, bytes] : removed_) {
        // A new file of that name and the old one cannot both be there.
        if (!std::filesystem::exists(path) && (survival == Survival::synced_only || chance(survival))) {
            std::ofstream(path, std::ios::binary) << bytes;
        }
    }
    files_.clear();
    removed_.clear();
    crashed = false;
}

FaultVfs::FaultVfs(std::string name, std::uint64_t seed) : disk_(std::make_unique<Disk>(std::move(name), seed)) {}
FaultVfs::~FaultVfs() = default;

const std::string& FaultVfs::name() const {
    return disk_->name;
}

void FaultVfs::fail_sync(std::uint64_t count, Failed how) {
    const std::lock_guard lock(disk_->mutex);
    disk_->sync_fault.set(count);
    disk_->sync_failure = how;
}

void FaultVfs::fail_every_sync(Failed how) {
    const std::lock_guard lock(disk_->mutex);
    disk_->every_sync_fails = true;
    disk_->sync_failure = how;
}

void FaultVfs::fail_write(std::uint64_t count) {
    const std::lock_guard lock(disk_->mutex);
    disk_->write_fault.set(count);
}

void FaultVfs::fail_read(std::uint64_t count) {
    const std::lock_guard lock(disk_->mutex);
    disk_->read_fault.set(count);
}

void FaultVfs::limit_space(std::uint64_t bytes) {
    const std::lock_guard lock(disk_->mutex);
    disk_->space = bytes;
}

void FaultVfs::refuse_writes() {
    const std::lock_guard lock(disk_->mutex);
    disk_->read_only = true;
}

void FaultVfs::heal() {
    const std::lock_guard lock(disk_->mutex);
    for (Countdown* plan : {&disk_->sync_fault, &disk_->write_fault, &disk_->read_fault, &disk_->power_fault})
        plan->clear();
    disk_->space.reset();
    disk_->every_sync_fails = false;
    disk_->read_only = false;
}

void FaultVfs::crash() {
    const std::lock_guard lock(disk_->mutex);
    disk_->crashed = true;
}

void FaultVfs::crash_at(std::uint64_t count) {
    const std::lock_guard lock(disk_->mutex);
    disk_->power_fault.set(count);
}

bool FaultVfs::crashed() const {
    const std::lock_guard lock(disk_->mutex);
    return disk_->crashed;
}

void FaultVfs::power_on(Survival survival) {
    heal();
    disk_->power_on(survival);
}

std::uint64_t FaultVfs::syncs() const {
    const std::lock_guard lock(disk_->mutex);
    return disk_->syncs;
}

std::uint64_t FaultVfs::most_synced_by(std::thread::id thread) const {
    const std::lock_guard lock(disk_->mutex);
    const auto found = disk_->most_synced.find(thread);
    return found == disk_->most_synced.end() ? 0 : found->second;
}

std::uint64_t FaultVfs::faults() const {
    const std::lock_guard lock(disk_->mutex);
    return disk_->faults;
}

}  // namespace kelisim::store_sqlite
