// SPDX-License-Identifier: Apache-2.0
#include "notary/witness.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "fixture.hpp"
#include "store/alarm.hpp"

namespace kelisim::notary {
namespace {

using namespace fixture;

// A witness as C2SP tlog-witness describes it, in memory, which can be told to misbehave.
class FakeWitness {
public:
    explicit FakeWitness(const Installation& at) : log_(at.vkey()) {}

    http::Outcome operator()(const http::Outgoing& request) {
        ++requests;
        asked.ring();
        if (silent) return http::Failure{http::Lost::no_answer, "no answer in time"};
        EXPECT_EQ(request.method + " " + request.target, "POST /w/add-checkpoint");
        const auto blank = request.body.find("\n\n");
        const std::string_view head = std::string_view(request.body).substr(0, blank);
        const auto note = ledger::parse_note(std::string_view(request.body).substr(blank + 2));
        if (!note || ledger::signed_by(*note, log_) != ledger::Signed::yes) return answer(403, "");
        const auto checkpoint = ledger::parse_checkpoint(note->text).value();
        const std::string old_line(head.substr(0, head.find('\n')));
        if (old_line != "old " + std::to_string(size)) return answer(409, std::to_string(size + conflict_adds) + "\n");
        ledger::Hashes proof;
        for (auto at = head.find('\n'); at != std::string_view::npos; at = head.find('\n', at + 1)) {
            const auto end = std::min(head.find('\n', at + 1), head.size());
            const auto hash = ledger::read_tile(base::from_base64(head.substr(at + 1, end - at - 1)).value(), 1);
            proof.push_back(hash.value().front());
        }
        if (!ledger::verify_consistency(size, root, checkpoint.size, checkpoint.root, proof)) return answer(422, "");
        size = checkpoint.size;
        root = checkpoint.root;
        std::string lines = foreign_line();
        if (lies) return answer(200, lines + cosign(note->text + "?").to_line());
        return answer(200, lines + cosign(note->text).to_line());
    }

    WitnessAddress address() const { return parse_witness(key_.to_text() + " http://127.0.0.1:1/w/").value(); }
    const ledger::NoteKey& key() const { return key_; }

    std::uint64_t size = 0;
    ledger::Digest root = ledger::Frontier{}.root();
    std::uint64_t conflict_adds = 0;
    std::uint64_t seconds = 1'795'000'000;
    bool silent = false, lies = false;
    int requests = 0;
    store::Alarm asked;

private:
    static http::Answer answer(int status, std::string body) {
        return {.status = status, .headers = {}, .body = std::move(body)};
    }
    // "The client MUST ignore any cosignatures from unknown keys."
    static std::string foreign_line() {
        return ledger::sign_note("x\n", "else.example", crypto::Ed25519Key::generate()).to_line();
    }
    ledger::NoteSignature cosign(std::string_view text) const {
        ledger::NoteSignature line{.name = key_.name, .id = key_.id(), .bytes = {}};
        for (int shift = 56; shift >= 0; shift -= 8)
            line.bytes.push_back(static_cast<std::uint8_t>(seconds >> shift));
        const std::string message = "cosignature/v1\ntime " + std::to_string(seconds) + "\n" + std::string(text);
        const auto signature = private_.sign(base::as_bytes(message));
        line.bytes.insert(line.bytes.end(), signature.begin(), signature.end());
        return line;
    }

    const ledger::NoteKey log_;
    const crypto::Ed25519Key private_ = crypto::Ed25519Key::generate();
    const ledger::NoteKey key_{
        .name = "witness.example/w1", .type = ledger::SignatureType::cosignature_v1, .key = private_.public_key()};
};

class WitnessTest : public ::testing::Test {
protected:
    WitnessParts parts(FakeWitness& asked) {
        return {.records = at.records,
                .writer = at.store.writer(),
                .readers = at.store.readers(),
                .clock = at.clock,
                .log = at.log,
                .board = at.board,
                .exchange = [&asked](http::Outgoing request) { return asked(request); }};
    }
    ledger::Signed signed_newest(const FakeWitness& by) {
        return ledger::signed_by(ledger::parse_note(at.board.newest()->note).value(), by.key());
    }
    void grow(std::size_t entries) {
        at.append(entries);
        sequencing->advance();
    }

