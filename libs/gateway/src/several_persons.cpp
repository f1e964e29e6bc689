// SPDX-License-Identifier: Apache-2.0
#include "gateway/several_persons.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "crypto/seal.hpp"
#include "gateway/soap_call.hpp"

namespace kelisim::gateway {

using base::Kind;
using base::Reason;
using base::Refusal;

const Reason tokens_many{"tokens_many",
                         Kind::invalid,
                         "236/НК п.2(8)",
                         {"Хабарламадағы қауіпсіздік токендері сервис қабылдайтыннан көп.",
                          "В сообщении больше токенов безопасности, чем принимает сервис.",
                          "The message brings more security tokens than its service takes."}};
const Reason tokens_misplaced{"tokens_misplaced",
                              Kind::invalid,
                              "236/НК п.2(8)",
                              {"Қауіпсіздік токені өз орнында тұрған жоқ немесе екі рет тұр.",
                               "Токен безопасности стоит не на своём месте или дважды.",
                               "A security token is not at its place, or stands there twice."}};
const Reason token_person_twice{
    "token_person_twice",
    Kind::forbidden,
    "236/НК п.2(8)",
    {"Хабарламада бұл адамның басқа токені бар.", "В сообщении есть другой токен этого человека.",
     "Another token of the message is about the same person."}};
const Reason data_signed{"data_signed",
                         Kind::forbidden,
                         "236/НК п.2(8)",
                         {"Құжатқа қол қойылған, сондықтан қабылданбаған токенді алып тастау мүмкін емес.",
                          "Документ подписан, поэтому непринятый токен из него не убрать.",
                          "The document is signed, so a token that was refused cannot be left out of it."}};

namespace {

constexpr std::string_view list_name = "InfoAbtToken";
constexpr std::string_view entry_name = "tokens";
constexpr std::string_view code_name = "Code";
constexpr std::string_view key_name = "PublicKey";
constexpr std::string_view part_mark = "part";

std::vector<xml::Element> entries_of(const xml::Element& root) {
    std::vector<xml::Element> entries;
    root.walk([&](xml::Element each) {
        const auto parent = each.parent();
        if (each.name() == entry_name && parent && parent->name() == list_name) entries.push_back(each);
    });
    return entries;
}

std::string without_blanks(std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    return text;
}

// Nothing where it stands twice or holds elements.
std::optional<std::string> value_in(const xml::Element& entry, std::string_view name) {
    std::optional<std::string> value = "";
    int times = 0;
    for (const xml::Element child : entry.children()) {
        if (child.name() != name) continue;
        ++times;
        value = child.text();
    }
    if (times > 1 || !value) return std::nullopt;
    return without_blanks(*std::move(value));
}

bool any_elsewhere(const xml::Element& root, const std::vector<xml::Element>& entries) {
    bool elsewhere = false;
    root.walk([&](xml::Element each) {
        const bool ours = each.name() == code_name || each.name() == key_name;
        const auto parent = each.parent();
        const bool placed = parent && std::find(entries.begin(), entries.end(), *parent) != entries.end();
        elsewhere = elsewhere || (ours && !placed) || each.name() == "kdpToken" || each.name() == "publicKey";
    });
    return elsewhere;
}

std::string codes_of(const Refusal& refusal, std::string_view between) {
    std::string codes;
    for (const Reason* reason : refusal.reasons())
        codes += fmt::format("{}{}", codes.empty() ? "" : between, reason->code);
    return codes;
}

crypto::KeyBytes mixed(const crypto::KeyBytes& one, base::BytesView other) {
    crypto::KeyBytes both{};
    for (std::size_t i = 0; i < both.size(); ++i)
        both[i] = static_cast<std::uint8_t>(one[i] ^ other[i]);
    return both;
}

const base::BytesView answer_context = base::as_bytes(std::string_view("gateway answer about several persons"));

}  // namespace

base::Result<PersonsCall> read_persons_call(const soap::BusinessData& data) {
    if (data.content() != soap::BusinessData::Content::document) return Refusal(data_not_a_document);
    const auto entries = entries_of(data.root());
    if (entries.size() > base::limits::tokens_of_message_max) return Refusal(tokens_many);
    if (any_elsewhere(data.root(), entries)) return Refusal(tokens_misplaced);
    PersonsCall call{.entries = {}, .persons = persons_in(data.root())};
    for (const xml::Element& entry : entries) {
        auto token = value_in(entry, code_name);
        auto key = value_in(entry, key_name);
        if (!token || !key) return Refusal(tokens_misplaced);
        call.entries.push_back({.token = *std::move(token), .public_key = *std::move(key)});
    }
    return call;
}

bool is_signed(const soap::BusinessData& data) {
    bool found = false;
    data.root().walk(
        [&](xml::Element each) { found = found || each.is("http://www.w3.org/2000/09/xmldsig#", "Signature"); });
    return found;
}

base::Result<soap::Data> with_emptied(const soap::BusinessData& data, const std::vector<std::size_t>& numbers,
                                      soap::DataForm form) {
    auto document = xml::Document::parse(data.document(), soap::channel_limits);
    if (document.has_error()) return document.error();
    const auto entries = entries_of(document->root());
    for (const std::size_t number : numbers) {
        for (const xml::Element child : entries.at(number - 1).children())
            document->remove(child);
    }
    const base::Bytes bytes = document->to_bytes();
    auto written = soap::Data::document(bytes, form, data.root_is(), data.type());
    if (written.has_error() && written.error().has(soap::business_data_no_root))
        return soap::Data::document(bytes, form, soap::DataRoot::inside, data.type());
    return written;
}

Refusal all_reasons(const std::vector<LeftOut>& left_out) {
    std::vector<const Reason*> reasons;
    for (const LeftOut& each : left_out) {
        for (const Reason* reason : each.why.reasons()) {
            if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) reasons.push_back(reason);
        }
    }
    return Refusal(std::move(reasons));
}

