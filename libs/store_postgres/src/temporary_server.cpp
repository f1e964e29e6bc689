// SPDX-License-Identifier: Apache-2.0
#include "store_postgres/temporary_server.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <stdexcept>

namespace kelisim::store_postgres::test {
namespace {

struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* result) const { PQclear(result); }
};

std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    return ends;
}

}  // namespace

TemporaryServer::TemporaryServer(const std::vector<std::string>& settings) {
    std::string script = KELISIM_TEMPORARY_POSTGRES;
    std::vector<std::string> words = settings;
    std::vector<char*> arguments{script.data()};
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const auto in = make_pipe(), out = make_pipe();
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    const int failure = ::posix_spawn(&process_, script.c_str(), &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    to_ = in[1];
    from_ = out[0];
    if (failure != 0) throw std::runtime_error("cannot run " + script);
    administrator_ = line() + " dbname=postgres";
}

TemporaryServer::~TemporaryServer() {
    ::close(to_);  // it ends itself
    ::waitpid(process_, nullptr, 0);
    ::close(from_);
}

std::string TemporaryServer::line() {
    std::string text;
    for (char c = 0;;) {
        const auto count = ::read(from_, &c, 1);
        if (count < 0 && errno == EINTR) continue;
        if (count != 1) throw std::runtime_error("the temporary PostgreSQL server ended");
        if (c == '\n') return text;
        text += c;
    }
}

void TemporaryServer::command(const std::string& word) {
    const std::string text = word + "\n";
    if (::write(to_, text.data(), text.size()) != static_cast<ssize_t>(text.size()) || line() != "ok") {
        throw std::runtime_error("the temporary PostgreSQL server does not " + word);
    }
}

std::string TemporaryServer::administer(const std::string& sql) {
    const std::unique_ptr<PGconn, Finish> connection(PQconnectdb(administrator_.c_str()));
    const std::unique_ptr<PGresult, Finish> result(PQexec(connection.get(), sql.c_str()));
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        throw std::runtime_error(sql + ": " + PQerrorMessage(connection.get()));
    }
    return PQntuples(result.get()) == 0 ? std::string() : std::string(PQgetvalue(result.get(), 0, 0));
}

std::string TemporaryServer::make_database() {
    const std::string name = "kelisim_" + std::to_string(++databases_);
    command("database " + name);
    const std::string place = administrator_.substr(0, administrator_.find(" user="));
    return place + " user=kelisim dbname=" + name;
}

}  // namespace kelisim::store_postgres::test
