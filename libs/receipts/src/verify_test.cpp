// SPDX-License-Identifier: Apache-2.0
#include "receipts/verify.hpp"

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>

#include "base/limits.hpp"
#include "fixture.hpp"
#include "ledger/tree.hpp"
#include "token/jws.hpp"

namespace kelisim::receipts {
namespace {

using namespace testing;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> codes(const Report& report) {
    std::vector<std::string> found;
    for (const base::Reason* finding : report.findings)
        found.emplace_back(finding->code);
    return found;
}

// A log of five entries, of which number 3 is ours.
class VerifyTest : public ::testing::Test {
protected:
    static constexpr std::uint64_t size = 5, index = 3;

    VerifyTest() : signer(crypto::PrivateKey::generate_p256()), log_key(crypto::Ed25519Key::generate()) {
        trusted = {.keys = token::KeySet({signer.verification()}),
                   .log = {.name = std::string(origin), .key = log_key.public_key()}};
    }

    static ledger::Hashes leaves_with(const Opened& entry) {
        ledger::Hashes leaves;
        for (std::uint8_t i = 0; i < size; ++i) {
            const std::string other(1, static_cast<char>('a' + i));
            leaves.push_back(
                ledger::leaf_hash({.commitment = i == index ? ledger::commitment(entry.salt, base::as_bytes(entry.fact))
                                                            : ledger::commitment({}, base::as_bytes(other))}));
        }
        return leaves;
    }

    static ledger::Tree tree_of(const ledger::Hashes& leaves) {
        return {leaves.size(), [leaves](const ledger::Tile&) { return leaves; }};
    }

    std::string note(const ledger::Checkpoint& checkpoint, const crypto::Ed25519Key& key,
                     std::vector<ledger::NoteSignature> more = {}) const {
        ledger::Note note{.text = checkpoint.to_text(), .signatures = {}};
        note.signatures.push_back(ledger::sign_note(note.text, checkpoint.origin, key));
        for (auto& each : more)
            note.signatures.push_back(std::move(each));
        return note.to_text();
    }

    Proof proof_of(const Opened& entry) const {
        ledger::Tree tree = tree_of(leaves_with(entry));
        return {.index = index,
                .size = size,
                .path = tree.inclusion(index),
                .checkpoint = note({std::string(origin), size, tree.root()}, log_key)};
    }

    std::string jws(const boost::json::object& receipt) const { return token::sign(signer, receipt_type, receipt); }

    Report check(const File& file) const { return verify(to_text(file), trusted); }

    // The receipt of a refusal, whole.
    consent::AccessRequest refused = request(consent::RequestState::refused);
    std::string refused_fact() const {
        return fact(
            "request.refused", now + 7min, refused.id,
            R"(,"state":3,"initiator":"DEMOBANK","ground":"","expires":")" + base::to_iso8601(now + 24h) + "\"");
    }
    File whole() const {
        const Opened opened = entry(refused_fact());
        return {.jws = jws(*of_request(of(opened), refused)), .proof = proof_of(opened)};
    }

