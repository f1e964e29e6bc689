// SPDX-License-Identifier: Apache-2.0
#include "http/client.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/error.hpp>
#include <future>
#include <limits>
#include <map>
#include <optional>
#include <stdexcept>

#include "ascii.hpp"
#include "head.hpp"
#include "link.hpp"
#include "parser.hpp"
#include "worker.hpp"

namespace kelisim::http {

namespace asio = boost::asio;
namespace bh = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using SteadyTime = std::chrono::steady_clock::time_point;

namespace {

constexpr std::size_t first_room = 4096;
constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::size_t all_of_it = std::numeric_limits<std::size_t>::max();
constexpr int interim_answers_max = 8;  // 100, 103: nobody sends more of them in good faith

// What connections are kept for.
std::string lane_of(const Authority& upstream) {
    return (upstream.tls ? "https://" : "http://") + host_of(upstream);
}

// The fields that a Connection field names (RFC 9110 7.6.1).
template <class Fields>
std::vector<std::string> named_by_connection(const Fields& fields) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (!same_name(fields[i].name, "connection")) continue;
        std::string_view rest = fields[i].value;
        while (!rest.empty())
            names.emplace_back(trim(take_until(rest, ',')));
    }
    return names;
}

bool is_forwarded(std::string_view name, const std::vector<std::string>& dropped) {
    return !is_hop_by_hop(name) &&
           std::none_of(dropped.begin(), dropped.end(), [&](const auto& one) { return same_name(one, name); });
}

void require(bool fine, const char* what) {
    if (!fine) throw std::invalid_argument(what);
}

// `content`: null where the body is the request's own.
std::string write_request_head(const Outgoing& request, const Content* content) {
    require(!request.method.empty() && std::all_of(request.method.begin(), request.method.end(), is_token_char),
            "the method is not a token");
    const bool visible =
        std::all_of(request.target.begin(), request.target.end(), [](char c) { return c > ' ' && c < 0x7f; });
    require(visible && request.target.starts_with('/'), "the target is not in origin form");
    std::string head =
        request.method + " " + request.target + " HTTP/1.1\r\nHost: " + host_of(request.upstream) + "\r\n";
    const auto dropped = named_by_connection(request.headers);
    for (const auto& [name, value] : request.headers) {
        require(valid_field(name, value), "a header field holds control characters");
        const bool own = same_name(name, "host") || same_name(name, "content-length") || same_name(name, "expect");
        if (!own && is_forwarded(name, dropped)) head += name + ": " + value + "\r\n";
    }
    // "A user agent SHOULD send Content-Length in a request when the method defines a meaning for enclosed content"
    // (RFC 9110 8.6).
    const auto length = content == nullptr ? request.body.size() : content->length();
    const bool has_content = length != 0U || (request.method != "GET" && request.method != "HEAD");
    if (!length)
        head += "Transfer-Encoding: chunked\r\n";
    else if (has_content)
        head += "Content-Length: " + std::to_string(*length) + "\r\n";
    head += "\r\n";
    return head;
}

Headers end_to_end(const Headers& headers) {
    const auto dropped = named_by_connection(headers);
    Headers kept;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        if (is_forwarded(headers[i].name, dropped)) kept.add(headers[i].name, headers[i].value);
    }
    return kept;
}

using Endpoints = std::vector<tcp::endpoint>;

// getaddrinfo cannot be interrupted: at the deadline it is left to end alone.
struct Resolving {
    explicit Resolving(Worker& worker) : resolver(worker.context), timer(worker.context) {}
    asio::ip::basic_resolver<tcp, asio::io_context::executor_type> resolver;
    asio::steady_timer timer;
    Endpoints found;
};

asio::awaitable<Endpoints> resolve(Worker& worker, Authority upstream, SteadyTime deadline) {
    error_code error;
    const auto numeric = asio::ip::make_address(upstream.host, error);
    if (!error) co_return Endpoints{{numeric, upstream.port}};
    auto state = std::make_shared<Resolving>(worker);
    state->timer.expires_at(deadline);
    state->resolver.async_resolve(upstream.host, std::to_string(upstream.port),
                                  [state](const error_code& failed, const auto& results) {
                                      if (!failed) {
                                          for (const auto& result : results)
                                              state->found.push_back(result.endpoint());
                                      }
                                      state->timer.cancel();
                                  });
    co_await state->timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    co_return state->found;
}

}  // namespace

