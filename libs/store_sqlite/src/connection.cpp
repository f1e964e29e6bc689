// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include "store/writer.hpp"

namespace kelisim::store_sqlite {
namespace {

// What the statement itself brought about; anything else is the environment.
bool is_defect(int result) {
    switch (result & 0xff) {
        case SQLITE_ERROR:
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
        case SQLITE_RANGE:
        case SQLITE_MISUSE:
        case SQLITE_TOOBIG:
        case SQLITE_AUTH:
            return true;
        case SQLITE_READONLY:
            return result == SQLITE_READONLY;  // its extended codes tell of files that changed under us
        default:
            return false;
    }
}

void bind(sqlite3_stmt* statement, int index, const store::Param& param) {
    struct Bind {
        sqlite3_stmt* statement;
        int index;

        int operator()(std::monostate) const { return sqlite3_bind_null(statement, index); }
        int operator()(std::int64_t value) const { return sqlite3_bind_int64(statement, index, value); }
        // SQLite takes a null pointer for NULL, but an empty text or blob is a value.
        int operator()(std::string_view text) const {
            const char* data = text.data() == nullptr ? "" : text.data();
            return sqlite3_bind_text64(statement, index, data, text.size(), nullptr, SQLITE_UTF8);
        }
        int operator()(base::BytesView bytes) const {
            if (bytes.empty()) return sqlite3_bind_zeroblob(statement, index, 0);
            return sqlite3_bind_blob64(statement, index, bytes.data(), bytes.size(), nullptr);
        }
    };
    const int result = std::visit(Bind{statement, index}, param);
    if (result != SQLITE_OK) throw_failure(sqlite3_db_handle(statement), result, "bind");
}

sqlite3_stmt* compile(sqlite3* handle, const store::Statement& statement) {
    sqlite3_stmt* made = nullptr;
    const char* rest = nullptr;
    const int result = sqlite3_prepare_v3(handle, statement.sql.data(), static_cast<int>(statement.sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &made, &rest);
    if (result != SQLITE_OK) throw_failure(handle, result, statement.name);
    if (made == nullptr || rest != statement.sql.data() + statement.sql.size()) {
        sqlite3_finalize(made);
        throw store::Defect(fmt::format("{} is not exactly one statement", statement.name));
    }
    return made;
}

class CurrentRow final : public store::Row {
public:
    CurrentRow(sqlite3_stmt* statement, std::string_view name) : statement_(statement), name_(name) {}

    bool null(int column) const override { return type(column) == SQLITE_NULL; }
    std::int64_t integer(int column) const override {
        expect(column, SQLITE_INTEGER);
        return sqlite3_column_int64(statement_, column);
    }
    std::string_view text(int column) const override {
        expect(column, SQLITE_TEXT);
        const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
        if (data == nullptr) throw_failure(sqlite3_db_handle(statement_), SQLITE_NOMEM, name_);
        return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
    }
    base::BytesView blob(int column) const override {
        expect(column, SQLITE_BLOB);
        const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
        return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
    }

private:
    int type(int column) const {
        if (column < 0 || column >= sqlite3_data_count(statement_)) {
            throw store::Defect(fmt::format("{} has no column {}", name_, column));
        }
        return sqlite3_column_type(statement_, column);
    }
    void expect(int column, int wanted) const {
        if (type(column) != wanted) {
            throw store::Defect(fmt::format("{}: column {} is null or of another type", name_, column));
        }
    }

    sqlite3_stmt* statement_;
    std::string_view name_;
};

// https://www.sqlite.org/uri.html: "immutable": no locks, no other files, no look whether it changed.
std::string immutable_uri(const std::filesystem::path& file) {
    std::string uri = "file:";
    for (const char c : std::filesystem::absolute(file).string()) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                           (byte >= 'a' && byte <= 'z') || c == '/' || c == '-' || c == '.' || c == '_';
        uri += plain ? std::string(1, c) : fmt::format("%{:02x}", byte);
    }
    return uri + "?immutable=1";
}

// A run of a prepared statement; however it ends, the statement is free again and forgets its parameters.
class Run {
public:
    Run(sqlite3_stmt* statement, std::string_view name, store::Params params) : statement_(statement), name_(name) {
        if (sqlite3_stmt_busy(statement) != 0)
            throw store::Defect(fmt::format("{} is used inside its own visit", name));
        if (sqlite3_bind_parameter_count(statement) != static_cast<int>(params.size())) {
            throw store::Defect(fmt::format("{} was given {} parameters", name, params.size()));
        }
        int index = 0;
        for (const store::Param& param : params)
            bind(statement, ++index, param);
    }
    ~Run() {
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    bool step() {
        const int result = sqlite3_step(statement_);
        if (result == SQLITE_ROW) return true;
        if (result != SQLITE_DONE) throw_failure(sqlite3_db_handle(statement_), result, name_);
        return false;
    }

private:
    sqlite3_stmt* statement_;
    std::string_view name_;
};

}  // namespace

void throw_failure(sqlite3* handle, int result, std::string_view doing) {
    // SQLite's message names tables and columns, never the values of parameters.
    const char* message = handle != nullptr && sqlite3_extended_errcode(handle) == result ? sqlite3_errmsg(handle)
                                                                                          : sqlite3_errstr(result);
    const std::string text = fmt::format("{}: {} ({})", doing, message, result);
    if (result == SQLITE_CONSTRAINT_UNIQUE || result == SQLITE_CONSTRAINT_PRIMARYKEY ||
        result == SQLITE_CONSTRAINT_ROWID) {
        throw store::Duplicate(text);
    }
    if (is_defect(result)) throw store::Defect(text);
    throw store::Unavailable(text);
}

void Connection::Close::operator()(sqlite3* handle) const {
    sqlite3_close_v2(handle);
}
void Connection::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Connection::Connection(const std::filesystem::path& file, Access access, const TestHooks& hooks) : access_(access) {
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const bool reads = access == Access::read || access == Access::sealed;
    flags |= reads ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    if (access == Access::create) flags |= SQLITE_OPEN_CREATE;
    if (access == Access::sealed) flags |= SQLITE_OPEN_URI;
    const std::string name = access == Access::sealed ? immutable_uri(file) : file.string();
    sqlite3* handle = nullptr;
    const int result = sqlite3_open_v2(name.c_str(), &handle, flags, hooks.vfs.empty() ? nullptr : hooks.vfs.c_str());
    handle_.reset(handle);
    if (result != SQLITE_OK) throw_failure(handle, result, "open " + file.string());
    configure(hooks);
}

void Connection::configure(const TestHooks& hooks) {
    wait_for_locks(default_wait);
    // The log is copied when it is known to be good, not when somebody leaves (BatchWriter).
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    // FULL: the log is synced at every COMMIT; NORMAL would acknowledge what a power failure can take back.
    script(hooks.synchronous == TestHooks::Synchronous::full ? "PRAGMA synchronous = FULL"
                                                             : "PRAGMA synchronous = OFF");
    script(
        "PRAGMA foreign_keys = ON;"
        "PRAGMA wal_autocheckpoint = 0;"  // inside the writer it stalls everybody (Checkpointer does it)
        "PRAGMA temp_store = MEMORY;"
        "PRAGMA trusted_schema = OFF;"
        "PRAGMA cache_size = -65536");
    if (access_ == Access::read) script("PRAGMA query_only = ON");
    // Many of them are open, and each is read here and there. A page that contradicts itself is no page.
    if (access_ == Access::sealed) script("PRAGMA cache_size = -512; PRAGMA cell_size_check = ON");
}

void Connection::wait_for_locks(std::chrono::milliseconds at_most) {
    sqlite3_busy_timeout(handle(), static_cast<int>(at_most.count()));
}

Connection::Prepared& Connection::prepared(const store::Statement& statement) {
    auto [place, is_new] = statements_.try_emplace(&statement);
    Prepared& prepared = place->second;
    if (!is_new && prepared.sql == statement.sql) return prepared;
    if (!is_new) throw store::Defect(fmt::format("{} is not a statement with static lifetime", statement.name));
    try {
        prepared.statement.reset(compile(handle(), statement));
    } catch (...) {
        statements_.erase(place);
        throw;
    }
    prepared.sql = statement.sql;
    prepared.writes = sqlite3_stmt_readonly(prepared.statement.get()) == 0;
    return prepared;
}

bool Connection::writes(const store::Statement& statement) {
    return prepared(statement).writes;
}

std::size_t Connection::query(const store::Statement& statement, store::Params params, const store::Visit& visit) {
    Prepared& found = prepared(statement);
    Run run(found.statement.get(), statement.name, params);
    const CurrentRow row(found.statement.get(), statement.name);
    std::size_t rows = 0;
    for (; run.step(); ++rows)
        visit(row);
    return rows;
}

std::size_t Connection::execute(const store::Statement& statement, store::Params params) {
    const Prepared& found = prepared(statement);
    if (!found.writes) throw store::Defect(fmt::format("{} changes nothing: query it", statement.name));
    Run run(found.statement.get(), statement.name, params);
    if (run.step()) throw store::Defect(fmt::format("{} answers rows: query it", statement.name));
    return static_cast<std::size_t>(sqlite3_changes64(handle()));
}

void Connection::script(std::string_view sql) {
    const std::string text(sql);
    const int result = sqlite3_exec(handle(), text.c_str(), nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) throw_failure(handle(), result, "script");
}

std::int64_t Connection::integer(std::string_view sql) {
    sqlite3_stmt* made = nullptr;
    const int result = sqlite3_prepare_v2(handle(), sql.data(), static_cast<int>(sql.size()), &made, nullptr);
    const std::unique_ptr<sqlite3_stmt, Finalize> statement(made);
    if (result != SQLITE_OK) throw_failure(handle(), result, sql);
    Run run(made, sql, {});
    if (!run.step()) throw store::Defect(fmt::format("{} answers no row", sql));
    return CurrentRow(made, sql).integer(0);
}

int Connection::checkpoint(int mode, int* pages, int* copied) {
    return sqlite3_wal_checkpoint_v2(handle(), nullptr, mode, pages, copied);
}

void Connection::sync_file() {
    sqlite3_file* file = nullptr;
    int result = sqlite3_file_control(handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (result == SQLITE_OK) result = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
    if (result != SQLITE_OK) throw_failure(handle(), result, "sync the database");
}

void Connection::copy_log() {
    // Not TRUNCATE: it cuts the log without a sync, and a crash that keeps a part of the old log would play that part over
    // the newer database. A whole log played again changes nothing.
    const int result = checkpoint(SQLITE_CHECKPOINT_RESTART);
    if (result != SQLITE_OK) throw_failure(handle(), result, "copy the log into the database");
}

bool Connection::in_transaction() const {
    return sqlite3_get_autocommit(handle()) == 0;
}
std::int64_t Connection::changes() const {
    return sqlite3_total_changes64(handle());
}

}  // namespace kelisim::store_sqlite
