// SPDX-License-Identifier: Apache-2.0
// Signed notes (C2SP signed-note) with the two kinds of signature that a log and its witnesses make with Ed25519.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "crypto/ed25519.hpp"

namespace kelisim::ledger {

// "Although multiple signature types are specified, implementations SHOULD select only the one(s) required for their
// design": a log's own, and a witness's with its time (C2SP tlog-cosignature).
enum class SignatureType : std::uint8_t { ed25519 = 0x01, cosignature_v1 = 0x04 };

// "Key names MUST be non-empty and MUST NOT contain any Unicode spaces or plus (U+002B) characters."
bool valid_key_name(std::string_view name);

// "key ID = SHA-256(key name || 0x0A || signature type || public key)[:4]"
std::uint32_t key_id(std::string_view name, SignatureType type, const crypto::Ed25519Public& key);

// Whom a signature is accepted from. As text, a vkey: "<key name>+hex(32-bit key ID)+base64(signature type || public key)".
struct NoteKey {
    std::string name;
    SignatureType type = SignatureType::ed25519;
    crypto::Ed25519Public key{};

    std::uint32_t id() const { return key_id(name, type, key); }
    std::string to_text() const;
    // Nothing for other signature types and for an id that is not that of name and key.
    static std::optional<NoteKey> parse(std::string_view vkey);
    bool operator==(const NoteKey&) const = default;
};

struct NoteSignature {
    std::string name;
    std::uint32_t id = 0;
    base::Bytes bytes;  // what follows the key ID

    std::string to_line() const;  // "— <key name> base64(32-bit key ID || signature)\n"
};

struct Note {
    std::string text;  // "includes the final newline but not the separating blank line"
    std::vector<NoteSignature> signatures;

    std::string to_text() const;
};

// Nothing for anything but a note within limits::note_bytes_max and note_signatures_max.
std::optional<Note> parse_note(std::string_view bytes);
// Signature lines alone, as a witness answers; at least one.
std::optional<std::vector<NoteSignature>> parse_signature_lines(std::string_view bytes);

enum class Signed { no, yes, wrongly };
// "If the key name and ID match a known key, verifiers MUST verify the signature": wrongly when any that match does not
// verify, no when none matches. A cosignature counts whatever its time.
Signed signed_by(const Note& note, const NoteKey& key);
bool verifies(const NoteSignature& signature, const NoteKey& key, std::string_view text);
// When a cosignature says that it was made; nothing when its bytes are none. C2SP tlog-cosignature: the timestamp
// "MUST NOT exceed 2^63 - 1".
std::optional<std::int64_t> cosigned_at_seconds(const NoteSignature& signature);

// A log's own signature.
NoteSignature sign_note(std::string_view text, std::string_view name, const crypto::Ed25519Key& key);

}  // namespace kelisim::ledger
