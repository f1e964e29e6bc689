// SPDX-License-Identifier: Apache-2.0
// The only place that speaks to libpq; everything else of this library goes through it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/secret.hpp"
#include "store/session.hpp"

struct pg_conn;
struct pg_result;

namespace kelisim::store_postgres {

// One connection with its prepared statements; one thread at a time. After a failure of the engine (store::Unavailable)
// it is to be dropped, apart from store::RunAgain: then the transaction is to be rolled back.
//
// Every exchange is a pipeline: commands that need no answer of their own are put off and travel with the next
// statement, so that a savepoint costs no round trip.
class Connection {
public:
    using Values = std::span<const store::Param>;

    // Throws base::Outage. `name` shows in pg_stat_activity.
    Connection(const base::Secret<std::string>& parameters, const std::string& name);

    // The rows that a statement answered.
    class Answer;
    Answer fetch(const store::Statement& statement, Values values);
    std::size_t execute(const store::Statement& statement, Values values);
    std::size_t query(const store::Statement& statement, Values values, const store::Visit& visit);
    // The same row by row, for answers of any length. Once the visitor runs another statement, the rest is held at once.
    std::size_t stream(const store::Statement& statement, Values values, const store::Visit& visit);

    // Sends `command` with the next statement. It has static lifetime, no parameters and answers no rows.
    void put_off(const char* command) { put_off_.push_back(command); }
    // What was put off and not sent is not sent any more.
    void forget_put_off() { put_off_.clear(); }
    // Sends what was put off, and waits for it.
    void flush();
    // Sends `command` and does not wait: an error of it is nobody's concern but the connection's.
    void post(const char* command);
    // The statement and COMMIT, with what was put off, in one exchange. A statement or COMMIT that the server refused throws
    // as query() does; RunAgain says that nothing is durable.
    void commit_with(const store::Statement& statement, Values values);

    // Statements without parameters and rows, several at a time; for set-up and migrations.
    void script(const std::string& sql);
    std::int64_t integer(const store::Statement& statement);  // its one row and column
    std::string text(const store::Statement& statement);

    // False when the server is known to be gone. Looks without waiting.
    bool alive();

    // True between BEGIN and its end, as the server last said; a failed transaction counts.
    bool in_transaction() const;
    // Rows that statements changed here, those rolled back too.
    std::uint64_t changes() const { return changes_; }
    int server_version() const;  // 150004 is 15.4

private:
    struct Finish {
        void operator()(pg_conn* connection) const;
    };
    struct Clear {
        void operator()(pg_result* result) const;
    };
    using Result = std::unique_ptr<pg_result, Clear>;
    struct Prepared {
        std::string name;  // on the server
        std::string sql;   // a copy: the caller's may be gone if its lifetime is not static after all
        std::vector<unsigned> types;
        bool used = false;  // while its rows are visited
    };
    class Arguments;
    class CurrentRow;
    class Stream;

    void configure();
    Prepared& prepared(const store::Statement& statement);
    Prepared prepare(const store::Statement& statement);
    Result run(const store::Statement& statement, const Prepared& prepared, Values values);
    std::size_t send_put_off();
    void send(const char* command);
    void send(const Prepared& prepared, const Arguments& arguments);
    void require(int sent, std::string_view doing);
    std::vector<Result> answers(std::string_view doing);
    std::vector<Result> collect();

    std::unique_ptr<pg_conn, Finish> handle_;
    std::unordered_map<const store::Statement*, Prepared> statements_;
    std::vector<const char*> put_off_;
    Stream* stream_ = nullptr;  // whose rows are still coming
    bool broken_ = false;       // a stream was left in the middle
    bool posted_ = false;       // an exchange whose answers nobody has read yet
    std::uint64_t changes_ = 0;
    std::uint64_t last_name_ = 0;
};

// Complete: it holds every row, so that the visitor may run other statements. Does not outlive its connection.
class Connection::Answer {
public:
    std::size_t visit(const store::Visit& visit) const;

private:
    friend class Connection;
    Answer(Result result, std::string_view name, Prepared& prepared)
        : result_(std::move(result)), name_(name), prepared_(&prepared) {}

    Result result_;
    std::string_view name_;
    Prepared* prepared_;
};

inline Connection::Values values_of(store::Params params) {
    return {params.begin(), params.size()};
}

}  // namespace kelisim::store_postgres
