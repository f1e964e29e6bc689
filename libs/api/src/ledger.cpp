// SPDX-License-Identifier: Apache-2.0
#include "api/ledger.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "api/anywhere.hpp"
#include "api/problem.hpp"
#include "base/text.hpp"
#include "ledger_json.hpp"

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
    auto read = [&](store::ReadSession& session) {
        bytes = path->content == ledger::TilePath::Content::entries
                    ? ledger::entry_bundle(parts.records.ledger.entries(session, path->tile))
                    : ledger::tile_bytes(parts.records.ledger.tile(session, path->tile));
    };
    co_await read_anywhere(parts.readers, parts.elsewhere, std::move(read));
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
    auto read = [&](store::ReadSession& session) {
        ledger::Tree tree = parts.records.ledger.tree(session, newest->checkpoint.size);
        const auto entry = static_cast<std::uint64_t>(*index);
        body["leaf"] = base::to_base64(tree.leaf(entry));
        body["path"] = hashes_json(tree.inclusion(entry));
    };
    co_await read_anywhere(parts.readers, parts.elsewhere, std::move(read));
    body["checkpoint"] = newest->note;
    co_return http::json_response(200, body);
}

// The root of one state of the map of persons, opened: anybody can see that it is the entry of format 2 at this leaf, that
// there is one for each epoch, and that all name one key. Without a number: of the newest state.
Answer map_root(const LedgerParts& parts, const http::Request& request, std::optional<std::int64_t> number) {
    const auto newest = parts.board.newest();
    if (!newest) co_return nothing(request);
    std::optional<boost::json::object> body;
    auto read = [&](store::ReadSession& session) {
        const auto& map = parts.records.person_map;
        auto epoch = number ? map.find(session, *number) : std::optional(map.newest(session));
        if (!epoch || epoch->number == 0) return;
        body = epoch_json(session, parts.records, *epoch, parts.tag_key, newest->checkpoint.size);
        // The one before it, while the newest waits for its checkpoint.
        if (!body && !number && epoch->number > 1) {
            epoch = map.find(session, epoch->number - 1);
            if (epoch) body = epoch_json(session, parts.records, *epoch, parts.tag_key, newest->checkpoint.size);
        }
    };
    co_await read_anywhere(parts.readers, parts.elsewhere, std::move(read));
    if (!body) co_return nothing(request);
    co_return cached(
        {.status = 200, .content_type = "application/json", .headers = {}, .body = boost::json::serialize(*body)},
        number ? for_ever : for_a_second);
}

}  // namespace

boost::json::array hashes_json(const ledger::Hashes& hashes) {
    boost::json::array array;
    for (const ledger::Digest& hash : hashes)
        array.push_back(boost::json::value(base::to_base64(hash)));
    return array;
}

std::optional<boost::json::object> epoch_json(store::ReadSession& session, const records::Records& records,
                                              const records::Epoch& epoch, base::BytesView tag_key,
                                              std::uint64_t size) {
    const auto leaf = records.ledger.leaf_of(session, epoch.journal_seq);
    if (!leaf || *leaf >= size) return std::nullopt;
    const auto told = records.person_map.told(session, epoch, tag_key);
    return boost::json::object{{"epoch", epoch.number},
                               {"fact", told.fact},
                               {"salt", base::to_base64(told.salt)},
                               {"leaf", static_cast<std::int64_t>(*leaf)}};
}

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
        {"GET", "/ledger/map",
         open([parts](const http::Request& request) { return map_root(parts, request, std::nullopt); })},
        {"GET", "/ledger/map/{epoch}", open([parts](const http::Request& request) {
             // What is no number is the number of none.
             return map_root(parts, request, base::parse_integer(request.parameter("epoch")).value_or(0));
         })},
        {"GET", "/ledger/vkey", open([parts](const http::Request&) { return vkey(parts); })},
    };
}

}  // namespace kelisim::api
