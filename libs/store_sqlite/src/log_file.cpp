// SPDX-License-Identifier: Apache-2.0
#include "log_file.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "connection.hpp"

namespace kelisim::store_sqlite {
namespace {

constexpr sqlite3_int64 chunk_bytes = 1 << 16;  // the most that SQLite writes at once, and that its file layer takes

void require(int result, const char* doing) {
    if (result != SQLITE_OK) throw_failure(nullptr, result, doing);
}

// The log as SQLite's own file layer opens it, so that a test's disk sees it too.
class LogFile {
public:
    LogFile(const std::filesystem::path& database, const TestHooks& hooks)
        : names_(sqlite3_create_filename(database.c_str(), "", (database.string() + "-wal").c_str(), 0, nullptr)),
          vfs_(sqlite3_vfs_find(hooks.vfs.empty() ? nullptr : hooks.vfs.c_str())) {
        if (names_ == nullptr || vfs_ == nullptr) throw_failure(nullptr, SQLITE_NOMEM, "find the log");
        memory_.resize((static_cast<std::size_t>(vfs_->szOsFile) + sizeof(std::max_align_t) - 1) /
                       sizeof(std::max_align_t));
        const int result = vfs_->xOpen(vfs_, sqlite3_filename_wal(names_.get()), file(),
                                       SQLITE_OPEN_WAL | SQLITE_OPEN_READWRITE, nullptr);
        require(result, "open the log");
    }
    ~LogFile() { file()->pMethods->xClose(file()); }
    LogFile(const LogFile&) = delete;
    LogFile& operator=(const LogFile&) = delete;

    sqlite3_int64 size() {
        sqlite3_int64 bytes = 0;
        require(file()->pMethods->xFileSize(file(), &bytes), "measure the log");
        return bytes;
    }
    void rewrite(std::vector<char>& buffer, sqlite3_int64 offset, int count) {
        require(file()->pMethods->xRead(file(), buffer.data(), count, offset), "read the log");
        require(file()->pMethods->xWrite(file(), buffer.data(), count, offset), "write the log again");
    }
    void sync() { require(file()->pMethods->xSync(file(), SQLITE_SYNC_NORMAL), "sync the log"); }

private:
    struct FreeNames {
        void operator()(const char* names) const { sqlite3_free_filename(const_cast<char*>(names)); }
    };

    sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }

    std::unique_ptr<const char, FreeNames> names_;  // the open file refers to it
    sqlite3_vfs* vfs_;
    std::vector<std::max_align_t> memory_;
};

}  // namespace

void rewrite_log(const std::filesystem::path& database, const TestHooks& hooks) {
    if (!std::filesystem::exists(database.string() + "-wal")) return;
    LogFile log(database, hooks);
    const sqlite3_int64 size = log.size();
    if (size == 0) return;
    std::vector<char> buffer(static_cast<std::size_t>(std::min(size, chunk_bytes)));
    for (sqlite3_int64 offset = 0; offset < size; offset += chunk_bytes) {
        log.rewrite(buffer, offset, static_cast<int>(std::min(chunk_bytes, size - offset)));
    }
    log.sync();
}

}  // namespace kelisim::store_sqlite