struct Client::Lane {
    explicit Lane(Worker& runs_on) : worker(runs_on) {}
    Worker& worker;
    std::map<std::string, Pool> pools;  // by host and port; as many as upstreams are configured
};

namespace {

// One request on its way, from the place in the pool to the answer.
class Attempt {
public:
    Attempt(Worker& worker, const Outgoing& request, const std::string& head, SteadyTime deadline, const ClientTls* tls)
        : worker_(worker), request_(request), head_(head), deadline_(deadline), tls_(tls) {}

    // Null when there is no connection; then why() says it.
    asio::awaitable<std::unique_ptr<Link>> connect();
    const std::string& why() const { return why_; }
    Step step() const { return step_; }

    enum class Sent { nothing, something, everything };
    // Nothing where everything went.
    static std::optional<Failure> unsent(Sent sent);
    // The head and the body of the request.
    asio::awaitable<Sent> send(Link& link);
    // After send(): its content. Nothing when all of it went.
    asio::awaitable<std::optional<Failure>> send(Link& link, Content& content);
    asio::awaitable<Outcome> receive(Link& link);
    // The head of an answer; then, piece by piece, its content: take_piece(). Nothing when it is there.
    asio::awaitable<std::optional<Failure>> receive_head(Link& link);
    asio::awaitable<std::optional<Failure>> receive_piece(Link& link);
    AnswerHead take_head();
    std::string take_piece() { return std::exchange(answer_.body, {}); }
    std::optional<std::uint64_t> content_length() const;
    bool ended() const { return parser_->is_done(); }
    bool reusable() const { return reusable_; }

private:
    // Whether the other side is whom the request is for.
    asio::awaitable<bool> shake_hands(Link& link);
    Failure lost(const Link& link, std::string_view where) const;
    asio::awaitable<std::optional<Failure>> receive(Link& link, std::size_t enough);
    std::optional<Failure> parse(Link& link, std::size_t enough);
    std::optional<Failure> parse_header(Link& link);
    bool has(std::size_t enough) const { return parser_ && (parser_->is_done() || answer_.body.size() >= enough); }
    std::string_view pending(const Link& link) const { return std::string_view(link.in).substr(link.begin); }
    void next_answer();            // after an interim one
    void next_answer(Link& link);  // on a connection that has none under way

    Worker& worker_;
    const Outgoing& request_;
    const std::string& head_;
    SteadyTime deadline_;
    const ClientTls* tls_;
    std::string why_ = "no connection";
    Step step_ = Step::connecting;

    Answer answer_;
    std::optional<HeaderScan> scan_;
    std::optional<AnswerParser> parser_;
    int interim_ = 0;
    bool reusable_ = false;
};

asio::awaitable<std::unique_ptr<Link>> Attempt::connect() {
    const auto endpoints = co_await resolve(worker_, request_.upstream, deadline_);
    if (endpoints.empty()) step_ = Step::resolving;
    auto link = std::make_unique<Link>(worker_);
    link->due = deadline_;
    for (const auto& endpoint : endpoints) {
        if (request_.reach == Reach::public_only && is_own_network(endpoint.address().to_string())) continue;
        error_code error;
        step_ = Step::connecting;
        link->close();  // of the attempt before
        if (link->timed_out) break;
        co_await link->socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, error));
        if (error || link->timed_out) continue;
        link->socket.set_option(tcp::no_delay(true), error);
        if (!error) link->socket.non_blocking(true, error);
        if (error) continue;
        if (!request_.upstream.tls || co_await shake_hands(*link)) co_return link;
    }
    co_return nullptr;
}

// Nothing of the request leaves before the other side has proved its name.
asio::awaitable<bool> Attempt::shake_hands(Link& link) {
    step_ = Step::handshake;
    if (tls_ == nullptr) {
        why_ = "no TLS";
        co_return false;
    }
    link.tls.emplace(link.socket, tls_->context(), TlsChannel::Side::client);
    link.tls->expect(request_.upstream);
    error_code error;
    co_await link.tls->handshake(error);
    if (!error && !link.timed_out) co_return true;
    why_ = link.timed_out ? "deadline in the TLS handshake" : "TLS: " + link.tls->why();
    link.tls.reset();
    co_return false;
}

