// SPDX-License-Identifier: Apache-2.0
#include "owner/shep_message.hpp"

#include <gtest/gtest.h>

#include <ostream>

#include "gbdfl_owner/registry.hpp"
#include "owner/problem.hpp"
#include "xml/document.hpp"

namespace kelisim::gbdfl {
namespace {

using namespace std::chrono_literals;

using owner::PersonRequest;

soap::Read<PersonRequest> read_person_request(const soap::BusinessData& data) {
    owner::Fields fields(data, message_namespace);
    PersonRequest request = owner::read_person_request(fields);
    if (!fields.defects().empty()) return soap::Defects(std::move(fields.defects()));
    return request;
}

// `content` of data, as a reader of a message meets it.
struct Given {
    explicit Given(const std::string& content)
        : document(xml::Document::parse(base::as_bytes(content)).value()),
          data(soap::BusinessData::read(soap::Data(document.root())).value()) {}
    xml::Document document;
    soap::BusinessData data;
};

std::string fields_of(const std::string& more) {
    return "<messageId>m-1</messageId><messageDate>2026-01-15T10:00:00+05:00</messageDate><senderCode>DEMOBANK"
           "</senderCode>" +
           more;
}
const std::string request_ns = R"(<r:Request xmlns:r="http://message.persistence.interactive.nat">)";
const std::string good = fields_of("<iin>450810100013</iin><kdpToken>a.b\n .c</kdpToken><publicKey>MF kw</publicKey>");

TEST(PersonRequests, IsReadInEachFormOfTheData) {
    for (const std::string& content : {
             "<data>" + request_ns + good + "</r:Request></data>",
             "<data>" + good + "</data>",  // wire.md D6
             "<data>" + xml::escaped(request_ns + good + "</r:Request>") + "</data>",
             "<data><![CDATA[" + request_ns + good + "</r:Request>]]></data>",
         }) {
        const Given given(content);
        const auto request = read_person_request(given.data);
        ASSERT_TRUE(request.has_value()) << content << request.error().in_words();
        EXPECT_EQ(request->message_id, "m-1");
        EXPECT_EQ(request->sender_code, "DEMOBANK");
        EXPECT_EQ(request->iin, *base::Iin::parse("450810100013"));
        EXPECT_EQ(request->shown.token.reveal(), "a.b.c");
        EXPECT_EQ(request->shown.public_key, "MF kw");
    }
}

TEST(PersonRequests, NeedNotHaveATokenOrAKeyToBeRead) {
    const Given given("<data>" + fields_of("<iin> 450810100013\n</iin><kdpToken/>") + "</data>");
    const auto request = read_person_request(given.data);
    ASSERT_TRUE(request.has_value());
    EXPECT_TRUE(request->shown.token.reveal().empty());
    EXPECT_TRUE(request->shown.public_key.empty());
}

struct Spoiled {
    std::string_view name;
    std::string content;
    std::string words;
};
void PrintTo(const Spoiled& c, std::ostream* out) {
    *out << c.name;
}
class SpoiledRequest : public ::testing::TestWithParam<Spoiled> {};

TEST_P(SpoiledRequest, IsRefusedWithEverythingThatIsWrong) {
    const Given given("<data>" + GetParam().content + "</data>");
    const auto request = read_person_request(given.data);
    ASSERT_FALSE(request.has_value());
    EXPECT_EQ(request.error().in_words(), GetParam().words);
}

const std::string iin = "<iin>450810100013</iin>";

INSTANTIATE_TEST_SUITE_P(
    Gbdfl, SpoiledRequest,
    ::testing::Values(
        Spoiled{"two_persons", fields_of(iin + "<iin>411020100014</iin>"), "data/iin: shep_field_twice"},
        Spoiled{"the_same_person_twice", fields_of(iin + iin), "data/iin: shep_field_twice"},
        Spoiled{"another_person_below", fields_of(iin + "<person><iin>411020100014</iin></person>"),
                "data/iin: shep_field_twice"},
        Spoiled{"another_person_in_another_namespace",
                fields_of(iin + R"(<x:iin xmlns:x="urn:x">411020100014</x:iin>)"), "data/iin: shep_field_twice"},
        Spoiled{"a_person_below", fields_of("<person>" + iin + "</person>"), "data/iin: shep_field_missing"},
        Spoiled{"a_person_in_another_namespace", fields_of(R"(<x:iin xmlns:x="urn:x">450810100013</x:iin>)"),
                "data/iin: shep_namespace"},
        Spoiled{"two_tokens", fields_of(iin + "<kdpToken>a</kdpToken><kdpToken>b</kdpToken>"),
                "data/kdpToken: shep_field_twice"},
        Spoiled{"two_keys", fields_of(iin + "<publicKey>a</publicKey><publicKey>b</publicKey>"),
                "data/publicKey: shep_field_twice"},
        Spoiled{"no_person", fields_of("<surname>x</surname>"), "data/iin: shep_field_missing"},
        Spoiled{"empty_person", fields_of("<iin/>"), "data/iin: shep_field_missing"},
        Spoiled{"no_iin", fields_of("<iin>450810100014</iin>"), "data/iin: iin_malformed"},
        Spoiled{"elements_in_the_iin", fields_of("<iin><a>450810100013</a></iin>"), "data/iin: shep_field_not_text"},
        Spoiled{"no_id", iin + "<kdpToken>a</kdpToken>", "data/messageId: shep_field_missing"},
        Spoiled{"everything", "<a/><b/>", "data/messageId: shep_field_missing; data/iin: shep_field_missing"},
        Spoiled{"a_long_token", fields_of(iin + "<kdpToken>" + std::string(9000, 'a') + "</kdpToken>"),
                "data/kdpToken: shep_field_too_long"},
        Spoiled{"a_long_id", "<messageId>" + std::string(257, 'a') + "</messageId>" + iin,
                "data/messageId: shep_field_too_long"}),
    [](const auto& c) { return std::string(c.param.name); });

class ResponseTest : public ::testing::Test {
protected:
    std::string written(const base::Refusal* refused, const boost::json::object* person) const {
        std::string content;
        if (person != nullptr)
            content = owner::element("persons", owner::element("person", owner::content_of(*person)));
        return owner::to_xml({.ns = message_namespace,
                              .registry_key = "GBDFL",
                              .registry_ru = "ГБД ФЛ",
                              .registry_kk = "ЖТ МДҚ",
                              .message_id = "a-1",
                              .date = base::parse_time("2026-01-15T05:00:01Z").value(),
                              .request_id = "m-1",
                              .receiver = "DEMO<BANK",
                              .refused = refused,
                              .content = std::move(content)},
                             zone_);
    }
    const base::FixedZone zone_{5h};
    const World world_ = owner::load_world("../world.toml");
    const Person& abai_ = *world_.find(*base::Iin::parse("450810100013"));
};

TEST_F(ResponseTest, HasTheShapeOfTheRegistry) {
    const auto record = person_record(abai_, person_service().fields);
    const auto document = xml::Document::parse(base::as_bytes(written(nullptr, &record))).value();
    const xml::Element root = document.root();
    EXPECT_TRUE(root.is(message_namespace, "Response"));
    std::vector<std::string> names;
    for (const xml::Element child : root.children())
        names.emplace_back(child.name());
    EXPECT_EQ(names, (std::vector<std::string>{"messageId", "messageDate", "requestId", "sender", "receiver",
                                               "messageResult", "persons"}));
    EXPECT_EQ(root.child("", "messageDate")->text(), "2026-01-15T10:00:01.000+05:00");
    EXPECT_EQ(root.child("", "receiver")->child("", "code")->text(), "DEMO<BANK");
    const xml::Element result = *root.child("", "messageResult");
    EXPECT_EQ(result.child("", "code")->text(), "00000");
    EXPECT_EQ(result.child("", "nameRu")->text(), "Сообщение успешно обработано");
    EXPECT_EQ(result.child("", "nameKz")->text(), "Хабарлама сәтті өңделді");
    const xml::Element person = *root.child("", "persons")->child("", "person");
    names.clear();
    for (const xml::Element child : person.children())
        names.emplace_back(child.name());
    // The order of the schema: a validating reader takes no other.
    EXPECT_EQ(names, (std::vector<std::string>{"iin", "surname", "name", "patronymic", "birthDate", "gender",
                                               "citizenship", "lifeStatus", "imprisonedStatus", "regAddress",
                                               "personCapableStatus", "missingStatus", "documents", "addresses"}));
    EXPECT_EQ(person.child("", "surname")->text(), "Құнанбаев");
    EXPECT_EQ(person.child("", "gender")->child("", "nameRu")->text(), "Мужской");
    EXPECT_EQ(person.child("", "missingStatus")->child("", "missing")->text(), "false");
    EXPECT_EQ(person.child("", "documents")->child("", "document")->child("", "type")->child("", "code")->text(),
              "002");
    EXPECT_EQ(person.child("", "addresses")->child("", "address")->children().front().name(), "type");
}

TEST_F(ResponseTest, OfTheFamilyNamesItsMembers) {
    const Person& mother = *world_.find(*base::Iin::parse("820909200016"));
    const auto family = family_record(world_, mother, family_service().fields);
    const auto document = xml::Document::parse(base::as_bytes(written(nullptr, &family))).value();
    const xml::Element person = *document.root().child("", "persons")->child("", "person");
    EXPECT_TRUE(person.child("", "spouse")->child("", "surname"));
    EXPECT_EQ(person.child("", "children")->child("", "child")->child("", "iin")->text(), "991231200017");
    // A child has no spouse: nothing stands for one.
    const auto alone = family_record(world_, *world_.find(*base::Iin::parse("991231200017")), family_service().fields);
    EXPECT_EQ(written(nullptr, &alone).find("spouse"), std::string::npos);
}

TEST_F(ResponseTest, OfARefusalHoldsNoPersonAndEveryReason) {
    const base::Refusal refused({&owner::person_differs, &owner::field_not_granted});
    const std::string text = written(&refused, nullptr);
    EXPECT_EQ(text.find("persons"), std::string::npos);
    const auto document = xml::Document::parse(base::as_bytes(text)).value();
    const xml::Element result = *document.root().child("", "messageResult");
    EXPECT_EQ(result.child("", "code")->text(), "person_differs");
    EXPECT_EQ(result.child("", "nameRu")->text(),
              "Токен выдан на другое лицо. Токен охватывает не все запрошенные сведения.");
    EXPECT_TRUE(result.child("", "nameKz")->text()->starts_with(owner::person_differs.text.kk));
}

}  // namespace
}  // namespace kelisim::gbdfl
