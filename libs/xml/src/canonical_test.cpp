// SPDX-License-Identifier: Apache-2.0
#include "xml/canonical.hpp"

#include <gtest/gtest.h>

#include "xml/document.hpp"

namespace kelisim::xml {
namespace {

std::string form_of(std::string_view text, Canonical form, bool of_child = false) {
    const Document document = Document::parse(base::as_bytes(text)).value();
    const auto bytes = canonical(of_child ? document.root().children().front() : document.root(), form);
    return bytes ? std::string(base::as_text(*bytes)) : "undefined";
}

TEST(Canonical, PutsAnElementIntoOneForm) {
    // Canonical XML 1.0 sections 3.2 to 3.4: white space, attribute order, character references, CDATA.
    EXPECT_EQ(form_of("<?xml version='1.0'?><a  z='1'\n b = \"2\" ><b/><!--c--><![CDATA[<&]]>&#13;\r\n</a><!--d-->",
                      Canonical::inclusive),
              "<a b=\"2\" z=\"1\"><b></b>&lt;&amp;&#xD;\n</a>");
    EXPECT_EQ(form_of("<a b='&quot;&#10;&#9;'>&quot;&gt;</a>", Canonical::exclusive),
              "<a b=\"&quot;&#xA;&#x9;\">\"&gt;</a>");
}

TEST(Canonical, DiffersInNamespacesThatNobodyUses) {
    const std::string_view text = "<a xmlns='u:1' xmlns:p='u:2' xmlns:q='u:3'><b p:c='1'/></a>";
    EXPECT_EQ(form_of(text, Canonical::inclusive, true),
              "<b xmlns=\"u:1\" xmlns:p=\"u:2\" xmlns:q=\"u:3\" p:c=\"1\"></b>");
    EXPECT_EQ(form_of(text, Canonical::exclusive, true), "<b xmlns=\"u:1\" xmlns:p=\"u:2\" p:c=\"1\"></b>");
}

TEST(Canonical, KeepsListedPrefixes) {
    const Document document =
        Document::parse(base::as_bytes("<a xmlns='u:1' xmlns:p='u:2' xmlns:q='u:3'><b/></a>")).value();
    const auto bytes = canonical(document.root().children().front(), Canonical::exclusive, {"q", "unknown"});
    EXPECT_EQ(base::as_text(*bytes), "<b xmlns=\"u:1\" xmlns:q=\"u:3\"></b>");
}

TEST(Canonical, IsUndefinedForRelativeNamespaceNames) {
    EXPECT_EQ(form_of("<a xmlns='b'/>", Canonical::inclusive), "undefined");
}

}  // namespace
}  // namespace kelisim::xml
