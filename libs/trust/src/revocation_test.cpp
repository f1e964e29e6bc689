// SPDX-License-Identifier: Apache-2.0
#include "trust/revocation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "material.hpp"
#include "trust/findings.hpp"
#include "trust/testing.hpp"

namespace kelisim::trust {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;
using namespace std::chrono_literals;

std::vector<std::string> codes(const Findings& findings) {
    std::vector<std::string> found;
    for (const Finding& one : findings.all())
        if (one.weight != Weight::note) found.emplace_back(one.reason->code);
    return found;
}

constexpr const char* when = "2022-09-02T17:00:00Z";
const std::string nonce_of_individual{"\xe4\x08\xff\xb7\x90\x83\x4a\xf2", 8};

class OcspTest : public testing::Test {
protected:
    const Certificate person_ = material::certificate("test/gost2015_individual.cer");
    const Certificate issuer_ = material::certificate("test/nca_gost2015_test.cer");
    const base::Bytes response_ = material::bytes("test/ocsp_response_individual_2015.bin");
    const Verification with_ = material::at(when, material::test_contour());

    StatusReport read(base::BytesView der) const {
        return read_ocsp_response(der, person_, issuer_, base::as_bytes(nonce_of_individual), with_);
    }
};

TEST_F(OcspTest, NeverIssuedIsToldFromOnHold) {
    const StatusReport report = read(response_);
    EXPECT_THAT(codes(report.findings), ElementsAre());
    EXPECT_EQ(report.status.standing, Standing::not_issued);
    EXPECT_FALSE(report.status.until);
    Findings findings;
    judge(report.status, person_, with_, findings);
    EXPECT_THAT(codes(findings), ElementsAre("certificate_not_issued"));
}

TEST_F(OcspTest, AnotherNonce) {
    EXPECT_THAT(codes(read_ocsp_response(response_, person_, issuer_, base::as_bytes("12345678"), with_).findings),
                ElementsAre("status_nonce"));
}

TEST_F(OcspTest, AnswerAboutSomebodyElse) {
    const Certificate other = material::certificate("test/gost2015_ceo.cer");
    EXPECT_THAT(codes(read_ocsp_response(response_, other, issuer_, {}, with_).findings),
                ElementsAre("status_other_certificate"));
}

TEST_F(OcspTest, OldAndFromTheFuture) {
    const auto later = material::at("2022-09-02T17:20:00Z", material::test_contour());
    EXPECT_THAT(codes(read_ocsp_response(response_, person_, issuer_, {}, later).findings),
                ElementsAre("status_stale"));
    const auto earlier = material::at("2022-09-02T16:50:00Z", material::test_contour());
    EXPECT_THAT(codes(read_ocsp_response(response_, person_, issuer_, {}, earlier).findings),
                ElementsAre("status_from_future"));
}

TEST_F(OcspTest, AnyChangedBitOfTheSignature) {
    base::Bytes changed = response_;
    std::size_t at = 0;
    for (std::size_t i = 0; i + 4 < changed.size(); ++i)
        if (changed[i] == 0xdc && changed[i + 1] == 0x2b && changed[i + 2] == 0xb7) at = i;
    ASSERT_GT(at, 0U);
    changed[at] ^= 1U;
    EXPECT_THAT(codes(read(changed).findings), ElementsAre("status_signature"));
}

TEST_F(OcspTest, AnyChangedByteIsNoGoodAnswer) {
    for (std::size_t at = 0; at < response_.size(); at += 3) {
        base::Bytes changed = response_;
        changed[at] ^= 1U;
        const StatusReport report = read(changed);
        EXPECT_TRUE(report.findings.verdict() == Verdict::invalid || report.status.standing == Standing::not_issued)
            << at;
    }
}

TEST_F(OcspTest, Truncated) {
    for (std::size_t size = 0; size < response_.size(); size += 17)
        EXPECT_EQ(read(base::BytesView(response_).first(size)).findings.verdict(), Verdict::invalid) << size;
}

TEST_F(OcspTest, ResponderOfAnotherAuthority) {
    // A GOST-2004 responder under another authority of the contour, about a certificate of that authority.
    const base::Bytes other = material::bytes("test/ocsp_response_individual_sign_2004.bin");
    EXPECT_EQ(read_ocsp_response(other, person_, issuer_, {}, with_).findings.verdict(), Verdict::invalid);
}

TEST_F(OcspTest, RefusalOfTheResponderIsNoStanding) {
    const base::Bytes try_later{0x30, 0x03, 0x0a, 0x01, 0x03};
    EXPECT_THAT(codes(read(try_later).findings), ElementsAre("status_refused"));
    EXPECT_THAT(codes(read(base::Bytes{0x3c, 0x68, 0x74}).findings), ElementsAre("status_malformed"));
}

TEST(OcspRealTest, ResponderOfTheGostAuthority) {
    const base::Bytes response = material::bytes("test/ocsp_response_ceo_2015_revoked.bin");
    // The certificate that it is about is not public; another one of the same authority is not meant by it.
    const auto report = read_ocsp_response(response, material::certificate("test/gost2015_ceo.cer"),
                                           material::certificate("test/nca_gost2015_test.cer"), {},
                                           material::at(when, material::test_contour()));
    EXPECT_THAT(codes(report.findings), ElementsAre("status_other_certificate"));
}

TEST(OcspRealTest, ResponderOfTheOldRsaAuthority) {
    // Nor is this one's; but its signature and its delegated responder hold, and so nothing else is found.
    const auto report = read_ocsp_response(material::bytes("test/ocsp_response_individual_sign_2004.bin"),
                                           material::certificate("test/individual_valid_sign_2004_rsa.cer"),
                                           material::certificate("test/nca_rsa_test.crt"), {},
                                           material::at("2022-09-02T16:55:00Z", material::test_contour()));
    EXPECT_THAT(codes(report.findings), ElementsAre("status_other_certificate"));
}

TEST(OcspRealTest, AnAnswerUnderThePredecessorCountsOnlyWhereThePolicyLetsIt) {
    const auto read = [](const Policy& policy) {
        return read_ocsp_response(material::bytes("test/ocsp_response_ceo_sign_2004_revoked.bin"),
                                  material::certificate("test/ceo_valid_sign_2004_gost.cer"),
                                  material::certificate("test/nca_gost_test.crt"), {},
                                  material::at("2022-09-02T16:58:00Z", material::test_contour(), policy))
            .findings;
    };
    EXPECT_TRUE(read(material::without_revocation).has(status_algorithm_legacy));
    EXPECT_THAT(codes(read(material::without_revocation)), testing::Contains("status_algorithm_legacy"));
    // Then only what it is about is left; its signature by 34.310-2004 and its responder hold.
    EXPECT_THAT(codes(read(material::legacy)), ElementsAre("status_other_certificate"));
    EXPECT_TRUE(read(material::legacy).has(status_algorithm_legacy)) << "noted";
}

TEST(OcspRequestTest, AsksWithSha256AndANonce) {
    base::SeededEntropy entropy(3);
    const Certificate person = material::certificate("test/gost2015_individual.cer");
    const OcspRequest request = make_ocsp_request(person, material::certificate("test/nca_gost2015_test.cer"), entropy);
    EXPECT_EQ(request.nonce.size(), 32U);
    const auto holds = [&](base::BytesView part) {
        return std::search(request.der.begin(), request.der.end(), part.begin(), part.end()) != request.der.end();
    };
    EXPECT_TRUE(holds(request.nonce));
    // The responder's own issuerKeyHash of the same authority (pki.md 2).
    const auto answer = material::bytes("test/ocsp_response_individual_2015.bin");
    const std::uint8_t key_hash[] = {0xAF, 0xC3, 0x1E, 0x06, 0x25, 0xB7, 0xA4, 0xD3};
    EXPECT_TRUE(holds(key_hash));
}

class CrlTest : public testing::Test {
protected:
    const Certificate person_ = material::certificate("test/gost2015_individual.cer");
    const Certificate issuer_ = material::certificate("test/nca_gost2015_test.cer");
    const base::Bytes list_ = material::bytes("test/nca_gost2022_test.crl");
};

TEST_F(CrlTest, WhoIsNotListedIsGood) {
    const auto with = material::at("2022-07-29T00:00:00Z", material::test_contour());
    const StatusReport report = read_crls(list_, {}, person_, issuer_, with);
    EXPECT_THAT(codes(report.findings), ElementsAre());
    EXPECT_EQ(report.status.standing, Standing::good);
}

TEST_F(CrlTest, AListPastItsEnd) {
    EXPECT_THAT(
        codes(read_crls(list_, {}, person_, issuer_, material::at("2023-01-24T00:00:00Z", material::test_contour()))
                  .findings),
        ElementsAre("status_stale"));
}

TEST_F(CrlTest, AListFromTheFuture) {
    EXPECT_THAT(
        codes(read_crls(list_, {}, person_, issuer_, material::at("2022-07-20T00:00:00Z", material::test_contour()))
                  .findings),
        ElementsAre("status_from_future"));
}

TEST_F(CrlTest, AListOfAnotherAuthority) {
    const auto with = material::at("2022-07-29T00:00:00Z", material::test_contour());
    EXPECT_THAT(codes(read_crls(list_, {}, person_, material::certificate("test/nca_rsa_test.crt"), with).findings),
                UnorderedElementsAre("status_responder", "status_signature"));
}

TEST_F(CrlTest, ChangedAndTruncated) {
    const auto with = material::at("2022-07-29T00:00:00Z", material::test_contour());
    base::Bytes changed = list_;
    changed[changed.size() / 2] ^= 1U;
    EXPECT_EQ(read_crls(changed, {}, person_, issuer_, with).findings.verdict(), Verdict::invalid);
    EXPECT_THAT(codes(read_crls(base::BytesView(list_).first(list_.size() - 1), {}, person_, issuer_, with).findings),
                ElementsAre("status_malformed"));
}

TEST_F(CrlTest, AWholeListIsNoDelta) {
    const auto with = material::at("2022-07-29T00:00:00Z", material::test_contour());
    EXPECT_THAT(codes(read_crls(list_, list_, person_, issuer_, with).findings), ElementsAre("status_scope"));
}

// What a person's certificate names is asked; a source that has nothing leaves it open.
class StubSource final : public StatusSource {
public:
    std::optional<base::Bytes> ask_ocsp(const std::string& url, base::BytesView) override {
        asked.push_back(url);
        return ocsp;
    }
    std::optional<base::Bytes> fetch_crl(const std::string& url) override {
        asked.push_back(url);
        return url.find("_d_") == std::string::npos ? crl : std::nullopt;
    }
    std::vector<std::string> asked;
    std::optional<base::Bytes> ocsp, crl;
};

class RevocationTest : public CrlTest {
protected:
    StubSource source_;
    base::SeededEntropy entropy_{5};
    Revocation revocation_{source_, entropy_};
    const Policy policy_{};

