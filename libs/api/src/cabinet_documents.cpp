// SPDX-License-Identifier: Apache-2.0
// Electronic documents of a person: what came back signed, and what is kept of it (418-V ст.36(3)).
#include <fmt/format.h>

#include "api/cabinet.hpp"
#include "api/problem.hpp"
#include "base/limits.hpp"
#include "cabinet_json.hpp"
#include "http/unit.hpp"
#include "json/json.hpp"
#include "json_body.hpp"

namespace kelisim::api {

const base::Reason answer_takes_document{
    "answer_takes_document",
    base::Kind::forbidden,
    "418-V ст.36(3)",
    {"Мұнда келісім ЭЦҚ-мен қол қойылған құжатпен беріледі.", "Здесь согласие даётся документом, подписанным ЭЦП.",
     "A yes is given here by a document that you sign with your EDS."}};

namespace {

http::Response download(const records::ElectronicDocument& document) {
    const bool xml = document.form == records::DocumentForm::xml;
    http::Response response{
        .status = 200,
        .headers = {{"Cache-Control", "no-store"},
                    {"Content-Disposition",
                     fmt::format("attachment; filename=\"{}.{}\"", document.id.to_string(), xml ? "xml" : "p7m")}},
        .body = std::string(base::as_text(document.bytes))};
    response.content_type = "application/xml";
    if (!xml) response.content_type = "application/pkcs7-mime";  // RFC 8551 3.2
    return response;
}

}  // namespace

std::vector<http::Route> Cabinet::document_routes() {
    const PersonAuthentication& person = parts_.persons;
    return {
        {"GET", "/api/v1/me/documents",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return documents(c, r); })},
        {"GET", "/api/v1/me/documents/{id}",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return one_document(c, r); })},
    };
}

boost::asio::awaitable<Cabinet::Verified> Cabinet::verified(const http::Request& request,
                                                            const boost::json::value* signature,
                                                            trust::Purpose purpose) {
    // Each look costs the certificate's responder a question.
    const auto from = identity::caller_address(request, parts_.proxies);
    if (from && !parts_.sign_ins.take(*from, parts_.clock.now())) co_return paced_out(sign_in_too_many, request);
    if (signature == nullptr) co_return problem(identity::eds_unreadable, request);
    auto check = [this, signature, purpose] { return parts_.signatures.check(*signature, purpose); };
    auto document = co_await http::elsewhere(parts_.signature_checks, std::move(check));
    if (document.has_error()) co_return problem(document.error(), request);
    co_return std::move(*document);
}

std::optional<boost::json::object> Cabinet::read_signed(const http::Request& request) {
    auto body = read_body(request, {"document"});
    if (body.has_error() || !body->contains("document")) return std::nullopt;
    return std::move(*body);
}

boost::asio::awaitable<std::optional<http::Response>> Cabinet::act_signed(const PersonCall& call,
                                                                          const http::Request& request,
                                                                          const boost::json::object& body,
                                                                          SignedAct act) {
    const access::Levels& levels = parts_.persons.levels();
    // The signature itself is the EDS; a code can only be shown by the session.
    if (levels.agree == access::Level::eds_and_code) {
        if (const auto low = parts_.persons.too_low(call.session, levels.agree)) co_return problem(*low, request);
    }
    auto checked = co_await verified(request, body.if_contains("document"), trust::Purpose::signature);
    if (auto* refused = std::get_if<http::Response>(&checked)) co_return std::move(*refused);
    auto& document = std::get<identity::SignedDocument>(checked);
    const bool xml = document.form == identity::SignedDocument::Form::xml;
    auto unit = [act = std::move(act),
                 brought = access::SignedDocument{.signer = document.signatory.iin,
                                                  .organisation = document.signatory.bin,
                                                  .certificate = document.signatory.certificate,
                                                  .content = std::move(document.content),
                                                  .form = xml ? records::DocumentForm::xml : records::DocumentForm::cms,
                                                  .bytes = std::move(document.bytes)},
                 now = parts_.clock.now()](store::WriteSession& session) { return act(session, brought, now); };
    const auto done = co_await http::committed(parts_.writer, std::move(unit));
    if (done.has_error()) co_return problem(done.error(), request);
    co_return std::nullopt;
}

http::Response Cabinet::offered(const base::Result<access::OfferedDocument>& document,
                                const http::Request& request) const {
    if (document.has_error()) return problem(document.error(), request);
    return http::json_response(
        201, boost::json::object{{"document", document->text}, {"expires_in", base::limits::code_life.count()}});
}

Cabinet::Answer Cabinet::documents(const PersonCall& call, const http::Request& request) {
    const auto query = read_query(request).value();
    Look read = [this, query](store::ReadSession& session, const access::Actors& actors) {
        const auto page = parts_.use_cases.signed_answers.list(session, actors.whose, query.page);
        return http::json_response(200, page_json(page, [](const records::ElectronicDocument& each) {
                                       return boost::json::object{
                                           {"id", each.id.to_string()},
                                           {"about", each.about.to_string()},
                                           {"at", base::to_iso8601(each.at)},
                                           {"form", each.form == records::DocumentForm::xml ? "xml" : "cms"}};
                                   }));
    };
    return look(call, request, std::move(read));
}

Cabinet::Answer Cabinet::one_document(const PersonCall& call, const http::Request& request) {
    const auto id = records::DocumentId::parse(request.parameter("id"));
    Look read = [this, id, &request](store::ReadSession& session, const access::Actors& actors) {
        const auto found = id ? parts_.use_cases.signed_answers.find(session, actors.whose, *id) : std::nullopt;
        if (!found) return problem(access::cabinet_not_found, request);
        return download(*found);
    };
    return look(call, request, std::move(read));
}

}  // namespace kelisim::api
