// SPDX-License-Identifier: Apache-2.0
#include "soap/business_data.hpp"

#include <gtest/gtest.h>

#include "base/entropy.hpp"
#include "testing_messages.hpp"
#include "trust/testing_documents.hpp"
#include "trust/xml_signature.hpp"

namespace kelisim::soap {
namespace {

using Content = BusinessData::Content;

std::string text_of(const base::Bytes& bytes) {
    return std::string(base::as_text(bytes));
}

struct Case {
    const char* name;
    std::string text;  // of the body
    Content content;
    DataForm form = DataForm::escaped;
    DataRoot root = DataRoot::inside;
    std::string root_name = {}, document = {}, type = {};
};
void PrintTo(const Case& one, std::ostream* out) {
    *out << one.name;
}
const std::string declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const std::string xsi = " xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'";

class Datas : public testing::TestWithParam<Case> {};
TEST_P(Datas, AreReadInEachForm) {
    const test::Message message(GetParam().text);
    const auto read = BusinessData::read(Data(message.body().children().front()));
    ASSERT_TRUE(read.has_value()) << read.error().first().code;
    EXPECT_EQ(read->content(), GetParam().content);
    EXPECT_EQ(read->type(), GetParam().type);
    EXPECT_EQ(read->objection().has_value(), GetParam().content == Content::text);
    if (GetParam().content == Content::none) return;
    EXPECT_EQ(read->form(), GetParam().form);
    if (GetParam().content == Content::text) {
        EXPECT_EQ(read->text(), GetParam().document);
        return;
    }
    EXPECT_EQ(read->root_is(), GetParam().root);
    EXPECT_EQ(read->root().name(), GetParam().root_name);
    EXPECT_EQ(text_of(read->document()), GetParam().document);
}
INSTANTIATE_TEST_SUITE_P(
    A7, Datas,
    testing::Values(
        Case{"empty", "<data/>", Content::none}, Case{"blanks", "<data> \n</data>", Content::none},
        Case{"a comment alone", "<data><!-- x --></data>", Content::none},
        Case{"one node", "<data> <q>1</q>\n</data>", Content::document, DataForm::nodes, DataRoot::inside, "q",
             declaration + "<q>1</q>\n"},
        Case{"fields side by side", "<data><uin>1</uin><b/></data>", Content::document, DataForm::nodes, DataRoot::data,
             "data", declaration + "<data><uin>1</uin><b/></data>\n"},
        Case{"a node with a namespace from above", "<w xmlns:p='u:p' xmlns:q='u:q'/>", Content::none},
        Case{"a type without a prefix", "<data" + xsi + " xsi:type='getUserDataRequest'><a/></data>", Content::document,
             DataForm::nodes, DataRoot::inside, "a", declaration + "<a/>\n", "getUserDataRequest"},
        Case{"a type of a prefix that nobody declares", "<data" + xsi + " xsi:type='p:x'>&lt;a/></data>",
             Content::document, DataForm::escaped, DataRoot::inside, "a", "<a/>", "p:x"},
        Case{"escaped", "<data>&lt;a b=&quot;&amp;amp;&quot;>&amp;#13;&lt;/a></data>", Content::document,
             DataForm::escaped, DataRoot::inside, "a", "<a b=\"&amp;\">&#13;</a>"},
        Case{"escaped, with a declaration and blanks around it", "<data>\n &lt;?xml version='1.0'?>&lt;a/>&#10;</data>",
             Content::document, DataForm::escaped, DataRoot::inside, "a", "<?xml version='1.0'?><a/>"},
        Case{"escaped data itself", "<data>&lt;data>&lt;a/>&lt;/data></data>", Content::document, DataForm::escaped,
             DataRoot::data, "data", "<data><a/></data>"},
        Case{"CDATA", "<data><![CDATA[<a  c='1' b='2'/>]]></data>", Content::document, DataForm::cdata,
             DataRoot::inside, "a", "<a  c='1' b='2'/>"},
        Case{"CDATA in two pieces", "<data><![CDATA[<a>]]]]><![CDATA[>]]>&lt;/a></data>", Content::text,
             DataForm::cdata, DataRoot::inside, "", "<a>]]></a>"},
        Case{"a text", "<data>ОК</data>", Content::text, DataForm::escaped, DataRoot::inside, "", "ОК"},
        Case{"broken XML", "<data>&lt;a></data>", Content::text, DataForm::escaped, DataRoot::inside, "", "<a>"},
        Case{"a document type", "<data>&lt;!DOCTYPE a>&lt;a/></data>", Content::text, DataForm::escaped,
             DataRoot::inside, "", "<!DOCTYPE a><a/>"}));

TEST(BusinessData, SaysWhyATextIsNoDocument) {
    for (const auto& [text, reason] : std::vector<std::pair<std::string, const base::Reason*>>{
             {"ОК", &xml::xml_malformed},
             {"&lt;a>", &xml::xml_malformed},
             {"&lt;a/>&lt;a/>", &xml::xml_malformed},
             {"&lt;!DOCTYPE a>&lt;a/>", &xml::xml_document_type},
             {"&lt;?xml version='1.0' encoding='utf-16'?>&lt;a/>", &xml::xml_encoding},
             {test::repeated("&lt;a>", 33) + test::repeated("&lt;/a>", 33), &xml::xml_too_deep},
             {"&lt;a>" + test::repeated("&lt;b/>", base::limits::channel_xml_nodes_max) + "&lt;/a>",
              &xml::xml_too_many_nodes}}) {
        const test::Message message("<data>" + text + "</data>");
        const auto read = BusinessData::read(Data(message.body().children().front()));
        ASSERT_TRUE(read.has_value());
        EXPECT_EQ(read->content(), Content::text);
        EXPECT_TRUE(read->objection()->has(*reason)) << text.substr(0, 40);
    }
}

TEST(BusinessData, RefusesTextBesideElements) {
    for (const char* const text : {"<data>x<a/></data>", "<data><a/>x</data>", "<data><a/><![CDATA[x]]><b/></data>"}) {
        const test::Message message(text);
        EXPECT_TRUE(BusinessData::read(Data(message.body().children().front())).error().has(business_data_mixed))
            << text;
    }
}

TEST(BusinessData, TakesNamespacesOfItsMessageAlong) {
    const test::Message message("<w xmlns:p='u:p' xmlns:q='u:q'><data><p:a/></data></w>");
    const auto read = BusinessData::read(Data(message.body().children().front().children().front()));
    EXPECT_EQ(text_of(read->document()), declaration + "<p:a xmlns:p=\"u:p\"/>\n");
    EXPECT_NE(text_of(read->document(xml::Scope::whole)).find("xmlns:q"), std::string::npos);
}

TEST(BusinessData, KnowsWhereFieldsStand) {
    for (const auto& [text, holder] : {std::pair{"<data><q>1</q></data>", "data"},
                                       {"<data><a/><b/></data>", "data"},
                                       {"<data><Request><iin/></Request></data>", "Request"},
                                       {"<data>&lt;Request>&lt;iin/>&lt;/Request></data>", "Request"}}) {
        const test::Message message(text);
        EXPECT_EQ(BusinessData::read(Data(message.body().children().front()))->fields().name(), holder) << text;
    }
}

TEST(Data, IsWrittenInEachForm) {
    const std::string document = "<?xml version='1.0'?>\n<a b='\"'>]]&gt;\r\n&#13;</a>";
    const auto written = [&](DataForm form, std::string_view type = {}) {
        return Data::document(base::as_bytes(document), form, DataRoot::inside, type)->to_xml();
    };
    EXPECT_EQ(written(DataForm::nodes), "<data><a b='\"'>]]&gt;\r\n&#13;</a></data>");
    EXPECT_EQ(written(DataForm::cdata), "<data><![CDATA[" + document + "]]></data>");
    EXPECT_EQ(written(DataForm::escaped, "xs:string"),
              "<data xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"xs:string\">&lt;?xml "
              "version='1.0'?&gt;&#10;&lt;a b='&quot;'&gt;]]&amp;gt;&#13;&#10;&amp;#13;&lt;/a&gt;</data>");
    EXPECT_EQ(Data::document(base::as_bytes("<a><![CDATA[x]]></a>"), DataForm::cdata)->to_xml(),
              "<data><![CDATA[<a><![CDATA[x]]]]><![CDATA[></a>]]></data>");
    EXPECT_EQ(Data::document(base::as_bytes("<data><a/><b/></data>"), DataForm::nodes, DataRoot::data)->to_xml(),
              "<data><a/><b/></data>");
    EXPECT_EQ(Data::text("a<b", "\"t").to_xml(),
              "<data xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"&quot;t\">a&lt;b</data>");
    EXPECT_EQ(Data().to_xml(), "");
}

TEST(Data, StandsInsideWhereItCouldNotBeReadAsData) {
    for (const char* const text : {"<data><a/>x</data>", "<data>x</data>", "<data/>"}) {
        const test::Message message("<data><![CDATA[" + std::string(text) + "]]></data>");
        const auto read = BusinessData::read(Data(message.body().children().front()));
        ASSERT_EQ(read->content(), Content::document);
        EXPECT_EQ(read->in_form(DataForm::nodes)->to_xml(), "<data>" + std::string(text) + "</data>");
    }
}

TEST(Data, IsNotMadeOfWhatWouldBreakTheMessage) {
    for (const auto& [text, reason] :
         std::vector<std::pair<std::string, const base::Reason*>>{{"</data><data>", &xml::xml_malformed},
                                                                  {"<a/><b/>", &xml::xml_malformed},
                                                                  {"", &xml::xml_malformed},
                                                                  {"<!DOCTYPE a><a/>", &xml::xml_document_type}})
        for (const DataForm form : {DataForm::nodes, DataForm::escaped, DataForm::cdata})
            EXPECT_TRUE(Data::document(base::as_bytes(text), form).error().has(*reason)) << text;
    for (const char* const text :
         {"<a/>", "<data xmlns='u:x'><a/></data>", "<data/>", "<data>x</data>", "<data><a/>x</data>"})
        EXPECT_TRUE(
            Data::document(base::as_bytes(text), DataForm::nodes, DataRoot::data).error().has(business_data_no_root));
}

// --- Signatures in business data outlive the message, in whichever form they travel

struct World {
    base::SystemEntropy entropy;
    trust::test::Pki pki{trust::KeyKind::ec, entropy};
    trust::Authorities authorities = pki.authorities();
    trust::Policy policy{.revocation_required = false};
    trust::SigningKey key = trust::test::signing_key(pki.information_system, entropy);
    trust::Verification with{.authorities = authorities,
                             .policy = policy,
                             .revocation = nullptr,
                             .at = trust::test::now,
                             .now = trust::test::now};
};

bool holds(const trust::DocumentReport& report) {
    return report.signers.size() == 1 && !report.content.empty();
}

TEST(BusinessData, KeepsSignaturesInEveryForm) {
    const World world;
    for (const auto& [document, root] :
         {std::pair<std::string, DataRoot>{"<p:a xmlns:p='u:p'>\r\n<b c=\"1\"   d='2'>ә&#13;</b></p:a>",
                                           DataRoot::inside},
          {"<data><uin>1</uin></data>", DataRoot::data}}) {
        const base::Bytes made = trust::sign_xml(base::as_bytes(document), world.key).value();
        for (const DataForm form : {DataForm::nodes, DataForm::escaped, DataForm::cdata}) {
            std::string data = Data::document(made, form, root)->to_xml();
            // Twice, as from the sender to the gateway and from there to the owner, each time in another message.
            for (int hop = 0; hop < 2; ++hop) {
                const test::Message message("<x:w xmlns:x='u:x'>" + data + "</x:w>");
                const auto read = BusinessData::read(Data(message.body().children().front().children().front()));
                ASSERT_TRUE(read.has_value());
                ASSERT_EQ(read->form(), form);
                ASSERT_EQ(read->root_is(), root);
                EXPECT_TRUE(holds(trust::verify_xml(read->document(), {}, world.with)));
                EXPECT_TRUE(holds(trust::verify_xml(read->root(), {}, world.with)));
                if (form != DataForm::nodes) {
                    EXPECT_EQ(text_of(read->document()) + "\n", text_of(made)) << "not byte for byte";
                }
                for (const DataForm other : {DataForm::nodes, DataForm::escaped, DataForm::cdata}) {
                    const test::Message again(read->in_form(other)->to_xml());
                    const auto changed = BusinessData::read(Data(again.body().children().front()));
                    EXPECT_TRUE(holds(trust::verify_xml(changed->document(), {}, world.with)));
                }
                data = Data(message.body().children().front().children().front()).to_xml();
            }
        }
    }
}

TEST(BusinessData, DoesNotMendWhatWasChanged) {
    const World world;
    const base::Bytes made = trust::sign_xml(base::as_bytes("<a><b>1</b></a>"), world.key).value();
    const std::string changed = test::replaced(text_of(made), "<b>1<", "<b>2<");
    for (const DataForm form : {DataForm::nodes, DataForm::escaped, DataForm::cdata}) {
        const test::Message message(Data::document(base::as_bytes(changed), form)->to_xml());
        const auto read = BusinessData::read(Data(message.body().children().front()));
        EXPECT_FALSE(holds(trust::verify_xml(read->document(), {}, world.with)));
    }
}

}  // namespace
}  // namespace kelisim::soap
