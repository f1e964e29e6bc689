// SPDX-License-Identifier: Apache-2.0
#include "owner_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <optional>

#include "base/result.hpp"
#include "base/text.hpp"

namespace kelisim::app {

namespace {

constexpr int start_milliseconds = 10'000;

// Only calls that are safe between fork and exec in a process with threads.
[[noreturn]] void become(const char* program, char* const* arguments, int out, pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(127);  // it ended before we asked to be told
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    ::dup2(out, STDOUT_FILENO);
    ::execv(program, arguments);
    ::_exit(127);
}

// The first line of the child, or nothing when it ends or takes too long.
std::optional<std::string> first_line(int in) {
    std::string line;
    pollfd ready{.fd = in, .events = POLLIN, .revents = 0};
    while (::poll(&ready, 1, start_milliseconds) > 0) {
        std::array<char, 256> part{};
        const auto got = ::read(in, part.data(), part.size());
        if (got <= 0) return std::nullopt;
        line.append(part.data(), static_cast<std::size_t>(got));
        if (const auto end = line.find('\n'); end != std::string::npos) return line.substr(0, end);
    }
    return std::nullopt;
}

std::uint16_t port_in(std::string_view line) {
    constexpr std::string_view prefix = "listening on http://127.0.0.1:";
    const auto port = line.starts_with(prefix) ? base::parse_integer(line.substr(prefix.size())) : std::nullopt;
    return port && *port > 0 && *port < 65536 ? static_cast<std::uint16_t>(*port) : std::uint16_t{0};
}

}  // namespace

OwnerProcess::OwnerProcess(const std::filesystem::path& program, const std::vector<std::string>& arguments) {
    std::array<int, 2> pipe_ends{};
    if (::pipe2(pipe_ends.data(), O_CLOEXEC) != 0) throw base::Outage("no pipe for an owner's server");
    std::string path = program.string();
    std::vector<std::string> words = arguments;
    std::vector<char*> raw{path.data()};
    for (std::string& word : words)
        raw.push_back(word.data());
    raw.push_back(nullptr);
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ == 0) become(path.c_str(), raw.data(), pipe_ends[1], parent);
    ::close(pipe_ends[1]);
    const auto line = pid_ > 0 ? first_line(pipe_ends[0]) : std::nullopt;
    ::close(pipe_ends[0]);
    port_ = line ? port_in(*line) : std::uint16_t{0};
    if (port_ != 0) return;
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    throw base::Outage("the owner's server does not start: " + path);
}

OwnerProcess::~OwnerProcess() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
}

std::filesystem::path executable_directory() {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

}  // namespace kelisim::app
