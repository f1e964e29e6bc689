// SPDX-License-Identifier: Apache-2.0
#include "http_signatures/signature.hpp"

#include <algorithm>

namespace kelisim::http_signatures {

using base::Kind;
using base::Reason;
using base::Refusal;
using base::Result;

const Reason http_signature_missing{
    "http_signature_missing",
    Kind::unauthenticated,
    "307/НК п.2(29)",
    {"Хабарламаға қол қойылмаған.", "Сообщение не подписано.", "The message is not signed."}};
const Reason http_signature_malformed{
    "http_signature_malformed",
    Kind::invalid,
    "RFC 9421 section 4",
    {"Signature-Input немесе Signature өрісі қате жазылған.", "Поле Signature-Input или Signature записано неверно.",
     "The field Signature-Input or Signature is malformed."}};
const Reason http_signature_several{"http_signature_several",
                                    Kind::invalid,
                                    "RFC 9421 section 4.3",
                                    {"Хабарламада бірнеше қолтаңба бар.", "В сообщении несколько подписей.",
                                     "The message bears more than one signature."}};
const Reason http_signature_labels_differ{"http_signature_labels_differ",
                                          Kind::invalid,
                                          "RFC 9421 section 4.2",
                                          {"Signature-Input пен Signature өрістеріндегі белгілер әртүрлі.",
                                           "Метки в полях Signature-Input и Signature различаются.",
                                           "The labels in the fields Signature-Input and Signature differ."}};
const Reason http_signature_component_unknown{
    "http_signature_component_unknown",
    Kind::invalid,
    "RFC 9421 section 2",
    {"Қолтаңба танылмайтын құрамдасты қамтиды.", "Подпись охватывает неизвестный компонент.",
     "The signature covers a component that is not known here."}};
const Reason http_signature_component_repeated{
    "http_signature_component_repeated",
    Kind::invalid,
    "RFC 9421 section 2",
    {"Қолтаңба бір құрамдасты екі рет атайды.", "Подпись называет один компонент дважды.",
     "The signature names a component twice."}};
const Reason http_signature_component_absent{
    "http_signature_component_absent",
    Kind::invalid,
    "RFC 9421 section 2.5",
    {"Қолтаңба хабарламада жоқ құрамдасты қамтиды.", "Подпись охватывает компонент, которого нет в сообщении.",
     "The signature covers a component that the message does not have."}};
const Reason http_signature_component_uncovered{
    "http_signature_component_uncovered",
    Kind::unauthenticated,
    "RFC 9421 section 7.2.1",
    {"Қолтаңба міндетті құрамдастардың бәрін қамтымайды.", "Подпись охватывает не все обязательные компоненты.",
     "The signature does not cover every component that it has to."}};
const Reason http_signature_undated{
    "http_signature_undated",
    Kind::invalid,
    "RFC 9421 section 2.3",
    {"Қолтаңбаның жасалған уақыты (created) көрсетілмеген.", "У подписи не указано время создания (created).",
     "The signature does not say when it was made (created)."}};
const Reason http_signature_outdated{
    "http_signature_outdated",
    Kind::unauthenticated,
    "RFC 9421 section 7.2.2",
    {"Қолтаңбаның мерзімі өткен.", "Срок подписи истёк.", "The signature is too old, or has expired."}};
const Reason http_signature_in_future{
    "http_signature_in_future",
    Kind::unauthenticated,
    "RFC 9421 section 2.3",
    {"Қолтаңба болашақ уақытпен жасалған.", "Подпись создана в будущем.", "The signature was made in the future."}};
const Reason http_signature_without_nonce{
    "http_signature_without_nonce",
    Kind::invalid,
    "RFC 9421 section 7.2.2",
    {"Қолтаңбада бір реттік мән (nonce) жоқ.", "У подписи нет одноразового значения (nonce).",
     "The signature has no nonce."}};
const Reason http_signature_algorithm_differs{
    "http_signature_algorithm_differs",
    Kind::unauthenticated,
    "RFC 9421 section 3.2",
    {"Аталған алгоритм кілттің алгоритмі емес.", "Названный алгоритм не тот, что у ключа.",
     "The algorithm that is named is not the one of the key."}};
const Reason http_signature_wrong{
    "http_signature_wrong",
    Kind::unauthenticated,
    "RFC 9421 section 3.2",
    {"Хабарламаның қолтаңбасы дұрыс емес.", "Подпись сообщения неверна.", "The signature of the message is wrong."}};

namespace {

const BareItem* parameter(const Parameters& all, std::string_view key) {
    const auto found = std::find_if(all.begin(), all.end(), [key](const Parameter& one) { return one.key == key; });
    return found == all.end() ? nullptr : &found->value;
}

// False when the parameter is there and of another type.
template <class T, class Place>
bool take(const Parameters& all, std::string_view key, Place& place) {
    const BareItem* value = parameter(all, key);
    if (value == nullptr) return true;
    const T* typed = std::get_if<T>(value);
    if (typed == nullptr) return false;
    place = *typed;
    return true;
}

// RFC 9421 2.1: values without blanks around them, combined by a comma and a blank.
std::optional<std::string> field_value(const http::Headers& headers, std::string_view name) {
    if (headers.times(name) == 0) return std::nullopt;
    std::string all;
    bool first = true;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        const auto [field, value] = headers[i];
        const bool same = std::equal(field.begin(), field.end(), name.begin(), name.end(), [](char a, char b) {
            return a == b || (a >= 'A' && a <= 'Z' && a + ('a' - 'A') == b);
        });
        if (!same) continue;
        if (!first) all += ", ";
        first = false;
        const std::size_t begin = std::min(value.find_first_not_of(" \t"), value.size());
        all += value.substr(begin, value.find_last_not_of(" \t") + 1 - begin);
    }
    return all;
}

std::optional<std::string> derived(const RequestView& request, std::string_view name) {
    const std::size_t query = std::min(request.target.find('?'), request.target.size());
    if (name == "@method") return std::string(request.method);
    if (name == "@authority") return std::string(request.authority);
    if (name == "@scheme") return std::string(request.scheme);
    if (name == "@request-target") return std::string(request.target);
    if (name == "@path") return std::string(request.target.substr(0, query));
    if (name == "@target-uri")
        return std::string(request.scheme) + "://" + std::string(request.authority) + std::string(request.target);
    // RFC 9421 2.2.7: "If the query string is absent from the request message, the component value is the leading ?
    // character alone".
    if (name == "@query") return query == request.target.size() ? "?" : std::string(request.target.substr(query));
    return std::nullopt;
}

bool is_derived(std::string_view name) {
    return name.starts_with('@');
}

Result<std::string> of_request(const RequestView& request, const std::string& name) {
    const auto value = is_derived(name) ? derived(request, name) : field_value(request.headers, name);
    if (value) return *value;
    return Refusal(is_derived(name) ? http_signature_component_unknown : http_signature_component_absent);
}

Result<std::string> of_response(const ResponseView& response, const std::string& name) {
    if (name == "@status") return std::to_string(response.status);
    if (is_derived(name)) return Refusal(http_signature_component_unknown);
    const auto value = field_value(response.headers, name);
    if (value) return *value;
    return Refusal(http_signature_component_absent);
}

Result<std::string> component(const Item& item, const MessageView& message) {
    const auto* name = std::get_if<std::string>(&item.value);
    if (name == nullptr || name->empty()) return Refusal(http_signature_malformed);
    const bool lower = std::none_of(name->begin(), name->end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!lower) return Refusal(http_signature_malformed);  // names are in lower case (RFC 9421 2.1)
    const bool of_the_request = item.parameters == Parameters{{.key = "req", .value = true}};
    // sf, key, bs, tr and name change what a value is: one that was passed over would be verified as something else.
    if (!item.parameters.empty() && !of_the_request) return Refusal(http_signature_component_unknown);
    if (const auto* response = std::get_if<ResponseView>(&message))
        return of_the_request ? of_request(response->request, *name) : of_response(*response, *name);
    if (of_the_request) return Refusal(http_signature_component_unknown);
    return of_request(std::get<RequestView>(message), *name);
}

bool names_twice(const InnerList& input) {
    std::vector<std::string> names;
    for (const Item& item : input.items)
        names.push_back(serialize(item));
    std::sort(names.begin(), names.end());
    return std::adjacent_find(names.begin(), names.end()) != names.end();
}

bool covers(const InnerList& input, std::string_view wanted) {
    return std::any_of(input.items.begin(), input.items.end(),
                       [wanted](const Item& item) { return serialize(item) == wanted; });
}

crypto::Algorithm algorithm_for(const crypto::PublicKey& key) {
    using enum crypto::Algorithm;
    return key.fits(es256) ? es256 : rs256;
}

std::string_view name_of(crypto::Algorithm algorithm) {
    return algorithm == crypto::Algorithm::es256 ? "ecdsa-p256-sha256" : "rsa-v1_5-sha256";
}

std::string_view algorithm_of(const VerifyingKey& key) {
    const auto* registered = std::get_if<crypto::PublicKey>(&key);
    return registered == nullptr ? "ed25519" : name_of(algorithm_for(*registered));
}

bool right(const VerifyingKey& key, std::string_view text, const base::Bytes& signature) {
    const auto bytes = base::as_bytes(text);
    if (const auto* ed25519 = std::get_if<crypto::Ed25519Public>(&key))
        return crypto::verifies(*ed25519, bytes, signature);
    const auto& registered = std::get<crypto::PublicKey>(key);
    return registered.verifies(algorithm_for(registered), bytes, signature);
}

void judge_times(const Signature& signature, base::Time now, std::vector<const Reason*>& wrong) {
    const std::int64_t seconds = base::to_seconds(now);
    const std::int64_t age_max = std::chrono::seconds{signature_age_max}.count();
    const std::int64_t skew_max = std::chrono::seconds{clock_skew_max}.count();
    if (!signature.created) {
        wrong.push_back(&http_signature_undated);
    } else if (*signature.created > seconds + skew_max) {
        wrong.push_back(&http_signature_in_future);
    }
    const bool old = signature.created && *signature.created < seconds - age_max;
    const bool expired = signature.expires && *signature.expires < seconds;
    if (old || expired) wrong.push_back(&http_signature_outdated);
}

}  // namespace

