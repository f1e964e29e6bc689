// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <map>
#include <random>

#include "access/testing.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace kelisim::access {
namespace {

using namespace access::testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;

class TokensTest : public ::testing::Test {
protected:
    base::Result<IssuedToken> refresh(const std::string& text, const registry::System& client) {
        return world.unit([&](store::WriteSession& session) {
            return world.service->tokens.refresh(session, text, client, world.clock.now());
        });
    }
    bool revoke(consent::TokenId id, const registry::System& client) {
        return world.unit([&](store::WriteSession& session) {
            return world.service->tokens.revoke(session, id, client, world.clock.now());
        });
    }
    PollState poll(consent::RequestId id, std::string_view initiator = "DEMOBANK") {
        return world.look([&](store::ReadSession& session) {
            return world.service->tokens.poll(session, id, initiator, world.clock.now());
        });
    }
    bool lives(const IssuedToken& token) {
        return world.service->index.find(id_of(token), world.clock.now()).has_value();
    }
    void TearDown() override { EXPECT_THAT(world.verify().findings, ElementsAre()); }

    World world;
};

TEST_F(TokensTest, APollTellsWhereTheRequestStandsToItsInitiatorAlone) {
    const auto id = ask(world, person::abai());
    EXPECT_EQ(poll(id), PollState::pending);
    EXPECT_EQ(poll(id, "DEMOINS"), PollState::unknown);
    EXPECT_EQ(poll(world.service->asking.new_id(person::abai().iin, world.clock.now())), PollState::unknown);
    deliver(world);
    EXPECT_EQ(poll(id), PollState::pending);
    hear(world, person::abai(), "1", "a");
    deliver(world);
    EXPECT_EQ(poll(id), PollState::granted);
    const auto refused = ask(world, person::ybyrai());
    deliver(world);
    hear(world, person::ybyrai(), "2", "b");
    deliver(world);
    EXPECT_EQ(poll(refused), PollState::refused);
    EXPECT_EQ(poll(ask(world, person::without_phone())), PollState::undeliverable);
    const auto silent = ask(world, person::ybyrai());
    world.clock.advance(base::limits::request_life_default);
    EXPECT_EQ(poll(silent), PollState::expired) << "the clock decides, not the scheduler";
    EXPECT_EQ(poll(id), PollState::granted);
}

// KDP-2.8: the token identifies its holder and says what it opens.
TEST_F(TokensTest, ATokenSaysWhatThePersonSaidYesTo) {
    const auto id = granted(world, person::abai());
    const auto token = redeem(world, id, world.bank()).value();
    EXPECT_EQ(token.claims.issuer, issuer);
    EXPECT_EQ(token.claims.subject, person::abai().iin);
    EXPECT_EQ(token.claims.client_id, "demo-bank");
    EXPECT_THAT(token.claims.audience, ElementsAre("GBDFL"));
    EXPECT_EQ(token.claims.issued, world.clock.now());
    EXPECT_EQ(token.claims.expires, world.clock.now() + base::limits::access_token_life);
    EXPECT_EQ(token.claims.acr, "urn:kelisim:acr:sms-reply");
    EXPECT_EQ(token.claims.answered, world.consent_of(id).granted);
    EXPECT_EQ(token.claims.grant.purpose, "loan-application");
    EXPECT_EQ(token.claims.grant.consent, world.consent_of(id).id.to_string());
    EXPECT_THAT(token.claims.grant.fields, ElementsAre("surname", "name", "birthDate", "spouse", "children"));
    EXPECT_TRUE(lives(token));
    EXPECT_THAT(world.journal_of(id_of(token)), ElementsAre("token.issued"));
}

TEST_F(TokensTest, ARequestIsRedeemedAgainWhenTheAnswerWasLost) {
    const auto id = granted(world, person::abai());
    const auto first = redeem(world, id, world.bank()).value();
    const auto second = redeem(world, id, world.bank()).value();
    EXPECT_NE(first.claims.jti, second.claims.jti);
    EXPECT_TRUE(lives(first));
    EXPECT_TRUE(lives(second));
}

TEST_F(TokensTest, AnotherClientCannotRedeemRefreshOrRevoke) {
    const auto id = granted(world, person::abai());
    EXPECT_FALSE(redeem(world, id, world.insurer()));
    const auto token = redeem(world, id, world.bank()).value();
    EXPECT_TRUE(refresh(*token.refresh_token, world.insurer()).error().has(refresh_token_invalid));
    EXPECT_FALSE(revoke(id_of(token), world.insurer()));
    EXPECT_TRUE(lives(token));
}

// LAW-36.2: no token without a yes.
TEST_F(TokensTest, NothingIsRedeemedBeforeAYes) {
    const auto id = ask(world, person::abai());
    EXPECT_FALSE(redeem(world, id, world.bank()));
    deliver(world);
    EXPECT_FALSE(redeem(world, id, world.bank()));
    EXPECT_FALSE(redeem(world, world.service->asking.new_id(person::abai().iin, world.clock.now()), world.bank()));
    EXPECT_FALSE(redeem(world, ask(world, person::without_phone()), world.bank()));
}

TEST_F(TokensTest, ARefreshTokenRenewsWhileTheConsentLivesAndNotAfter) {
    const auto id = granted(world, person::abai());
    const auto token = redeem(world, id, world.bank()).value();
    world.clock.advance(1h);
    EXPECT_FALSE(lives(token));
    const auto renewed = refresh(*token.refresh_token, world.bank()).value();
    EXPECT_TRUE(lives(renewed));
    EXPECT_FALSE(renewed.refresh_token) << "the same one stays";
    const auto consent = world.consent_of(id);
    world.clock.advance(consent.expires - world.clock.now() - 1min);
    const auto last = refresh(*token.refresh_token, world.bank()).value();
    EXPECT_EQ(last.claims.expires, consent.expires) << "no token outlives its consent";
    world.clock.advance(1min);
    EXPECT_FALSE(lives(last)) << "by the clock alone";
    EXPECT_TRUE(refresh(*token.refresh_token, world.bank()).has_error());
    EXPECT_FALSE(redeem(world, id, world.bank()));
}

TEST_F(TokensTest, ARefreshTokenIsTheWholeText) {
    const auto token = redeem(world, granted(world, person::abai()), world.bank()).value();
    const std::string& text = *token.refresh_token;
    const std::string other_secret = text.substr(0, text.find('.') + 1) + base::to_base64url(base::Bytes(32));
    const std::string no_secret = text.substr(0, text.find('.') + 1);
    for (const std::string& wrong :
         {std::string(), std::string("."), text + "A", text.substr(1), no_secret, text.substr(0, text.find('.')),
          token.claims.jti, token.claims.jti + ".", other_secret, text + "."}) {
        EXPECT_TRUE(refresh(wrong, world.bank()).has_error()) << wrong;
    }
    EXPECT_TRUE(refresh(text, world.bank()).has_value());
    EXPECT_EQ(world.store.raw_bytes().find(text.substr(text.find('.') + 1)), std::string::npos)
        << "only its hash is stored";
}

TEST_F(TokensTest, RevokingAnAccessTokenEndsItAlone) {
    const auto id = granted(world, person::abai());
    const auto first = redeem(world, id, world.bank()).value();
    const auto second = redeem(world, id, world.bank()).value();
    EXPECT_TRUE(revoke(id_of(first), world.bank()));
    EXPECT_TRUE(revoke(id_of(first), world.bank())) << "again is no error";
    EXPECT_FALSE(lives(first));
    EXPECT_TRUE(lives(second));
    EXPECT_TRUE(refresh(*first.refresh_token, world.bank()).has_value());
    EXPECT_THAT(world.journal_of(id_of(first)), ElementsAre("token.issued", "token.revoked"));
}

TEST_F(TokensTest, RevokingARefreshTokenEndsEveryTokenOfItsConsent) {
    const auto id = granted(world, person::abai());
    const auto other = redeem(world, granted(world, person::ybyrai()), world.bank()).value();
    const auto first = redeem(world, id, world.bank()).value();
    const auto second = redeem(world, id, world.bank()).value();
    const auto stored = world.look(
        [&](store::ReadSession& session) { return world.service->tokens.find_refresh(session, *first.refresh_token); });
    ASSERT_TRUE(stored);
    EXPECT_TRUE(revoke(stored->id, world.bank()));
    EXPECT_FALSE(lives(first));
    EXPECT_FALSE(lives(second));
    EXPECT_TRUE(lives(other));
    EXPECT_TRUE(refresh(*first.refresh_token, world.bank()).has_error());
    EXPECT_TRUE(refresh(*second.refresh_token, world.bank()).has_error());
}

TEST_F(TokensTest, ARestartKnowsTheTokensThatLiveAndNoOthers) {
    const auto id = granted(world, person::abai());
    const auto expired = redeem(world, id, world.bank()).value();
    world.clock.advance(base::limits::access_token_life);
    const auto live = redeem(world, id, world.bank()).value();
    const auto revoked = redeem(world, id, world.bank()).value();
    revoke(id_of(revoked), world.bank());
    world.restart();
    EXPECT_TRUE(lives(live));
    EXPECT_FALSE(lives(expired));
    EXPECT_FALSE(lives(revoked));
    EXPECT_EQ(world.service->index.forget_expired(world.clock.now()), 1U);
}

TEST_F(TokensTest, AnExpiredConsentEndsItsTokensAlsoAfterARestart) {
    const auto id = granted(world, person::abai());
    const auto consent = world.consent_of(id);
    world.clock.advance(consent.expires - world.clock.now() - 1min);
    const auto token = redeem(world, id, world.bank()).value();
    world.clock.advance(1min);
    world.unit([&](store::WriteSession& session) {
        world.service->answers.expire_consent(session, consent.id, world.clock.now());
    });
    EXPECT_FALSE(lives(token));
    world.restart();
    EXPECT_FALSE(lives(token));
    EXPECT_FALSE(redeem(world, id, world.bank()));
}

class TokenIndexTest : public ::testing::Test {
protected:
    consent::TokenId token() { return consent::TokenId::make(now, {}, entropy); }
    consent::TokenId add(consent::ConsentId under, base::Duration life = 1min) {
        const auto id = token();
        index.add(id, {.consent = under, .expires = now + life, .verified = {}});
        return id;
    }
    consent::ConsentId a_consent() { return consent::ConsentId::make(now, {}, entropy); }

