// SPDX-License-Identifier: Apache-2.0
#include "session.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <limits>
#include <utility>

#include "ascii.hpp"
#include "http/uri.hpp"
#include "transport.hpp"

namespace kelisim::http {

namespace asio = boost::asio;
namespace bh = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::size_t first_room = 2048;  // a usual request; an idle connection costs no more
constexpr std::size_t body_room = 16 * 1024;
constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::size_t all_of_it = std::numeric_limits<std::size_t>::max();
constexpr std::string_view retry_after_seconds = "1";

void append_hex(std::string& out, std::uint64_t number) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (int shift = 60; shift >= 0; shift -= 4)
        out += digits[(number >> static_cast<unsigned>(shift)) & 15U];
}

}  // namespace

void Shared::enter() {
    const std::lock_guard lock(mutex_);
    ++connections_;
}

void Shared::leave() {
    const std::lock_guard lock(mutex_);
    if (--connections_ == 0) ended_.notify_all();
}

std::size_t Shared::connections() const {
    const std::lock_guard lock(mutex_);
    return connections_;
}

bool Shared::wait_for_end(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return ended_.wait_for(lock, time, [this] { return connections_ == 0; });
}

void Shared::wait_for_end() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return connections_ == 0; });
}

Session::Session(std::shared_ptr<Shared> shared, std::shared_ptr<Lane> lane, std::string remote)
    : shared_(std::move(shared)), lane_(std::move(lane)), remote_(std::move(remote)) {
    shared_->enter();
}

Session::~Session() {
    shared_->leave();
}

asio::awaitable<void> Session::run(std::unique_ptr<Session> self) {
    Lane& lane = *self->lane_;
    lane.sessions.insert(self.get());
    lane.worker.watchdog.add(*self);
    // The boundary of one connection: whatever goes wrong in it ends it, and it alone.
    try {
        if (!self->shared_->stopping) co_await self->serve();
    } catch (...) {
        self->shared_->parts.observer.failed(self->request_, std::current_exception());
    }
    self->end_handling();
    self->response_ =
        {};  // before the server is told that the connection has ended: what it is made of may need the server's parts
    lane.worker.watchdog.remove(*self);
    lane.sessions.erase(self.get());
}

void Session::enter(Stage stage, std::chrono::milliseconds time) {
    stage_ = stage;
    overdue_ = false;
    due = std::chrono::steady_clock::now() + time;
}

void Session::begin_request() {
    request_.method.clear();
    request_.target.clear();
    request_.headers.clear();
    request_.parameters.clear();
    // A rare large body is not kept for the life of the connection.
    if (request_.body.capacity() > body_room) request_.body = {};
    request_.body.clear();
    request_.content = nullptr;
    request_.remote = remote_;
    request_.deadline = std::chrono::steady_clock::time_point::max();
    request_.id.clear();
    response_ = {};
    scan_.emplace(HeaderScan::Kind::request);
    parser_.reset();
    route_ = nullptr;
    fault_.reset();
    allowed_.clear();
    keep_alive_ = false;
    unread_ = true;
    blank_line_skipped_ = false;
    if (begin_ == end_) begin_ = end_ = 0;
    if (!pending().empty()) begin_header();
}

void Session::begin_header() {
    enter(Stage::header, shared_->options.header_deadline);
    began_ = due - shared_->options.header_deadline;
    request_.received = shared_->parts.clock.now();
}

