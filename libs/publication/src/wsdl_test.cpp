// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <iterator>

#include "publication/description.hpp"
#include "soap/envelope.hpp"

namespace kelisim::publication {
namespace {

std::string cars() {
    std::ifstream in("src/corpus/wsdl/cars.wsdl");
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    if (at == std::string::npos) throw std::out_of_range(std::string(from));
    return text.replace(at, from.size(), to);
}

std::string_view code(const std::string& text) {
    const auto read = read_description(text);
    const auto* wrong = std::get_if<Unread>(&read);
    return wrong != nullptr ? wrong->refusal.first().code : "none";
}

class CarsWsdl : public ::testing::Test {
protected:
    std::optional<boost::json::object> answer(std::string_view content) const {
        return from_soap(operation_, soap::enveloped(soap::Version::v11, content));
    }
    const Description description_ =
        std::get<Description>(read_description("\n" + cars().substr(cars().find("<wsdl"))));
    const Operation operation_ = description_.operations.at(0);
};

TEST_F(CarsWsdl, TellsOperationPersonAndFields) {
    EXPECT_EQ(description_.title, "Cars");
    EXPECT_EQ(operation_.id, "FindCar");
    EXPECT_EQ(operation_.persons, (std::vector<Place>{{Place::In::body, "/owner/iin"}}));
    EXPECT_EQ(operation_.places.size(), 3U);
    std::vector<std::string> fields;
    for (const Field& field : operation_.fields)
        fields.push_back(field.name);
    EXPECT_EQ(fields, (std::vector<std::string>{"plate", "year", "insured", "former"}));
    EXPECT_EQ(operation_.soap->action, "urn:cars/FindCar");
    EXPECT_EQ(operation_.soap->wrappers, (std::vector<std::string>{"car"}));
    EXPECT_EQ(misfit(operation_.body, boost::json::parse(R"({"owner":{"iin":"1"},"region":"03"})")), "/region");
    EXPECT_EQ(misfit(operation_.body, boost::json::parse(R"({"region":"01"})")), "/owner");
    EXPECT_EQ(misfit(operation_.body, boost::json::parse(R"({"owner":{"iin":"1"},"region":"01","more":1})")), "/more");
    EXPECT_FALSE(misfit(operation_.body, boost::json::parse(R"({"region":"01","owner":{"iin":"1"},"year":3})")));
}

TEST_F(CarsWsdl, IsSpoken) {
    const auto body = boost::json::parse(R"({"year":1950,"region":"01","owner":{"iin":"<&>"}})").as_object();
    const std::string message = to_soap(operation_, body);
    EXPECT_NE(message.find("<r:FindCar xmlns:r=\"urn:cars\"><r:owner><r:iin>&lt;&amp;&gt;</r:iin></r:owner>"
                           "<r:region>01</r:region><r:year>1950</r:year></r:FindCar>"),
              std::string::npos)
        << message;
    const auto read = answer(
        "<c:FindCarResponse xmlns:c=\"urn:cars\"><c:car><c:plate>A</c:plate><c:year>-5</c:year><c:insured>1</c:insured>"
        "<c:former><c:plate>B</c:plate></c:former><c:former/><c:secret>x</c:secret></c:car></c:FindCarResponse>");
    ASSERT_TRUE(read);
    EXPECT_EQ(boost::json::serialize(*read), R"({"plate":"A","year":-5,"insured":true,"former":[{"plate":"B"},{}]})");
}

TEST_F(CarsWsdl, TakesNothingElseForAnAnswer) {
    for (const char* content :
         {"", "<FindCarResponse/>", "<c:FindCarResponse xmlns:c=\"urn:other\"><c:car/></c:FindCarResponse>",
          "<c:FindCarResponse xmlns:c=\"urn:cars\"/>",
          "<c:FindCarResponse xmlns:c=\"urn:cars\"><c:car/><c:car/></c:FindCarResponse>",
          "<s:Fault xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><faultcode>s:Server</faultcode></s:Fault>"})
        EXPECT_FALSE(answer(content)) << content;
    EXPECT_FALSE(from_soap(operation_, "garbage"));
    EXPECT_FALSE(from_soap(operation_, "<!DOCTYPE a><a/>"));
}

TEST(Wsdl, IsRefusedWithTheReason) {
    EXPECT_EQ(code(cars()), "none");
    EXPECT_EQ(code("<a/>"), "publication_malformed");
    EXPECT_EQ(code("<a"), "publication_malformed");
    EXPECT_EQ(code("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>"), "publication_malformed");
    EXPECT_EQ(code(replaced(cars(), "style=\"document\"", "style=\"rpc\"")), "publication_style");
    EXPECT_EQ(code(replaced(cars(), "element=\"tns:FindCar\"", "type=\"tns:Car\"")), "publication_style");
    EXPECT_EQ(code(replaced(cars(), "element=\"tns:FindCar\"", "element=\"tns:Elsewhere\"")), "publication_reference");
    EXPECT_EQ(code(replaced(cars(), "type=\"tns:CarsPort\"", "type=\"tns:Other\"")), "publication_empty");
    EXPECT_EQ(code(replaced(cars(), "name=\"owner\"", "name=\"a b\"")), "publication_reference");
}

TEST(Wsdl, EndsWhereATypeHoldsItself) {
    EXPECT_EQ(code(replaced(cars(), "name=\"plate\" type=\"xs:string\"", "name=\"plate\" type=\"tns:Thing\"")), "none");
    EXPECT_EQ(code(replaced(cars(), "base=\"tns:Thing\"", "base=\"tns:Car\"")), "none");
}

}  // namespace
}  // namespace kelisim::publication
