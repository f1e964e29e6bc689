// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <deque>
#include <limits>
#include <utility>

#include "base/text.hpp"
#include "store/group_commit.hpp"

namespace kelisim::store_postgres {
namespace {

// Numbers of types in every PostgreSQL database (catalog/pg_type.dat).
namespace type {
constexpr Oid bytea = 17, int8 = 20, int2 = 21, int4 = 23, text = 25, varchar = 1043;
}

constexpr int binary = 1;

// libpq ends its messages with a line feed, and some have several lines.
std::string one_line(std::string message) {
    while (message.ends_with('\n'))
        message.pop_back();
    std::replace(message.begin(), message.end(), '\n', ' ');
    return message;
}

std::string field(const PGresult* result, int which) {
    const char* text = PQresultErrorField(result, which);
    return text == nullptr ? std::string() : std::string(text);
}

bool failed(const PGresult* result) {
    switch (PQresultStatus(result)) {
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
        case PGRES_EMPTY_QUERY:
        case PGRES_PIPELINE_ABORTED:
            return false;
        default:
            return true;
    }
}

// What the statement itself brought about (PostgreSQL's appendix A); anything else is the environment.
bool is_defect(std::string_view state) {
    if (state == "25006") return true;   // it writes, where only reading is allowed
    if (state == "42501") return false;  // a right that an administrator has to give
    const std::string_view group = state.substr(0, 2);
    constexpr std::array<std::string_view, 6> ours{"0A", "21", "22", "23", "42", "54"};
    return std::find(ours.begin(), ours.end(), group) != ours.end();
}

// Names of constraints may appear in logs, values never: what PostgreSQL says of data (class 22) quotes them.
std::string message_of(const PGresult* result, std::string_view doing) {
    const std::string state = field(result, PG_DIAG_SQLSTATE);
    const std::string constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
    if (!constraint.empty()) return fmt::format("{}: {} ({})", doing, constraint, state);
    if (state.starts_with("22")) return fmt::format("{}: the data do not fit ({})", doing, state);
    std::string text = field(result, PG_DIAG_MESSAGE_PRIMARY);
    if (text.empty()) text = PQresultErrorMessage(result);
    return fmt::format("{}: {} ({})", doing, one_line(std::move(text)), state.empty() ? "no answer" : state);
}

[[noreturn]] void throw_failure(const PGresult* result, std::string_view doing) {
    const std::string state = field(result, PG_DIAG_SQLSTATE);
    const std::string text = message_of(result, doing);
    if (state == "23505") throw store::Duplicate(text);
    if (state == "40001" || state == "40P01") throw store::RunAgain(text);  // serialization failure, deadlock
    if (is_defect(state)) throw store::Defect(text);
    throw store::Unavailable(text);
}

// A statement whose rows are being visited.
class Using {
public:
    explicit Using(bool& used) : used_(used) { used_ = true; }
    ~Using() { used_ = false; }
    Using(const Using&) = delete;
    Using& operator=(const Using&) = delete;

private:
    bool& used_;
};

template <class Unsigned>
Unsigned from_network(const char* data) {
    Unsigned value = 0;
    for (std::size_t i = 0; i < sizeof(Unsigned); ++i)
        value = static_cast<Unsigned>(value << 8U | static_cast<std::uint8_t>(data[i]));
    return value;
}

// `?n` is `$n` here; neither stands anywhere else in a statement (db/DATA_MODEL.md).
std::string in_our_words(std::string_view sql) {
    std::string text(sql);
    std::replace(text.begin(), text.end(), '?', '$');
    return text;
}

}  // namespace

// Parameters in PostgreSQL's binary form.
class Connection::Arguments {
public:
    Arguments(const store::Statement& statement, const std::vector<unsigned>& types, Values params) {
        if (types.size() != params.size()) {
            throw store::Defect(fmt::format("{} was given {} parameters", statement.name, params.size()));
        }
        values_.reserve(params.size());
        lengths_.reserve(params.size());
        integers_.reserve(params.size());  // no move later: values_ points into it
        for (const store::Param& param : params) {
            if (!std::visit([&, expected = types[values_.size()]](auto value) { return add(expected, value); },
                            param)) {
                throw store::Defect(
                    fmt::format("{}: parameter {} is of another type", statement.name, values_.size() + 1));
            }
        }
        formats_.assign(values_.size(), binary);
    }