    base::SeededEntropy entropy{3};
    const base::Time now = records::testing::start;
    TokenIndex index;
};

TEST_F(TokenIndexTest, ForgetsWhatIsPast) {
    const auto id = add(a_consent());
    EXPECT_TRUE(index.find(id, now + 1min - 1us));
    EXPECT_FALSE(index.find(id, now + 1min));
    EXPECT_EQ(index.forget_expired(now + 1min - 1us), 1U);
    EXPECT_EQ(index.forget_expired(now + 1min), 0U);
    index.mark_verified(id, {});
    EXPECT_FALSE(index.find(id, now));
}

TEST_F(TokenIndexTest, TokensOfAnEndedConsentDoNotLiveBeforeAndAfterASweep) {
    const auto over = a_consent();
    const auto one = add(over), two = add(over), other = add(a_consent());
    index.end_consent(over);
    const auto check = [&] {
        EXPECT_FALSE(index.find(one, now));
        EXPECT_FALSE(index.find(two, now));
        EXPECT_TRUE(index.find(other, now));
    };
    check();
    EXPECT_EQ(index.forget_expired(now), 1U);
    check();
}

TEST_F(TokenIndexTest, AddingAgainReplacesAndRemovingWhatIsNotThereChangesNothing) {
    const auto id = add(a_consent());
    index.add(id, {.consent = a_consent(), .expires = now + 2min, .verified = {}});
    EXPECT_TRUE(index.find(id, now + 1min));
    EXPECT_EQ(index.size().tokens, 1U);
    index.remove(token());
    EXPECT_EQ(index.size().tokens, 1U);
    index.remove(id);
    index.remove(id);
    EXPECT_EQ(index.size().tokens, 0U);
    EXPECT_FALSE(index.find(id, now));
}

TEST_F(TokenIndexTest, KeepsOnlyTheVerificationOfTheTokenThatWasVerified) {
    const auto id = add(a_consent()), other = add(a_consent());
    const auto hash = crypto::sha256(base::as_bytes("a token"));
    index.mark_verified(id, hash);
    const auto verified = index.find(id, now)->verified;
    EXPECT_TRUE(std::equal(verified.begin(), verified.end(), hash.begin()));
    EXPECT_EQ(index.find(other, now)->verified, decltype(verified){});
}

// Random steps beside a map that cannot be wrong: what is removed from the middle of a run of entries hides none behind it.
TEST_F(TokenIndexTest, HoldsExactlyWhatWasAddedAndNotRemoved) {
    std::mt19937_64 random(11);
    std::vector<consent::TokenId> known;
    std::map<consent::TokenId, base::Time> expected;
    for (int step = 0; step < 60'000; ++step) {
        if (known.empty() || random() % 3 != 0) {
            const auto life = std::chrono::seconds{random() % 600};
            known.push_back(add(a_consent(), life));
            expected[known.back()] = now + life;
        } else {
            const auto id = known[random() % known.size()];
            index.remove(id);
            expected.erase(id);
        }
        if (step % 20'000 != 19'999) continue;
        const base::Time later = now + std::chrono::seconds{step / 200};
        std::erase_if(expected, [&](const auto& each) { return later >= each.second; });
        EXPECT_EQ(index.forget_expired(later), expected.size());
        for (const auto& id : known)
            ASSERT_EQ(index.find(id, now).has_value(), expected.contains(id));
    }
}

// The budget of design section 8: 80 bytes for each live token, at every size that the tables grow through.
TEST_F(TokenIndexTest, TakesAtMostEightyBytesForATokenAndGivesTheMemoryBack) {
    const auto consent = a_consent();
    const std::size_t empty = index.size().bytes;
    for (std::size_t count = 1; count <= 300'000; ++count) {
        add(consent);
        if (count < 30'000 || count % 1000 != 0) continue;
        const auto size = index.size();
        ASSERT_EQ(size.tokens, count);
        ASSERT_LE(size.bytes - empty, count * 80) << count;
    }
    EXPECT_EQ(index.forget_expired(now + 1min), 0U);
    EXPECT_EQ(index.size().bytes, empty);
}

// --- introspection ----------------------------------------------------------------------------------------------------

class IntrospectionTest : public TokensTest {
protected:
    IssuedToken issue() { return redeem(world, granted(world, person::abai()), world.bank()).value(); }
    std::string sign(const IssuedToken& token, const token::SigningKey& with) {
        return token::sign(with, token::access_token_type, token::to_json(token.claims));
    }
    bool active(std::string_view text) {
        const Introspection introspection(world.service->index, keys, issuer);
        return introspection.look(text, world.clock.now()).has_value();
    }

    token::SigningKey key{crypto::PrivateKey::generate_p256()};
    token::SigningKey foreign{crypto::PrivateKey::generate_p256()};
    token::KeySet keys{{key.verification()}};
};

// KDP-2.8, LAW-53
TEST_F(IntrospectionTest, ATokenOfOursIsActiveUntilItEnds) {
    const auto token = issue();
    const std::string text = sign(token, key);
    const Introspection introspection(world.service->index, keys, issuer);
    const auto found = introspection.look(text, world.clock.now());
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, id_of(token));
    EXPECT_EQ(found->claims.subject, person::abai().iin);
    EXPECT_TRUE(active(text)) << "the second time without a verification";
    EXPECT_TRUE(active(sign(token, key))) << "another signature of ours over the same";
    revoke(id_of(token), world.bank());
    EXPECT_FALSE(active(text));
}

TEST_F(IntrospectionTest, AForgedTokenWithTheIdOfALivingOneIsNot) {
    const auto token = issue();
    const std::string text = sign(token, key);
    const std::string forged = sign(token, foreign);
    EXPECT_FALSE(active(forged));
    EXPECT_TRUE(active(text));
    EXPECT_FALSE(active(forged)) << "also after the real one was verified";
    std::string flipped = text;
    flipped[flipped.size() - 10] = flipped[flipped.size() - 10] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(active(flipped));
    EXPECT_FALSE(active(text.substr(0, text.rfind('.') + 1))) << "without its signature";
    auto other_person = token;
    other_person.claims.subject = person::ybyrai().iin;
    const std::string payload = sign(other_person, foreign);
    const auto first_dot = payload.find('.'), last_dot = payload.rfind('.');
    EXPECT_FALSE(active(text.substr(0, text.find('.')) + payload.substr(first_dot, last_dot - first_dot) +
                        text.substr(text.rfind('.'))))
        << "another payload under the real signature";
    EXPECT_TRUE(active(text));
}

TEST_F(IntrospectionTest, WhatIsNoLivingTokenOfOursIsNotActive) {
    const auto token = issue();
    for (const std::string& garbage : {std::string(), std::string("."), std::string("a.b.c"), *token.refresh_token})
        EXPECT_FALSE(active(garbage));
    auto strange = token;
    strange.claims.jti = consent::TokenId::make(world.clock.now(), {}, world.entropy).to_string();
    EXPECT_FALSE(active(sign(strange, key))) << "signed by us, and never issued";
    auto elsewhere = token;
    elsewhere.claims.issuer = "https://elsewhere.test";
    EXPECT_FALSE(active(sign(elsewhere, key)));
    const std::string wrong_type = token::sign(key, token::id_token_type, token::to_json(token.claims));
    EXPECT_FALSE(active(wrong_type));
    const std::string text = sign(token, key);
    EXPECT_TRUE(active(text));
    world.clock.advance(base::limits::access_token_life);
    EXPECT_FALSE(active(text));
}

TEST_F(IntrospectionTest, ARestartVerifiesAnew) {
    const auto token = issue();
    const std::string text = sign(token, key);
    EXPECT_TRUE(active(text));
    world.restart();
    EXPECT_FALSE(active(sign(token, foreign)));
    EXPECT_TRUE(active(text));
}

// wire.md B3: clients of the SOAP wire have nothing to renew a token with.
TEST_F(TokensTest, OneOfTheSoapWireLivesAsLongAsItsConsent) {
    const auto id = granted(world, person::abai());
    const auto hand_out = [&](const registry::System& client) {
        return world.unit([&](store::WriteSession& session) {
            return world.service->tokens.hand_out(session, id, client, world.clock.now());
        });
    };
    EXPECT_FALSE(hand_out(*world.registry.system("DEMOINS"))) << "it is another's consent";
    const auto claims = hand_out(world.bank()).value();
    const base::Time ends = world.consent_of(id).expires;
    EXPECT_EQ(claims.expires, std::min<base::Time>(ends, world.clock.now() + base::limits::lasting_token_life_max));
    const auto token = consent::TokenId::parse(claims.jti).value();
    const auto brief = redeem(world, id, world.bank()).value();
    EXPECT_NE(claims.status->uri, brief.claims.status->uri) << "lists of brief tokens end soon";
    world.clock.advance(24h);
    EXPECT_FALSE(lives(brief));
    EXPECT_TRUE(world.service->index.find(token, world.clock.now()));
    // A start finds it again, however long ago it was issued.
    std::vector<consent::TokenId> live;
    world.look([&](store::ReadSession& session) {
        world.records.tokens.each_live(session, world.clock.now(), [&](const auto& each) { live.push_back(each.id); });
        return true;
    });
    EXPECT_THAT(live, ElementsAre(token));
    EXPECT_TRUE(revoke(token, world.bank()));
    EXPECT_FALSE(world.service->index.find(token, world.clock.now()));
}

}  // namespace
}  // namespace kelisim::access
