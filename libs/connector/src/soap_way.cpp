// SPDX-License-Identifier: Apache-2.0
#include "connector/soap_way.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <map>

#include "base/text.hpp"
#include "http/unit.hpp"
#include "json/json.hpp"
#include "soap/fault.hpp"
#include "soap/security.hpp"
#include "token/jws.hpp"
#include "told.hpp"
#include "trust/xml_signature.hpp"

namespace kelisim::connector {

using base::Kind;
using boost::asio::awaitable;

const base::Reason fields_not_all{
    "connector_fields_not_all",
    Kind::invalid,
    "94-V art. 8",
    {"Бұл сервистің жауабы бөлінбейді: келісімде не сұралса, fields дәл соны атауы керек.",
     "Ответ этого сервиса не делится: в fields должно быть ровно то, о чём спросили человека.",
     "The answer of this service is never cut: fields name all that the person was asked for."}};
const base::Reason value_missing{
    "connector_value_missing",
    Kind::invalid,
    "",
    {"Хабарлама үлгісіндегі бір орынның мәні берілмеген.", "Не дано значение для одного из мест шаблона сообщения.",
     "A place of the message's template was given no value."}};
const base::Reason value_unknown{"connector_value_unknown",
                                 Kind::invalid,
                                 "",
                                 {"Хабарлама үлгісінде мұндай орын жоқ.", "Такого места в шаблоне сообщения нет.",
                                  "The message's template has no such place."}};
const base::Reason value_not_plain{
    "connector_value_not_plain",
    Kind::invalid,
    "",
    {"Орынның мәні - мәтін, бүтін сан немесе true, false.", "Значение места - текст, целое число или true, false.",
     "The value of a place is a text, an integer, or true or false."}};

namespace {

constexpr std::chrono::seconds data_deadline{40};  // the gateway waits 30 for the owner
constexpr int token_over = 401;                    // as WayOut::call() tells it
constexpr std::string_view token_ended = "use_token_ended", proof_invalid = "dpop_proof_invalid";

bool is_ours(std::string_view place) {
    constexpr auto ours = std::to_array<std::string_view>({"iin", "token", "publicKey", "messageId", "date"});
    return std::ranges::find(ours, place) != ours.end();
}

// Nothing for what is not plain.
std::optional<std::string> text_of(const boost::json::value& value) {
    if (value.is_string()) return std::string(value.get_string());
    if (value.is_int64() || value.is_uint64() || value.is_bool()) return boost::json::serialize(value);
    return std::nullopt;
}

// One text for what is wanted, in whichever order it was named.
std::string text_of(const Wanted& wanted) {
    std::vector<std::string> fields = wanted.fields;
    std::ranges::sort(fields);
    std::map<std::string_view, std::string> more;
    for (const auto& member : wanted.more)
        more.emplace(member.key(), boost::json::serialize(member.value()));
    std::string text;
    for (const std::string& field : fields)
        text += boost::json::serialize(boost::json::value(field)) + "\n";
    for (const auto& [name, value] : more)
        text += boost::json::serialize(boost::json::value(name)) + "=" + value + "\n";
    return text;
}

// KLS503 and its like are ours, by HTTP's numbers; what ШЭП has besides says that the message or the other side is at fault.
int status_of(std::string_view code) {
    constexpr std::string_view ours = "KLS";
    const auto number = code.starts_with(ours) ? base::parse_integer(code.substr(ours.size())) : std::nullopt;
    if (code == soap::sce_service_unknown) return 404;
    // That the gateway does not know who sends is not for the system to mend by another secret or token.
    if (number == 401) return 403;
    return number && *number >= 400 && *number < 600 ? static_cast<int>(*number) : bad_gateway;
}

Codes codes_in(std::string_view details) {
    Codes codes;
    constexpr std::string_view between = "; ";
    for (std::size_t begin = 0; begin < details.size();) {
        const std::size_t end = std::min(details.find(between, begin), details.size());
        const std::string_view code = details.substr(begin, end - begin);
        if (is_code(code)) codes.emplace_back(code);
        begin = end + between.size();
    }
    return codes;
}

Told told_of(const soap::Fault& fault, const http::Answer& answer) {
    Told told{.status = status_of(fault.error_code()),
              .codes = codes_in(fault.info ? fault.info->data : std::string()),
              .retry_after = retry_after_of(answer)};
    if (told.codes.empty()) told.codes.emplace_back(gateway_unreadable.code);
    if (std::ranges::find(told.codes, token_ended) != told.codes.end()) told.status = token_over;
    return told;
}

bool is_refused(const std::variant<Given, Told>& came, std::string_view code) {
    const auto* told = std::get_if<Told>(&came);
    return told != nullptr && std::ranges::find(told->codes, code) != told->codes.end();
}

Given given(const soap::SendMessageResponse& message, const soap::BusinessData& data) {
    boost::json::value text = nullptr;
    if (data.content() == soap::BusinessData::Content::document) text = base::as_text(data.document());
    if (data.content() == soap::BusinessData::Content::text) text = data.text();
    return {.body = boost::json::serialize(boost::json::object{
                {"status", message.status_code}, {"message", message.status_message}, {"data", std::move(text)}})};
}

}  // namespace

base::Result<void> SoapWay::admits(const Ask& ask, const Wanted& wanted) const {
    std::vector<const base::Reason*> reasons;
    std::vector<std::string> asked = ask.fields, named = wanted.fields;
    std::ranges::sort(asked);
    std::ranges::sort(named);
    if (asked != named) reasons.push_back(&fields_not_all);
    bool unknown = false, twisted = false;
    for (const auto& member : wanted.more) {
        const bool place = parts_.data.places().contains(member.key()) && !is_ours(member.key());
        unknown = unknown || !place;
        twisted = twisted || !text_of(member.value());
    }
    const bool missing = std::ranges::any_of(parts_.data.places(), [&](const std::string& place) {
        return !is_ours(place) && !wanted.more.contains(place);
    });
    if (unknown) reasons.push_back(&value_unknown);
    if (twisted) reasons.push_back(&value_not_plain);
    if (missing) reasons.push_back(&value_missing);
    if (!reasons.empty()) return base::Refusal(std::move(reasons));
    return {};
}

awaitable<std::variant<std::string, Told>> SoapWay::public_key_of(std::string_view token) {
    const auto read = token::read_unverified(token);
    const std::string_view kid = read.has_error() ? std::string_view() : text_in(read->header, "kid");
    if (published_.find(kid) == nullptr) {
        auto published = co_await parts_.gateway.published_keys();
        if (auto* failed = std::get_if<Told>(&published)) co_return std::move(*failed);
        published_ = std::move(std::get<token::KeySet>(published));
    }
    const token::VerificationKey* key = published_.find(kid);
    if (key == nullptr) co_return told(bad_gateway, gateway_unreadable);
    co_return base::to_base64(key->key.to_spki());
}

base::Result<std::string> SoapWay::content(MessageTemplate::Values values) const {
    const base::Time now = parts_.gateway.now();
    const std::string id = parts_.gateway.new_id();
    values["messageId"] = id;
    values["date"] = soap::to_wire_time(now, parts_.zone);
    std::string text = parts_.data.filled(values);
    if (parts_.signed_data) {
        const auto document = trust::sign_xml(base::as_bytes(text), parts_.key);
        if (document.has_error()) return document.error();
        text = base::as_text(*document);
    }
    const auto root = xml::Document::parse(base::as_bytes(text), soap::channel_limits);
    if (root.has_error()) return root.error();
    const bool is_data = root->root().is("", "data");
    auto data = soap::Data::document(base::as_bytes(text), parts_.form,
                                     is_data ? soap::DataRoot::data : soap::DataRoot::inside);
    if (data.has_error()) return data.error();
    const soap::SendMessage message{.message_id = id,
                                    .service_id = parts_.service,
                                    .date = now,
                                    .sender = {.id = parts_.sender, .password = parts_.password},
                                    .data = std::move(*data)};
    return soap::write(message, parts_.zone);
}

awaitable<std::variant<SentMessage, Told>> SoapWay::compose(const Held& held, const Consent& consent,
                                                            const Wanted& wanted) {
    MessageTemplate::Values values{{"iin", std::string(consent.ask.person.reveal())}, {"token", held.token.reveal()}};
    for (const auto& member : wanted.more)
        values.insert_or_assign(std::string(member.key()), text_of(member.value()).value_or(""));
    if (parts_.data.places().contains("publicKey")) {
        auto key = co_await public_key_of(held.token.reveal());
        if (auto* failed = std::get_if<Told>(&key)) co_return std::move(*failed);
        values["publicKey"] = std::get<std::string>(key);
    }
    auto text = content(std::move(values));
    // What the system gave cannot stand in XML: everything else was tried at the start.
    if (text.has_error()) co_return told(400, text.error());
    co_return SentMessage{
        .content = std::move(*text), .token = held.token, .proof_key = parts_.gateway.proof_key().key.to_pem()};
}

awaitable<void> SoapWay::drop(const Consent& consent, std::string_view repeat_key) {
    auto unit = [&book = parts_.book, id = consent.id, key = std::string(repeat_key)](store::WriteSession& session) {
        book.drop_sent(session, id, key);
        return true;
    };
    co_await http::committed(parts_.writer, std::move(unit));
}

base::Result<http::Outgoing> SoapWay::outgoing(const SentMessage& message) const {
    const auto bytes = soap::sign({.content = message.content, .body_id = "id-" + parts_.gateway.new_id()}, parts_.key);
    if (bytes.has_error()) return bytes.error();
    const auto key = crypto::PrivateKey::from_pem(message.proof_key);
    if (!key) throw base::Outage("the key of a message that was sent does not read");
    http::Outgoing request{
        .upstream = {},
        .method = "POST",
        .target = parts_.path,
        .headers = {{"Content-Type", "text/xml; charset=utf-8"}, {"SOAPAction", "\"\""}},
        .body = std::string(base::as_text(*bytes)),
        .limits = {.deadline = data_deadline, .body_bytes_max = base::limits::channel_xml_bytes_max}};
    request.headers.push_back(
        parts_.gateway.proof(token::SigningKey(*key), request.method, request.target, message.token.reveal()));
    if (!parts_.data.places().contains("token"))
        request.headers.push_back({"kdp-token", std::string(message.token.reveal())});
    return request;
}

std::optional<xml::Document> SoapWay::signed_body(const soap::Envelope& envelope) const {
    const base::Time now = parts_.gateway.now();
    const trust::Authorities nobody = trust::Authorities::none();
    const trust::Policy policy;
    const trust::Verification with{.authorities = nobody, .policy = policy, .at = now, .now = now};
    const trust::DocumentReport report = soap::verify(envelope, parts_.gateway_certificates, with);
    if (report.findings.verdict() != trust::Verdict::valid || report.signers.size() != 1 || report.content.empty())
        return std::nullopt;
    const trust::SignerReport& signer = report.signers.front();
    if (signer.findings.verdict() != trust::Verdict::valid || !signer.certificate) return std::nullopt;
    // Given to us by hand, it needs no authority above it; its days count.
    const trust::Certificate& certificate = signer.certificate->subject();
    const auto& ours = parts_.gateway_certificates;
    const bool known = std::ranges::find(ours, certificate) != ours.end();
    if (!known || now < certificate.not_before() || now > certificate.not_after()) return std::nullopt;
    auto body = xml::Document::parse(report.content, soap::channel_limits);
    if (body.has_error()) return std::nullopt;
    return std::move(*body);
}

std::variant<Given, Told> SoapWay::read(const http::Answer& answer) const {
    const auto envelope = soap::Envelope::parse(base::as_bytes(answer.body), soap::channel_limits);
    if (envelope.has_error()) {
        const auto problem = object_in(answer);
        const bool later = answer.status == 429 || answer.status == unavailable;
        if (!later || !problem) return told(bad_gateway, gateway_unreadable);
        return Told{
            .status = unavailable, .codes = connector::codes_in(*problem), .retry_after = retry_after_of(answer)};
    }
    const auto body = signed_body(*envelope);
    if (const auto fault = soap::read_fault(body ? body->root() : envelope->body(), parts_.zone)) {
        Told told = told_of(*fault, answer);
        // It holds nobody's data, so who signed it makes no difference, unless another message is to follow: that could be counted.
        if (told.status == token_over && !body) return connector::told(bad_gateway, answer_not_signed);
        return told;
    }
    if (!body) return told(bad_gateway, answer_not_signed);
    const auto message = soap::read_send_message_response(body->root(), parts_.zone);
    if (answer.status != 200 || message.has_error()) return told(bad_gateway, gateway_unreadable);
    const auto data = soap::BusinessData::read(message->data);
    if (data.has_error()) return told(bad_gateway, gateway_unreadable);
    return given(*message, *data);
}

awaitable<std::variant<Given, Told>> SoapWay::send(const SentMessage& message) {
    auto request = outgoing(message);
    if (request.has_error()) co_return told(400, request.error());
    auto sent = co_await parts_.gateway.send(std::move(*request));
    if (auto* failed = std::get_if<Told>(&sent)) co_return std::move(*failed);
    co_return read(std::get<http::Answer>(sent));
}

awaitable<std::variant<Given, Told>> SoapWay::exchange(const SentMessage& message, const Consent& consent,
                                                       std::string_view repeat_key) {
    if (auto failed = co_await parts_.gateway.have_issuer()) co_return std::move(*failed);
    auto came = co_await send(message);
    // A proof under a wrong clock of this machine: the answer has told the right one.
    if (is_refused(came, proof_invalid) && parts_.gateway.has_learned_time()) came = co_await send(message);
    const auto* refused = std::get_if<Told>(&came);
    // The next message under this key may be another one.
    if (refused != nullptr && refused->status == token_over && !repeat_key.empty()) co_await drop(consent, repeat_key);
    co_return came;
}

awaitable<std::optional<std::variant<Given, Told>>> SoapWay::repeat(const Consent& consent, const Wanted& wanted,
                                                                    std::string_view repeat_key) {
    if (repeat_key.empty()) co_return std::nullopt;
    base::Result<std::optional<SentMessage>> earlier = std::optional<SentMessage>();
    parts_.readers.read([&](store::ReadSession& session) {
        earlier = parts_.book.sent(session, consent.id, repeat_key, text_of(wanted));
    });
    if (earlier.has_error()) co_return told(409, earlier.error());
    if (!*earlier) co_return std::nullopt;
    auto came = co_await exchange(**earlier, consent, repeat_key);
    const auto* refused = std::get_if<Told>(&came);
    if (refused != nullptr && refused->status == token_over) co_return std::nullopt;
    co_return std::move(came);
}

awaitable<std::variant<Given, Told>> SoapWay::call(const Held& held, const Consent& consent, const Wanted& wanted,
                                                   std::string_view repeat_key) {
    auto composed = co_await compose(held, consent, wanted);
    if (auto* failed = std::get_if<Told>(&composed)) co_return std::move(*failed);
    SentMessage message = std::move(std::get<SentMessage>(composed));
    if (!repeat_key.empty()) {
        // Before it goes: whoever dies meanwhile asks for the same once more.
        auto unit = [&book = parts_.book, message, id = consent.id, key = std::string(repeat_key),
                     asked = text_of(wanted), now = parts_.gateway.now()](store::WriteSession& session) {
            return book.add_sent(session, id, key, asked, message, now);
        };
        auto counted = co_await http::committed(parts_.writer, std::move(unit));
        if (counted.has_error()) co_return told(409, counted.error());
        message = std::move(*counted);
    }
    co_return co_await exchange(message, consent, repeat_key);
}

}  // namespace kelisim::connector