    int count() const { return static_cast<int>(values_.size()); }
    const char* const* values() const { return values_.data(); }
    const int* lengths() const { return lengths_.data(); }
    const int* formats() const { return formats_.data(); }

private:
    bool add(Oid, std::monostate) {
        push(nullptr, 0);
        return true;
    }
    bool add(Oid expected, std::int64_t value) {
        const std::size_t size = expected == type::int8 ? 8 : expected == type::int4 ? 4 : 0;
        if (size == 0 || (size == 4 && value != static_cast<std::int32_t>(value))) return false;
        auto& bytes = integers_.emplace_back();
        for (std::size_t i = 0; i < size; ++i)
            bytes[i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (8U * (size - 1 - i)));
        push(bytes.data(), size);
        return true;
    }
    // libpq takes a null pointer for NULL, but an empty text or blob is a value.
    bool add(Oid expected, std::string_view text) {
        if (expected != type::text && expected != type::varchar) return false;
        push(text.data() == nullptr ? "" : text.data(), text.size());
        return true;
    }
    bool add(Oid expected, base::BytesView bytes) {
        if (expected != type::bytea) return false;
        const std::string_view text = base::as_text(bytes);
        push(text.data() == nullptr ? "" : text.data(), text.size());
        return true;
    }
    void push(const char* data, std::size_t size) {
        if (size > static_cast<std::size_t>(std::numeric_limits<int>::max()))
            throw store::Defect("a parameter is too long");
        values_.push_back(data);
        lengths_.push_back(static_cast<int>(size));
    }

    std::vector<const char*> values_;
    std::vector<int> lengths_, formats_;
    std::vector<std::array<char, 8>> integers_;
};

class Connection::CurrentRow final : public store::Row {
public:
    CurrentRow(const PGresult* result, std::string_view name, int row) : result_(result), name_(name), row_(row) {}

    bool null(int column) const override {
        require(column);
        return PQgetisnull(result_, row_, column) != 0;
    }
    std::int64_t integer(int column) const override {
        switch (type_of(column)) {
            case type::int8:
                return static_cast<std::int64_t>(from_network<std::uint64_t>(data(column)));
            case type::int4:  // literals
                return static_cast<std::int32_t>(from_network<std::uint32_t>(data(column)));
            case type::int2:
                return static_cast<std::int16_t>(from_network<std::uint16_t>(data(column)));
            default:
                another_type(column);
        }
    }
    std::string_view text(int column) const override {
        const Oid found = type_of(column);
        if (found != type::text && found != type::varchar) another_type(column);
        return content(column);
    }
    base::BytesView blob(int column) const override {
        if (type_of(column) != type::bytea) another_type(column);
        return base::as_bytes(content(column));
    }

private:
    void require(int column) const {
        if (column < 0 || column >= PQnfields(result_)) {
            throw store::Defect(fmt::format("{} has no column {}", name_, column));
        }
    }
    [[noreturn]] void another_type(int column) const {
        throw store::Defect(fmt::format("{}: column {} is null or of another type", name_, column));
    }
    Oid type_of(int column) const {
        if (null(column)) another_type(column);
        return PQftype(result_, column);
    }
    const char* data(int column) const { return PQgetvalue(result_, row_, column); }
    std::string_view content(int column) const {
        return {data(column), static_cast<std::size_t>(PQgetlength(result_, row_, column))};
    }