    Findings check(const char* at, const Policy& policy) {
        Verification with = material::at(at, material::test_contour(), policy);
        with.revocation = &revocation_;
        Findings findings;
        revocation_.check(person_, issuer_, with, findings);
        return findings;
    }
};

TEST_F(RevocationTest, NobodyAnswersSoNobodyKnows) {
    const Findings findings = check("2022-07-29T00:00:00Z", policy_);
    EXPECT_EQ(findings.verdict(), Verdict::indeterminate);
    EXPECT_TRUE(findings.has(revocation_unknown));
    EXPECT_FALSE(source_.asked.empty());
    EXPECT_EQ(check("2022-07-29T00:00:00Z", material::without_revocation).verdict(), Verdict::valid);
}

TEST_F(RevocationTest, TheListServesWhenTheResponderIsSilent) {
    source_.crl = list_;
    EXPECT_EQ(check("2022-07-29T00:00:00Z", policy_).verdict(), Verdict::valid);
}

TEST_F(RevocationTest, AListIsFetchedOncePerHour) {
    source_.crl = list_;
    check("2022-07-29T00:00:00Z", policy_);
    const auto count = [&] { return std::ranges::count(source_.asked, person_.crl_urls().front()); };
    const auto first = count();
    check("2022-07-29T00:30:00Z", policy_);
    EXPECT_EQ(count(), first);
    check("2022-07-29T01:30:00Z", policy_);
    EXPECT_EQ(count(), first + 1);
}

TEST_F(RevocationTest, TheOldListServesUntilItsEndWhenThereIsNoNewer) {
    source_.crl = list_;
    check("2022-07-29T00:00:00Z", policy_);
    source_.crl.reset();
    EXPECT_EQ(check("2022-07-30T00:00:00Z", policy_).verdict(), Verdict::valid);
    EXPECT_EQ(check("2023-01-24T00:00:00Z", policy_).verdict(), Verdict::indeterminate);
}

TEST_F(RevocationTest, ABadAnswerIsToldButTheListDecides) {
    source_.ocsp = base::Bytes{0x3c, 0x68, 0x74, 0x6d, 0x6c};
    source_.crl = list_;
    const Findings findings = check("2022-07-29T00:00:00Z", policy_);
    EXPECT_TRUE(findings.has(status_malformed));
    EXPECT_EQ(findings.verdict(), Verdict::valid);
}

TEST_F(RevocationTest, AReplayedAnswerDoesNotCount) {
    source_.ocsp = material::bytes("test/ocsp_response_individual_2015.bin");
    const Findings findings = check(when, policy_);
    EXPECT_TRUE(findings.has(status_nonce));
    EXPECT_EQ(findings.verdict(), Verdict::indeterminate);
}

// With an authority of the test's own, every answer can be given, and bent.
class MadeAnswersTest : public testing::Test {
protected:
    base::SeededEntropy entropy_{23};
    const test::Pki pki_{KeyKind::gost2015_512, entropy_};
    const Authorities authorities_ = pki_.authorities();
    const Policy policy_{};
    const Certificate& person_ = pki_.person.certificate;
    const Certificate& issuer_ = pki_.authority.certificate;

