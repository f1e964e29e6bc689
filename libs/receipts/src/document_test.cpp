// SPDX-License-Identifier: Apache-2.0
#include "receipts/document.hpp"

#include <gmock/gmock.h>

#include "fixture.hpp"
#include "xml/canonical.hpp"
#include "xml/document.hpp"

namespace kelisim::receipts {
namespace {

using namespace testing;
using ::testing::HasSubstr;

const Once once{.host = "https://kelisim.test", .expires = now + 5min, .nonce = "nonce"};
const Statement yes{.says = Says::yes,
                    .about = "0198aaaa-0000-7000-8000-000000000001",
                    .services = {"PERSON", "A & B"},
                    .fields = {"surname"},
                    .until = now + 24h};

std::string written(const Statement& statement) {
    return to_sign(statement, *of_consent(of(), consent_of(), {}, 0), once);
}

TEST(Document, ReadsBackWhatItSays) {
    EXPECT_EQ(read_statement(base::as_bytes(written(yes))), yes);
    const Statement no{.says = Says::no, .about = yes.about, .services = {}, .fields = {}};
    EXPECT_EQ(read_statement(base::as_bytes(written(no))), no);
}

// LAW-36.3a: in Kazakh and Russian, and what art. 8 of 94-V wants a consent to hold.
TEST(Document, SaysInWordsWhatTheReceiptWillSay) {
    const std::string text = written(yes);
    for (const char* part : {"Келісім берілді", "Дано согласие", "Consent was given", "000140000353", "450810100013",
                             "Несие өтінімін қарау", "https://kelisim.test"}) {
        EXPECT_THAT(text, HasSubstr(part));
    }
}

// The same bytes are signed as XML and as CMS.
TEST(Document, IsItsOwnCanonicalForm) {
    const std::string text = written(yes);
    const auto document = xml::Document::parse(base::as_bytes(text)).value();
    for (const auto form : {xml::Canonical::inclusive, xml::Canonical::exclusive}) {
        EXPECT_EQ(base::as_text(xml::canonical(document.root(), form).value()), text);
    }
}

TEST(Document, NothingIsReadFromAnotherText) {
    for (const std::string_view other :
         {"", "text", "<document/>", "<document xmlns=\"urn:kelisim:document:2\" says=\"yes\"/>",
          "<document xmlns=\"urn:kelisim:document:1\"/>",
          "<document xmlns=\"urn:kelisim:document:1\" says=\"perhaps\"/>",
          "<document xmlns=\"urn:kelisim:document:1\" says=\"yes\" until=\"tomorrow\"/>",
          "<answer xmlns=\"urn:kelisim:document:1\" says=\"yes\"/>"}) {
        EXPECT_FALSE(read_statement(base::as_bytes(other))) << other;
    }
}

}  // namespace
}  // namespace kelisim::receipts
