// SPDX-License-Identifier: Apache-2.0
#include "gbdfl_owner/record.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/json/array.hpp>
#include <functional>
#include <stdexcept>

namespace kelisim::gbdfl {

namespace bj = boost::json;
using owner::Gender;

namespace {

// Dictionary values of GBD FL: code and names in both languages.
bj::object entry(std::string_view code, std::string_view ru, std::string_view kz) {
    return {{"code", code}, {"nameRu", ru}, {"nameKz", kz}};
}

std::string iso(std::chrono::year_month_day date) {
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()));
}

std::chrono::year_month_day years_later(std::chrono::year_month_day date, int years) {
    const auto later = date + std::chrono::years(years);
    return later.ok() ? later : later.year() / later.month() / std::chrono::last;
}

// The same person gets the same fiction (FNV-1a); `what` tells one made-up value from another.
std::uint32_t fiction(const Person& person, std::string_view what) {
    std::uint32_t hash = 2166136261U;
    for (const auto part : {person.iin.reveal(), what}) {
        for (const char c : part)
            hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    }
    return hash;
}

bj::value gender(const Person& person) {
    return person.gender == Gender::male ? entry("1", "Мужской", "Ер") : entry("2", "Женский", "Әйел");
}

bj::value life_status(const Person& person) {
    return person.dead ? entry("1", "Умерший", "Қайтыс болған") : entry("0", "Нормальный", "Қалыпты");
}

bj::object address(const Person& person) {
    if (person.abroad) {
        return {{"country", entry("999", "Вымышленная страна", "Ойдан шығарылған ел")},
                {"foreignData", {{"districtName", "Вымышленная губерния"}, {"regionName", "Вымышленный уезд"}}}};
    }
    return {{"country", entry("398", "КАЗАХСТАН", "ҚАЗАҚСТАН")},
            {"district", entry("0000", "Вымышленная область", "Ойдан шығарылған облыс")},
            {"city", "Вымышленск"},
            {"street", "Вымышленная улица"},
            {"building", std::to_string(fiction(person, "building") % 99 + 1)},
            {"flat", std::to_string(fiction(person, "flat") % 199 + 1)},
            {"beginDate", iso(years_later(person.birth_date, 20))}};
}

bj::value addresses(const Person& person) {
    bj::object one{{"type", entry("1", "Постоянная регистрация", "Тұрақты тіркеу")}};
    for (const auto& member : address(person))
        one.insert(member);
    return bj::array{one};
}

bj::value documents(const Person& person) {
    return bj::array{bj::object{{"type", entry("002", "УДОСТОВЕРЕНИЕ РК", "ҚР КУӘЛІГІ")},
                                {"number", fmt::format("VYM{:09}", fiction(person, "document") % 1'000'000'000)},
                                {"beginDate", iso(years_later(person.birth_date, 16))},
                                {"endDate", iso(years_later(person.birth_date, 26))},
                                {"issueOrganization", entry("000", "Вымышленная канцелярия", "Ойдан шығарылған кеңсе")},
                                {"status", entry("00", "ДОКУМЕНТ ДЕЙСТВИТЕЛЕН", "ҚҰЖАТ ЖАРАМДЫ")},
                                {"birthDate", iso(person.birth_date)}}};
}

bj::value capable_status(const Person& person) {
    return bj::object{{"capableStatus", person.capable ? entry("0", "Дееспособен", "Әрекетке қабілетті")
                                                       : entry("1", "Недееспособен", "Әрекетке қабілетсіз")}};
}

bj::value imprisoned_status(const Person& person) {
    return bj::object{{"imprisonedStatus", person.imprisoned ? entry("1", "Находится в местах лишения свободы",
                                                                     "Бас бостандығынан айырылған")
                                                             : entry("0", "Не находится", "Жоқ")}};
}

std::string_view patronymic(Gender gender) {
    return gender == Gender::male ? "Вымыслович" : "Вымысловна";
}

using Make = std::function<bj::value(const Person&)>;
struct Field {
    std::string_view name;
    Make make;
};

// In the order of the schema (wire.md B5).
const std::vector<Field>& person_fields() {
    static const std::vector<Field> fields{
        {"iin", [](const Person& p) { return bj::value(p.iin.reveal()); }},
        {"surname", [](const Person& p) { return bj::value(p.surname); }},
        {"name", [](const Person& p) { return bj::value(p.name); }},
        {"patronymic", [](const Person& p) { return bj::value(patronymic(p.gender)); }},
        {"birthDate", [](const Person& p) { return bj::value(iso(p.birth_date)); }},
        {"gender", gender},
        {"citizenship", [](const Person&) { return bj::value(entry("398", "КАЗАХСТАН", "ҚАЗАҚСТАН")); }},
        {"lifeStatus", life_status},
        {"imprisonedStatus", imprisoned_status},
        {"regAddress", [](const Person& p) { return bj::value(address(p)); }},
        {"personCapableStatus", capable_status},
        {"missingStatus",
         [](const Person& p) {
             return bj::value(bj::object{{"missing", p.missing}});
         }},
        {"documents", documents},
        {"addresses", addresses}};
    return fields;
}

Service service(std::string_view key, const std::vector<Field>& fields) {
    Service made{key, {}};
    for (const auto& field : fields)
        made.fields.push_back(field.name);
    return made;
}

// Nobody of the world is anybody's spouse: a made-up one, without an IIN, whom no one can look up.
bj::value spouse(const Person& person) {
    if (person.minor) return nullptr;
    constexpr std::array<std::string_view, 4> hers{"Вымышлена", "Небывала", "Сказочна", "Примера"};
    constexpr std::array<std::string_view, 4> his{"Вымышлен", "Небывал", "Сказочник", "Пример"};
    const auto& names = person.gender == Gender::male ? hers : his;
    const Gender other = person.gender == Gender::male ? Gender::female : Gender::male;
    return bj::object{{"surname", person.gender == Gender::male ? "Вымышленная" : "Вымышленный"},
                      {"name", names.at(fiction(person, "spouse") % names.size())},
                      {"patronymic", patronymic(other)},
                      {"birthDate", iso(years_later(person.birth_date, static_cast<int>(fiction(person, "age") % 5)))}};
}

bj::value children(const World& world, const Person& parent) {
    bj::array found;
    for (const auto& [iin, child] : world.persons()) {
        if (!child.minor || child.representative != parent.iin) continue;
        found.push_back(bj::object{{"iin", child.iin.reveal()},
                                   {"surname", child.surname},
                                   {"name", child.name},
                                   {"birthDate", iso(child.birth_date)}});
    }
    return found;
}

}  // namespace

const Service& person_service() {
    static const Service made = service("GBDFLUniversal_token", person_fields());
    return made;
}

const Service& family_service() {
    static const Service made{"GBDFL_FamilyInfoToken", {"spouse", "children"}};
    return made;
}

const Service* find_service(std::string_view key) {
    for (const Service* one : {&person_service(), &family_service()}) {
        if (one->key == key) return one;
    }
    return nullptr;
}

bj::object person_record(const Person& person, const std::vector<std::string_view>& fields) {
    bj::object record;
    for (const auto& name : fields) {
        for (const auto& field : person_fields()) {
            if (field.name == name) record[name] = field.make(person);
        }
    }
    return record;
}

bj::object family_record(const World& world, const Person& person, const std::vector<std::string_view>& fields) {
    bj::object record;
    for (const auto& name : fields)
        record[name] = name == "spouse" ? spouse(person) : children(world, person);
    return record;
}

}  // namespace kelisim::gbdfl
