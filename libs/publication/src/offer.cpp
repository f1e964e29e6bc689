// SPDX-License-Identifier: Apache-2.0
#include "publication/offer.hpp"

#include <algorithm>
#include <boost/json/array.hpp>

#include "base/limits.hpp"

namespace kelisim::publication {

using base::Kind;
using base::Reason;
using base::Refusal;
using base::Result;

const Reason operation_open{"publication_operation_open",
                            Kind::invalid,
                            "",
                            {"Сипаттамада бірнеше операция бар: біреуін --operation арқылы атаңыз.",
                             "В описании несколько операций: назовите одну через --operation.",
                             "The description has several operations: name one by --operation."}};
const Reason operation_unknown{
    "publication_operation_unknown",
    Kind::not_found,
    "",
    {"--operation атаған операция сипаттамада жоқ.", "Операции, названной в --operation, в описании нет.",
     "The description has no operation that --operation names."}};
const Reason person_open{
    "publication_person_open",
    Kind::invalid,
    "236/НК п.2(8)",
    {"Сұрауда адамның ЖСН-і қайда екені белгісіз: --iin арқылы айтыңыз, мысалы body:/iin, query:iin немесе path:iin.",
     "Неясно, где в запросе ИИН человека: укажите через --iin, например body:/iin, query:iin или path:iin.",
     "Where a request names the person is not clear: say it by --iin, as body:/iin, query:iin or path:iin."}};
const Reason person_misplaced{
    "publication_person_misplaced",
    Kind::invalid,
    "",
    {"--iin атаған орын операцияның сипаттамасында жоқ.", "Места, названного в --iin, в описании операции нет.",
     "The description of the operation has no place such as --iin names."}};
const Reason fields_open{
    "publication_fields_open",
    Kind::invalid,
    "94-V art. 8",
    {"Жауап аталған мәліметтері бар JSON объектісі ретінде сипатталмаған, сондықтан адам неге келісетіні белгісіз.",
     "Ответ не описан как объект JSON с названными сведениями, и неясно, на что соглашался бы человек.",
     "The answer is not described as a JSON object with named data, so nobody could agree to any."}};
const Reason field_names{
    "publication_field_names",
    Kind::invalid,
    "",
    {"Мәліметтер тым көп немесе олардың атауы тым ұзын.", "Сведений слишком много, или их названия слишком длинны.",
     "There are too many data in the answer, or their names are too long."}};
const Reason key_open{
    "publication_key_open",
    Kind::invalid,
    "",
    {"Сервистің кілтін --key арқылы беріңіз: латын әріптері, цифрлар, сызықша, астыңғы сызық және нүкте.",
     "Задайте ключ сервиса через --key: латинские буквы, цифры, дефис, подчёркивание и точка.",
     "Give the key of the service by --key: letters, digits, dashes, underscores and dots."}};
const Reason owner_open{"publication_owner_open",
                        Kind::invalid,
                        "307/НК п.2(21)",
                        {"Жауап беретін жүйенің кілтін --owner арқылы беріңіз, ол операторда тіркелген.",
                         "Задайте через --owner ключ системы, которая отвечает; она зарегистрирована у оператора.",
                         "Give the key of the system that answers by --owner, as the operator registered it."}};
const Reason names_open{"publication_names_open",
                        Kind::invalid,
                        "418-V ст.38(3)",
                        {"Сервистің атауын екі тілде --name-kk және --name-ru арқылы беріңіз.",
                         "Задайте название сервиса на двух языках через --name-kk и --name-ru.",
                         "Give the name of the service in both languages by --name-kk and --name-ru."}};

const Reason descriptions_open{"publication_descriptions_open",
                               Kind::invalid,
                               "307/НК п.2(22)",
                               {"Сервистің не беретінін екі тілде --description-kk және --description-ru арқылы "
                                "сипаттаңыз: оны реестрден іздейтіндер оқиды.",
                                "Опишите на двух языках через --description-kk и --description-ru, что даёт сервис: "
                                "это прочтут те, кто ищет его в реестре.",
                                "Say what the service gives in both languages by --description-kk and "
                                "--description-ru: whoever searches the registry reads it."}};

namespace {

using Reasons = std::vector<const Reason*>;

bool is_key(std::string_view text) {
    return !text.empty() && text.size() <= base::limits::name_bytes_max && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
    });
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= base::limits::name_bytes_max &&
           std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

bool is_description(std::string_view text) {
    return !text.empty() && text.size() <= base::limits::service_text_bytes_max &&
           std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; });
}