    const PGresult* result_;
    std::string_view name_;
    int row_;
};

// The rows of one answer as they come, in libpq's single-row mode. Left before its end, it breaks the connection, unless
// the rest is there already.
class Connection::Stream {
public:
    // What was asked is `before` commands and the query; all of it is sent.
    Stream(Connection& connection, std::size_t before, std::string_view name) : connection_(connection), name_(name) {
        connection_.stream_ = this;
        for (std::size_t i = 0; i < before && !failure_; ++i) {
            for (Result result = receive(); result; result = receive())
                note_failure(std::move(result));
        }
        if (!failure_) connection_.require(PQsetSingleRowMode(handle()), name);
    }
    ~Stream() {
        for (int i = 0; i < rest_max && !ended_ && !lost_ && PQisBusy(handle()) == 0; ++i)
            step();
        connection_.stream_ = nullptr;
        connection_.broken_ = connection_.broken_ || !ended_;
    }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    // The next row, nothing after the last one. Throws what failed, be it in the middle of the rows.
    Result next() {
        if (!held_.empty()) {
            Result row = std::move(held_.front());
            held_.pop_front();
            return row;
        }
        while (!ended_ && !lost_) {
            if (Result row = step()) return row;
        }
        if (failure_) throw_failure(failure_.get(), name_);
        if (lost_) throw store::Unavailable("the connection to the database broke");
        return nullptr;
    }
    void hold_rest() {
        while (!ended_ && !lost_) {
            if (Result row = step()) held_.push_back(std::move(row));
        }
    }

private:
    static constexpr int rest_max = 100;  // results that are read to save a connection

    PGconn* handle() { return connection_.handle_.get(); }
    Result receive() { return Result(PQgetResult(handle())); }
    void note_failure(Result result) {
        if (failed(result.get()) && !failure_) failure_ = std::move(result);
    }
    // The next row, or nothing when something else came.
    Result step() {
        Result result = receive();
        if (!result) {
            lost_ = between_ || PQstatus(handle()) != CONNECTION_OK;
            between_ = true;
            return nullptr;
        }
        between_ = false;
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_SINGLE_TUPLE) return result;
        ended_ = status == PGRES_PIPELINE_SYNC;
        if (!ended_) note_failure(std::move(result));
        return nullptr;
    }

    Connection& connection_;
    std::string_view name_;
    Result failure_;
    std::deque<Result> held_;
    bool between_ = false, ended_ = false, lost_ = false;
};

void Connection::Finish::operator()(PGconn* connection) const {
    PQfinish(connection);
}
void Connection::Clear::operator()(PGresult* result) const {
    PQclear(result);
}

Connection::Connection(const base::Secret<std::string>& parameters, const std::string& name) {
    // libpq quotes what it could not parse, which may be the password.
    struct Free {
        void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
    };
    if (!std::unique_ptr<PQconninfoOption, Free>(PQconninfoParse(parameters.reveal().c_str(), nullptr))) {
        throw store::Unavailable("the connection string of the database cannot be read");
    }
    // What stands before dbname can be overridden there, what stands behind cannot. Replicas lag: never read from one.
    const std::array<const char*, 9> keys{"connect_timeout",  "keepalives_idle",      "keepalives_interval",
                                          "keepalives_count", "tcp_user_timeout",     "dbname",
                                          "client_encoding",  "target_session_attrs", nullptr};
    const std::array<const char*, 9> values{"10",   "10",      "5",    "3", "20000", parameters.reveal().c_str(),
                                            "UTF8", "primary", nullptr};
    handle_.reset(PQconnectdbParams(keys.data(), values.data(), /*expand_dbname=*/1));
    if (PQstatus(handle_.get()) != CONNECTION_OK) {
        throw store::Unavailable(
            fmt::format("no connection to the database: {}", one_line(PQerrorMessage(handle_.get()))));
    }
    configure();
    script(fmt::format("SET application_name = '{}'", name));
}

void Connection::configure() {
    // Notices of the server are for people at a terminal, and may quote data.
    PQsetNoticeProcessor(
        handle_.get(), [](void*, const char*) {}, nullptr);
    require(PQenterPipelineMode(handle_.get()), "pipeline mode");
    // The server gives up a session whose client is gone, so that its lock is free again.
    script(
        "SET default_transaction_isolation = 'repeatable read';"
        "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;"
        "SET client_connection_check_interval = '10s';"
        "SET jit = off");
}

