// SPDX-License-Identifier: Apache-2.0
// read_cms_text: what NCALayer answers.
#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "trust/cms.hpp"
#include "trust/testing.hpp"

namespace kelisim::trust {
namespace {

using base::Bytes;

Bytes bytes(std::string_view text) {
    return {text.begin(), text.end()};
}

TEST(CmsTextTest, PemAndBareBase64) {
    const Bytes document =
        bytes("any bytes, for they are not looked into, and more of them than fit into one line of PEM");
    const std::string bare = base::to_base64(document);
    EXPECT_EQ(read_cms_text(bare), document);
    EXPECT_EQ(read_cms_text(test::to_pem("CMS", document)), document);
    EXPECT_EQ(read_cms_text(test::to_pem("PKCS7", document)), document);
    EXPECT_EQ(read_cms_text("\r\n" + test::to_pem("CMS", document) + "\r\n"), document);
    std::string broken_lines;
    for (std::size_t i = 0; i < bare.size(); i += 10)
        broken_lines += bare.substr(i, 10) + "\r\n";
    EXPECT_EQ(read_cms_text(broken_lines), document);
}

TEST(CmsTextTest, WhatIsNeither) {
    const std::string pem = test::to_pem("CMS", bytes("document"));
    ASSERT_TRUE(read_cms_text(pem));
    for (const std::string& text :
         {std::string(), std::string("   "), std::string("no*base64"), std::string("YQ"),
          pem.substr(0, pem.size() - 10), test::to_pem("CERTIFICATE", bytes("document")),
          std::string("-----END CMS-----YQ==-----BEGIN CMS-----"), std::string("-----BEGIN CMS----------END CMS-----")})
        EXPECT_FALSE(read_cms_text(text)) << text;
    EXPECT_FALSE(read_cms_text(base::to_base64(Bytes(base::limits::cms_bytes_max + 1))));
}

}  // namespace
}  // namespace kelisim::trust
