// SPDX-License-Identifier: Apache-2.0
// For the tests of this library: a peer that sends exactly the bytes it is told, and a server with its parts.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "http/server.hpp"

namespace kelisim::http::testing {

using namespace std::chrono_literals;

// The decimal number that begins there; 0 when there is none.
inline std::size_t number_at(std::string_view text, std::size_t begin) {
    std::size_t number = 0;
    for (const char c : text.substr(begin)) {
        if (c < '0' || c > '9') break;
        number = number * 10 + static_cast<std::size_t>(c - '0');
    }
    return number;
}

// A blocking socket on loopback that waits at most `patience` for anything.
class RawPeer {
public:
    explicit RawPeer(int descriptor) : descriptor_(descriptor) {}
    static RawPeer connect(std::uint16_t port) {
        const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error("connect");
        return RawPeer(descriptor);
    }
    RawPeer(RawPeer&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    RawPeer& operator=(RawPeer&&) = delete;
    ~RawPeer() { close(); }

    void send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;  // the peer has closed; the test looks at what it answered
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    void finish_sending() const { ::shutdown(descriptor_, SHUT_WR); }
    void close() {
        if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
    }
    // Closes with a reset instead of an orderly end.
    void reset() {
        const linger hard{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        close();
    }

    // Some more bytes; empty at the end of the connection or when nothing came in time.
    std::string some(std::chrono::milliseconds patience = 3s) {
        const timeval wait{.tv_sec = patience / 1s, .tv_usec = patience % 1s / 1us};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
        std::string bytes(65536, '\0');
        const auto got = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
        ended_ = got == 0 || (got < 0 && errno != EAGAIN);
        reset_ = got < 0 && errno == ECONNRESET;
        bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return bytes;
    }
    std::string until_closed(std::chrono::milliseconds patience = 3s) {
        std::string all;
        for (std::string part = some(patience); !part.empty(); part = some(patience))
            all += part;
        return all;
    }
    // The next `count` responses with Content-Length (or without body); fewer when the connection ends.
    std::string responses(int count, std::chrono::milliseconds patience = 3s) {
        std::string taken;
        for (int i = 0; i < count; ++i) {
            std::size_t whole = 0;
            while ((whole = response_bytes(pending_)) == 0) {
                const std::string more = some(patience);
                if (more.empty()) return taken + std::exchange(pending_, {});
                pending_ += more;
            }
            taken += pending_.substr(0, whole);
            pending_.erase(0, whole);
        }
        return taken;
    }
    // Whether the server has closed; waits for it.
    bool closed(std::chrono::milliseconds patience = 3s) {
        while (!some(patience).empty()) {
        }
        return ended_;
    }

    bool was_reset() const { return reset_; }

private:
    static std::size_t response_bytes(const std::string& bytes) {
        const auto end = bytes.find("\r\n\r\n");
        if (end == std::string::npos) return 0;
        const auto length = bytes.find("Content-Length: ");
        const std::size_t body = length < end ? number_at(bytes, length + 16) : 0;
        return bytes.size() >= end + 4 + body ? end + 4 + body : 0;
    }

    int descriptor_;
    bool ended_ = false;
    bool reset_ = false;
    std::string pending_;
};

class RecordingObserver final : public Observer {
public:
    void finished(const Finished& exchange) noexcept override {
        const std::lock_guard lock(mutex_);
        finished_.push_back(exchange.request.method + " " + std::string(exchange.pattern) + " " +
                            std::to_string(exchange.status));
    }
    void accepting_failed(std::string_view) noexcept override {}
    void failed(const Request& request, std::exception_ptr failure) noexcept override {
        const std::lock_guard lock(mutex_);
        try {
            std::rethrow_exception(failure);
        } catch (const std::exception& e) {
            failed_.push_back(request.id.substr(0, 32) + " " + e.what());
        } catch (...) {
            failed_.push_back("unknown");
        }
    }
    void handshake_ended(HandshakeEnd end, std::string_view) noexcept override {
        const std::lock_guard lock(mutex_);
        handshakes_.push_back(end);
    }
    std::vector<HandshakeEnd> handshakes() {
        const std::lock_guard lock(mutex_);
        return handshakes_;
    }
    std::vector<std::string> finished_exchanges() {
        const std::lock_guard lock(mutex_);
        return finished_;
    }
    std::vector<std::string> failures() {
        const std::lock_guard lock(mutex_);
        return failed_;
    }

private:
    std::mutex mutex_;
    std::vector<std::string> finished_;
    std::vector<std::string> failed_;
    std::vector<HandshakeEnd> handshakes_;
};

inline int status_of(std::string_view response) {
    return response.size() > 12 ? static_cast<int>(number_at(response, 9)) : 0;
}

// Waits for what happens on another thread.
template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds patience = 3s) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(1ms);  // tidy-allow(sleep): the event is on another thread, and tells nobody
    }
    return true;
}

}  // namespace kelisim::http::testing