    token::SigningKey signer;
    crypto::Ed25519Key log_key;
    Trusted trusted;
};

TEST_F(VerifyTest, SignedAndInTheTreeIsProven) {
    const Report report = check(whole());
    EXPECT_THAT(codes(report), IsEmpty());
    EXPECT_EQ(report.verdict, Verdict::proven);
    ASSERT_TRUE(report.checkpoint);
    EXPECT_EQ(report.checkpoint->size, size);
    EXPECT_EQ(report.index, index);
    ASSERT_TRUE(report.receipt);
    EXPECT_EQ(report.receipt->at("dct:issued").as_string(), base::to_iso8601(now + 7min));
}

// Every kind of receipt, with the fact that the journal writes of it.
TEST_F(VerifyTest, EveryKindIsProvenByItsOwnEntryAndByNoOther) {
    const consent::Consent consent = consent_of();
    const std::string of_consent_id = R"(,"consent":")" + consent.id.to_string() + "\"";
    const std::string of_request_id = R"(,"request":")" + consent.request.to_string() + "\"";
    const std::string ends = R"(,"expires":")" + base::to_iso8601(now + 24h) + "\"";
    struct Case {
        std::string text;
        std::function<boost::json::object(const Of&)> receipt;
    };
    std::vector<Case> cases;
    for (const auto state :
         {consent::RequestState::granted, consent::RequestState::refused, consent::RequestState::expired,
          consent::RequestState::undeliverable, consent::RequestState::cancelled, consent::RequestState::stopped}) {
        const consent::AccessRequest made = request(state);
        const std::string kind = std::string("request.") + boost::describe::enum_to_string(state, "");
        cases.push_back({fact(kind, now + 1h, made.id, R"(,"initiator":"DEMOBANK","ground":"")" + ends),
                         [made](const Of& with) { return of_request(with, made).value(); }});
    }
    cases.push_back({fact("consent.granted", now, consent.id, of_request_id + ends),
                     [&](const Of& with) { return of_consent(with, consent, {}, 0).value(); }});
    for (const char* kind :
         {"consent.paused", "consent.resumed", "consent.extended", "consent.withdrawn", "consent.restored",
          "consent.deletion_confirmed", "consent.expired", "consent.exhausted", "consent.invalidated"}) {
        cases.push_back({fact(kind, now + 3h, consent.id, of_request_id + ends), [&consent, kind](const Of& with) {
                             return of_consent(with, consent, {{kind, now + 3h}}, 1).value();
                         }});
    }
    for (const char* event : {"use.reserved", "use.delivered", "use.not_sent", "use.unknown"}) {
        const Use use = use_of(consent, event);
        cases.push_back(
            {fact(event, use.at, use.id, of_consent_id), [use](const Of& with) { return of_use(with, use); }});
    }
    const Use attempt = use_of(consent, "use.refused");
    cases.push_back({fact("use.refused", attempt.at, consent.id, R"(,"use":")" + attempt.id.to_string() + "\""),
                     [attempt](const Of& with) { return of_use(with, attempt); }});
    Use own = use_of(consent, "own_look.reserved");
    own.consent = nullptr;
    cases.push_back({fact("own_look.reserved", own.at, own.id), [own](const Of& with) { return of_use(with, own); }});

    for (std::size_t i = 0; i < cases.size(); ++i) {
        for (std::size_t j = 0; j < cases.size(); ++j) {
            const Opened opened = entry(cases[j].text);
            const Report report = check({.jws = jws(cases[i].receipt(of(opened))), .proof = proof_of(opened)});
            if (i == j) {
                EXPECT_EQ(report.verdict, Verdict::proven) << cases[i].text;
            } else {
                EXPECT_EQ(report.verdict, Verdict::wrong) << cases[i].text << " against " << cases[j].text;
                EXPECT_THAT(codes(report), Contains("receipt_entry_differs"));
            }
        }
    }
}

TEST_F(VerifyTest, TheEntryOfAnotherTimePersonOrOrganisationIsRefused) {
    base::SeededEntropy entropy(77);
    const auto other = consent::RequestId::make(now, {}, entropy);
    const std::string ends = R"(,"expires":")" + base::to_iso8601(now + 24h) + "\"";
    const auto with_fact = [&](const std::string& text, base::Time at) {
        Opened opened = entry(text);
        opened.at = at;  // the receipt says this
        return check({.jws = jws(*of_request(of(opened), refused)), .proof = proof_of(opened)});
    };
    EXPECT_EQ(with_fact(refused_fact(), now + 7min).verdict, Verdict::proven);
    for (const Report& report :
         {with_fact(refused_fact(), now + 8min),
          with_fact(fact("request.refused", now + 7min, other, ends), now + 7min),
          with_fact(fact("request.refused", now + 7min, refused.id, R"(,"initiator":"DEMOINS")"), now + 7min),
          with_fact(fact("request.refused", now + 7min, refused.id, R"x(,"ground":"94-V:9(1)")x"), now + 7min),
          with_fact(
              fact("request.refused", now + 7min, refused.id, R"(,"expires":")" + base::to_iso8601(now + 25h) + "\""),
              now + 7min),
          with_fact(fact("request.granted", now + 7min, refused.id), now + 7min)}) {
        EXPECT_EQ(report.verdict, Verdict::wrong);
        EXPECT_THAT(codes(report), ElementsAre("receipt_entry_differs"));
    }
}