RefusedToken remembered(const LeftOut& left_out) {
    return {.number = left_out.number, .codes = codes_of(left_out.why, ", ")};
}

std::string in_words(const std::vector<RefusedToken>& refused) {
    constexpr std::string_view opening = "Приняты не все токены: ";
    constexpr std::size_t opening_characters = 23;
    std::string whole, numbers;
    for (const RefusedToken& each : refused) {
        whole += fmt::format("{}{} {}", whole.empty() ? "" : "; ", each.number, each.codes);
        numbers += fmt::format("{}{}", numbers.empty() ? "" : ", ", each.number);
    }
    const bool fits = opening_characters + whole.size() <= base::limits::message_status_text_max;
    return std::string(opening) + (fits ? whole : numbers);
}

std::vector<soap::ErrorInfo> as_errors(const std::vector<LeftOut>& left_out, std::string_view code, base::Time now) {
    std::vector<soap::ErrorInfo> inner;
    for (auto each = left_out.rbegin(); each != left_out.rend(); ++each) {
        soap::ErrorInfo error{.code = std::string(code),
                              .message = std::string(each->why.first().text.ru),
                              .data = fmt::format("tokens {}: {}", each->number, codes_of(each->why, "; ")),
                              .date = now,
                              .sub = std::move(inner)};
        inner = {};
        inner.push_back(std::move(error));
    }
    return inner;
}

std::optional<std::vector<std::string>> split_answer(std::string_view answer, std::size_t persons,
                                                     base::Entropy& entropy) {
    if (answer.size() > base::limits::answer_body_bytes_max) return std::nullopt;
    crypto::KeyBytes key{};
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < persons; ++i) {
        crypto::KeyBytes share{};
        entropy.fill(share);
        key = mixed(key, share);
        parts.push_back(fmt::format("{} {}\n{}", part_mark, persons, base::as_text(share)));
    }
    const base::Bytes sealed = crypto::seal(crypto::SealKey(key), base::as_bytes(answer), answer_context, entropy);
    parts.front() += base::as_text(sealed);
    return parts;
}

std::optional<std::string> joined_answer(const std::vector<std::string>& parts) {
    const std::string head = fmt::format("{} {}\n", part_mark, parts.size());
    crypto::KeyBytes key{};
    std::string_view sealed;
    for (const std::string& part : parts) {
        if (!part.starts_with(head) || part.size() < head.size() + key.size()) return std::nullopt;
        const std::string_view content = std::string_view(part).substr(head.size());
        key = mixed(key, base::as_bytes(content.substr(0, key.size())));
        if (content.size() > key.size()) sealed = content.substr(key.size());
    }
    const auto answer = crypto::open(crypto::SealKey(key), base::as_bytes(sealed), answer_context);
    if (!answer) return std::nullopt;
    return std::string(base::as_text(*answer));
}

}  // namespace kelisim::gateway
