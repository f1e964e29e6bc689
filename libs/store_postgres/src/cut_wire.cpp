// SPDX-License-Identifier: Apache-2.0
#include "cut_wire.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <list>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace kelisim::store_postgres::test {
namespace {

constexpr std::string_view socket_name = ".s.PGSQL.5432";

sockaddr_un address_of(const std::filesystem::path& directory) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = (directory / socket_name).string();
    if (path.size() >= sizeof(address.sun_path)) throw std::runtime_error("too long for a socket: " + path);
    std::copy(path.begin(), path.end(), address.sun_path);
    return address;
}

template <class Call>
void on_address(const std::filesystem::path& directory, Call call) {
    const sockaddr_un address = address_of(directory);
    if (call(static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof(address)) != 0) {
        throw std::runtime_error("no socket in " + directory.string());
    }
}

std::string receive(int from) {
    std::string bytes(65'536, '\0');
    const auto count = ::read(from, bytes.data(), bytes.size());
    bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    return bytes;
}

bool send(int to, const std::string& bytes) {
    return ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

bool has_commit(const std::string& bytes) {
    return bytes.find("COMMIT") != std::string::npos;
}

}  // namespace

// One connection: the client's side and the server's.
struct CutWire::Line {
    Line(int accepted, const std::string& server) : client(accepted), to_server(::socket(AF_UNIX, SOCK_STREAM, 0)) {
        on_address(server,
                   [&](const sockaddr* address, socklen_t size) { return ::connect(to_server, address, size); });
    }
    ~Line() {
        ::close(client);
        if (to_server >= 0) ::close(to_server);
    }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    int client, to_server;
    bool deaf = false;  // the client hears nothing any more
};

CutWire::CutWire(const std::filesystem::path& directory, const std::filesystem::path& server)
    : server_(server), listener_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    on_address(directory, [&](const sockaddr* address, socklen_t size) { return ::bind(listener_, address, size); });
    if (::listen(listener_, 8) != 0 || ::pipe(stop_) != 0) throw std::runtime_error("cannot listen");
    thread_ = std::thread([this] { work(); });
}

CutWire::~CutWire() {
    ::close(stop_[1]);
    thread_.join();
    ::close(stop_[0]);
    ::close(listener_);
    let_go();
}

void CutWire::let_go() {
    const int left = left_.exchange(-1);
    if (left >= 0) ::close(left);
}

void CutWire::work() {
    std::list<Line> lines;
    for (;;) {
        std::vector<pollfd> waiting{{stop_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
        for (const Line& line : lines) {
            waiting.push_back({line.client, POLLIN, 0});
            waiting.push_back({line.to_server, POLLIN, 0});
        }
        ::poll(waiting.data(), waiting.size(), -1);
        if (waiting[0].revents != 0) return;
        const auto ready = [&](int descriptor) {
            return std::any_of(waiting.begin(), waiting.end(),
                               [&](const pollfd& one) { return one.fd == descriptor && one.revents != 0; });
        };
        lines.remove_if([&](Line& line) {
            return (ready(line.client) && !hear_client(line)) || (ready(line.to_server) && !hear_server(line));
        });
        if (ready(listener_)) lines.emplace_back(::accept(listener_, nullptr, nullptr), server_);
    }
}

// False when the line is cut.
bool CutWire::hear_client(Line& line) {
    const std::string bytes = receive(line.client);
    switch (has_commit(bytes) ? cut_.exchange(Cut::never) : Cut::never) {
        case Cut::before_commit:
            return false;
        case Cut::on_one_side:
            left_ = std::exchange(line.to_server, -1);
            return false;
        case Cut::after_commit:
            line.deaf = true;
            break;
        case Cut::never:
            break;
    }
    return !bytes.empty() && send(line.to_server, bytes);
}

bool CutWire::hear_server(Line& line) {
    const std::string bytes = receive(line.to_server);
    // Once the server has done what it was asked, the client may come back and look.
    if (line.deaf) return !bytes.empty() && !has_commit(bytes);
    return !bytes.empty() && send(line.client, bytes);
}

}  // namespace kelisim::store_postgres::test