Result<Signature> read_signature(const http::Headers& headers) {
    if (headers.times("Signature-Input") == 0 || headers.times("Signature") == 0)
        return Refusal(http_signature_missing);
    const auto inputs = parse_dictionary(headers.list("Signature-Input"));
    const auto values = parse_dictionary(headers.list("Signature"));
    if (!inputs || !values || inputs->empty() || values->empty()) return Refusal(http_signature_malformed);
    if (inputs->size() > 1 || values->size() > 1) return Refusal(http_signature_several);
    if (inputs->front().key != values->front().key) return Refusal(http_signature_labels_differ);
    const auto* input = std::get_if<InnerList>(&inputs->front().value);
    const auto* item = std::get_if<Item>(&values->front().value);
    const auto* value = item == nullptr ? nullptr : std::get_if<base::Bytes>(&item->value);
    if (input == nullptr || value == nullptr) return Refusal(http_signature_malformed);
    Signature read{
        .input = *input, .value = *value, .created = {}, .expires = {}, .key_id = {}, .algorithm = {}, .nonce = {}};
    const Parameters& given = input->parameters;
    if (!take<std::int64_t>(given, "created", read.created) || !take<std::int64_t>(given, "expires", read.expires) ||
        !take<std::string>(given, "keyid", read.key_id) || !take<std::string>(given, "alg", read.algorithm) ||
        !take<std::string>(given, "nonce", read.nonce)) {
        return Refusal(http_signature_malformed);
    }
    return read;
}

