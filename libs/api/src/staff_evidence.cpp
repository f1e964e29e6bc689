// SPDX-License-Identifier: Apache-2.0
#include "staff_evidence.hpp"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>

#include "api/problem.hpp"
#include "asic/container.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "http/unit.hpp"
#include "json/json.hpp"
#include "json_body.hpp"
#include "ledger_json.hpp"
#include "notary/time_stamps.hpp"
#include "staff_exchanges.hpp"

namespace kelisim::api {

namespace {

using boost::json::object;

constexpr std::string_view json_type = "application/json", note_type = "text/plain", message_type = "text/xml";
constexpr std::array<std::string_view, records::exchange_messages> message_names{
    "messages/request-received.xml", "messages/request-forwarded.xml", "messages/answer-received.xml",
    "messages/answer-sent.xml"};

asic::File file(std::string_view name, std::string_view type, std::string content) {
    return {.name = std::string(name), .media_type = std::string(type), .content = std::move(content)};
}

// RFC 9162 2.1.3, as the public proof has it.
std::string proof_json(store::ReadSession& session, const records::Records& records, std::uint64_t leaf,
                       std::uint64_t size) {
    ledger::Tree tree = records.ledger.tree(session, size);
    return boost::json::serialize(object{{"index", leaf},
                                         {"size", size},
                                         {"leaf", base::to_base64(tree.leaf(leaf))},
                                         {"path", hashes_json(tree.inclusion(leaf))}});
}

// The fact of the journal that this row was written with: one that was cut off and ended after all has two.
std::optional<records::JournalEntry> entry_of(store::ReadSession& session, const records::Records& records,
                                              const records::Exchange& exchange) {
    constexpr std::array<std::string_view, 4> kinds{"exchange.concluded", "message.delivered", "message.stopped",
                                                    "message.given_up"};
    const std::string at = R"(","at":")" + base::to_iso8601(*exchange.concluded) + R"(")";
    return records.journal.find_of(session, exchange.id, *exchange.concluded, [&](const records::JournalEntry& entry) {
        return std::ranges::find(kinds, entry.kind) != kinds.end() &&
               records.journal.open(entry).starts_with(R"({"kind":")" + entry.kind + at);
    });
}

void add_ledger(std::vector<asic::File>& files, store::ReadSession& session, const StaffParts& parts,
                const records::Exchange& exchange, const notary::PublishedPtr& newest) {
    const records::Records& records = parts.parts.records;
    const auto entry = entry_of(session, records, exchange);
    if (!entry) return;
    const object opened{{"fact", records.journal.open(*entry)}, {"salt", base::to_base64(entry->salt)}};
    files.push_back(file("ledger/entry.json", json_type, boost::json::serialize(opened)));
    const auto leaf = records.ledger.leaf_of(session, entry->seq);
    if (!leaf || !newest || *leaf >= newest->checkpoint.size) return;
    files.push_back(file("ledger/checkpoint.txt", note_type, newest->note));
    files.push_back(file("ledger/proof.json", json_type, proof_json(session, records, *leaf, newest->checkpoint.size)));
    const auto stamp = records.time_stamps.about(session, *leaf);
    if (!stamp) return;
    files.push_back(file("time-stamp/checkpoint.txt", note_type, stamp->note));
    files.push_back(file("time-stamp/proof.json", json_type, proof_json(session, records, *leaf, stamp->size)));
    files.push_back(
        file("time-stamp/token.tst", "application/vnd.etsi.timestamp-token", std::string(base::as_text(stamp->token))));
}

void add_messages(std::vector<asic::File>& files, store::ReadSession& session, const StaffParts& parts,
                  const records::Exchange& exchange) {
    const records::ExchangeBodies& bodies = parts.parts.records.exchange_bodies;
    const auto kept = bodies.find(session, exchange.id, parts.clock.now());
    if (!kept) return;
    records::Messages messages = bodies.open(*kept);
    for (std::size_t i = 0; i < messages.size(); ++i) {
        if (!messages.at(i).empty())
            files.push_back(file(message_names.at(i), message_type, std::move(messages.at(i))));
    }
}

std::vector<asic::File> collect(const StaffParts& parts, const records::Exchange& exchange, access::Office office) {
    std::vector<asic::File> files{file("exchange.json", json_type, boost::json::serialize(exchange_json(exchange)))};
    // Taken before the read, so that its snapshot has all that the checkpoint covers.
    const auto newest = parts.board.newest();
    parts.readers.read([&](store::ReadSession& session) {
        files.resize(1);
        add_ledger(files, session, parts, exchange, newest);
        if (office == access::Office::authorized_body) add_messages(files, session, parts, exchange);
    });
    return files;
}

}  // namespace

boost::asio::awaitable<http::Response> export_evidence(const StaffParts& parts, const StaffCall& call,
                                                       const http::Request& request) {
    const auto body = read_body(request, {"reason"});
    if (body.has_error()) co_return problem(body.error(), request);
    const auto reason = json::text(*body, "reason", base::limits::person_text_bytes_max);
    if (reason.has_error()) co_return problem(reason.error(), request);
    const auto id = records::ExchangeId::parse(request.parameter("id"));
    if (!id) co_return problem(access::exchange_unknown, request);
    const base::Time now = parts.clock.now();
    const auto key = parts.evidence_keys.at(now);
    if (key.has_error()) throw base::Outage("there is no key to sign evidence with");
    auto begin = [&search = parts.exchange_search, official = call.official, id = *id, reason = std::string(*reason),
                  now](store::WriteSession& session) {
        return search.begin_export(session, official, id, reason, now);
    };
    const auto exchange = co_await http::committed(parts.writer, std::move(begin));
    if (exchange.has_error()) co_return problem(exchange.error(), request);
    // It may have to open an archive, and compresses what may be long.
    auto make = [&parts, &exchange, &key, office = call.official.office, now] {
        return asic::container(collect(parts, *exchange, office), **key, now);
    };
    std::string bytes = co_await http::elsewhere(parts.elsewhere, std::move(make));
    http::Response response{
        .status = 200, .content_type = "application/vnd.etsi.asic-e+zip", .headers = {}, .body = std::move(bytes)};
    response.headers.push_back({"Cache-Control", "no-store"});
    response.headers.push_back(
        {"Content-Disposition", "attachment; filename=\"exchange-" + exchange->id.to_string() + ".asice\""});
    co_return response;
}

boost::asio::awaitable<http::Response> time_stamps(const StaffParts& parts, const StaffCall&, const http::Request&) {
    notary::TimeStampsMissing missing;
    parts.readers.read(
        [&](store::ReadSession& session) { missing = notary::missing_time_stamps(session, parts.parts.records); });
    object body{{"entries_without", missing.entries}};
    if (missing.newest)
        body["newest"] = object{{"size", missing.newest->size}, {"at", base::to_iso8601(missing.newest->at)}};
    if (missing.oldest) body["oldest_without"] = base::to_iso8601(*missing.oldest);
    co_return http::json_response(200, body);
}

}  // namespace kelisim::api
