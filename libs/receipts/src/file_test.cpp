// SPDX-License-Identifier: Apache-2.0
#include "receipts/file.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "base/limits.hpp"

namespace kelisim::receipts {
namespace {

Proof proof() {
    Proof made{.index = 2, .size = 5, .path = {}, .checkpoint = "log\n5\nroot\n\n"};
    made.path.resize(3);
    made.path[1].fill(7);
    return made;
}

TEST(ReceiptFile, ComesBackAsItWasWritten) {
    for (const auto& with : {std::optional(proof()), std::optional<Proof>()}) {
        const auto read = read_file(to_text({.jws = "aGVhZA.cGF5bG9hZA.c2ln", .proof = with}));
        ASSERT_TRUE(read.has_value());
        EXPECT_EQ(read->jws, "aGVhZA.cGF5bG9hZA.c2ln");
        EXPECT_EQ(read->proof, with);
    }
}

// RFC 7515 section 7.2.2
TEST(ReceiptFile, IsAFlattenedJws) {
    const auto json = boost::json::parse(to_text({.jws = "h.p.s", .proof = proof()}));
    EXPECT_EQ(json.at("protected"), "h");
    EXPECT_EQ(json.at("payload"), "p");
    EXPECT_EQ(json.at("signature"), "s");
    EXPECT_EQ(json.at("header").at("kelisim_ledger").at("index"), 2);
}

TEST(ReceiptFile, CompactAndSurroundedByBlanksIsReadToo) {
    for (const char* text : {"h.p.s", "\n h.p.s\r\n",
                             R"(  {"protected":"h","payload":"p","signature":"s"})"
                             "\n"}) {
        const auto read = read_file(text);
        ASSERT_TRUE(read.has_value()) << text;
        EXPECT_EQ(read->jws, "h.p.s");
        EXPECT_FALSE(read->proof);
    }
    // RFC 7515 7.2.1: "Additional members can be present [...]; if not understood [...], they MUST be ignored."
    EXPECT_TRUE(read_file(R"({"protected":"h","payload":"p","signature":"s","more":1,"header":{"x":{}}})").has_value());
}

TEST(ReceiptFile, RefusesWhatIsNone) {
    const std::string body = R"("protected":"h","payload":"p","signature":"s")";
    for (const std::string& text : std::vector<std::string>{"",
                                                            " ",
                                                            "\n",
                                                            "h.p",
                                                            "h.p.s.x",
                                                            ".p.s",
                                                            "h..s",
                                                            "h.p.",
                                                            "h.\xb9.s",
                                                            "h.=.s",
                                                            "h p s",
                                                            "{",
                                                            "{}",
                                                            "[]",
                                                            "null",
                                                            "{" + body,
                                                            "{" + body + "} x",
                                                            R"({"protected":"h","payload":"p"})",
                                                            R"({"protected":"h","payload":7,"signature":"s"})",
                                                            R"({"protected":"","payload":"p","signature":"s"})",
                                                            R"({"protected":"h.p","payload":"p","signature":"s"})",
                                                            "{" + body + R"(,"payload":"q"})",
                                                            "{" + body + R"(,"signatures":[]})",
                                                            "{" + body + R"(,"header":7})",
                                                            "{" + body + R"(,"header":null})",
                                                            "{" + body + R"(,"header":{"alg":"none"}})",
                                                            "{" + body + R"(,"header":{"crit":["kelisim_ledger"]}})",
                                                            "{" + body + R"(,"header":{"kid":"k"}})",
                                                            "{" + body + R"(,"header":{"typ":"kelisim-receipt+jwt"}})",
                                                            "\xff\xfe",
                                                            std::string("{\0}", 3)}) {
        const auto read = read_file(text);
        ASSERT_TRUE(read.has_error()) << text;
        EXPECT_TRUE(read.error().has(receipt_malformed)) << text;
    }
    EXPECT_TRUE(read_file("{" + body + R"(,"x":)" + std::string(17, '[') + std::string(17, ']') + "}").has_error());
}

TEST(ReceiptFile, RefusesAProofThatDoesNotRead) {
    const auto with = [](const std::string& header) {
        return R"({"protected":"h","payload":"p","signature":"s","header":{"kelisim_ledger":)" + header + "}}";
    };
    const std::string hash = "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"";
    EXPECT_TRUE(read_file(with(R"({"index":0,"size":1,"path":[)" + hash + "]}")).has_value());
    for (const std::string& header : std::vector<std::string>{
             "7", "[]", "null", "{}", R"({"index":-1,"size":1,"path":[]})", R"({"index":0,"size":1})",
             R"({"index":1.0,"size":1,"path":[]})", R"({"index":"0","size":1,"path":[]})",
             R"({"index":0,"size":1,"path":[7]})", R"({"index":0,"size":1,"path":["AAAA"]})",
             R"({"index":0,"size":1,"path":[],"checkpoint":7})",
             R"({"index":0,"size":18446744073709551615,"path":[]})"}) {
        const auto read = read_file(with(header));
        ASSERT_TRUE(read.has_error()) << header;
        EXPECT_TRUE(read.error().has(receipt_proof_malformed)) << header;
    }
    std::string path;
    for (int i = 0; i < 65; ++i)
        path += (i == 0 ? "" : ",") + hash;
    EXPECT_TRUE(read_file(with(R"({"index":0,"size":1,"path":[)" + path + "]}")).has_error()) << "one hash over";
}

TEST(ReceiptFile, IsBounded) {
    std::string text = "h.p.s" + std::string(base::limits::receipt_file_bytes_max - 5, ' ');
    EXPECT_TRUE(read_file(text).has_value());
    EXPECT_TRUE(read_file(text + ' ').has_error()) << "one byte over";
}

}  // namespace
}  // namespace kelisim::receipts
