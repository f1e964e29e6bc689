// SPDX-License-Identifier: Apache-2.0
#include "xml/element.hpp"

#include <gtest/gtest.h>

#include "xml/document.hpp"

namespace kelisim::xml {
namespace {

Document document(std::string_view text) {
    return Document::parse(base::as_bytes(text)).value();
}

TEST(Element, ReadsATextWhole) {
    for (const char* const text :
         {"<a>one two</a>", "<a>one<!-- --> two</a>", "<a><![CDATA[one]]> two</a>", "<a>one<?p?> two</a>",
          "<a><!--x-->one<!--y--> two<!--z--></a>", "<a>one&#32;two</a>"})
        EXPECT_EQ(document(text).root().text(), "one two") << text;
    EXPECT_EQ(document("<a/>").root().text(), "");
    EXPECT_EQ(document("<a>one<b/> two</a>").root().text(), std::nullopt);
}

TEST(Element, SeesACdataSection) {
    for (const char* const text : {"<a><![CDATA[one]]></a>", "<a>one<![CDATA[]]>x</a>", "<a><b/><![CDATA[one]]></a>"})
        EXPECT_TRUE(document(text).root().has_cdata()) << text;
    for (const char* const text : {"<a/>", "<a>one</a>", "<a><b><![CDATA[one]]></b></a>", "<a><!-- --></a>"})
        EXPECT_FALSE(document(text).root().has_cdata()) << text;
}

TEST(Element, SeesACommentInsideAText) {
    for (const char* const text : {"<a>one<!-- --> two</a>", "<a><!-- -->one</a>", "<a>one<!-- --></a>",
                                   "<a><b><c>one<!-- --><![CDATA[two]]></c></b></a>", "<a>one<b/><!-- --></a>"})
        EXPECT_TRUE(document(text).root().has_comment_in_text()) << text;
    for (const char* const text :
         {"<a>one</a>", "<a><!-- --></a>", "<a> <!-- --> <b>one</b></a>", "<!-- --><a>one</a>"})
        EXPECT_FALSE(document(text).root().has_comment_in_text()) << text;
    EXPECT_TRUE(document("<a><b><?c?></b></a>").root().has_remarks());
    EXPECT_TRUE(document("<a><!-- --></a>").root().has_remarks());
    EXPECT_FALSE(document("<!-- --><a><b/></a>").root().has_remarks());
}

TEST(Element, IsKnownByItsExpandedName) {
    const Document read =
        document("<p:a xmlns:p='u:1' xmlns='u:2' b='3' p:c='4&amp;5'><b/><p:b/><b xmlns=''/><b>6</b></p:a>");
    const Element root = read.root();
    EXPECT_TRUE(root.is("u:1", "a"));
    EXPECT_FALSE(root.is("u:2", "a"));
    EXPECT_FALSE(root.is("", "a"));
    EXPECT_EQ(root.attribute("", "b"), "3");
    EXPECT_EQ(root.attribute("u:1", "c"), "4&5");
    EXPECT_EQ(root.attribute("u:2", "b"), std::nullopt);  // an unprefixed attribute is in no namespace
    EXPECT_EQ(root.attributes().size(), 2U);
    EXPECT_EQ(root.children().size(), 4U);
    EXPECT_EQ(root.children("u:2", "b").size(), 2U);
    EXPECT_EQ(root.child("u:2", "b"), std::nullopt);  // two of them
    EXPECT_EQ(root.child("u:3", "b"), std::nullopt);  // none
    EXPECT_TRUE(root.child("u:1", "b").has_value());
    EXPECT_TRUE(root.child("", "b").has_value());
}

TEST(Element, KnowsItsPlace) {
    const Document read = document("<a><b><c/></b><d/></a>");
    const Element a = read.root(), b = a.children()[0], c = b.children()[0], d = a.children()[1];
    EXPECT_EQ(a.parent(), std::nullopt);
    EXPECT_EQ(c.parent(), b);
    EXPECT_TRUE(a.contains(c) && b.contains(c) && c.contains(c));
    EXPECT_FALSE(d.contains(c) || c.contains(b));
    std::string names;
    a.walk([&](Element each) { names += each.name(); });
    EXPECT_EQ(names, "abcd");
}

}  // namespace
}  // namespace kelisim::xml