    Verification with() const {
        return {
            .authorities = authorities_, .policy = policy_, .revocation = nullptr, .at = test::now, .now = test::now};
    }
    StatusReport answered(const test::OcspAnswer& answer) { return answered(answer, pki_.responder); }
    StatusReport answered(const test::OcspAnswer& answer, const test::Party& by) {
        return read_ocsp_response(test::ocsp_response(person_, issuer_, by, answer), person_, issuer_, {}, with());
    }
    Verdict judged(const Status& status, base::Time at = test::now) {
        Verification asked = with();
        asked.at = at;
        Findings findings;
        judge(status, person_, asked, findings);
        return findings.verdict();
    }
    StatusReport listed(const test::CrlContents& whole, const test::CrlContents& delta) {
        return read_crls(test::crl(pki_.authority, whole), test::crl(pki_.authority, delta), person_, issuer_, with());
    }
};

TEST_F(MadeAnswersTest, GoodFromADelegatedResponderAndFromTheIssuer) {
    for (const bool by_key : {false, true}) {
        const auto report = answered({.responder_by_key = by_key});
        EXPECT_THAT(codes(report.findings), ElementsAre());
        EXPECT_EQ(report.status.standing, Standing::good);
        EXPECT_EQ(judged(report.status), Verdict::valid);
    }
    EXPECT_THAT(codes(answered({.certificate_sent = false}, pki_.authority).findings), ElementsAre());
}

TEST_F(MadeAnswersTest, RevokedHeldAndNeverIssuedAreToldApart) {
    const auto revoked = answered({.standing = Standing::revoked});
    EXPECT_EQ(revoked.status.standing, Standing::revoked);
    EXPECT_EQ(revoked.status.reason, "keyCompromise");
    EXPECT_EQ(judged(revoked.status), Verdict::invalid);
    EXPECT_EQ(judged(revoked.status, test::now - 48h), Verdict::valid) << "it was taken back later";
    EXPECT_EQ(judged(answered({.standing = Standing::on_hold}).status), Verdict::indeterminate);
    EXPECT_EQ(judged(answered({.standing = Standing::not_issued}).status), Verdict::invalid);
    EXPECT_EQ(judged(answered({.standing = Standing::unknown}).status), Verdict::indeterminate);
}

TEST_F(MadeAnswersTest, WhoWasNotAppointedAnswersForNothing) {
    EXPECT_THAT(codes(answered({}, pki_.person).findings),
                testing::AllOf(testing::Contains("status_responder"), testing::Contains("certificate_wrong_purpose")));
    test::Profile without_no_check = test::responder_profile();
    without_no_check.no_check = false;
    EXPECT_THAT(codes(answered({}, pki_.issue(without_no_check, entropy_)).findings), ElementsAre("status_responder"));
    test::Profile expired = test::responder_profile();
    expired.not_after = test::now - 1h;
    EXPECT_THAT(codes(answered({}, pki_.issue(expired, entropy_)).findings),
                UnorderedElementsAre("status_responder", "certificate_expired"));
    const test::Pki foreign(KeyKind::gost2015_512, entropy_);  // with the same names
    EXPECT_THAT(codes(answered({}, foreign.responder).findings), ElementsAre("status_responder"));
    EXPECT_THAT(codes(answered({.certificate_sent = false}).findings), ElementsAre("status_responder"));
}

TEST_F(MadeAnswersTest, AForgedSignature) {
    EXPECT_THAT(codes(answered({.signature = base::Bytes(128, 7)}).findings), ElementsAre("status_signature"));
}

TEST_F(MadeAnswersTest, PastItsNextUpdate) {
    EXPECT_THAT(codes(answered({.this_update = test::now - 10min, .next_update = test::now - 5min}).findings),
                ElementsAre("status_stale"));
}

TEST_F(MadeAnswersTest, ADeltaSaysWhatTheWholeListDoesNotYet) {
    const auto report = listed({.number = 1}, {.revoked = {{.certificate = person_}}, .number = 2, .base_number = 1});
    EXPECT_THAT(codes(report.findings), ElementsAre());
    EXPECT_EQ(report.status.standing, Standing::revoked);
}

TEST_F(MadeAnswersTest, ADeltaLiftsAHold) {
    const test::CrlContents held{.revoked = {{.certificate = person_, .reason = 6}}, .number = 1};
    EXPECT_EQ(listed(held, {.number = 2, .base_number = 1}).status.standing, Standing::on_hold);
    const auto lifted =
        listed(held, {.revoked = {{.certificate = person_, .reason = 8}}, .number = 2, .base_number = 1});
    EXPECT_THAT(codes(lifted.findings), ElementsAre());
    EXPECT_EQ(lifted.status.standing, Standing::good);
}

TEST_F(MadeAnswersTest, ADeltaOfAnotherListDoesNotCount) {
    const auto refused = [&](const test::CrlContents& whole, const test::CrlContents& delta) {
        return listed(whole, delta).findings.has(status_scope);
    };
    EXPECT_TRUE(refused({.number = 1}, {.number = 3, .base_number = 2})) << "it begins after the list";
    EXPECT_TRUE(refused({.number = 3}, {.number = 3, .base_number = 1})) << "it is no newer";
    EXPECT_TRUE(refused({.number = 2, .base_number = 1}, {.number = 3, .base_number = 1}))
        << "a delta is no whole list";
    EXPECT_THAT(
        codes(listed({.number = 1}, {.number = 2, .base_number = 1, .signature = base::Bytes(128, 7)}).findings),
        ElementsAre("status_signature"));
}

TEST_F(MadeAnswersTest, AResponderAnswersAboutATimeBeforeItsOwn) {
    test::Profile young = test::responder_profile();
    young.not_before = test::now - 24h;
    const test::Party responder = pki_.issue(young, entropy_);
    Verification long_ago = with();
    long_ago.at = test::now - 24h * 90;
    const base::Bytes response = test::ocsp_response(person_, issuer_, responder, {});
    EXPECT_THAT(codes(read_ocsp_response(response, person_, issuer_, {}, long_ago).findings), ElementsAre());
    // When it spoke it has to be one.
    young.not_before = test::now + 1h;
    const base::Bytes early = test::ocsp_response(person_, issuer_, pki_.issue(young, entropy_), {});
    EXPECT_THAT(codes(read_ocsp_response(early, person_, issuer_, {}, long_ago).findings),
                UnorderedElementsAre("status_responder", "certificate_not_yet_valid"));
}

TEST_F(MadeAnswersTest, MoreBytesThanAnyAnswerHas) {
    EXPECT_THAT(codes(read_ocsp_response(base::Bytes(base::limits::ocsp_response_bytes_max + 1, 0x30), person_, issuer_,
                                         {}, with())
                          .findings),
                ElementsAre("status_malformed"));
    EXPECT_THAT(
        codes(read_crls(base::Bytes(base::limits::crl_bytes_max + 1, 0x30), {}, person_, issuer_, with()).findings),
        ElementsAre("status_malformed"));
}

// Two authorities whose certificates name one address, at which one list lies.
class OneAddressTest : public MadeAnswersTest {
protected:
    class Lists final : public StatusSource {
    public:
        std::optional<base::Bytes> ask_ocsp(const std::string&, base::BytesView) override { return ocsp; }
        std::optional<base::Bytes> fetch_crl(const std::string& url) override {
            asked.push_back(url);
            return list;
        }
        std::optional<base::Bytes> ocsp, list;
        std::vector<std::string> asked;
    };

