// SPDX-License-Identifier: Apache-2.0
#include "api/ledger.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "api/problem.hpp"
#include "base/text.hpp"

namespace kelisim::api {

const base::Reason ledger_not_found{
    "ledger_not_found",
    base::Kind::not_found,
    "C2SP tlog-tiles",
    {"Жарияланған журналда мұндай бөлік жоқ.", "В опубликованном журнале такой части нет.",
     "The published ledger has no such part."}};

namespace {

using Answer = boost::asio::awaitable<http::Response>;

// "This endpoint is mutable, so its headers SHOULD prevent caching beyond a few seconds": there is a new one each second.
constexpr std::string_view for_a_second = "public, max-age=1";
constexpr std::string_view for_an_hour = "public, max-age=3600";
// "This endpoint is immutable, so its caching headers SHOULD be long-lived."
constexpr std::string_view for_ever = "public, max-age=31536000, immutable";

http::Response cached(http::Response response, std::string_view how) {
    response.headers.push_back({"Cache-Control", std::string(how)});
    return response;
}

// Not to be kept, as no problem is: the tile may be there a second later.
http::Response nothing(const http::Request& request) {
    return problem(ledger_not_found, request);
}

// "with Content-Type: text/plain; charset=utf-8"
Answer note(notary::PublishedPtr published, const http::Request& request) {
    if (!published) co_return nothing(request);
    co_return cached(http::text_response(200, published->note), for_a_second);
}

Answer vkey(const LedgerParts& parts) {
    co_return cached(http::text_response(200, parts.vkey + "\n"), for_an_hour);
}

// Any width up to that of the newest checkpoint: "Logs MUST serve partial tiles corresponding to tree sizes for which a
// checkpoint was produced", and what an older one had is the beginning of what there is now.
Answer tile(const LedgerParts& parts, const http::Request& request) {
    const auto newest = parts.board.newest();
    const auto path = ledger::parse_tile_path(request.parameter("path"));
    const bool there =
        newest && path &&
        path->tile.width <= ledger::width_in(newest->checkpoint.size, path->tile.level, path->tile.number);
    if (!there) co_return nothing(request);
    base::Bytes bytes;
    parts.readers.read([&](store::ReadSession& session) {
        bytes = path->content == ledger::TilePath::Content::entries
                    ? ledger::entry_bundle(parts.ledger.entries(session, path->tile))
                    : ledger::tile_bytes(parts.ledger.tile(session, path->tile));
    });
    co_return cached({.status = 200,
                      .content_type = "application/octet-stream",
                      .headers = {},
                      .body = std::string(base::as_text(bytes))},
                     for_ever);
}

// RFC 9162 2.1.3: the leaf, and what leads from it to the root of the newest checkpoint.
Answer proof(const LedgerParts& parts, const http::Request& request) {
    const auto newest = parts.board.newest();
    const auto index = base::parse_integer(request.parameter("entry"));
    if (!newest || !index || static_cast<std::uint64_t>(*index) >= newest->checkpoint.size) co_return nothing(request);
    boost::json::object body{{"index", *index}};
    parts.readers.read([&](store::ReadSession& session) {
        ledger::Tree tree = parts.ledger.tree(session, newest->checkpoint.size);
        const auto entry = static_cast<std::uint64_t>(*index);
        body["leaf"] = base::to_base64(tree.leaf(entry));
        boost::json::array hashes;
        for (const ledger::Digest& hash : tree.inclusion(entry))
            hashes.push_back(boost::json::value(base::to_base64(hash)));
        body["path"] = std::move(hashes);
    });
    body["checkpoint"] = newest->note;
    co_return http::json_response(200, body);
}

}  // namespace

std::vector<http::Route> ledger_routes(const LedgerParts& parts) {
    const auto open = [](http::Handler handler) {
        return http::open("anybody may check the ledger", std::move(handler));
    };
    return {
        {"GET", "/ledger/checkpoint",
         open([parts](const http::Request& request) { return note(parts.board.newest(), request); })},
        {"GET", "/ledger/checkpoint/cosigned",
         open([parts](const http::Request& request) { return note(parts.board.cosigned(), request); })},
        {"GET", "/ledger/tile/{path...}", open([parts](const http::Request& request) { return tile(parts, request); })},
        {"GET", "/ledger/proof/{entry}", open([parts](const http::Request& request) { return proof(parts, request); })},
        {"GET", "/ledger/vkey", open([parts](const http::Request&) { return vkey(parts); })},
    };
}

}  // namespace kelisim::api
