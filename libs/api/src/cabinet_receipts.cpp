// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>

#include "api/cabinet.hpp"
#include "api/problem.hpp"
#include "http/unit.hpp"
#include "json_body.hpp"
#include "receipts/receipt.hpp"

namespace kelisim::api {

namespace {

constexpr std::string_view receipt_type = "kelisim-receipt+jwt";

const base::Reason receipt_not_yet{
    "receipt_not_yet",
    base::Kind::not_found,
    "",
    {"Сұрауға әлі жауап берілмеген, түбіртек жоқ.", "На запрос ещё не ответили, квитанции нет.",
     "The request has no end yet, so there is no receipt."}};

bool wants_jose(const http::Request& request) {
    return request.headers.first("Accept").value_or("").find("application/jose") != std::string_view::npos;
}

// The JSON-LD is what the signature stands over, byte for byte.
http::Response receipt_response(const http::Request& request, const std::string& jws) {
    http::Response response{.status = 200, .content_type = "application/jose", .headers = {}, .body = jws};
    response.headers = {{"Cache-Control", "no-store"}, {"Vary", "Accept"}};
    if (wants_jose(request)) return response;
    response.content_type = "application/ld+json";
    const std::size_t begin = jws.find('.') + 1;
    const auto payload = base::from_base64url(std::string_view(jws).substr(begin, jws.find('.', begin) - begin));
    response.body = base::as_text(payload.value());
    return response;
}

}  // namespace

struct Cabinet::Receipt {
    base::RawId entity;
    int number = 0;
    consent::SubjectId whose;
    std::optional<std::string> stored;
    std::optional<boost::json::object> fresh;  // to be signed, when nothing is stored
};

// Signed after the read and outside the writer; two first readers at once sign twice, and both get what was kept first.
Cabinet::Answer Cabinet::give_receipt(const PersonCall&, const http::Request& request, const Receipt& receipt) {
    if (receipt.stored) co_return receipt_response(request, *receipt.stored);
    auto keep = [&records = parts_.parts.records, entity = receipt.entity, number = receipt.number,
                 whose = receipt.whose, jws = token::sign(parts_.signing_key, receipt_type, *receipt.fresh),
                 now = parts_.clock.now()](store::WriteSession& session) {
        const auto subject = records.subjects.load(session, whose);
        return records.receipts.keep(session, entity, number, jws, subject.data_key, now);
    };
    const std::string kept = co_await http::committed(parts_.writer, std::move(keep));
    co_return receipt_response(request, kept);
}

Cabinet::Answer Cabinet::request_receipt(const PersonCall& call, const http::Request& request) {
    const auto id = consent::RequestId::parse(request.parameter("id"));
    if (!id) co_return problem(access::cabinet_not_found, request);
    Receipt receipt{.entity = *id, .number = 0, .whose = call.acting.whose, .stored = {}, .fresh = {}};
    bool found = false;
    parts_.readers.read([&](store::ReadSession& session) {
        const auto actors = access::may_look(parts_.parts, session, call.acting);
        if (!actors) return;
        const auto asked = parts_.use_cases.cabinet.request(session, actors->whose, *id);
        if (!asked) return;
        found = true;
        receipt.stored = parts_.parts.records.receipts.find(session, *id, 0, actors->whose.data_key);
        if (!receipt.stored) {
            receipt.fresh = receipts::of_request({parts_.issuer, actors->whose.person.iin}, *asked);
        }
    });
    if (!found) co_return problem(access::cabinet_not_found, request);
    if (!receipt.stored && !receipt.fresh) co_return problem(receipt_not_yet, request);
    co_return co_await give_receipt(call, request, receipt);
}

// Of the newest event, or of that which `?number=` names; 0 is the grant.
Cabinet::Answer Cabinet::consent_receipt(const PersonCall& call, const http::Request& request) {
    const auto id = consent::ConsentId::parse(request.parameter("id"));
    if (!id) co_return problem(access::cabinet_not_found, request);
    const auto wanted = read_query(request).value().number;
    Receipt receipt{.entity = *id, .number = 0, .whose = call.acting.whose, .stored = {}, .fresh = {}};
    parts_.readers.read([&](store::ReadSession& session) {
        const auto actors = access::may_look(parts_.parts, session, call.acting);
        if (!actors) return;
        const auto view = parts_.use_cases.cabinet.consent(session, actors->whose, *id, parts_.clock.now());
        if (!view) return;
        std::vector<receipts::Event> events;
        for (const auto& event : view->history)
            events.push_back({event.kind, event.at});
        const auto last = static_cast<std::int64_t>(events.size());
        if (wanted && *wanted > last) return;
        receipt.number = static_cast<int>(wanted.value_or(last));
        receipt.stored = parts_.parts.records.receipts.find(session, *id, receipt.number, actors->whose.data_key);
        if (receipt.stored) return;
        receipt.fresh = receipts::of_consent({parts_.issuer, actors->whose.person.iin}, view->consent, events,
                                             static_cast<std::size_t>(receipt.number));
    });
    if (!receipt.stored && !receipt.fresh) co_return problem(access::cabinet_not_found, request);
    co_return co_await give_receipt(call, request, receipt);
}

}  // namespace kelisim::api
