// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "material.hpp"
#include "trust/path.hpp"

namespace kelisim::trust {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* fingerprint = "af77725f8328bb24f89d81da3acdf7cee4324248538b7ba2cd2a860517fb9dca";

class AuthorityFilesTest : public testing::Test {
protected:
    void SetUp() override {
        std::filesystem::create_directories(directory_);
        std::filesystem::copy_file("src/vectors/production/root_gost_2022.pem", directory_ / "root.pem",
                                   std::filesystem::copy_options::overwrite_existing);
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    void write(const std::string& text) { std::ofstream(directory_ / "authorities.toml") << text; }

    std::string refused() {
        try {
            read_authorities(directory_.string());
        } catch (const base::Outage& outage) {
            return outage.what();
        }
        return "";
    }

    const std::filesystem::path directory_ =
        std::filesystem::path(testing::TempDir()) /
        fmt::format("authorities-{}", testing::UnitTest::GetInstance()->current_test_info()->name());
    const std::string good_ = fmt::format(
        "contour = 'production'\n[[authority]]\nname = 'root'\nfile = 'root.pem'\nsha256 = '{}'\nanchor = true\n"
        "role_arcs = ['1.2.398.3.3.4']\n",
        fingerprint);
};

TEST_F(AuthorityFilesTest, ReadsWhatTheOperatorInstalled) {
    write(good_);
    const Authorities read = read_authorities(directory_.string());
    ASSERT_EQ(read.members().size(), 1U);
    EXPECT_EQ(read.contour(), Contour::production);
    EXPECT_EQ(read.members()[0].name, "root");
    EXPECT_TRUE(read.members()[0].anchor);
    EXPECT_EQ(read.members()[0].role_arcs, std::vector<std::string>{"1.2.398.3.3.4"});
}

TEST(InstalledAuthoritiesTest, AreReadAndLeadWhereTheyShould) {
    const Authorities production = read_authorities("../../deploy/trust/production");
    const Authorities test = read_authorities("../../deploy/trust/test");
    EXPECT_EQ(production.contour(), Contour::production);
    EXPECT_EQ(test.contour(), Contour::test);
    for (const Authority& one : production.members())
        EXPECT_EQ(test.find(one.certificate), nullptr) << one.name;
    const auto with = material::at("2024-01-01T00:00:00Z", production, material::legacy);
    for (const Authority& one : production.members())
        EXPECT_EQ(check_certificate(one.certificate, {}, Purpose::any, with).verdict(), Verdict::valid) << one.name;
}

TEST_F(AuthorityFilesTest, AnExchangedFileIsNoticed) {
    write(good_);
    std::filesystem::copy_file("src/vectors/production/root_gost_2020.cer", directory_ / "root.pem",
                               std::filesystem::copy_options::overwrite_existing);
    EXPECT_THAT(refused(), HasSubstr("another fingerprint"));
}

TEST_F(AuthorityFilesTest, EveryFaultAtOnce) {
    write(
        "contour = 'both'\nextra = 1\n[[authority]]\nname = 'a'\nfile = '../root.pem'\nanchor = true\n"
        "[[authority]]\nname = 'b'\nfile = 'none.pem'\n[[authority]]\nname = 'c'\nfile = 'root.pem'\nrole_arcs = "
        "'x'\n");
    EXPECT_THAT(refused(), AllOf(HasSubstr("contour"), HasSubstr("unknown key extra"), HasSubstr("a: file is no name"),
                                 HasSubstr("b: none.pem"), HasSubstr("c: anchor"), HasSubstr("c: role_arcs")));
}

TEST_F(AuthorityFilesTest, NoAnchor) {
    std::string text = good_;
    text.replace(text.find("true"), 4, "false");
    write(text);
    EXPECT_THAT(refused(), HasSubstr("No trust anchor"));
}

TEST_F(AuthorityFilesTest, NoFileAndNoToml) {
    EXPECT_NE(refused(), "");
    write("contour = [");
    EXPECT_NE(refused(), "");
    write("contour = 'production'\n");
    EXPECT_THAT(refused(), HasSubstr("no [[authority]]"));
}

}  // namespace
}  // namespace kelisim::trust
