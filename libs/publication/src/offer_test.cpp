// SPDX-License-Identifier: Apache-2.0
#include "publication/offer.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <set>

namespace kelisim::publication {
namespace {

const Operation cars{.id = "cars",
                     .method = "GET",
                     .path = "/cars",
                     .places = {{Place::In::query, "iin"}, {Place::In::query, "at"}},
                     .persons = {{Place::In::query, "iin"}},
                     .body = {},
                     .fields = {{"plate", "001 AAA 01"}, {"model", "Phaeton"}}};
const Choices all{.operation = "",
                  .person = "",
                  .key = "CARS",
                  .owner = "REGISTER",
                  .name_kk = "Көліктер",
                  .name_ru = "Автомобили «Егор \"А\"»",
                  .description_kk = "Кімнің көлігі бар",
                  .description_ru = "Какие есть\nавтомобили"};

std::set<std::string_view> codes(const base::Result<Offer>& offer) {
    std::set<std::string_view> out;
    if (offer.has_value()) return out;
    const base::Refusal refused = offer.error();
    for (const base::Reason* reason : refused.reasons())
        out.insert(reason->code);
    return out;
}
using Codes = std::set<std::string_view>;

TEST(Offers, BecomeRegistrations) {
    const auto offer = make_offer({.title = "t", .operations = {cars}}, all);
    ASSERT_TRUE(offer.has_value());
    EXPECT_EQ(
        boost::json::serialize(registration(*offer, "r")),
        R"({"key":"CARS","owner":"REGISTER","kind":"ordinary","personal_data":true,"access_class":"confidential",)"
        R"("name":{"kk":"Көліктер","ru":"Автомобили «Егор \"А\"»"},"description":{"kk":"Кімнің көлігі бар","ru":"Какие есть\nавтомобили"},"fields":["plate","model"],"reason":"r"})");
    EXPECT_EQ(world_entry(*offer),
              "[[integration_service]]\nkey = \"CARS\"\nowner = \"REGISTER\"\npersonal_data = true\n"
              "access_class = \"confidential\"\nname_kk = \"Көліктер\"\nname_ru = \"Автомобили «Егор \\\"А\\\"»\"\n"
              "description_kk = \"Кімнің көлігі бар\"\ndescription_ru = \"Какие есть\\nавтомобили\"\n"
              "fields = [\"plate\", \"model\"]\n");
    EXPECT_EQ(upstream(*offer, "https://a:1"), "\"CARS=https://a:1\"");
}

TEST(Offers, SayEverythingThatIsNotKnown) {
    const Description two{.title = "t", .operations = {cars, cars}};
    EXPECT_EQ(codes(make_offer(two, {})),
              (Codes{"publication_operation_open", "publication_key_open", "publication_owner_open",
                     "publication_names_open", "publication_descriptions_open"}));
    Choices choices = all;
    choices.operation = "none";
    EXPECT_EQ(codes(make_offer(two, choices)), (Codes{"publication_operation_unknown"}));
    choices.operation = "cars";
    EXPECT_EQ(codes(make_offer(two, choices)), Codes{});
    choices.name_kk.clear();
    EXPECT_EQ(codes(make_offer(two, choices)), (Codes{"publication_names_open"}));
    EXPECT_EQ(codes(make_running(two, choices)), Codes{});
    choices = all;
    choices.operation = "cars";
    for (const std::string& wrong : {std::string(), std::string(2001, 'a'), std::string("a\x1b[2J")}) {
        choices.description_ru = wrong;
        EXPECT_EQ(codes(make_offer(two, choices)), (Codes{"publication_descriptions_open"})) << wrong.size();
    }
    EXPECT_EQ(codes(make_running(two, choices)), Codes{});
}

TEST(Offers, AskWhereThePersonIs) {
    Operation operation = cars;
    operation.persons.clear();
    const Description description{.title = "t", .operations = {operation}};
    Choices choices = all;
    EXPECT_EQ(codes(make_offer(description, choices)), (Codes{"publication_person_open"}));
    for (const char* misplaced : {"query:iinn", "body:/iin", "iin"}) {
        choices.person = misplaced;
        EXPECT_EQ(codes(make_offer(description, choices)), (Codes{"publication_person_misplaced"}));
    }
    choices.person = "query:at";
    EXPECT_EQ(make_offer(description, choices)->person, (Place{Place::In::query, "at"}));
    operation.persons = operation.places;
    EXPECT_EQ(codes(make_offer({.title = "t", .operations = {operation}}, all)), (Codes{"publication_person_open"}));
}

TEST(Offers, NeedFieldsAndAKey) {
    Operation operation = cars;
    operation.fields.clear();
    EXPECT_EQ(codes(make_offer({.title = "t", .operations = {operation}}, all)), (Codes{"publication_fields_open"}));
    operation.fields = {{std::string(5000, 'a'), 1}};
    EXPECT_EQ(codes(make_offer({.title = "t", .operations = {operation}}, all)), (Codes{"publication_field_names"}));
    for (const char* key : {"", "a/b", "a b", "ключ"}) {
        Choices choices = all;
        choices.key = key;
        EXPECT_EQ(codes(make_offer({.title = "t", .operations = {cars}}, choices)), (Codes{"publication_key_open"}));
    }
}

}  // namespace
}  // namespace kelisim::publication