asio::awaitable<Attempt::Sent> Attempt::send(Link& link) {
    const Pieces whole{asio::buffer(head_), asio::buffer(request_.body)};
    const std::size_t total = head_.size() + request_.body.size();
    error_code error;
    std::size_t sent = link.write_some(whole, error);
    if (error && error != asio::error::would_block) co_return Sent::nothing;
    if (sent < total) {
        const Pieces rest{whole[0] + sent, whole[1] + (sent - std::min(sent, head_.size()))};
        sent += co_await link.write_all(rest, error);
    }
    if (sent == total) co_return Sent::everything;
    co_return sent == 0 ? Sent::nothing : Sent::something;
}

std::optional<Failure> Attempt::unsent(Sent sent) {
    if (sent == Sent::nothing) return Failure{Lost::not_sent, "the connection took no byte", Step::connecting};
    if (sent == Sent::something) return Failure{Lost::no_answer, "the request left in part"};
    return std::nullopt;
}

asio::awaitable<std::optional<Failure>> Attempt::send(Link& link, Content& content) {
    const bool chunked = !content.length();
    Chunks chunks;
    for (;;) {
        link.due = SteadyTime::max();  // whoever makes the content has a time of its own
        const auto piece = co_await content.next();
        if (!piece) co_return Failure{Lost::no_answer, "the content of the request broke off", Step::sending};
        const bool last = piece->empty();
        if (last && !chunked) co_return std::nullopt;
        std::string_view frame;
        if (chunked) frame = last ? chunks.end() : chunks.before(piece->size());
        link.due = std::chrono::steady_clock::now() + request_.limits.piece_deadline;
        error_code error;
        co_await link.write_all(Pieces{asio::buffer(frame), asio::buffer(*piece)}, error);
        if (error) co_return lost(link, "before the whole request");
        if (last) co_return std::nullopt;
    }
}

Failure Attempt::lost(const Link& link, std::string_view where) const {
    return {Lost::no_answer, (link.timed_out ? "deadline " : "connection ended ") + std::string(where)};
}

void Attempt::next_answer(Link& link) {
    next_answer();
    link.in.clear();
    link.begin = 0;
}

void Attempt::next_answer() {
    answer_ = {};
    scan_.emplace(HeaderScan::Kind::response);
    parser_.reset();
}

asio::awaitable<Outcome> Attempt::receive(Link& link) {
    next_answer(link);
    if (auto failure = co_await receive(link, all_of_it)) co_return std::move(*failure);
    answer_.status = parser_->status();
    answer_.headers = end_to_end(answer_.headers);
    co_return std::move(answer_);
}

asio::awaitable<std::optional<Failure>> Attempt::receive_head(Link& link) {
    next_answer(link);
    return receive(link, 0);
}

asio::awaitable<std::optional<Failure>> Attempt::receive_piece(Link& link) {
    return receive(link, piece_bytes);
}

AnswerHead Attempt::take_head() {
    return {.status = parser_->status(), .headers = end_to_end(answer_.headers), .content = nullptr};
}

std::optional<std::uint64_t> Attempt::content_length() const {
    const auto declared = parser_->content_length();
    return declared ? std::optional<std::uint64_t>(*declared) : std::nullopt;
}

// Until the head is there and `enough` of the content, or all of it.
asio::awaitable<std::optional<Failure>> Attempt::receive(Link& link, std::size_t enough) {
    for (;;) {
        if (auto failure = parse(link, enough)) co_return failure;
        if (has(enough)) break;
        if (link.begin == link.in.size()) {
            link.in.clear();
            link.begin = 0;
        }
        const std::size_t before = link.in.size();
        link.in.resize(before + std::max(first_room, before));
        error_code error;
        const std::size_t bytes = co_await link.read_some(asio::buffer(link.in) + before, error);
        link.in.resize(before + bytes);
        if (link.timed_out) co_return lost(link, "before the whole answer");
        const bool ends_it = error == asio::error::eof && parser_ && parser_->need_eof();
        if (ends_it) parser_->put_eof(error);
        if (error) co_return lost(link, "before the whole answer");
    }
    // More than the answer: what it belongs to is anybody's guess.
    if (parser_->is_done()) reusable_ = parser_->keep_alive() && pending(link).empty();
    co_return std::nullopt;
}

