// SPDX-License-Identifier: Apache-2.0
// A request means the same however its bytes are cut, and no body passes its limit. The first byte says where to cut.
#include <boost/beast/http/error.hpp>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "http/uri.hpp"
#include "parser.hpp"

namespace {

using namespace kelisim::http;
namespace bh = boost::beast::http;

constexpr std::size_t body_max = 32;

struct Read {
    Request request;
    bool whole = false;
    bool refused = false;
};

class Reader {
public:
    void add(std::string_view bytes) {
        pending_ += bytes;
        if (read_.refused || read_.whole) return;
        if (!parser_ && !read_header()) return;
        read_body();
    }
    Read take() { return std::move(read_); }

private:
    bool read_header() {
        const auto state = scan_.scan(pending_);
        read_.refused = state == HeaderScan::State::malformed;
        if (state != HeaderScan::State::complete) return false;
        parser_.emplace(read_.request, MessageLimits{.header_fields_max = 8, .body_bytes_max = body_max});
        put(std::string_view(pending_).substr(0, scan_.size()));
        if (!parser_->is_header_done()) read_.refused = true;
        return !read_.refused;
    }
    void read_body() {
        while (!read_.refused && !parser_->is_done() && !pending_.empty()) {
            if (!put(pending_)) return;
        }
        read_.whole = !read_.refused && parser_->is_done();
    }
    // False when more bytes are needed.
    bool put(std::string_view bytes) {
        boost::beast::error_code error;
        pending_.erase(0, parser_->put(boost::asio::buffer(bytes), error));
        if (error == bh::error::need_more) return false;
        if (error) read_.refused = true;
        return true;
    }

    Read read_;
    HeaderScan scan_{HeaderScan::Kind::request};
    std::optional<RequestParser> parser_;
    std::string pending_;
};

void require(bool fine) {
    if (!fine) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes{reinterpret_cast<const char*>(data + 1), size - 1};
    const std::size_t cut = data[0] % (bytes.size() + 1);
    Reader at_once;
    Reader in_two;
    at_once.add(bytes);
    in_two.add(bytes.substr(0, cut));
    in_two.add(bytes.substr(cut));
    const Read a = at_once.take();
    const Read b = in_two.take();
    require(a.refused == b.refused && a.whole == b.whole);
    require(a.request.body.size() <= body_max && b.request.body.size() <= body_max);
    if (!a.whole) return 0;
    require(a.request.method == b.request.method && a.request.target == b.request.target);
    require(a.request.body == b.request.body && a.request.headers.size() == b.request.headers.size());
    for (std::size_t i = 0; i < a.request.headers.size(); ++i) {
        const auto field = a.request.headers[i];
        require(field.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
        require(field.name == b.request.headers[i].name && field.value == b.request.headers[i].value);
    }
    if (unambiguous_path(a.request.path())) require(a.request.path().front() == '/');
    return 0;
}
