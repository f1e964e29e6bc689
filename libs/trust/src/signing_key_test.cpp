// SPDX-License-Identifier: Apache-2.0
#include "trust/signing_key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libp11.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "asn1.hpp"
#include "testing_run.hpp"
#include "trust/testing.hpp"

namespace kelisim::trust {
namespace {

using ::testing::ElementsAre;
using Text = base::Secret<std::string>;

base::SeededEntropy entropy{5};  // NOLINT(cert-err58-cpp)

const test::Pki& pki(KeyKind kind) {
    static const test::Pki gost(KeyKind::gost2015_512, entropy), rsa(KeyKind::rsa, entropy), ec(KeyKind::ec, entropy);
    if (kind == KeyKind::rsa) return rsa;
    return kind == KeyKind::ec ? ec : gost;
}

std::string_view code(const base::Result<SigningKey>& result) {
    return result.has_value() ? "signs" : result.error().first().code;
}

bool signs(const SigningKey& key) {
    const base::BytesView message = base::as_bytes("құжат");
    return key.certificate().key()->verifies(key.algorithm(), message, key.sign(message));
}

std::string certificates(const std::vector<Certificate>& list) {
    std::string text;
    for (const Certificate& one : list)
        text += test::to_pem("CERTIFICATE", one.der());
    return text;
}

class SigningKeyTest : public ::testing::TestWithParam<KeyKind> {
protected:
    const test::Pki& pki_ = pki(GetParam());
    const Certificate own_ = pki_.information_system.certificate;
    const Certificate above_ = pki_.authority.certificate;
    const base::Bytes pkcs8_ = pki_.information_system.key.pkcs8();
    const Text passphrase_{"Құпия 123"};
};

INSTANTIATE_TEST_SUITE_P(Kinds, SigningKeyTest, ::testing::Values(KeyKind::gost2015_512, KeyKind::rsa, KeyKind::ec));

TEST_P(SigningKeyTest, FromPkcs12OfTheAuthority) {
    const base::Bytes file = test::to_ber(test::pkcs12(pkcs8_, {above_, own_}, passphrase_.reveal()));
    const auto key = SigningKey::from_pkcs12(file, passphrase_, entropy);
    ASSERT_EQ(code(key), "signs");
    EXPECT_EQ(key->kind(), GetParam());
    EXPECT_THAT(key->chain(), ElementsAre(own_, above_));
    EXPECT_TRUE(signs(*key));
    EXPECT_EQ(code(SigningKey::from_pkcs12(file, Text("Құпия 124"), entropy)), "signing_key_passphrase");
    EXPECT_EQ(code(SigningKey::from_pkcs12(file, Text(""), entropy)), "signing_key_passphrase");
}

TEST_P(SigningKeyTest, FromPkcs12WithAnEmptyPassphrase) {
    const base::Bytes file = test::pkcs12(pkcs8_, {own_}, "");
    EXPECT_EQ(code(SigningKey::from_pkcs12(file, Text(""), entropy)), "signs");
    EXPECT_EQ(code(SigningKey::from_pkcs12(file, passphrase_, entropy)), "signing_key_passphrase");
}

TEST_P(SigningKeyTest, Pkcs12WithoutItsCertificate) {
    const auto opened = [&](const std::vector<Certificate>& certified) {
        return code(
            SigningKey::from_pkcs12(test::pkcs12(pkcs8_, certified, passphrase_.reveal()), passphrase_, entropy));
    };
    EXPECT_EQ(opened({own_}), "signs");
    EXPECT_EQ(opened({}), "signing_key_without_certificate");
    EXPECT_EQ(opened({above_, pki_.head.certificate}), "signing_key_other_certificate");
}

TEST_P(SigningKeyTest, Pkcs12CutShortOrLengthened) {
    base::Bytes file = test::pkcs12(pkcs8_, {own_}, passphrase_.reveal());
    for (std::size_t size = 0; size < file.size(); size += 97)
        EXPECT_EQ(code(SigningKey::from_pkcs12(base::BytesView(file).first(size), passphrase_, entropy)),
                  "signing_key_unreadable");
    file.push_back(0);
    EXPECT_EQ(code(SigningKey::from_pkcs12(file, passphrase_, entropy)), "signing_key_unreadable");
    EXPECT_EQ(code(SigningKey::from_pkcs12(base::Bytes(base::limits::key_file_bytes_max + 1), passphrase_, entropy)),
              "signing_key_unreadable");
}

TEST_P(SigningKeyTest, FromPem) {
    const Text plain(test::to_pem("PRIVATE KEY", pkcs8_));
    const Text encrypted(test::to_pem("ENCRYPTED PRIVATE KEY", test::encrypted_pkcs8(pkcs8_, passphrase_.reveal())));
    const std::string both = certificates({above_, own_});
    for (const Text* text : {&plain, &encrypted}) {
        const auto key = SigningKey::from_pem(*text, passphrase_, both, entropy);
        ASSERT_EQ(code(key), "signs");
        EXPECT_THAT(key->chain(), ElementsAre(own_, above_));
        EXPECT_TRUE(signs(*key));
    }
    EXPECT_EQ(code(SigningKey::from_pem(Text(plain.reveal() + both), {}, "", entropy)), "signs");
    EXPECT_EQ(code(SigningKey::from_pem(encrypted, Text("Құпия"), both, entropy)), "signing_key_passphrase");
    EXPECT_EQ(code(SigningKey::from_pem(encrypted, Text(""), both, entropy)), "signing_key_passphrase");
    EXPECT_EQ(code(SigningKey::from_pem(plain, {}, "", entropy)), "signing_key_without_certificate");
    EXPECT_EQ(code(SigningKey::from_pem(plain, {}, certificates({above_}), entropy)), "signing_key_other_certificate");
}

TEST_P(SigningKeyTest, PemThatIsNone) {
    const std::string plain = test::to_pem("PRIVATE KEY", pkcs8_), own = certificates({own_});
    ASSERT_EQ(code(SigningKey::from_pem(Text(plain), {}, own, entropy)), "signs");
    const auto opened = [&](const std::string& text, const std::string& certified) {
        return code(SigningKey::from_pem(Text(text), {}, certified, entropy));
    };
    EXPECT_EQ(opened("", own), "signing_key_unreadable");
    EXPECT_EQ(opened(plain + plain, own), "signing_key_unreadable") << "which of them?";
    EXPECT_EQ(opened(plain.substr(0, plain.size() / 2), own), "signing_key_unreadable");
    EXPECT_EQ(opened(test::to_pem("PRIVATE KEY", own_.der()), own), "signing_key_unreadable");
    EXPECT_EQ(opened(plain, own.substr(0, own.size() / 2)), "signing_key_unreadable");
    EXPECT_EQ(opened(plain, test::to_pem("CERTIFICATE", pkcs8_)), "signing_key_unreadable");
}

TEST(SigningKeysTest, KeysThatAreTooWeak) {
    const test::KeyPair weak = test::KeyPair::make_rsa(1024, entropy);
    const test::Party party = test::issue(test::system_profile(), pki(KeyKind::rsa).authority, weak, entropy);
    EXPECT_EQ(code(SigningKey::from_pem(Text(test::to_pem("PRIVATE KEY", weak.pkcs8())), {},
                                        certificates({party.certificate}), entropy)),
              "signing_key_unsuitable");
}

TEST(SigningKeysTest, GostKeysThatAreNone) {
    const test::Party& party = pki(KeyKind::gost2015_512).information_system;
    base::Bytes pkcs8 = party.key.pkcs8();
    const auto opened = [&] {
        return code(SigningKey::from_pem(Text(test::to_pem("PRIVATE KEY", pkcs8)), {},
                                         certificates({party.certificate}), entropy));
    };
    ASSERT_EQ(opened(), "signs");
    pkcs8[pkcs8.size() - 64] ^= 1U;
    EXPECT_EQ(opened(), "signing_key_other_certificate");
    std::fill(pkcs8.end() - 64, pkcs8.end(), std::uint8_t{0});
    EXPECT_EQ(opened(), "signing_key_unreadable") << "zero is no key";
    std::fill(pkcs8.end() - 64, pkcs8.end(), std::uint8_t{0xff});
    EXPECT_EQ(opened(), "signing_key_unreadable") << "nor is what lies beyond the order";
}

// One after the other: the first is valid for a year, the second begins a month before the first ends.
class RotationTest : public ::testing::Test {
protected:
    SigningKey made(std::chrono::days from, std::chrono::days until) const {
        test::Profile profile = test::system_profile();
        profile.not_before = test::now + from;
        profile.not_after = test::now + until;
        return test::signing_key(pki(KeyKind::gost2015_512).issue(profile, entropy), {}, entropy);
    }
    using days = std::chrono::days;
    const SigningKey first_ = made(days{0}, days{365}), second_ = made(days{335}, days{700});
};

TEST_F(RotationTest, TheKeyOfTheInstant) {
    const SigningKeys keys({first_, second_});
    const auto at = [&](days day) { return keys.at(test::now + day).value()->certificate(); };
    EXPECT_EQ(at(days{0}), first_.certificate());
    EXPECT_EQ(at(days{334}), first_.certificate());
    EXPECT_EQ(at(days{335}), second_.certificate());
    EXPECT_EQ(at(days{700}), second_.certificate());
    for (const days outside : {days{-1}, days{701}})
        EXPECT_EQ(keys.at(test::now + outside).error().first().code, "signing_key_none_valid");
    EXPECT_TRUE(keys.at(test::now, KeyKind::gost2015_512).has_value());
    EXPECT_EQ(keys.at(test::now, KeyKind::rsa).error().first().code, "signing_key_none_valid");
}

TEST_F(RotationTest, ItIsToldWhenKeysRunOut) {
    const SigningKeys both({first_, second_}), one({first_}), none({});
    EXPECT_EQ(one.ends_within(days{30}, test::now + days{334}), std::nullopt);
    EXPECT_EQ(one.ends_within(days{30}, test::now + days{335}), test::now + days{365});
    EXPECT_EQ(both.ends_within(days{30}, test::now + days{335}), std::nullopt) << "the next lies ready";
    EXPECT_EQ(both.ends_within(days{30}, test::now + days{680}), test::now + days{700});
    EXPECT_EQ(none.ends_within(days{30}, test::now), test::now);
    EXPECT_EQ(both.ends_within(days{30}, test::now + days{800}), test::now + days{800});
}

TEST_F(RotationTest, WhoHoldsAKeyGoesOnWithIt) {
    SigningKeys keys({first_});
    const auto held = keys.at(test::now).value();
    std::thread signer([&] {
        for (int i = 0; i < 20; ++i)
            EXPECT_TRUE(signs(*keys.at(test::now + days{340}).value()));
    });
    for (int i = 0; i < 20; ++i)
        keys.replace({first_, second_});
    signer.join();
    EXPECT_EQ(keys.at(test::now + days{340}).value()->certificate(), second_.certificate());
    EXPECT_EQ(held->certificate(), first_.certificate());
    EXPECT_TRUE(signs(*held));
}

// A SoftHSM of its own, with an RSA and an EC key and the certificate of the first.
class TokenTest : public ::testing::Test {
protected:
    static constexpr const char* module = "/usr/lib/softhsm/libsofthsm2.so";