// One bit anywhere in what is signed, and in the signature.
TEST_F(VerifyTest, AChangedBitOfTheSignedTextIsRefused) {
    const File file = whole();
    for (std::size_t at = 0; at < file.jws.size(); at += 7) {
        File changed = file;
        changed.jws[at] = static_cast<char>(changed.jws[at] ^ 1);
        const Report report = check(changed);
        EXPECT_EQ(report.verdict, Verdict::wrong) << at;
        EXPECT_FALSE(report.receipt) << "what is not signed is not shown";
    }
}

TEST_F(VerifyTest, AChangedProofIsRefused) {
    const File file = whole();
    const auto change = [&](const std::function<void(Proof&)>& how) {
        File changed = file;
        how(*changed.proof);
        const Report report = check(changed);
        EXPECT_EQ(report.verdict, Verdict::wrong);
        EXPECT_TRUE(report.receipt) << "the signature still holds";
        return codes(report);
    };
    for (std::size_t hash = 0; hash < file.proof->path.size(); ++hash) {
        for (std::size_t byte = 0; byte < sizeof(ledger::Digest); ++byte)
            EXPECT_THAT(change([&](Proof& proof) { proof.path[hash][byte] ^= 1; }), ElementsAre("receipt_proof_wrong"));
    }
    for (std::uint64_t other = 0; other <= size; ++other) {
        if (other == index) continue;
        EXPECT_THAT(change([&](Proof& proof) { proof.index = other; }), ElementsAre("receipt_proof_wrong"));
    }
    EXPECT_THAT(change([](Proof& proof) { proof.path.pop_back(); }), ElementsAre("receipt_proof_wrong"));
    EXPECT_THAT(change([](Proof& proof) { proof.path.emplace_back(); }), ElementsAre("receipt_proof_wrong"));
    EXPECT_THAT(change([](Proof& proof) { proof.path.clear(); }), ElementsAre("receipt_proof_wrong"));
    EXPECT_THAT(change([](Proof& proof) { proof.size = 4; }), ElementsAre("receipt_proof_wrong"));
    for (std::size_t at = 0; at < file.proof->checkpoint.size(); ++at) {
        change([&](Proof& proof) { proof.checkpoint[at] = static_cast<char>(proof.checkpoint[at] ^ 1); });
    }
}

// A right proof, but of the leaf beside ours.
TEST_F(VerifyTest, TheProofOfAnotherLeafIsRefused) {
    File file = whole();
    ledger::Tree tree = tree_of(leaves_with(entry(refused_fact())));
    file.proof->index = index - 1;
    file.proof->path = tree.inclusion(index - 1);
    EXPECT_THAT(codes(check(file)), ElementsAre("receipt_proof_wrong"));
}

// Salt, fact and commitment stand under the signature; a service that signs them wrongly is found out all the same.
TEST_F(VerifyTest, AnEntryThatDoesNotOpenIsRefused) {
    const Opened opened = entry(refused_fact());
    const auto with = [&](const std::function<void(boost::json::object&)>& how) {
        boost::json::object receipt = of_request(of(opened), refused).value();
        how(receipt.at("kelisim:entry").as_object());
        return codes(check({.jws = jws(receipt), .proof = proof_of(opened)}));
    };
    const auto other = entry(refused_fact(), 5);
    EXPECT_THAT(with([](auto&) {}), IsEmpty());
    EXPECT_THAT(with([&](auto& e) { e["kelisim:salt"] = base::to_base64url(other.salt); }),
                ElementsAre("receipt_entry_malformed"));
    EXPECT_THAT(with([](auto& e) { e["kelisim:salt"] = "AAAA"; }), ElementsAre("receipt_entry_malformed"));
    EXPECT_THAT(with([](auto& e) { e.erase("kelisim:fact"); }), ElementsAre("receipt_entry_malformed"));
    EXPECT_THAT(with([](auto& e) { e["kelisim:fact"] = std::string(e["kelisim:fact"].as_string()) + " "; }),
                ElementsAre("receipt_entry_malformed"));
    EXPECT_THAT(with([](auto& e) { e["kelisim:commitment"] = "AAAA"; }), ElementsAre("receipt_entry_malformed"));
    EXPECT_THAT(with([](auto& e) { e["kelisim:log"] = "elsewhere/ledger"; }), ElementsAre("receipt_other_ledger"));
    // Opens, but is no fact at all.
    const auto nonsense = [&](auto& e) {
        e["kelisim:fact"] = "7";
        e["kelisim:commitment"] = base::to_base64url(ledger::commitment(opened.salt, base::as_bytes("7")));
    };
    EXPECT_THAT(with(nonsense), ElementsAre("receipt_entry_malformed"));
    boost::json::object receipt = of_request(of(opened), refused).value();
    receipt["kelisim:entry"] = 7;
    EXPECT_THAT(codes(check({.jws = jws(receipt), .proof = proof_of(opened)})), ElementsAre("receipt_entry_malformed"));
}

