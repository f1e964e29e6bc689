// SPDX-License-Identifier: Apache-2.0
#include "xml/document.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace kelisim::xml {
namespace {

base::Result<Document> parse(std::string_view text, const Limits& limits = {}) {
    return Document::parse(base::as_bytes(text), limits);
}

struct Case {
    const char* name;
    std::string text;
    const base::Reason* reason = nullptr;  // null: accepted
};

void PrintTo(const Case& c, std::ostream* out) {
    *out << c.name;
}

std::string with_namespaces(int count) {
    std::string text = "<a";
    for (int i = 0; i < count; ++i)
        text += " xmlns:n" + std::to_string(i) + "='urn:" + std::to_string(i) + "'";
    return text + "/>";
}

class Parsing : public testing::TestWithParam<Case> {};

TEST_P(Parsing, TakesItOrSaysWhy) {
    const auto document = parse(GetParam().text);
    if (GetParam().reason == nullptr) {
        EXPECT_TRUE(document.has_value()) << document.error().first().code;
    } else {
        ASSERT_FALSE(document.has_value());
        EXPECT_EQ(document.error().first().code, GetParam().reason->code);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Parsing,
    testing::Values(
        Case{"one element", "<a/>"},
        Case{"declaration", "<?xml version='1.0' encoding=\"utf-8\" standalone='no'?><a/>"},
        Case{"no encoding declared", "<?xml version='1.0'?><a/>"}, Case{"byte order mark", "\xEF\xBB\xBF<a/>"},
        Case{"us-ascii is UTF-8 too", "<?xml version='1.0' encoding='US-ASCII'?><a/>"},
        Case{"remarks, CDATA", "<!-- x --><a><?p q?><![CDATA[<b>]]></a><!-- y -->"},
        Case{"entities of XML itself", "<a b='&quot;&#13;'>&lt;&#x4b1;</a>"},
        Case{"quoted angle in an attribute", "<a b='>'/>"}, Case{"names of Kazakhstan", "<құжат аты='Ә'/>"},
        Case{"nothing", "", &xml_malformed}, Case{"blanks", "  \n", &xml_malformed},
        Case{"no end", "<a><b></a>", &xml_malformed}, Case{"text after the root", "<a/>x", &xml_malformed},
        Case{"two roots", "<a/><b/>", &xml_malformed}, Case{"open comment", "<a/><!-- ", &xml_malformed},
        Case{"open attribute", "<a b='c/>", &xml_malformed}, Case{"open CDATA", "<a><![CDATA[", &xml_malformed},
        Case{"angle in an attribute", "<a b='<'/>", &xml_malformed},
        Case{"attribute twice", "<a b='1' b='2'/>", &xml_malformed},
        Case{"attribute twice by namespace", "<a xmlns:p='u:1' xmlns:q='u:1' p:b='1' q:b='2'/>", &xml_malformed},
        Case{"prefix without a namespace", "<p:a/>", &xml_malformed},
        Case{"attribute prefix without a namespace", "<a xsi:type='b'/>", &xml_malformed},
        Case{"unknown entity", "<a>&b;</a>", &xml_malformed},
        Case{"character that XML has not", "<a>&#0;</a>", &xml_malformed},
        Case{"control character", "<a>\x01</a>", &xml_malformed},
        Case{"XML 1.1", "<?xml version='1.1'?><a/>", &xml_malformed},
        Case{"declaration not first", " <?xml version='1.0'?><a/>", &xml_malformed},
        Case{"declaration in an element", "<a><!ENTITY b 'c'></a>", &xml_malformed},
        Case{"NUL", std::string("<a>\0</a>", 8), &xml_encoding}, Case{"not UTF-8", "<a>\xff</a>", &xml_encoding},
        Case{"another encoding", "<?xml version='1.0' encoding='windows-1251'?><a/>", &xml_encoding},
        Case{"another encoding, whose bytes are UTF-8", "<?xml version='1.0' encoding='UTF-7'?><a>+ADw-</a>",
             &xml_encoding},
        Case{"UTF-16", std::string("\xff\xfe<\0a\0/\0>\0", 10), &xml_encoding},
        Case{"empty document type", "<!DOCTYPE a><a/>", &xml_document_type},
        Case{"document type after a comment", "<!-- c --><!DOCTYPE a []><a/>", &xml_document_type},
        Case{"external entity", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", &xml_document_type},
        Case{"external subset", "<!DOCTYPE a SYSTEM 'http://127.0.0.1/a.dtd'><a/>", &xml_document_type},
        Case{"parameter entity", "<!DOCTYPE a [<!ENTITY % b SYSTEM 'file:///etc/passwd'>%b;]><a/>", &xml_document_type},
        Case{"default attribute", "<!DOCTYPE a [<!ATTLIST a Id ID 'x'>]><a/>", &xml_document_type}));

TEST(Document, RefusesABombBeforeItGoesOff) {
    std::string bomb = "<!DOCTYPE a [<!ENTITY a0 'lol'>";
    for (int i = 1; i < 10; ++i) {
        bomb += "<!ENTITY a" + std::to_string(i) + " '";
        for (int k = 0; k < 10; ++k)
            bomb += "&a" + std::to_string(i - 1) + ";";
        bomb += "'>";
    }
    bomb += "]><a>&a9;</a>";
    EXPECT_TRUE(parse(bomb).error().has(xml_document_type));
}

TEST(Document, HasALimitOnEverything) {
    const Limits limits{.bytes_max = 200,
                        .depth_max = 3,
                        .nodes_max = 4,
                        .attributes_max = 3,
                        .attributes_total_max = 5,
                        .namespaces_max = 2};
    const std::string full = "<a>" + std::string(193, 'x') + "</a>";
    EXPECT_TRUE(parse(full, limits).has_value());
    EXPECT_TRUE(parse(full + " ", limits).error().has(xml_too_large));
    EXPECT_TRUE(parse("<a><b><c/></b></a>", limits).has_value());
    EXPECT_TRUE(parse("<a><b><c><d/></c></b></a>", limits).error().has(xml_too_deep));
    EXPECT_TRUE(parse("<a><b/><!--c--><![CDATA[d]]></a>", limits).has_value());
    EXPECT_TRUE(parse("<a><b/><!--c--><![CDATA[d]]><?e?></a>", limits).error().has(xml_too_many_nodes));
    EXPECT_TRUE(parse("<a b='1' c='2' d='3'/>", limits).has_value());
    EXPECT_TRUE(parse("<a b='1' c='2' d='3' e='4'/>", limits).error().has(xml_too_many_attributes));
    EXPECT_TRUE(parse("<a b='1' c='2' d='3'><b b='4' c='5'/></a>", limits).has_value());
    EXPECT_TRUE(parse("<a b='1' c='2' d='3'><b b='4' c='5' d='6'/></a>", limits).error().has(xml_too_many_attributes));
    EXPECT_TRUE(parse(with_namespaces(2), limits).has_value());
    EXPECT_TRUE(parse(with_namespaces(3), limits).error().has(xml_too_many_attributes));
    // What ended is in scope no more.
    EXPECT_TRUE(
        parse("<a><b xmlns:p='u:1' xmlns:q='u:2'/><c xmlns:p='u:1'><d xmlns:q='u:2'/></c></a>", limits).has_value());
    EXPECT_TRUE(parse("<a xmlns='u:0'><b xmlns:p='u:1'><c xmlns:q='u:2'/></b></a>", limits)
                    .error()
                    .has(xml_too_many_attributes));
}

TEST(Document, HasTheLimitsOfTheService) {
    namespace limits = base::limits;
    const auto nested = [](std::size_t depth) {
        std::string text;
        for (std::size_t i = 0; i < depth; ++i)
            text += "<a>";
        for (std::size_t i = 0; i < depth; ++i)
            text += "</a>";
        return text;
    };
    EXPECT_TRUE(parse(nested(limits::xml_depth_max)).has_value());
    EXPECT_TRUE(parse(nested(limits::xml_depth_max + 1)).error().has(xml_too_deep));
    EXPECT_TRUE(parse(with_namespaces(static_cast<int>(limits::xml_namespaces_max))).has_value());
    EXPECT_FALSE(parse(with_namespaces(static_cast<int>(limits::xml_namespaces_max) + 1)).has_value());
    std::string many = "<a>";
    for (std::size_t i = 1; i < limits::xml_nodes_max; ++i)
        many += "<b/>";
    EXPECT_TRUE(parse(many + "</a>").has_value());
    EXPECT_TRUE(parse(many + "<b/></a>").error().has(xml_too_many_nodes));
    std::string wide = "<a";
    for (std::size_t i = 0; i < limits::xml_attributes_max; ++i)
        wide += " b" + std::to_string(i) + "=''";
    EXPECT_TRUE(parse(wide + "/>").has_value());
    EXPECT_TRUE(parse(wide + " c=''/>").error().has(xml_too_many_attributes));
    std::string thick = "<a>";
    for (std::size_t i = 0; i < limits::xml_attributes_total_max / limits::xml_attributes_max; ++i)
        thick += wide + "/>";
    EXPECT_TRUE(parse(thick + "</a>").has_value());
    EXPECT_TRUE(parse(thick + "<b c=''/></a>").error().has(xml_too_many_attributes));
    const std::string large = "<a>" + std::string(limits::xml_bytes_max - 7, 'x') + "</a>";
    EXPECT_TRUE(parse(large).has_value());
    EXPECT_TRUE(parse(large + " ").error().has(xml_too_large));
}

TEST(Document, FindsAnIdThatStandsOnce) {
    const auto document = parse(
        "<a xmlns:u='http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd' xmlns:o='u:o'>"
        "<b Id='1'/><c ID='2'/><d id='3'/><e u:Id='4'/><f u:id='5'/><g xml:id='six'/>"
        "<h o:Id='7' ident='8'/><i Id='9'/><j u:Id='9'/><k Id='10'/><l><m xml:id='ten' id='10'/></l></a>");
    ASSERT_TRUE(document.has_value()) << document.error().first().code;
    for (const auto& [id, name] : {std::pair{"1", "b"}, {"2", "c"}, {"3", "d"}, {"4", "e"}, {"5", "f"}, {"six", "g"}}) {
        const auto found = document->by_id(id);
        ASSERT_TRUE(found.has_value()) << id;
        EXPECT_EQ(found->name(), name);
    }
    EXPECT_TRUE(document->by_id("7").error().has(xml_id_missing));  // of a vocabulary that names nothing
    EXPECT_TRUE(document->by_id("8").error().has(xml_id_missing));
    EXPECT_TRUE(document->by_id("").error().has(xml_id_missing));
    EXPECT_TRUE(document->by_id("9").error().has(xml_id_twice));  // across vocabularies
    EXPECT_TRUE(document->by_id("10").error().has(xml_id_twice));
}

TEST(Document, CutsAnElementOutWithItsNamespaces) {
    const auto document = parse("<e:a xmlns:e='u:e' xmlns:f='u:f' xmlns='u:d'><b e:x='1'><c/></b></e:a>");
    ASSERT_TRUE(document.has_value());
    const Element b = *document->root().child("u:d", "b");
    const auto text = [](const Document& cut) {
        const base::Bytes bytes = cut.to_bytes();
        return std::string(base::as_text(bytes));
    };
    const std::string declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    EXPECT_EQ(text(Document::cut(b, Scope::used)),
              declaration + "<b xmlns=\"u:d\" xmlns:e=\"u:e\" e:x=\"1\"><c/></b>\n");
    EXPECT_EQ(text(Document::cut(b, Scope::whole)),
              declaration + "<b xmlns=\"u:d\" xmlns:e=\"u:e\" xmlns:f=\"u:f\" e:x=\"1\"><c/></b>\n");
    // What is undeclared for it stays undeclared.
    const auto bare = parse("<a xmlns='u:d'><b xmlns=''><c/></b></a>");
    const Document cut = Document::cut(bare->root().children().front(), Scope::whole);
    EXPECT_EQ(cut.root().ns(), "");
    EXPECT_TRUE(parse(text(cut)).has_value());
    EXPECT_EQ(parse(text(cut))->root().children().front().ns(), "");
}

TEST(Document, GivesBackTheCharactersThatItRead) {
    const std::string text = "<a b=\"&#13;&#10;&#9;\"><!--c--><d>&#13;\n</d><![CDATA[x]]></a>";
    auto document = parse(text);
    ASSERT_TRUE(document.has_value());
    const base::Bytes bytes = document->to_bytes();
    EXPECT_EQ(base::as_text(bytes), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + text + "\n");
}

TEST(Document, TakesCopiesInAndPartsOut) {
    auto document = parse("<a><b/></a>");
    const auto other = parse("<p:c xmlns:p='u:p'><p:d>e</p:d></p:c>");
    const Element added = document->append(document->root().children().front(), other->root());
    EXPECT_TRUE(added.is("u:p", "c"));
    EXPECT_EQ(document->root().children().front().children().front(), added);
    document->remove(added);
    EXPECT_TRUE(document->root().children().front().children().empty());
    EXPECT_EQ(other->root().children().front().text(), "e");
}

TEST(Document, KnowsWhatCanBeAnId) {
    for (const char* const good : {"a", "id-1", "_x", "Ә1"})
        EXPECT_TRUE(is_id(good)) << good;
    for (const std::string& bad : {std::string(), std::string("1"), std::string("a b"), std::string("a'b"),
                                   std::string("a:b"), std::string("xpointer(/)"), std::string("a\0b", 3)})
        EXPECT_FALSE(is_id(bad)) << bad;
}

TEST(Document, EscapesSoThatAReaderReadsTheSame) {
    const std::string text = "<&>\"'\r\n\t ә";
    const auto document = parse("<a b=\"" + escaped(text) + "\">" + escaped(text) + "</a>");
    ASSERT_TRUE(document.has_value());
    EXPECT_EQ(document->root().attribute("", "b"), text);
    EXPECT_EQ(document->root().text(), text);
}

}  // namespace
}  // namespace kelisim::xml