void Connection::require(int sent, std::string_view doing) {
    if (sent == 1) return;
    throw store::Unavailable(fmt::format("{}: {}", doing, one_line(PQerrorMessage(handle_.get()))));
}

void Connection::send(const char* command) {
    require(PQsendQueryParams(handle_.get(), command, 0, nullptr, nullptr, nullptr, nullptr, binary), command);
}

void Connection::send(const Prepared& prepared, const Arguments& arguments) {
    require(PQsendQueryPrepared(handle_.get(), prepared.name.c_str(), arguments.count(), arguments.values(),
                                arguments.lengths(), arguments.formats(), binary),
            "execute");
}

// How many there were. First what is still on its way is received.
std::size_t Connection::send_put_off() {
    if (broken_) throw store::Unavailable("an answer was left before its end");
    if (stream_ != nullptr) stream_->hold_rest();
    if (posted_) collect();
    posted_ = false;
    const auto commands = std::exchange(put_off_, {});
    for (const char* command : commands)
        send(command);
    return commands.size();
}

// Everything up to the end of the exchange; commands that the server skipped after a failed one are told as such.
std::vector<Connection::Result> Connection::collect() {
    std::vector<Result> results;
    for (bool between = false;;) {
        Result result(PQgetResult(handle_.get()));
        if (!result) {
            if (between || PQstatus(handle_.get()) != CONNECTION_OK) {
                if (!results.empty() && failed(results.back().get())) return results;
                throw store::Unavailable("the connection to the database broke");
            }
            between = true;
            continue;
        }
        between = false;
        if (PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) return results;
        results.push_back(std::move(result));
    }
}

std::vector<Connection::Result> Connection::answers(std::string_view doing) {
    require(PQpipelineSync(handle_.get()), doing);
    std::vector<Result> results = collect();
    for (const Result& result : results) {
        if (failed(result.get())) throw_failure(result.get(), doing);
    }
    return results;
}

void Connection::flush() {
    if (put_off_.empty() && !posted_ && stream_ == nullptr) return;
    send_put_off();
    answers("flush");
}

void Connection::post(const char* command) {
    send_put_off();
    send(command);
    require(PQpipelineSync(handle_.get()), command);
    posted_ = true;
}

void Connection::commit_with(const store::Statement& statement, Values values) {
    const Prepared& found = prepared(statement);
    const Arguments arguments(statement, found.types, values);
    send_put_off();
    send(found, arguments);
    send("COMMIT");
    const auto results = answers("COMMIT");
    // COMMIT of a transaction that had failed is answered ROLLBACK, and that is no error.
    if (results.empty() || std::string_view(PQcmdStatus(results.back().get())) != "COMMIT") {
        throw store::Unavailable("the server rolled back");
    }
}

Connection::Prepared Connection::prepare(const store::Statement& statement) {
    Prepared made{.name = fmt::format("s{}", ++last_name_), .sql = std::string(statement.sql), .types = {}};
    send_put_off();
    require(PQsendPrepare(handle_.get(), made.name.c_str(), in_our_words(statement.sql).c_str(), 0, nullptr),
            statement.name);
    require(PQsendDescribePrepared(handle_.get(), made.name.c_str()), statement.name);
    const auto results = answers(statement.name);
    const PGresult* description = results.back().get();
    for (int i = 0; i < PQnparams(description); ++i)
        made.types.push_back(PQparamtype(description, i));
    return made;
}

Connection::Prepared& Connection::prepared(const store::Statement& statement) {
    const auto found = statements_.find(&statement);
    if (found == statements_.end()) return statements_.emplace(&statement, prepare(statement)).first->second;
    if (found->second.sql == statement.sql) return found->second;
    throw store::Defect(fmt::format("{} is not a statement with static lifetime", statement.name));
}

