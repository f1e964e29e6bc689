// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>

#include "api/anywhere.hpp"
#include "api/cabinet.hpp"
#include "api/ledger.hpp"
#include "api/problem.hpp"
#include "http/unit.hpp"
#include "json_body.hpp"
#include "receipts/file.hpp"

namespace kelisim::api {

namespace {

// RFC 7515 section 9.2.1: the JSON and the compact serialization.
constexpr const char file_type[] = "application/jose+json";
constexpr const char compact_type[] = "application/jose";

enum class Wanted { readable, compact, file };

Wanted wanted_by(const http::Request& request) {
    const auto accept = request.headers.first("Accept").value_or("");
    if (accept.find(file_type) != std::string_view::npos) return Wanted::file;
    return accept.find(compact_type) != std::string_view::npos ? Wanted::compact : Wanted::readable;
}

http::Response receipt_response(http::Literal type, std::string body) {
    http::Response response{.status = 200, .content_type = type, .headers = {}, .body = std::move(body)};
    response.headers = {{"Cache-Control", "no-store"}, {"Vary", "Accept"}};
    return response;
}

// What the signature stands over, byte for byte.
std::string payload_of(std::string_view jws) {
    const std::size_t begin = jws.find('.') + 1;
    const auto payload = base::from_base64url(jws.substr(begin, jws.find('.', begin) - begin));
    return std::string(base::as_text(payload.value()));
}

// The checkpoints there are before the read that uses them, so that its snapshot has all they cover; the board goes on meanwhile.
struct Checkpoints {
    notary::PublishedPtr cosigned, newest;

    explicit Checkpoints(const notary::Board& board) : cosigned(board.cosigned()), newest(board.newest()) {}

    // One that has the leaf: rather one that a witness signed too.
    notary::PublishedPtr with(std::uint64_t leaf) const {
        for (const auto& published : {cosigned, newest}) {
            if (published && leaf < published->checkpoint.size) return published;
        }
        return nullptr;
    }

    // The note of a checkpoint of exactly this size, while it is kept; a reader who asks for a size has one.
    std::string note_of(std::uint64_t size) const {
        for (const auto& published : {cosigned, newest}) {
            if (published && published->checkpoint.size == size) return published->note;
        }
        return {};
    }
};

}  // namespace

std::vector<http::Route> Cabinet::receipt_routes() {
    const PersonAuthentication& person = parts_.persons;
    auto keys = [this](const http::Request&) -> Answer {
        co_return http::json_response(200, parts_.receipt_keys.to_jwks());
    };
    return {
        {"GET", "/api/v1/me/requests/{id}/receipt",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return request_receipt(c, r); })},
        {"GET", "/api/v1/me/consents/{id}/receipt",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return consent_receipt(c, r); })},
        {"GET", "/api/v1/me/uses/{id}/receipt",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return use_receipt(c, r); })},
        {"GET", "/receipts/jwks", http::open("anybody may check a receipt", std::move(keys))},
    };
}

Cabinet::Answer Cabinet::request_receipt(const PersonCall& call, const http::Request& request) {
    const auto id = consent::RequestId::parse(request.parameter("id"));
    if (!id) co_return problem(access::cabinet_not_found, request);
    FindReceipt find = [this, id](store::ReadSession& session, const records::Subject& whose) {
        return parts_.use_cases.receipts.of_request(session, whose, *id);
    };
    co_return co_await give_receipt(call, request, std::move(find));
}

Cabinet::Answer Cabinet::consent_receipt(const PersonCall& call, const http::Request& request) {
    const auto id = consent::ConsentId::parse(request.parameter("id"));
    if (!id) co_return problem(access::cabinet_not_found, request);
    const auto number = read_query(request).value().number;
    FindReceipt find = [this, id, number](store::ReadSession& session, const records::Subject& whose) {
        return parts_.use_cases.receipts.of_consent(session, whose, *id, number, parts_.clock.now());
    };
    co_return co_await give_receipt(call, request, std::move(find));
}