const Operation* chosen(const Description& description, const std::string& id, Reasons& reasons) {
    const auto& all = description.operations;
    if (id.empty() && all.size() == 1) return &all.front();
    const auto at = std::ranges::find(all, id, &Operation::id);
    if (at != all.end()) return &*at;
    reasons.push_back(id.empty() ? &operation_open : &operation_unknown);
    return nullptr;
}

std::optional<Place> person_of(const Operation& operation, const std::string& said, Reasons& reasons) {
    if (said.empty() && operation.persons.size() == 1) return operation.persons.front();
    const auto place = parse_place(said);
    if (place && std::ranges::find(operation.places, *place) != operation.places.end()) return place;
    reasons.push_back(said.empty() ? &person_open : &person_misplaced);
    return std::nullopt;
}

void check_fields(const Operation& operation, Reasons& reasons) {
    const auto& fields = operation.fields;
    if (fields.empty()) reasons.push_back(&fields_open);
    const bool named = std::ranges::all_of(fields, [](const Field& field) { return is_name(field.name); });
    if (!named || fields.size() > base::limits::request_fields_max) reasons.push_back(&field_names);
}

// In TOML a basic string; names and descriptions have no control characters but ends of lines.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c == '\n' ? std::string("\\n") : std::string(1, c);
    }
    return out + "\"";
}

Result<Offer> make(const Description& description, const Choices& choices, Reasons reasons) {
    const Operation* operation = chosen(description, choices.operation, reasons);
    std::optional<Place> person;
    if (operation != nullptr) {
        person = person_of(*operation, choices.person, reasons);
        check_fields(*operation, reasons);
    }
    if (!is_key(choices.key)) reasons.push_back(&key_open);
    if (!is_key(choices.owner)) reasons.push_back(&owner_open);
    if (!reasons.empty()) return Refusal(std::move(reasons));
    return Offer{.key = choices.key,
                 .owner = choices.owner,
                 .name_kk = choices.name_kk,
                 .name_ru = choices.name_ru,
                 .description_kk = choices.description_kk,
                 .description_ru = choices.description_ru,
                 .operation = *operation,
                 .person = *person};
}

}  // namespace

Result<Offer> make_offer(const Description& description, const Choices& choices) {
    Reasons reasons;
    if (!is_name(choices.name_kk) || !is_name(choices.name_ru)) reasons.push_back(&names_open);
    if (!is_description(choices.description_kk) || !is_description(choices.description_ru))
        reasons.push_back(&descriptions_open);
    return make(description, choices, std::move(reasons));
}

Result<Offer> make_running(const Description& description, const Choices& choices) {
    return make(description, choices, {});
}

boost::json::object registration(const Offer& offer, std::string_view reason) {
    boost::json::array fields;
    for (const Field& field : offer.operation.fields)
        fields.emplace_back(field.name);
    return {{"key", offer.key},
            {"owner", offer.owner},
            {"kind", "ordinary"},
            {"personal_data", true},
            {"access_class", "confidential"},
            {"name", {{"kk", offer.name_kk}, {"ru", offer.name_ru}}},
            {"description", {{"kk", offer.description_kk}, {"ru", offer.description_ru}}},
            {"fields", std::move(fields)},
            {"reason", reason}};
}

std::string world_entry(const Offer& offer) {
    std::string fields;
    for (const Field& field : offer.operation.fields)
        fields += (fields.empty() ? "" : ", ") + quoted(field.name);
    return "[[integration_service]]\nkey = " + quoted(offer.key) + "\nowner = " + quoted(offer.owner) +
           "\npersonal_data = true\naccess_class = \"confidential\"\nname_kk = " + quoted(offer.name_kk) +
           "\nname_ru = " + quoted(offer.name_ru) + "\ndescription_kk = " + quoted(offer.description_kk) +
           "\ndescription_ru = " + quoted(offer.description_ru) + "\nfields = [" + fields + "]\n";
}

std::string upstream(const Offer& offer, std::string_view address) {
    return quoted(offer.key + "=" + std::string(address));
}

}  // namespace kelisim::publication