Connection::Result Connection::run(const store::Statement& statement, const Prepared& prepared, Values values) {
    const Arguments arguments(statement, prepared.types, values);
    send_put_off();
    send(prepared, arguments);
    auto results = answers(statement.name);
    Result result = std::move(results.back());
    if (PQresultStatus(result.get()) == PGRES_EMPTY_QUERY) {
        throw store::Defect(fmt::format("{} is not exactly one statement", statement.name));
    }
    // "INSERT 0 1", "UPDATE 3", "DELETE 0"; a SELECT is counted too, and changes nothing.
    if (!std::string_view(PQcmdStatus(result.get())).starts_with("SELECT")) {
        changes_ += static_cast<std::uint64_t>(base::parse_integer(PQcmdTuples(result.get())).value_or(0));
    }
    return result;
}

Connection::Answer Connection::fetch(const store::Statement& statement, Values values) {
    Prepared& found = prepared(statement);
    if (found.used) throw store::Defect(fmt::format("{} is used inside its own visit", statement.name));
    return {run(statement, found, values), statement.name, found};
}

std::size_t Connection::Answer::visit(const store::Visit& visit) const {
    const Using until_end(prepared_->used);
    const int rows = PQntuples(result_.get());
    for (int i = 0; i < rows; ++i)
        visit(CurrentRow(result_.get(), name_, i));
    return static_cast<std::size_t>(rows);
}

std::size_t Connection::query(const store::Statement& statement, Values values, const store::Visit& visit) {
    return fetch(statement, values).visit(visit);
}

std::size_t Connection::stream(const store::Statement& statement, Values values, const store::Visit& visit) {
    Prepared& found = prepared(statement);
    if (found.used) throw store::Defect(fmt::format("{} is used inside its own visit", statement.name));
    const Arguments arguments(statement, found.types, values);
    const std::size_t before = send_put_off();
    send(found, arguments);
    require(PQpipelineSync(handle_.get()), statement.name);
    const Using until_end(found.used);
    Stream stream(*this, before, statement.name);
    std::size_t rows = 0;
    for (Result row = stream.next(); row; row = stream.next(), ++rows)
        visit(CurrentRow(row.get(), statement.name, 0));
    return rows;
}

std::size_t Connection::execute(const store::Statement& statement, Values values) {
    const Prepared& found = prepared(statement);
    if (found.used) throw store::Defect(fmt::format("{} is used inside its own visit", statement.name));
    const Result result = run(statement, found, values);
    if (PQresultStatus(result.get()) == PGRES_TUPLES_OK) {
        throw store::Defect(fmt::format("{} answers rows: query it", statement.name));
    }
    const auto changed = base::parse_integer(PQcmdTuples(result.get()));
    if (!changed) throw store::Defect(fmt::format("{} changes no rows", statement.name));
    return static_cast<std::size_t>(*changed);
}

// Several statements at once go without a pipeline.
void Connection::script(const std::string& sql) {
    flush();
    require(PQexitPipelineMode(handle_.get()), "script");
    const Result result(PQexec(handle_.get(), sql.c_str()));
    if (failed(result.get())) throw_failure(result.get(), "script");
    require(PQenterPipelineMode(handle_.get()), "script");
}

std::int64_t Connection::integer(const store::Statement& statement) {
    std::int64_t value = 0;
    if (query(statement, {}, [&](const store::Row& row) { value = row.integer(0); }) != 1) {
        throw store::Defect(fmt::format("{} does not answer one row", statement.name));
    }
    return value;
}

std::string Connection::text(const store::Statement& statement) {
    std::string value;
    if (query(statement, {}, [&](const store::Row& row) { value = row.text(0); }) != 1) {
        throw store::Defect(fmt::format("{} does not answer one row", statement.name));
    }
    return value;
}

bool Connection::alive() {
    // The first look may find a last word of the server, the second that nothing follows.
    return !broken_ && PQconsumeInput(handle_.get()) == 1 && PQconsumeInput(handle_.get()) == 1 &&
           PQstatus(handle_.get()) == CONNECTION_OK;
}

bool Connection::in_transaction() const {
    const auto status = PQtransactionStatus(handle_.get());
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

int Connection::server_version() const {
    return PQserverVersion(handle_.get());
}

}  // namespace kelisim::store_postgres
