// SPDX-License-Identifier: Apache-2.0
#include "ledger/note.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "ledger/checkpoint.hpp"

namespace kelisim::ledger {
namespace {

// The example of C2SP signed-note.
constexpr std::string_view example_key = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr std::string_view example_note =
    "This is an example message.\n\n"
    "\u2014 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
// The examples of C2SP tlog-checkpoint.
constexpr std::string_view example_checkpoint =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

const crypto::Ed25519Key& log_key() {
    static const auto key = crypto::Ed25519Key::generate();
    return key;
}
NoteKey log_vkey() {
    return {.name = "log.example/kz", .key = log_key().public_key()};
}
Note note_of(std::string_view text) {
    return {.text = std::string(text), .signatures = {sign_note(text, "log.example/kz", log_key())}};
}

// As a witness makes it (C2SP tlog-cosignature).
NoteSignature cosign(std::string_view text, std::uint64_t seconds, const crypto::Ed25519Key& key) {
    const std::string message = "cosignature/v1\ntime " + std::to_string(seconds) + "\n" + std::string(text);
    NoteSignature line{.name = "witness.example/w1",
                       .id = key_id("witness.example/w1", SignatureType::cosignature_v1, key.public_key()),
                       .bytes = {}};
    for (int shift = 56; shift >= 0; shift -= 8)
        line.bytes.push_back(static_cast<std::uint8_t>(seconds >> shift));
    const auto signature = key.sign(base::as_bytes(message));
    line.bytes.insert(line.bytes.end(), signature.begin(), signature.end());
    return line;
}

TEST(Note, OfTheStandardVerifies) {
    const auto key = NoteKey::parse(example_key);
    const auto note = parse_note(example_note);
    ASSERT_TRUE(key && note);
    EXPECT_EQ(note->text, "This is an example message.\n");
    EXPECT_EQ(signed_by(*note, *key), Signed::yes);
    EXPECT_EQ(note->to_text(), example_note);
    EXPECT_EQ(key->to_text(), example_key);
    EXPECT_EQ(key->id(), 0x530d903aU);
}

TEST(Note, KnowsForeignAndWrongSignatures) {
    const Note note = note_of("text\n");
    EXPECT_EQ(signed_by(note, log_vkey()), Signed::yes);
    EXPECT_EQ(signed_by(note, *NoteKey::parse(example_key)), Signed::no);
    NoteKey other = log_vkey();
    other.name = "log.example/ru";
    EXPECT_EQ(signed_by(note, other), Signed::no) << "the same key under another name is another signer";
    Note changed = note;
    changed.text = "texts\n";
    EXPECT_EQ(signed_by(changed, log_vkey()), Signed::wrongly);
    // One right signature does not heal a wrong one of the same key.
    Note twice = note;
    twice.signatures.push_back(changed.signatures[0]);
    twice.signatures[1].bytes[5] ^= 1;
    EXPECT_EQ(signed_by(twice, log_vkey()), Signed::wrongly);
    // "Verifiers MUST ignore signatures from unknown keys, even if they share a name or ID (but not both) with a known key."
    Note same_id = note;
    same_id.signatures[0].name = "else.example";
    EXPECT_EQ(signed_by(same_id, log_vkey()), Signed::no);
}

TEST(Note, MayHoldEmptyLinesAndSeveralSignatures) {
    Note note = note_of("a\n\nb\n");
    note.signatures.push_back(parse_note(example_note)->signatures[0]);
    const auto read = parse_note(note.to_text());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->text, "a\n\nb\n");
    EXPECT_EQ(read->signatures.size(), 2U);
}

TEST(Note, IsNothingElse) {
    const std::string line = note_of("a\n").signatures[0].to_line();
    const auto without_newline = line.substr(0, line.size() - 1);
    for (const std::string& bytes : std::initializer_list<std::string>{
             "",
             "\n\n",
             "a\n",
             "a\n\n",
             "a\n" + line,                           // no blank line
             "a\n\n" + without_newline,              // cut off
             "a\n\n" + line + "\n",                  // the last empty line ends the text
             "a\n\n" + line + "b\n",                 // not a signature
             "a\r\n\r\n" + line,                     // a control character
             "a\x01\n\n" + line,                     //
             std::string("a\0b\n\n", 5) + line,      //
             "\xff\n\n" + line,                      // not UTF-8
             "a\n\n- name AAAAAAA=\n",               // a hyphen is no em dash
             "a\n\n\u2014 na+me AAAAAAA=\n",         // plus in a name
             "a\n\n\u2014 na\u00a0me AAAAAAA=\n",    // a Unicode space
             "a\n\n\u2014  AAAAAAA=\n",              // no name
             "a\n\n\u2014 name\n",                   // no signature
             "a\n\n\u2014 name AAAAAA==\n",          // a key ID and nothing after it
             "a\n\n\u2014 name AAAAAAA\n",           // without padding
             "a\n\n\u2014 name AAAAAAB=\n",          // a second spelling of the same bytes
             "a\n\n\u2014 name AAAAAAA= AAAAAAA=\n"  //
         }) {
        EXPECT_FALSE(parse_note(bytes)) << bytes;
    }
}

TEST(Note, IsReadUpToItsLimits) {
    Note note = note_of("a\n");
    while (note.signatures.size() < base::limits::note_signatures_max)
        note.signatures.push_back(note.signatures[0]);
    EXPECT_TRUE(parse_note(note.to_text()));
    note.signatures.push_back(note.signatures[0]);
    EXPECT_FALSE(parse_note(note.to_text())) << "one signature over";
    const std::string end = note_of("a\n").to_text().substr(1);
    const std::string longest = std::string(base::limits::note_bytes_max - end.size(), 'a') + end;
    EXPECT_TRUE(parse_note(longest));
    EXPECT_FALSE(parse_note("a" + longest)) << "one byte over";
}

TEST(NoteKey, HasOneSpelling) {
    const std::string text = log_vkey().to_text();
    EXPECT_EQ(NoteKey::parse(text), log_vkey());
    EXPECT_EQ(NoteKey::parse(example_key)->name, "example.com/foo");
    std::string other_id = text;
    other_id[std::string("log.example/kz+").size()] ^= 1;
    for (const std::string& wrong :
         std::initializer_list<std::string>{"", "name", "name+", "name++", text + "=", text.substr(0, text.size() - 1),
                                            " " + text, text + "\n", other_id,
                                            // signature type 0x02
                                            "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"}) {
        EXPECT_FALSE(NoteKey::parse(wrong)) << wrong;
    }
}

TEST(Cosignature, SaysItsTimeAndVerifiesOverTextAndTime) {
    const auto key = crypto::Ed25519Key::generate();
    const NoteKey witness{.name = "witness.example/w1", .type = SignatureType::cosignature_v1, .key = key.public_key()};
    Note note = note_of(example_checkpoint);
    note.signatures.push_back(cosign(note.text, 1'679'315'147, key));
    EXPECT_EQ(signed_by(note, witness), Signed::yes);
    EXPECT_EQ(cosigned_at_seconds(note.signatures[1]), 1'679'315'147);
    EXPECT_EQ(signed_by(note, log_vkey()), Signed::yes);
    EXPECT_EQ(NoteKey::parse(witness.to_text()), witness);
    Note later = note;
    later.signatures[1].bytes[7] ^= 1;  // another second
    EXPECT_EQ(signed_by(later, witness), Signed::wrongly);
    Note cut = note;
    cut.signatures[1].bytes.pop_back();
    EXPECT_EQ(signed_by(cut, witness), Signed::wrongly);
    // "MUST NOT exceed 2^63 - 1"
    Note beyond = note;
    beyond.signatures[1] = cosign(note.text, 1ULL << 63, key);
    EXPECT_EQ(signed_by(beyond, witness), Signed::wrongly);
    EXPECT_FALSE(cosigned_at_seconds(beyond.signatures[1]));
    // A plain signature of the same key is another type, so another key ID.
    const NoteKey plain{.name = witness.name, .type = SignatureType::ed25519, .key = witness.key};
    EXPECT_NE(plain.id(), witness.id());
    EXPECT_EQ(signed_by(note, plain), Signed::no);
}

TEST(Checkpoint, IsThreeLines) {
    const auto checkpoint = parse_checkpoint(example_checkpoint);
    ASSERT_TRUE(checkpoint);
    EXPECT_EQ(checkpoint->origin, "example.com/behind-the-sofa");
    EXPECT_EQ(checkpoint->size, 20'852'163U);
    EXPECT_EQ(checkpoint->to_text(), example_checkpoint);
    EXPECT_EQ(parse_checkpoint(std::string(example_checkpoint) + "an extension\n"), checkpoint);
    const Checkpoint empty{.origin = "a", .size = 0, .root = Frontier{}.root()};
    EXPECT_EQ(parse_checkpoint(empty.to_text()), empty);
}

TEST(Checkpoint, IsNothingElse) {
    constexpr std::string_view root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    for (const std::string& text : std::initializer_list<std::string>{
             "", "\n", "a\n1\n", "a\n1\n" + std::string(root),                  //
             "\n1\n" + std::string(root) + "\n",                                //
             "a\n01\n" + std::string(root) + "\n",                              // "no leading zeroes"
             "a\n-1\n" + std::string(root) + "\n",                              //
             "a\n1 \n" + std::string(root) + "\n",                              //
             "a\n9223372036854775808\n" + std::string(root) + "\n",             //
             "a\n0\n" + std::string(root) + "\n",                               // no root of the empty tree
             "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n",            // 31 bytes
             "a\n1\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n",            // the other alphabet
             "a\n1\n" + std::string(root) + "\n\n",                             //
             "a\n1\n" + std::string(root) + "\n\nan extension behind a gap\n",  //
         }) {
        EXPECT_FALSE(parse_checkpoint(text)) << text;
    }
}

}  // namespace
}  // namespace kelisim::ledger
