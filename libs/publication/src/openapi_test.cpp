// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "publication/description.hpp"

namespace kelisim::publication {
namespace {

std::string cars() {
    std::ifstream in("src/corpus/openapi/cars.json");
    return {std::istreambuf_iterator<char>(in), {}};
}

const Operation& named(const Description& description, std::string_view id) {
    for (const Operation& each : description.operations) {
        if (each.id == id) return each;
    }
    throw std::out_of_range(std::string(id));
}

TEST(OpenApi, TellsOperationsPersonsAndFields) {
    const auto description = read_openapi(cars());
    ASSERT_TRUE(description.has_value());
    EXPECT_EQ(description->title, "Register of vehicles");
    EXPECT_EQ(description->operations.size(), 3U);
    const Operation& get = named(*description, "vehicleOfOwner");
    EXPECT_EQ(get.method, "GET");
    EXPECT_EQ(get.path, "/owners/{iin}/vehicle");
    EXPECT_EQ(get.persons, (std::vector<Place>{{Place::In::path, "iin"}}));
    EXPECT_EQ(get.places, (std::vector<Place>{{Place::In::path, "iin"}, {Place::In::query, "at"}}));
    ASSERT_EQ(get.fields.size(), 4U);
    EXPECT_EQ(get.fields[0].name, "plate");
    EXPECT_EQ(get.fields[1].example, "Phaeton");
    EXPECT_EQ(get.fields[2].example, 1899);
    EXPECT_TRUE(get.fields[3].example.is_array());
    const Operation& post = named(*description, "findVehicle");
    EXPECT_EQ(post.persons, (std::vector<Place>{{Place::In::body, "/owner/iin"}}));
    EXPECT_TRUE(post.body.contains("required"));
    EXPECT_TRUE(named(*description, "version").fields.empty());
}

TEST(OpenApi, NamesOperationsThatHaveNoId) {
    const auto description = read_openapi(R"({"openapi":"3.1.0","paths":{"/a/{b}":{"get":{},"post":{}}}})");
    ASSERT_TRUE(description.has_value());
    EXPECT_EQ(description->operations[0].id, "get-a-b");
    EXPECT_EQ(description->operations[1].id, "post-a-b");
}

TEST(OpenApi, IsRefusedWithTheReason) {
    const auto code = [](std::string_view text) {
        const auto read = read_openapi(text);
        return read.has_error() ? read.error().first().code : "none";
    };
    EXPECT_EQ(code(""), "publication_malformed");
    EXPECT_EQ(code("openapi: 3.0.3"), "publication_malformed");
    EXPECT_EQ(code("[]"), "publication_malformed");
    EXPECT_EQ(code(R"({"openapi":"3.0.3","openapi":"3.0.3"})"), "publication_malformed");
    EXPECT_EQ(code(R"({"swagger":"2.0","paths":{"/a":{"get":{}}}})"), "publication_version");
    EXPECT_EQ(code(R"({"openapi":"4.0.0","paths":{"/a":{"get":{}}}})"), "publication_version");
    EXPECT_EQ(code(R"({"openapi":"3.0.3"})"), "publication_empty");
    EXPECT_EQ(code(R"({"openapi":"3.0.3","paths":{"a":{"get":{}}}})"), "publication_empty");
    for (const char* target : {"other.json#/x", "http://example.kz/x", "#/components/none", "#", "#/paths/~1a"}) {
        EXPECT_EQ(code(std::string(R"({"openapi":"3.0.3","paths":{"/a":{"$ref":")") + target + "\"}}}"),
                  "publication_reference")
            << target;
    }
}

TEST(OpenApi, EndsWhereASchemaRefersToItself) {
    const auto description = read_openapi(
        R"({"openapi":"3.0.3","paths":{"/a":{"get":{"responses":{"200":{"content":{"application/json":{"schema":)"
        R"({"$ref":"#/components/schemas/T"}}}}}}}},"components":{"schemas":{"T":{"type":"object","properties":)"
        R"({"a":{"$ref":"#/components/schemas/T"},"b":{"$ref":"#/components/schemas/T"}}}}}})");
    ASSERT_TRUE(description.has_value());
    EXPECT_EQ(description->operations[0].fields.size(), 2U);
}

TEST(Places, AreReadAndWritten) {
    for (const char* text : {"body:/iin", "body:/a/b", "query:iin", "path:iin", "header:X-Person"})
        EXPECT_EQ(to_string(*parse_place(text)), text);
    for (const char* text : {"", "iin", "body:", "body:iin", "body:/", "cookie:iin", "query:", ":iin"})
        EXPECT_FALSE(parse_place(text)) << text;
}

}  // namespace
}  // namespace kelisim::publication