// Where the next bytes go: behind those that are not consumed, which are moved to the front when they are in the way.
asio::mutable_buffer Session::room() {
    if (end_ == in_.size() && begin_ > 0) {
        std::memmove(in_.data(), in_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    const std::size_t wanted = stage_ == Stage::body ? body_room : first_room;
    if (end_ == in_.size()) in_.resize(std::max(wanted, 2 * in_.size()));
    return asio::buffer(in_) + end_;
}

Session::Step Session::received(const error_code& error, std::size_t bytes) {
    if (overdue_) {
        if (stage_ == Stage::idle) return Step::close;
        return refuse(408, request_timeout);
    }
    if (error) return Step::close;  // the peer has gone, or we are stopping
    end_ += bytes;
    if (stage_ == Stage::idle) begin_header();
    return advance();
}

Session::Step Session::advance() {
    if (pending().empty()) return Step::read;
    if (!parser_) return advance_header();
    if (request_.content != nullptr) return advance_body(piece_bytes);
    const Step step = advance_body(all_of_it);
    return step == Step::handle ? ready() : step;
}

Session::Step Session::advance_header() {
    // "A server that is expecting to receive and parse a request-line SHOULD ignore at least one empty line (CRLF)
    // received prior to the request-line" (RFC 9112 2.2).
    if (!blank_line_skipped_ && scan_->size() == 0) {
        if (pending() == "\r") return Step::read;
        blank_line_skipped_ = true;
        if (pending().starts_with("\r\n")) begin_ += 2;
    }
    const auto& options = shared_->options;
    const auto state = scan_->scan(pending().substr(0, options.header_bytes_max));
    if (state == HeaderScan::State::malformed) return refuse(400, request_malformed);
    if (state == HeaderScan::State::incomplete) {
        if (pending().size() < options.header_bytes_max) return Step::read;
        const bool in_target = pending().substr(0, options.target_bytes_max).find('\r') == std::string_view::npos;
        return in_target ? refuse(414, target_too_long) : refuse(431, header_too_large);
    }
    parser_.emplace(request_, MessageLimits{options.header_fields_max, 0});
    error_code error;
    begin_ += parser_->put(asio::buffer(pending().substr(0, scan_->size())), error);
    if (error) return refuse_broken(error);
    if (!parser_->is_header_done()) return refuse(400, request_malformed);
    return header_done();
}

Session::Step Session::header_done() {
    trace();
    // "A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request message that lacks a Host
    // header field and to any request message that contains more than one" (RFC 9112 3.2).
    const std::size_t hosts = request_.headers.times("host");
    if (hosts > 1 || (hosts == 0 && parser_->version() >= 11)) return refuse(400, request_malformed);
    if (const Step step = accept_target(); step != Step::read) return step;
    auto match = shared_->routes.match(request_.method, request_.path(), request_.parameters);
    if (match.route == nullptr) {
        allowed_ = std::move(match.allowed);
        return allowed_.empty() ? refuse(404, route_not_found) : refuse(405, method_not_allowed);
    }
    route_ = match.route;
    const bool as_it_comes = route_->reads_content && route_->reads_content(request_);
    const std::size_t most = as_it_comes ? route_->limits.content_bytes_max : route_->limits.body_bytes_max;
    if (parser_->content_length().value_or(0) > most) return refuse(413, body_too_large);
    parser_->body_bytes_max(most);
    if (const Step step = accept_expectation(); step != Step::read) return step;
    if (as_it_comes) request_.content = &content();
    if (parser_->is_done() || as_it_comes) return ready();
    enter(Stage::body, shared_->options.body_deadline);
    return advance();
}

Session::Step Session::accept_target() {
    std::string& target = request_.target;
    if (target.size() > shared_->options.target_bytes_max) return refuse(414, target_too_long);
    // "a server MUST accept the absolute-form in requests" (RFC 9112 3.2.2). We serve one authority only.
    constexpr std::string_view scheme = "http://";
    if (target.size() > scheme.size() && same_name(std::string_view(target).substr(0, scheme.size()), scheme)) {
        const auto path = target.find_first_of("/?", scheme.size());
        target = path == std::string::npos ? "/" : (target[path] == '?' ? "/" : "") + target.substr(path);
    }
    const bool fragment = target.find('#') != std::string::npos;
    const bool asterisk = target == "*" && request_.method == "OPTIONS";
    if (fragment || (!asterisk && !unambiguous_path(request_.path()))) return refuse(400, request_malformed);
    return Step::read;
}

Session::Step Session::accept_expectation() {
    const auto expect = request_.headers.first("expect");
    if (!expect || parser_->version() < 11) return Step::read;
    if (!same_name(*expect, "100-continue")) return refuse(417, expectation_failed);
    if (parser_->is_done() || !pending().empty()) return Step::read;  // the body is on its way already
    constexpr std::string_view proceed = "HTTP/1.1 100 Continue\r\n\r\n";
    // A peer that leaves no room for 25 bytes reads nothing of what we sent before.
    return write_interim(proceed) ? Step::read : Step::close;
}

Session::Step Session::advance_body(std::size_t enough) {
    while (!parser_->is_done() && request_.body.size() < enough) {
        if (pending().empty()) return Step::read;
        error_code error;
        const std::size_t used = parser_->put(asio::buffer(pending()), error);
        begin_ += used;
        if (error == bh::error::need_more) {
            // A chunk header or trailer that fills the whole room.
            return pending().size() < body_room ? Step::read : refuse(400, request_malformed);
        }
        if (error) return refuse_broken(error);
    }
    unread_ = !parser_->is_done();
    return Step::handle;
}

// As much of the request is here as its endpoint wants to be there.
Session::Step Session::ready() {
    unread_ = !parser_->is_done();
    keep_alive_ = parser_->keep_alive() && !shared_->stopping.load(std::memory_order_relaxed);
    in_flight_ = true;
    if (shared_->in_flight.fetch_add(1, std::memory_order_relaxed) >= shared_->options.in_flight_max) {
        end_handling();
        return refuse(503, service_unavailable);
    }
    enter(Stage::handling, route_->limits.deadline);
    request_.deadline = due;
    content_due_ = std::chrono::steady_clock::now() + route_->limits.content_deadline;
    return Step::handle;
}

// Not more than a piece's time, and not beyond that of the content.
void Session::enter_piece() {
    request_.body.clear();
    enter(Stage::body, shared_->options.piece_deadline);
    due = std::min(due, content_due_);
}

void Session::end_handling() noexcept {
    if (std::exchange(in_flight_, false)) shared_->in_flight.fetch_sub(1, std::memory_order_relaxed);
}

Session::Step Session::refuse(int status, const base::Reason& reason) {
    if (request_.id.empty()) trace();
    fault_ = Fault{status, &reason};
    if (parser_ && parser_->is_header_done() && parser_->is_done() && unread_) {
        // Nothing is wrong with the message itself: the connection stays in step.
        unread_ = false;
        keep_alive_ = (status == 404 || status == 405) && parser_->keep_alive() &&
                      !shared_->stopping.load(std::memory_order_relaxed);
    }
    return Step::refuse;
}

Session::Step Session::refuse_broken(const error_code& error) {
    if (error == bh::error::body_limit) return refuse(413, body_too_large);
    if (error == bh::error::header_limit) return refuse(431, header_too_large);
    return refuse(400, request_malformed);
}

void Session::trace() {
    Trace& trace = request_.trace;
    const auto given = request_.headers.once("traceparent");
    auto parsed = given ? parse_traceparent(*given) : std::nullopt;
    if (parsed) {
        trace = std::move(*parsed);
    } else {
        trace.trace_id.clear();
        append_hex(trace.trace_id, lane_->ids() | 1U);  // all zero is invalid (Trace Context 3.2.2.3)
        append_hex(trace.trace_id, lane_->ids());
        trace.parent_id.clear();
        trace.sampled = false;
    }
    trace.span_id.clear();
    append_hex(trace.span_id, lane_->ids() | 1U);
    request_.id = trace.trace_id;
    request_.id += '-';
    request_.id += trace.span_id;
}

Response Session::page(int status, const base::Reason& reason) {
    Response response;
    try {
        const bool own = route_ != nullptr && route_->error_page;
        response = (own ? route_->error_page : shared_->parts.error_page)(status, reason, request_);
    } catch (...) {
        shared_->parts.observer.failed(request_, std::current_exception());
        response = plain_error_page(status, reason, request_);
    }
    if (status == 405) response.headers.push_back({"Allow", allowed_});
    if (status == 503) response.headers.push_back({"Retry-After", std::string(retry_after_seconds)});
    return response;
}

Response Session::failed(const std::exception_ptr& failure) {
    shared_->parts.observer.failed(request_, failure);
    try {
        std::rethrow_exception(failure);
    } catch (const base::Outage&) {
        return page(503, service_unavailable);
    } catch (...) {
        return page(500, internal_error);
    }
}

void Session::prepare(Response response) {
    response_ = std::move(response);
    if (request_.method == "HEAD") response_.content.reset();
    // Then the end of the connection is the end of the content.
    const bool framed = !response_.content || response_.content->length() || parser_->version() >= 11;
    keep_alive_ = keep_alive_ && framed;
    const auto write = [this] {
        head_.clear();
        write_head(head_, response_,
                   {.date = lane_->date.at(shared_->parts.clock.now()),
                    .request_id = request_.id,
                    .version = parser_ ? parser_->version() : 11,
                    .connection = keep_alive_ ? Connection::keep_alive : Connection::close});
    };
    try {
        write();
    } catch (const std::logic_error&) {
        response_ = failed(std::current_exception());
        write();
    }
}

asio::const_buffer Session::body_buffer() const {
    return request_.method == "HEAD" ? asio::const_buffer{} : asio::buffer(response_.body);
}

std::size_t Session::to_write() const {
    return head_.size() + body_buffer().size();
}

void Session::finished(int status) {
    shared_->parts.observer.finished({.request = request_,
                                      .pattern = route_ == nullptr ? std::string_view{} : route_->pattern,
                                      .status = status,
                                      .duration = std::chrono::steady_clock::now() - began_});
}

namespace {

// A place among the handshakes under way, given back when it ends.
class HandshakePlace {
public:
    explicit HandshakePlace(Shared& shared)
        : shared_(shared), free_(shared.handshakes.fetch_add(1) < shared.options.handshakes_max) {}
    ~HandshakePlace() { shared_.handshakes.fetch_sub(1); }
    HandshakePlace(const HandshakePlace&) = delete;
    HandshakePlace& operator=(const HandshakePlace&) = delete;

    bool free() const { return free_; }

private:
    Shared& shared_;
    const bool free_;
};

template <class Transport>
class SessionOver final : public Session {
public:
    SessionOver(std::shared_ptr<Shared> shared, std::shared_ptr<Lane> lane, Socket socket, std::string remote)
        : Session(std::move(shared), std::move(lane), std::move(remote)),
          transport_(std::move(socket), shared_->parts.tls) {}

    void finish_soon() override;
    void abort() override;

private:
    // What the endpoint reads as it comes.
    class Incoming final : public Content {
    public:
        explicit Incoming(SessionOver& session) : session_(session) {}
        asio::awaitable<std::optional<std::string_view>> next() override { return session_.next_piece(); }
        std::optional<std::uint64_t> length() const override {
            const auto declared = session_.parser_->content_length();
            return declared ? std::optional<std::uint64_t>(*declared) : std::nullopt;
        }

    private:
        SessionOver& session_;
    };

    boost::asio::awaitable<void> serve() override;
    Content& content() override { return incoming_; }
    boost::asio::awaitable<std::optional<std::string_view>> next_piece();
    boost::asio::awaitable<void> write_content();
    boost::asio::awaitable<bool> write_pieces(std::string_view before, std::string_view bytes);
    boost::asio::awaitable<bool> shake_hands();
    boost::asio::awaitable<void> write_rest(std::size_t written);
    boost::asio::awaitable<void> linger();
    bool write_interim(std::string_view bytes) override;
    std::size_t write_now();

    void overdue() noexcept override;
    void answer_overdue() noexcept;
    void break_off();
    void give_up();

    Socket& socket() { return transport_.socket(); }

    Transport transport_;
    Incoming incoming_{*this};
};

template <class Transport>
asio::awaitable<void> SessionOver<Transport>::serve() {
    error_code error;
    // Answers are written whole: waiting for more to send (Nagle) would only delay them.
    socket().set_option(asio::ip::tcp::no_delay(true));
    socket().non_blocking(true);
    if constexpr (Transport::has_handshake) {
        if (!co_await shake_hands()) co_return;
    }
    enter(Stage::idle, shared_->options.header_deadline);
    do {
        begin_request();
        Step step = advance();
        while (step == Step::read) {
            const std::size_t bytes = co_await transport_.read_some(room(), error);
            step = received(error, bytes);
        }
        if (step == Step::close) co_return;
        Response response;
        if (step == Step::handle) {
            std::exception_ptr failure;
            try {
                response = co_await route_->endpoint(request_);
            } catch (...) {
                failure = std::current_exception();
            }
            end_handling();
            keep_alive_ = keep_alive_ && !unread_ && !shared_->stopping.load(std::memory_order_relaxed);
            if (failure) response = failed(failure);
            if (abandoned_ || gone_) co_return;
            // What is wrong with the content is wrong with the request, whatever the endpoint made of it.
            if (fault_) response = page(fault_->status, *fault_->reason);
        } else {
            response = page(fault_->status, *fault_->reason);
        }
        prepare(std::move(response));
        const std::size_t written = write_now();
        if (written < to_write()) co_await write_rest(written);
        if (response_.content) co_await write_content();
        finished(response_.status);
        if (keep_alive_) enter(Stage::idle, shared_->options.idle_deadline);
    } while (keep_alive_);
    if (unread_) co_await linger();
}

// At least so much of the content as makes a piece, or the end of it.
template <class Transport>
asio::awaitable<std::optional<std::string_view>> SessionOver<Transport>::next_piece() {
    if (abandoned_ || gone_ || fault_) co_return std::nullopt;
    enter_piece();
    Step step = advance_body(piece_bytes);
    while (step == Step::read) {
        error_code error;
        const std::size_t bytes = co_await transport_.read_some(room(), error);
        step = received(error, bytes);
    }
    enter(Stage::handling, route_->limits.deadline);
    request_.deadline = due;
    gone_ = step == Step::close;
    if (step != Step::handle) co_return std::nullopt;
    co_return request_.body;
}

template <class Transport>
asio::awaitable<void> SessionOver<Transport>::write_content() {
    const std::shared_ptr<Content> content = std::exchange(response_.content, nullptr);
    const bool none = response_.status == 204 || response_.status == 304;  // whatever it is made of
    const bool chunked = !none && !content->length() && parser_->version() >= 11;
    Chunks chunks;
    std::uint64_t left = none ? 0 : content->length().value_or(std::numeric_limits<std::uint64_t>::max());
    for (;;) {
        enter(Stage::producing, route_->limits.deadline);
        std::optional<std::string_view> piece;
        try {
            piece = co_await content->next();
        } catch (...) {
            shared_->parts.observer.failed(request_, std::current_exception());
        }
        const bool last = piece && piece->empty();
        const bool short_of = last && content->length() && left > 0;
        if (!piece || abandoned_ || short_of || piece->size() > left) co_return break_off();
        left -= piece->size();
        if (last && !chunked) co_return;
        std::string_view frame;
        if (chunked) frame = last ? chunks.end() : chunks.before(piece->size());
        const bool went = co_await write_pieces(frame, *piece);
        if (!went || last) co_return;
    }
}

template <class Transport>
asio::awaitable<bool> SessionOver<Transport>::write_pieces(std::string_view before, std::string_view bytes) {
    enter(Stage::writing, shared_->options.piece_deadline);
    error_code error;
    co_await transport_.write_all(Pieces{asio::buffer(before), asio::buffer(bytes)}, error);
    if (error) give_up();
    co_return !error;
}

// The peer must not take what it has for all of it, not even where the end of the connection is the end of the content: a reset is none.
template <class Transport>
void SessionOver<Transport>::break_off() {
    error_code ignored;
    socket().set_option(asio::socket_base::linger(true, 0), ignored);
    give_up();
}

template <class Transport>
asio::awaitable<bool> SessionOver<Transport>::shake_hands() {
    Observer& observer = shared_->parts.observer;
    const HandshakePlace place(*shared_);
    if (!place.free()) {
        observer.handshake_ended(HandshakeEnd::too_many, "");
        co_return false;
    }
    enter(Stage::handshake, shared_->options.handshake_deadline);
    TlsChannel& channel = transport_.channel();
    error_code error;
    co_await channel.handshake(error);
    if (overdue_) {
        observer.handshake_ended(HandshakeEnd::late, "");
    } else if (error) {
        observer.handshake_ended(channel.failure(), channel.why());
    } else {
        observer.handshake_ended(HandshakeEnd::done, "");
        request_.certificate = channel.peer_certificate();
    }
    co_return !error && !overdue_;
}

template <class Transport>
asio::awaitable<void> SessionOver<Transport>::write_rest(std::size_t written) {
    enter(Stage::writing, shared_->options.write_deadline);
    const asio::const_buffer head = asio::buffer(head_) + written;
    const asio::const_buffer body = body_buffer() + (written - std::min(written, head_.size()));
    error_code error;
    co_await transport_.write_all(Pieces{head, body}, error);
    if (error) give_up();
}

// "If a server performs an immediate close of a TCP connection, there is a significant risk that the client will not be
// able to read the last HTTP response" (RFC 9112 9.6): what the client still sends would reset the connection.
template <class Transport>
asio::awaitable<void> SessionOver<Transport>::linger() {
    constexpr std::size_t bytes_max = 1024 * 1024;
    enter(Stage::lingering, shared_->options.linger_deadline);
    error_code error;
    transport_.end();
    socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
    for (std::size_t dropped = 0; !error && !overdue_ && dropped < bytes_max;) {
        dropped +=
            co_await socket().async_read_some(asio::buffer(in_), asio::redirect_error(asio::use_awaitable, error));
    }
}

template <class Transport>
void SessionOver<Transport>::overdue() noexcept {
    overdue_ = true;
    switch (stage_) {
        case Stage::handshake:
        case Stage::idle:
        case Stage::header:
        case Stage::body:
        case Stage::lingering:
            transport_.cancel();
            break;
        case Stage::handling:
            answer_overdue();
            break;
        case Stage::producing:
            abort();
            break;
        case Stage::writing:
            give_up();
            break;
    }
}

// The handler goes on, since what it waits for cannot be undone; its answer will be dropped.
template <class Transport>
void SessionOver<Transport>::answer_overdue() noexcept {
    keep_alive_ = false;
    try {
        prepare(page(503, deadline_exceeded));
        // Nothing was being written, so that these few bytes fit into the socket's buffer, or the connection is dead.
        write_now();
        finished(503);
    } catch (...) {
        shared_->parts.observer.failed(request_, std::current_exception());
    }
    abort();
}

template <class Transport>
void SessionOver<Transport>::finish_soon() {
    if (stage_ == Stage::idle || stage_ == Stage::handshake) transport_.cancel();
}

template <class Transport>
void SessionOver<Transport>::abort() {
    abandoned_ = true;
    give_up();
}

template <class Transport>
void SessionOver<Transport>::give_up() {
    keep_alive_ = false;
    unread_ = false;
    error_code ignored;  // closing is all that is left to do
    socket().close(ignored);
}

// One system call, which nearly always takes everything; whatever is left goes to write_rest. Returns what was written,
// or to_write() when there is nobody left to write to.
template <class Transport>
std::size_t SessionOver<Transport>::write_now() {
    error_code error;
    const std::size_t written =
        transport_.write_some(Pieces{asio::const_buffer(asio::buffer(head_)), body_buffer()}, error);
    if (!error) return written;
    if (error == asio::error::would_block) return 0;
    give_up();
    return to_write();
}

template <class Transport>
bool SessionOver<Transport>::write_interim(std::string_view bytes) {
    error_code error;
    return transport_.write_some(Pieces{asio::buffer(bytes), asio::const_buffer{}}, error) == bytes.size() && !error;
}

}  // namespace

std::unique_ptr<Session> Session::make(std::shared_ptr<Shared> shared, std::shared_ptr<Lane> lane, Socket socket,
                                       std::string remote) {
    if (shared->parts.tls == nullptr) {
        return std::make_unique<SessionOver<PlainTransport>>(std::move(shared), std::move(lane), std::move(socket),
                                                             std::move(remote));
    }
    return std::make_unique<SessionOver<TlsTransport>>(std::move(shared), std::move(lane), std::move(socket),
                                                       std::move(remote));
}

}  // namespace kelisim::http