std::optional<Failure> Attempt::parse(Link& link, std::size_t enough) {
    while (!pending(link).empty() && !has(enough)) {
        if (!parser_) {
            if (auto failure = parse_header(link)) return failure;
            if (!parser_ && scan_->size() > 0) return std::nullopt;
            continue;  // else an interim answer is behind us
        }
        error_code error;
        link.begin += parser_->put(asio::buffer(pending(link)), error);
        if (error == bh::error::need_more) {
            if (pending(link).size() < request_.limits.header_bytes_max) return std::nullopt;
            return Failure{Lost::bad_answer, "a chunk header without end"};
        }
        if (error == bh::error::body_limit) return Failure{Lost::bad_answer, "the body is over its limit"};
        if (error) return Failure{Lost::bad_answer, "the body is not HTTP"};
    }
    return std::nullopt;
}

// Nothing when the header is not whole yet, was that of an interim answer, or is the start of a body to come.
std::optional<Failure> Attempt::parse_header(Link& link) {
    const auto& limits = request_.limits;
    const auto state = scan_->scan(pending(link).substr(0, limits.header_bytes_max));
    if (state == HeaderScan::State::malformed) return Failure{Lost::bad_answer, "the header is not HTTP"};
    if (state == HeaderScan::State::incomplete) {
        if (pending(link).size() < limits.header_bytes_max) return std::nullopt;
        return Failure{Lost::bad_answer, "the header is over its limit"};
    }
    parser_.emplace(answer_.headers, answer_.body, MessageLimits{limits.header_fields_max, limits.body_bytes_max});
    if (request_.method == "HEAD") parser_->skip(true);
    error_code error;
    link.begin += parser_->put(asio::buffer(pending(link).substr(0, scan_->size())), error);
    if (error == bh::error::header_limit) return Failure{Lost::bad_answer, "more header fields than the limit"};
    if (error || !parser_->is_header_done()) return Failure{Lost::bad_answer, "the header is not HTTP"};
    if (parser_->content_length().value_or(0) > limits.body_bytes_max && request_.method != "HEAD")
        return Failure{Lost::bad_answer, "the body is over its limit"};
    if (parser_->status() >= 200) return std::nullopt;
    // "A client MUST be able to parse one or more 1xx responses received prior to a final response" (RFC 9110 15.2).
    // We ask for no upgrade, so that 101 is no answer to us.
    if (parser_->status() == 101 || ++interim_ > interim_answers_max)
        return Failure{Lost::bad_answer, "an interim answer that was not asked for"};
    next_answer();
    return std::nullopt;
}

}  // namespace

Client::Client(Workers& workers, const ClientOptions& options) : workers_(workers), options_(options) {
    for (std::size_t i = 0; i < workers.size(); ++i)
        lanes_.push_back(std::make_unique<Lane>(workers.worker(i)));
}

Client::~Client() {
    for (const auto& lane : lanes_) {
        std::promise<void> closed;
        asio::post(lane->worker.context, [&] {
            lane->pools.clear();
            closed.set_value();
        });
        closed.get_future().wait();
    }
}

Pool& Client::pool_of(Worker& worker, const Authority& upstream) {
    Lane& lane = **std::find_if(lanes_.begin(), lanes_.end(), [&](const auto& one) { return &one->worker == &worker; });
    const std::size_t links_max = std::max<std::size_t>(1, options_.connections_max / lanes_.size());
    return lane.pools.try_emplace(lane_of(upstream), worker, links_max, options_.waiting_max).first->second;
}

asio::awaitable<Outcome> Client::exchange(Outgoing request) {
    const SteadyTime deadline = std::chrono::steady_clock::now() + request.limits.deadline;
    const std::string head = write_request_head(request, nullptr);
    Worker& worker = workers_.worker_of(co_await asio::this_coro::executor);
    Pool& pool = pool_of(worker, request.upstream);

    const auto place = co_await pool.enter(deadline);
    if (!place) co_return Failure{Lost::not_sent, "no free connection in time", Step::waiting};
    Attempt attempt(worker, request, head, deadline, options_.tls);
    std::unique_ptr<Link> link = pool.take_idle();
    auto sent = Attempt::Sent::nothing;
    if (link) {
        link->due = deadline;
        sent = co_await attempt.send(*link);
    }
    // The other side had closed the kept connection before it took a byte, so that a fresh one repeats nothing.
    if (sent == Attempt::Sent::nothing) {
        link = co_await attempt.connect();
        if (!link) co_return Failure{Lost::not_sent, attempt.why(), attempt.step()};
        sent = co_await attempt.send(*link);
    }
    if (auto failure = Attempt::unsent(sent)) co_return std::move(*failure);
    Outcome outcome = co_await attempt.receive(*link);
    if (attempt.reusable() && !link->timed_out) pool.keep(std::move(link), options_.idle_max);
    co_return outcome;
}