    const test::Pki other_{KeyKind::gost2015_512, entropy_};
    Lists source_;

    Verdict check(Revocation& revocation, const Certificate& certificate, const Certificate& issuer) {
        Findings findings;
        revocation.check(certificate, issuer, with(), findings);
        return findings.verdict();
    }
};

TEST_F(OneAddressTest, AListIsNeverTakenForAnotherAuthoritys) {
    Revocation revocation(source_, entropy_);
    source_.list = test::crl(pki_.authority, {});
    ASSERT_EQ(check(revocation, person_, issuer_), Verdict::valid);
    EXPECT_EQ(check(revocation, other_.person.certificate, other_.authority.certificate), Verdict::indeterminate);
}

TEST_F(OneAddressTest, OverTheBoundTheOldestListGoes) {
    Revocation revocation(source_, entropy_, {.lists_max = 1});
    source_.list = test::crl(pki_.authority, {});
    check(revocation, person_, issuer_);
    check(revocation, person_, issuer_);
    EXPECT_EQ(source_.asked.size(), 1U) << "kept";
    source_.list = test::crl(other_.authority, {});
    ASSERT_EQ(check(revocation, other_.person.certificate, other_.authority.certificate), Verdict::valid);
    source_.list = test::crl(pki_.authority, {});
    EXPECT_EQ(check(revocation, person_, issuer_), Verdict::valid);
    EXPECT_EQ(source_.asked.size(), 3U) << "asked for anew";
}

}  // namespace
}  // namespace kelisim::trust