    Installation at;
    std::unique_ptr<Sequencing> sequencing = at.signed_with(300);
    FakeWitness witness{at};
    Witnessing witnessing{parts(witness), witness.address()};
};

TEST_F(WitnessTest, ItsCosignatureIsVerifiedStoredAndShown) {
    ASSERT_TRUE(witnessing.submit(*at.board.newest()));
    EXPECT_EQ(signed_newest(witness), ledger::Signed::yes);
    EXPECT_EQ(at.board.cosigned()->note, at.board.newest()->note);
    EXPECT_EQ(ledger::parse_note(at.board.newest()->note)->signatures.size(), 2U) << "ours and its own, no stranger's";
    // Also after a restart.
    at.board.show({});
    at.begin();
    EXPECT_EQ(signed_newest(witness), ledger::Signed::yes);
    EXPECT_EQ(witness.requests, 1);
}

TEST_F(WitnessTest, EachCheckpointComesWithItsProof) {
    for (const std::size_t more : {0U, 1U, 255U, 256U, 300U}) {
        grow(more);
        ASSERT_TRUE(witnessing.submit(*at.board.newest())) << at.size();
        EXPECT_EQ(witness.size, at.size());
    }
    EXPECT_EQ(witness.requests, 5) << "nothing had to be asked twice";
    EXPECT_EQ(witnessing.counts().cosignatures, 5U);
}

TEST_F(WitnessTest, AConflictTellsWhereItIs) {
    ASSERT_TRUE(witnessing.submit(*at.board.newest()));
    grow(100);
    // As after a restart: we do not know any more how far it is.
    Witnessing forgetful(parts(witness), witness.address());
    ASSERT_TRUE(forgetful.submit(*at.board.newest()));
    EXPECT_EQ(witness.requests, 3);
    EXPECT_EQ(signed_newest(witness), ledger::Signed::yes);
}

TEST_F(WitnessTest, AConflictThatHelpsNobodyEnds) {
    witness.size = 5;  // of a tree that is not ours: its proof will not fit
    EXPECT_FALSE(witnessing.submit(*at.board.newest()));
    EXPECT_EQ(witness.requests, 2);
    EXPECT_EQ(at.log.count("LEDGER_WITNESS_FAILED"), 1U);
    witness.conflict_adds = 1;
    Witnessing confused(parts(witness), witness.address());
    EXPECT_FALSE(confused.submit(*at.board.newest()));
    EXPECT_EQ(at.log.count("two sizes in a row"), 1U);
    witness.size = 1'000'000;
    Witnessing behind(parts(witness), witness.address());
    EXPECT_FALSE(behind.submit(*at.board.newest()));
    EXPECT_EQ(at.log.count("more of the log than there is"), 1U);
    EXPECT_EQ(signed_newest(witness), ledger::Signed::no);
}

TEST_F(WitnessTest, ALyingWitnessIsNotBelieved) {
    witness.lies = true;
    EXPECT_FALSE(witnessing.submit(*at.board.newest()));
    EXPECT_EQ(signed_newest(witness), ledger::Signed::no);
    EXPECT_FALSE(at.board.cosigned());
    EXPECT_EQ(at.log.count("none of its signatures verifies"), 1U);
    witness.lies = false;
    witness.seconds = 0;
    Witnessing again(parts(witness), witness.address());
    EXPECT_FALSE(again.submit(*at.board.newest())) << "a cosignature that says no time";
}

TEST_F(WitnessTest, ASilentWitnessIsReportedOnceAndHarmsNobody) {
    witness.silent = true;
    for (int i = 0; i < 3; ++i)
        EXPECT_FALSE(witnessing.submit(*at.board.newest()));
    EXPECT_EQ(at.log.count("LEDGER_WITNESS_FAILED"), 1U);
    EXPECT_EQ(witnessing.counts().failures, 3U);
    grow(10);
    EXPECT_EQ(at.size(), 310U);
    witness.silent = false;
    EXPECT_TRUE(witnessing.submit(*at.board.newest()));
    EXPECT_EQ(at.log.count("LEDGER_WITNESS_RETURNED"), 1U);
}

// The log went on while a witness looked at an older checkpoint: the older one keeps the signature, the newer has none.
TEST_F(WitnessTest, ACosignatureOfAnOlderCheckpointStaysWithIt) {
    const auto older = at.board.newest();
    grow(10);
    ASSERT_TRUE(witnessing.submit(*older));
    EXPECT_EQ(signed_newest(witness), ledger::Signed::no);
    EXPECT_EQ(at.board.cosigned()->checkpoint, older->checkpoint);
    // A second witness signs the same one: both stand under it.
    FakeWitness second{at};
    Witnessing also(parts(second), second.address());
    // Of another name, or its line would be the same key's second one.
    ASSERT_TRUE(also.submit(*older));
    EXPECT_EQ(ledger::parse_note(at.board.cosigned()->note)->signatures.size(), 3U);
    // One that is older still replaces nothing.
    Notes notes{.newest = {}, .cosigned = at.board.cosigned()->note};
    ledger::Note small{.text = ledger::Checkpoint{.origin = at.origin, .size = 1, .root = {}}.to_text(),
                       .signatures = {}};
    small.signatures.push_back(ledger::sign_note(small.text, at.origin, at.key));
    EXPECT_FALSE(add_cosignature(notes, small, small.signatures[0]));
    EXPECT_EQ(notes.cosigned, at.board.cosigned()->note);
}

TEST_F(WitnessTest, ItsThreadFollowsTheLog) {
    const base::SystemClock clock;
    auto thread = std::make_unique<Witness>(parts(witness), witness.address(), std::chrono::milliseconds{1});
    EXPECT_TRUE(witness.asked.sleep(clock, clock.now() + 10s));
    grow(5);
    EXPECT_TRUE(witness.asked.sleep(clock, clock.now() + 10s));
    thread.reset();  // finishes what is under way
    EXPECT_EQ(witness.requests, 2);
    EXPECT_EQ(at.board.cosigned()->checkpoint.size, 305U);
}

TEST(WitnessAddress, IsKeyAndUrl) {
    const auto key = ledger::NoteKey{
        .name = "w", .type = ledger::SignatureType::cosignature_v1, .key = crypto::Ed25519Key::generate().public_key()};
    const std::string vkey = key.to_text();
    const auto address = parse_witness(vkey + " http://witness.example:8080/a/b/");
    ASSERT_TRUE(address);
    EXPECT_EQ(address->key, key);
    EXPECT_EQ(address->submission.upstream, (http::Authority{"witness.example", 8080}));
    EXPECT_EQ(address->submission.path, "/a/b");
    EXPECT_EQ(parse_witness(vkey + " http://w")->submission.path, "");
    EXPECT_EQ(parse_witness(vkey + " https://w")->submission.upstream, (http::Authority{"w", 443, true}));
    ledger::NoteKey log = key;
    log.type = ledger::SignatureType::ed25519;
    for (const std::string& wrong :
         {std::string(), vkey, vkey + " ", vkey + " w:80", vkey + " wss://w", vkey + " http://", vkey + " http://w/a b",
          vkey + " http://w/a?b", vkey + " http://w/../b", vkey + " http://u@w/", "x" + vkey + " http://w",
          log.to_text() + " http://w"}) {
        EXPECT_FALSE(parse_witness(wrong)) << wrong;
    }
}

}  // namespace
}  // namespace kelisim::notary
