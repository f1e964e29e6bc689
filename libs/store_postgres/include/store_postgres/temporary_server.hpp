// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL server of its own for the tests of this library and of the whole: tests/support/temporary_postgres.
#pragma once

#include <string>
#include <vector>

namespace kelisim::store_postgres::test {

// It stops, and its data are gone, when this ends or the process does.
class TemporaryServer {
public:
    // Settings like "fsync=off". Throws std::runtime_error when the server does not come up.
    explicit TemporaryServer(const std::vector<std::string>& settings = {});
    ~TemporaryServer();
    TemporaryServer(const TemporaryServer&) = delete;
    TemporaryServer& operator=(const TemporaryServer&) = delete;

    // An administrator's connection string, to any database but the service's.
    const std::string& administrator() const { return administrator_; }
    // Makes an empty database, owned by a user without further rights; returns that user's connection string.
    std::string make_database();
    // What an administrator says in a terminal; returns the first column of the first row, if there is one.
    std::string administer(const std::string& sql);

    // As in a crash of the server; and up again.
    void kill() { command("kill"); }
    void start() { command("start"); }

private:
    void command(const std::string& word);
    std::string line();

    int to_ = -1, from_ = -1, process_ = -1;
    std::string administrator_;
    int databases_ = 0;
};

}  // namespace kelisim::store_postgres::test
