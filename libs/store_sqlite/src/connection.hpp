// SPDX-License-Identifier: Apache-2.0
// The only place that speaks to SQLite's statements; everything else of this library goes through it.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>

#include "store/session.hpp"
#include "store_sqlite/options.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace kelisim::store_sqlite {

// Throws what `result` of the connection's last call means: Duplicate, Defect, or Unavailable (see store/writer.hpp).
[[noreturn]] void throw_failure(sqlite3* handle, int result, std::string_view doing);

// One connection with its prepared statements; one thread at a time. After a failure of the engine (Unavailable) it is
// to be dropped: what SQLite still holds of the transaction is not to be trusted.
class Connection {
public:
    // sealed: nobody writes the file any more.
    enum class Access { create, write, read, sealed };
    static constexpr std::chrono::milliseconds default_wait{1000};

    // Throws base::Outage.
    Connection(const std::filesystem::path& file, Access access, const TestHooks& hooks);

    std::size_t query(const store::Statement& statement, store::Params params, const store::Visit& visit);
    std::size_t execute(const store::Statement& statement, store::Params params);
    // True when the statement could change the database.
    bool writes(const store::Statement& statement);

    // Statements without parameters and rows, several at a time; for set-up and migrations.
    void script(std::string_view sql);
    std::int64_t integer(std::string_view sql);

    // One of SQLite's modes; returns its result code. Pages of the log, and how many of them were copied.
    int checkpoint(int mode, int* pages = nullptr, int* copied = nullptr);
    // The file of the database, without its log. Throws Unavailable.
    void sync_file();
    // Copies all of the log into the database and syncs it; nobody else is connected. The log keeps its bytes.
    void copy_log();

    void wait_for_locks(std::chrono::milliseconds at_most);
    bool in_transaction() const;
    // Every row that was ever changed here, those rolled back too.
    std::int64_t changes() const;
    sqlite3* handle() const { return handle_.get(); }

private:
    struct Close {
        void operator()(sqlite3* handle) const;
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    struct Prepared {
        std::unique_ptr<sqlite3_stmt, Finalize> statement;
        std::string sql;  // a copy: the caller's may be gone if its lifetime is not static after all
        bool writes = false;
    };

    void configure(const TestHooks& hooks);
    Prepared& prepared(const store::Statement& statement);

    Access access_;
    std::unique_ptr<sqlite3, Close> handle_;
    std::unordered_map<const store::Statement*, Prepared> statements_;  // after the handle: finalized before it closes
};

}  // namespace kelisim::store_sqlite