    static void SetUpTestSuite() {
        directory = std::make_unique<test::Directory>("token");
        std::filesystem::create_directories(directory->path("tokens"));
        directory->write("softhsm2.conf", base::as_bytes("directories.tokendir = " + directory->path("tokens")));
        ::setenv("SOFTHSM2_CONF", directory->path("softhsm2.conf").c_str(), 1);
        ASSERT_EQ(test::run({"softhsm2-util", "--init-token", "--free", "--label", "seal", "--pin", "1234", "--so-pin",
                             "87654321"}),
                  0);
        import("signing", "01", pki(KeyKind::rsa).information_system);
        import("elliptic", "02", pki(KeyKind::ec).information_system);
        store_certificate(pki(KeyKind::rsa).information_system.certificate);
    }
    static void TearDownTestSuite() { directory.reset(); }

    static void import(const std::string& label, const std::string& id, const test::Party& party) {
        const std::string file =
            directory->write(label, base::as_bytes(test::to_pem("PRIVATE KEY", party.key.pkcs8())));
        ASSERT_EQ(test::run({"softhsm2-util", "--import", file, "--token", "seal", "--label", label, "--id", id,
                             "--pin", "1234"}),
                  0);
    }

    static void store_certificate(const Certificate& certificate) {
        const std::unique_ptr<PKCS11_CTX, Free<PKCS11_CTX_free>> context(PKCS11_CTX_new());
        ASSERT_EQ(PKCS11_CTX_load(context.get(), module), 0);
        PKCS11_SLOT* slots = nullptr;
        unsigned count = 0;
        ASSERT_EQ(PKCS11_enumerate_slots(context.get(), &slots, &count), 0);
        PKCS11_SLOT* const slot = PKCS11_find_token(context.get(), slots, count);
        ASSERT_EQ(PKCS11_open_session(slot, /*rw=*/1), 0);
        ASSERT_EQ(PKCS11_login(slot, /*so=*/0, "1234"), 0);
        std::string label = "signing";
        std::uint8_t id = 1;
        PKCS11_CERT* stored = nullptr;
        ASSERT_EQ(PKCS11_store_certificate(slot->token, certificate.openssl(), label.data(), &id, 1, &stored), 0);
        PKCS11_release_all_slots(context.get(), slots, count);
        PKCS11_CTX_unload(context.get());
    }

