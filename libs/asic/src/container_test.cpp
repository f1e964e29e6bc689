// SPDX-License-Identifier: Apache-2.0
#include "asic/container.hpp"

#include <gtest/gtest.h>
#include <zip.h>

#include <map>

#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "trust/cms.hpp"
#include "trust/testing.hpp"

namespace kelisim::asic {
namespace {

namespace test = trust::test;

class ContainerTest : public ::testing::Test {
protected:
    std::string make(const std::vector<File>& files) {
        const auto key = test::signing_key(pki.information_system, {pki.authority.certificate}, entropy);
        return container(files, key, test::now);
    }
    // By libzip itself, which checks the sums.
    static std::vector<std::pair<std::string, std::string>> read(const std::string& bytes) {
        std::vector<std::pair<std::string, std::string>> files;
        zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, nullptr);
        zip_t* archive = zip_open_from_source(source, ZIP_CHECKCONS, nullptr);
        EXPECT_NE(archive, nullptr);
        for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); ++i) {
            zip_stat_t stat;
            EXPECT_EQ(zip_stat_index(archive, static_cast<zip_uint64_t>(i), 0, &stat), 0);
            std::string content(stat.size, '\0');
            zip_file_t* file = zip_fopen_index(archive, static_cast<zip_uint64_t>(i), 0);
            EXPECT_EQ(zip_fread(file, content.data(), content.size()), static_cast<zip_int64_t>(content.size()));
            zip_fclose(file);
            files.emplace_back(stat.name, content);
        }
        zip_discard(archive);
        return files;
    }
    trust::Verdict verdict(const std::string& signature, std::string_view manifest) const {
        const trust::Policy policy{.revocation_required = false};
        const trust::CmsRules rules{.purpose = trust::Purpose::signature};
        return trust::verify_detached_cms(base::as_bytes(signature), {base::as_bytes(manifest)}, rules,
                                          {.authorities = authorities,
                                           .policy = policy,
                                           .revocation = nullptr,
                                           .at = test::now,
                                           .now = test::now})
            .verdict();
    }

    base::SeededEntropy entropy{11};
    test::Pki pki{trust::KeyKind::rsa, entropy};
    trust::Authorities authorities = pki.authorities();
    const std::vector<File> two{{"exchange.json", "application/json", "{}"},
                                {"messages/answer-sent.xml", "text/xml", std::string(5000, 'x')}};
};

TEST_F(ContainerTest, MimetypeIsFirstAndPlain) {
    const std::string bytes = make(two);
    // A reader that looks at the first bytes alone finds it there: 30 bytes of the local header, the name, no extra field.
    EXPECT_EQ(bytes.substr(0, 4), "PK\x03\x04");
    EXPECT_EQ(bytes.substr(8, 2), std::string(2, '\0')) << "stored";
    EXPECT_EQ(bytes.substr(28, 2), std::string(2, '\0')) << "no extra field";
    EXPECT_EQ(bytes.substr(30, 8 + media_type.size()), "mimetype" + std::string(media_type));
}

TEST_F(ContainerTest, TheManifestHoldsTheDigestOfEachFileAndIsSigned) {
    const auto files = read(make(two));
    std::vector<std::string> names;
    for (const auto& [name, content] : files)
        names.push_back(name);
    EXPECT_EQ(names, (std::vector<std::string>{"mimetype", "exchange.json", "messages/answer-sent.xml",
                                               "META-INF/ASiCManifest.xml", "META-INF/signature.p7s"}));
    const std::string& manifest = files.at(3).second;
    for (const File& file : two) {
        EXPECT_NE(manifest.find("URI=\"" + file.name + "\""), std::string::npos);
        EXPECT_NE(manifest.find(base::to_base64(crypto::sha256(base::as_bytes(file.content)))), std::string::npos);
    }
    EXPECT_EQ(verdict(files.at(4).second, manifest), trust::Verdict::valid);
    EXPECT_EQ(verdict(files.at(4).second, manifest + " "), trust::Verdict::invalid);
}

TEST_F(ContainerTest, NamesThatAreNoneAreAMistakeOfOurs) {
    for (const auto* name : {"", "a b", "a\"b", "META-INF/x", "\xd0\xb0"})
        EXPECT_THROW(make({{name, "text/xml", "x"}}), std::logic_error) << name;
    EXPECT_THROW(make({{"a", "te<xt", "x"}}), std::logic_error);
    EXPECT_THROW(make({{"a", "text/xml", "x"}, {"a", "text/xml", "y"}}), std::logic_error);
}

}  // namespace
}  // namespace kelisim::asic