Result<std::string> signature_base(const InnerList& input, const MessageView& message) {
    if (names_twice(input)) return Refusal(http_signature_component_repeated);
    std::string all;
    for (const Item& item : input.items) {
        const auto value = component(item, message);
        if (value.has_error()) return value.error();
        // RFC 9421 2.5 makes it an error: a line of ours could be one of theirs.
        if (value->find_first_of("\r\n") != std::string::npos) return Refusal(http_signature_malformed);
        all += serialize(item) + ": " + *value + '\n';
    }
    return all + "\"@signature-params\": " + serialize(input);
}

Result<void> verify(const Signature& signature, const MessageView& message, const VerifyingKey& key,
                    const Demands& demands) {
    std::vector<const Reason*> wrong;
    if (!std::all_of(demands.components.begin(), demands.components.end(),
                     [&signature](std::string_view wanted) { return covers(signature.input, wanted); })) {
        wrong.push_back(&http_signature_component_uncovered);
    }
    judge_times(signature, demands.now, wrong);
    if (signature.nonce.empty()) wrong.push_back(&http_signature_without_nonce);
    if (!signature.algorithm.empty() && signature.algorithm != algorithm_of(key))
        wrong.push_back(&http_signature_algorithm_differs);
    const auto text = signature_base(signature.input, message);
    if (text.has_error()) {
        const Refusal refusal = text.error();
        wrong.insert(wrong.end(), refusal.reasons().begin(), refusal.reasons().end());
    } else if (!right(key, *text, signature.value)) {
        wrong.push_back(&http_signature_wrong);
    }
    if (!wrong.empty()) return Refusal(std::move(wrong));
    return {};
}

SignatureFields sign(const std::vector<std::string_view>& components, const MessageView& message,
                     const Signing& signing) {
    const crypto::Algorithm algorithm = algorithm_for(signing.key.public_key());
    InnerList input;
    for (const std::string_view written : components) {
        const auto parsed = parse_dictionary("c=(" + std::string(written) + ")");
        const auto& list = std::get<InnerList>(parsed.value().front().value);
        input.items.insert(input.items.end(), list.items.begin(), list.items.end());
    }
    input.parameters = {{.key = "created", .value = base::to_seconds(signing.created)},
                        {.key = "keyid", .value = std::string(signing.key_id)},
                        {.key = "alg", .value = std::string(name_of(algorithm))},
                        {.key = "nonce", .value = std::string(signing.nonce)}};
    const std::string text = signature_base(input, message).value();
    const base::Bytes value = signing.key.sign(algorithm, base::as_bytes(text));
    return {.input = "kelisim=" + serialize(input),
            .value = "kelisim=" + serialize(Item{.value = value, .parameters = {}})};
}

}  // namespace kelisim::http_signatures