    static base::Result<SigningKey> open(const std::string& token, const std::string& key, const std::string& pin,
                                         const std::string& certified = {}, const std::string& library = module) {
        return SigningKey::from_token({.module = library, .token = token, .key = key, .pin = Text(pin)}, certified,
                                      entropy);
    }

    static inline std::unique_ptr<test::Directory> directory;
    const std::string ec_certificate_ = certificates({pki(KeyKind::ec).information_system.certificate});
};

TEST_F(TokenTest, RsaWithItsCertificateOnTheToken) {
    const auto key = open("seal", "signing", "1234");
    ASSERT_EQ(code(key), "signs");
    EXPECT_EQ(key->kind(), KeyKind::rsa);
    EXPECT_TRUE(signs(*key));
}

TEST_F(TokenTest, EcWithItsCertificateInAFile) {
    const auto key = open("seal", "elliptic", "1234", ec_certificate_);
    ASSERT_EQ(code(key), "signs");
    EXPECT_EQ(key->kind(), KeyKind::ec);
    EXPECT_TRUE(signs(*key));
}

TEST_F(TokenTest, EachFailureSaysWhichItIs) {
    ASSERT_EQ(code(open("seal", "signing", "1234")), "signs");
    EXPECT_EQ(code(open("seal", "signing", "4321")), "signing_key_passphrase");
    EXPECT_EQ(code(open("seal", "signing", "")), "signing_key_passphrase");
    EXPECT_EQ(code(open("seal", "other", "1234")), "signing_key_token");
    EXPECT_EQ(code(open("other", "signing", "1234")), "signing_key_token");
    EXPECT_EQ(code(open("seal", "signing", "1234", {}, "/nowhere/pkcs11.so")), "signing_key_token");
    EXPECT_EQ(code(open("seal", "elliptic", "1234")), "signing_key_other_certificate");
    EXPECT_EQ(code(open("seal", "signing", "1234", ec_certificate_)), "signing_key_other_certificate");
    EXPECT_EQ(code(open("seal", "signing", "1234")), "signs") << "wrong PINs were tried once each";
}

TEST_F(TokenTest, KeysOfOneTokenTogetherAndInSeveralThreads) {
    const auto rsa = open("seal", "signing", "1234"), ec = open("seal", "elliptic", "1234", ec_certificate_);
    ASSERT_EQ(code(rsa), "signs");
    ASSERT_EQ(code(ec), "signs");
    std::vector<std::thread> signers;
    for (const auto* key : {&rsa, &ec, &rsa, &ec})
        signers.emplace_back([key] {
            for (int i = 0; i < 25; ++i)
                EXPECT_TRUE(signs(**key));
        });
    for (std::thread& one : signers)
        one.join();
}

TEST_F(TokenTest, OpenedAndClosedByManyAtOnce) {
    std::vector<std::thread> openers;
    for (int i = 0; i < 4; ++i)
        openers.emplace_back([] {
            for (int round = 0; round < 10; ++round) {
                const auto key = open("seal", "signing", "1234");
                ASSERT_EQ(code(key), "signs");
                EXPECT_TRUE(signs(*key));
            }
        });
    for (std::thread& one : openers)
        one.join();
}

}  // namespace
}  // namespace kelisim::trust