TEST_F(VerifyTest, OtherKeysAreRefused) {
    const std::string text = to_text(whole());
    Trusted other = trusted;
    other.keys = token::KeySet({token::SigningKey(crypto::PrivateKey::generate_p256()).verification()});
    EXPECT_THAT(codes(verify(text, other)), ElementsAre("receipt_key_unknown"));
    other = trusted;
    other.keys = {};
    EXPECT_EQ(verify(text, other).verdict, Verdict::wrong);
    other = trusted;
    other.log.key = crypto::Ed25519Key::generate().public_key();
    EXPECT_THAT(codes(verify(text, other)), ElementsAre("receipt_checkpoint_unsigned"));
    other = trusted;
    other.log.name = "elsewhere/ledger";
    EXPECT_THAT(codes(verify(text, other)), ElementsAre("receipt_other_ledger", "receipt_checkpoint_malformed"));
}

// A retired key that is still published goes on verifying what it signed.
TEST_F(VerifyTest, ReceiptsOutliveTheKeyThatSignedThem) {
    const std::string text = to_text(whole());
    const token::SigningKey next(crypto::PrivateKey::generate_p256());
    trusted.keys = token::KeySet({signer.verification(), next.verification()});
    EXPECT_EQ(verify(text, trusted).verdict, Verdict::proven);
}

// RFC 8725 3.1, 3.11
TEST_F(VerifyTest, NoAlgorithmAndOtherTypesAreRefused) {
    const boost::json::object receipt = *of_request(of(entry(refused_fact())), refused);
    EXPECT_THAT(codes(check({.jws = token::sign(signer, "at+jwt", receipt), .proof = {}})),
                ElementsAre("receipt_signature_wrong"));
    const auto encoded = [](const boost::json::object& part) {
        return base::to_base64url(base::as_bytes(boost::json::serialize(part)));
    };
    const std::string unsigned_text =
        encoded({{"alg", "none"}, {"typ", receipt_type}, {"kid", signer.kid}}) + "." + encoded(receipt) + ".AA";
    EXPECT_THAT(codes(check({.jws = unsigned_text, .proof = {}})), ElementsAre("receipt_signature_wrong"));
    EXPECT_THAT(codes(check({.jws = jws({{"dct:conformsTo", "something else"}}), .proof = {}})),
                ElementsAre("receipt_not_ours"));
}

TEST_F(VerifyTest, WithoutAProofItIsAPromise) {
    File file = whole();
    file.proof.reset();
    for (const std::string& text : {to_text(file), file.jws}) {
        const Report report = verify(text, trusted);
        EXPECT_EQ(report.verdict, Verdict::promised);
        EXPECT_THAT(codes(report), ElementsAre("receipt_without_proof"));
        EXPECT_TRUE(report.receipt);
        EXPECT_FALSE(report.checkpoint);
    }
}

TEST_F(VerifyTest, WithoutAnEntryTheSignatureAloneSpeaks) {
    const Report report = check({.jws = jws(*of_request(of(), refused)), .proof = {}});
    EXPECT_EQ(report.verdict, Verdict::promised);
    EXPECT_THAT(codes(report), ElementsAre("receipt_without_entry"));
}