namespace {

// A streamed exchange, from its place in the pool to the last piece of the answer.
class Stream final : public Content {
public:
    Stream(Worker& worker, Outgoing request, const Content* content, const ClientTls* tls)
        : request_(std::move(request)),
          head_(write_request_head(request_, content)),
          attempt_(worker, request_, head_, std::chrono::steady_clock::now() + request_.limits.deadline, tls) {}

    // The connection goes back to its pool with the last piece.
    asio::awaitable<std::optional<Failure>> begin(Pool& pool, std::chrono::milliseconds idle_max, Content* content);
    AnswerHead take_head() { return attempt_.take_head(); }

    asio::awaitable<std::optional<std::string_view>> next() override;
    std::optional<std::uint64_t> length() const override { return attempt_.content_length(); }

private:
    void leave_at_the_end();
    SteadyTime after(std::chrono::milliseconds time) const { return std::chrono::steady_clock::now() + time; }

    const Outgoing request_;
    const std::string head_;
    Attempt attempt_;
    Pool* pool_ = nullptr;
    std::chrono::milliseconds idle_max_{};
    std::optional<Pool::Place> place_;
    std::unique_ptr<Link> link_;
    std::string piece_;
    bool broke_off_ = false;
};

asio::awaitable<std::optional<Failure>> Stream::begin(Pool& pool, std::chrono::milliseconds idle_max,
                                                      Content* content) {
    pool_ = &pool;
    idle_max_ = idle_max;
    auto place = co_await pool.enter(after(request_.limits.deadline));
    if (!place) co_return Failure{Lost::not_sent, "no free connection in time", Step::waiting};
    place_.emplace(std::move(*place));
    // A fresh one: content that went into a connection which was closed meanwhile is gone, and cannot be sent again.
    link_ = co_await attempt_.connect();
    if (!link_) co_return Failure{Lost::not_sent, attempt_.why(), attempt_.step()};
    const auto sent = co_await attempt_.send(*link_);
    if (auto failure = Attempt::unsent(sent)) co_return failure;
    if (content != nullptr) {
        if (auto failure = co_await attempt_.send(*link_, *content)) co_return failure;
    }
    link_->due = after(request_.limits.deadline);
    if (auto failure = co_await attempt_.receive_head(*link_)) co_return failure;
    leave_at_the_end();
    co_return std::nullopt;
}

asio::awaitable<std::optional<std::string_view>> Stream::next() {
    if (broke_off_) co_return std::nullopt;
    piece_.clear();
    if (link_) {
        link_->due = after(request_.limits.piece_deadline);
        const auto failure = co_await attempt_.receive_piece(*link_);
        broke_off_ = failure.has_value();
        if (broke_off_) co_return std::nullopt;
        piece_ = attempt_.take_piece();
        leave_at_the_end();
    }
    co_return piece_;
}

void Stream::leave_at_the_end() {
    if (!attempt_.ended()) return;
    if (attempt_.reusable() && !link_->timed_out) pool_->keep(std::move(link_), idle_max_);
    link_.reset();
    place_.reset();
}

}  // namespace

asio::awaitable<StreamedOutcome> Client::stream(Outgoing request, Content* content) {
    Worker& worker = workers_.worker_of(co_await asio::this_coro::executor);
    Pool& pool = pool_of(worker, request.upstream);
    auto stream = std::make_unique<Stream>(worker, std::move(request), content, options_.tls);
    if (auto failure = co_await stream->begin(pool, options_.idle_max, content)) co_return std::move(*failure);
    AnswerHead head = stream->take_head();
    head.content = std::move(stream);
    co_return head;
}

namespace {

asio::awaitable<void> run(Client& client, Outgoing request, std::function<void(Outcome)> done) {
    Outcome outcome = Failure{Lost::not_sent, "the request could not be made"};
    try {
        outcome = co_await client.exchange(std::move(request));
    } catch (const std::exception& failure) {
        outcome = Failure{Lost::not_sent, failure.what()};
    }
    done(std::move(outcome));
}

}  // namespace

void Client::start(Outgoing request, std::function<void(Outcome)> done) {
    const std::size_t lane = std::hash<std::string>{}(lane_of(request.upstream)) % workers_.size();
    asio::co_spawn(workers_.executor(lane), run(*this, std::move(request), std::move(done)), asio::detached);
}

}  // namespace kelisim::http