Cabinet::Answer Cabinet::use_receipt(const PersonCall& call, const http::Request& request) {
    const auto id = consent::UseId::parse(request.parameter("id"));
    if (!id) co_return problem(access::cabinet_not_found, request);
    const auto number = read_query(request).value().number;
    FindReceipt find = [this, id, number](store::ReadSession& session, const records::Subject& whose) {
        return parts_.use_cases.receipts.of_use(session, whose, *id, number);
    };
    co_return co_await give_receipt(call, request, std::move(find));
}

// Signed after the read and outside the writer; two first readers at once sign twice, and both get what was kept first.
Cabinet::Answer Cabinet::give_receipt(const PersonCall& call, const http::Request& request, FindReceipt find) {
    std::optional<base::Result<access::ReceiptFound>> found;
    auto read = [&](store::ReadSession& session) {
        const auto actors = access::may_look(parts_.parts, session, call.acting);
        found = actors ? find(session, actors->whose) : base::Refusal(access::cabinet_not_found);
    };
    co_await read_anywhere(parts_.readers, parts_.elsewhere, std::move(read));
    if (found->has_error()) co_return problem(found->error(), request);
    access::ReceiptFound& receipt = **found;
    if (!receipt.stored) {
        const records::Receipt made{.jws = token::sign(parts_.receipt_key, receipts::receipt_type, receipt.content),
                                    .journal_seq = receipt.journal_seq};
        auto keep = [&records = parts_.parts.records, entity = receipt.entity, number = receipt.number,
                     whose = call.acting.whose, made, now = parts_.clock.now()](store::WriteSession& session) {
            const auto subject = records.subjects.load(session, whose);
            return records.receipts.keep(session, entity, number, made, subject.data_key, now);
        };
        receipt.stored = co_await http::committed(parts_.writer, std::move(keep));
    }
    switch (wanted_by(request)) {
        case Wanted::readable:
            co_return receipt_response("application/ld+json", payload_of(receipt.stored->jws));
        case Wanted::compact:
            co_return receipt_response(compact_type, receipt.stored->jws);
        case Wanted::file:
            break;
    }
    co_return co_await file_of(*receipt.stored, request);
}

// With the proof that there is now; before the entry is in the tree the signed promise stands alone.
Cabinet::Answer Cabinet::file_of(const records::Receipt& receipt, const http::Request& request) {
    receipts::File file{.jws = receipt.jws, .proof = {}};
    const auto wanted = read_query(request).value().tree_size;
    const Checkpoints checkpoints(parts_.board);
    const records::Ledger& ledger = parts_.parts.records.ledger;
    auto read = [&](store::ReadSession& session) {
        const auto leaf = receipt.journal_seq ? ledger.leaf_of(session, *receipt.journal_seq) : std::nullopt;
        if (!leaf || !checkpoints.newest) return;
        receipts::Proof proof{.index = *leaf, .size = 0, .path = {}, .checkpoint = {}};
        if (wanted) {
            proof.size = static_cast<std::uint64_t>(*wanted);
            proof.checkpoint = checkpoints.note_of(proof.size);
        } else if (const auto published = checkpoints.with(*leaf)) {
            proof.size = published->checkpoint.size;
            proof.checkpoint = published->note;
        }
        if (proof.index >= proof.size || proof.size > checkpoints.newest->checkpoint.size) return;
        proof.path = ledger.tree(session, proof.size).inclusion(proof.index);
        file.proof = std::move(proof);
    };
    co_await read_anywhere(parts_.readers, parts_.elsewhere, std::move(read));
    // Who asks for a tree has its checkpoint; that the entry is not in it is an answer of its own.
    if (wanted && !file.proof) co_return problem(ledger_not_found, request);
    co_return receipt_response(file_type, receipts::to_text(file));
}

}  // namespace kelisim::api