TEST_F(VerifyTest, AGivenCheckpointCountsBeforeThatOfTheFile) {
    File file = whole();
    const std::string own = file.proof->checkpoint;
    trusted.checkpoint = own;
    EXPECT_EQ(check(file).verdict, Verdict::proven);
    // The file may then come without one.
    file.proof->checkpoint.clear();
    EXPECT_EQ(check(file).verdict, Verdict::proven);
    trusted.checkpoint.reset();
    EXPECT_THAT(codes(check(file)), ElementsAre("receipt_without_checkpoint"));

    file = whole();
    ledger::Digest root{};
    trusted.checkpoint = note({std::string(origin), size + 1, root}, log_key);
    Report report = check(file);
    EXPECT_EQ(report.verdict, Verdict::promised) << "of one size, and the tree of another";
    EXPECT_THAT(codes(report), ElementsAre("receipt_other_size"));
    EXPECT_EQ(report.checkpoint->size, size) << "it is in the tree of its own checkpoint";
    file.proof->checkpoint.clear();
    EXPECT_THAT(codes(check(file)), ElementsAre("receipt_other_size"));

    file = whole();
    trusted.checkpoint = note({std::string(origin), size, root}, log_key);
    EXPECT_THAT(codes(check(file)), ElementsAre("receipt_checkpoints_contradict"));
    EXPECT_EQ(check(file).verdict, Verdict::wrong);
    // One that is none of the ledger says nothing against the receipt, and nothing for it.
    trusted.checkpoint = note({std::string(origin), size, root}, crypto::Ed25519Key::generate());
    EXPECT_THAT(codes(check(file)), ElementsAre("receipt_checkpoint_unsigned"));
    EXPECT_EQ(check(file).verdict, Verdict::promised);
    trusted.checkpoint = "no note";
    EXPECT_THAT(codes(check(file)), ElementsAre("receipt_checkpoint_malformed"));
    EXPECT_EQ(check(file).verdict, Verdict::promised);
}

TEST_F(VerifyTest, TellsWhoElseSignedTheCheckpoint) {
    File file = whole();
    const auto witness = crypto::Ed25519Key::generate(), stranger = crypto::Ed25519Key::generate();
    const auto note = ledger::parse_note(file.proof->checkpoint).value();
    file.proof->checkpoint += ledger::sign_note(note.text, "witness.test", witness).to_line() +
                              ledger::sign_note(note.text, "stranger.test", stranger).to_line();
    trusted.witnesses = {{.name = "witness.test", .key = witness.public_key()}};
    Report report = check(file);
    EXPECT_EQ(report.verdict, Verdict::proven);
    EXPECT_THAT(report.witnesses, ElementsAre("witness.test"));
    EXPECT_THAT(report.unchecked, ElementsAre("stranger.test"));
    trusted.witnesses.push_back({.name = "absent.test", .key = witness.public_key()});
    report = check(file);
    EXPECT_EQ(report.verdict, Verdict::promised);
    EXPECT_THAT(codes(report), ElementsAre("receipt_witness_missing"));
    trusted.witnesses.pop_back();
    file.proof->checkpoint.replace(file.proof->checkpoint.find("— witness.test"), std::string::npos,
                                   ledger::sign_note("another\n", "witness.test", witness).to_line());
    EXPECT_EQ(check(file).verdict, Verdict::wrong) << "its name under a text that it did not sign";
}

TEST_F(VerifyTest, ATruncatedFileIsRefusedAndNothingElseHappens) {
    const std::string text = to_text(whole());
    for (std::size_t length = 0; length < text.size(); ++length)
        EXPECT_EQ(verify(std::string_view(text).substr(0, length), trusted).verdict, Verdict::wrong) << length;
}

// The largest that a request can be: every list full, every name as long as it may be.
TEST_F(VerifyTest, TheLargestReceiptIsWithinItsLimits) {
    namespace limits = base::limits;
    const std::string name(limits::name_bytes_max, 'n');
    refused.terms.fields.assign(limits::request_fields_max, name);
    refused.terms.services.assign(limits::request_services_max, name);
    refused.terms.acts.assign(limits::request_acts_max, name);
    const Opened opened = entry(refused_fact());
    const std::string signed_text = jws(*of_request(of(opened), refused));
    EXPECT_LT(signed_text.size(), limits::receipt_bytes_max);
    EXPECT_GT(signed_text.size(), limits::jwt_bytes_max);
    EXPECT_EQ(check({.jws = signed_text, .proof = proof_of(opened)}).verdict, Verdict::proven);
}

}  // namespace
}  // namespace kelisim::receipts
