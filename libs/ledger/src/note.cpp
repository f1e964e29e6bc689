// SPDX-License-Identifier: Apache-2.0
#include "ledger/note.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"

namespace kelisim::ledger {

namespace limits = base::limits;

namespace {

constexpr std::string_view line_start = "\u2014 ";  // em dash, space
constexpr std::size_t id_bytes = 4;
constexpr std::size_t timestamp_bytes = 8;

// White_Space of Unicode beyond ASCII, in UTF-8.
constexpr std::array<std::string_view, 19> wide_spaces = {
    "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
    "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};

bool control(char c) {
    return static_cast<unsigned char>(c) < 0x20;
}

std::uint64_t big_endian(base::BytesView bytes) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes)
        value = value << 8 | byte;
    return value;
}

base::Bytes big_endian_bytes(std::uint32_t value) {
    base::Bytes bytes;
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes.push_back(static_cast<std::uint8_t>(value >> shift));
    return bytes;
}

std::optional<NoteSignature> parse_line(std::string_view line) {
    if (!line.starts_with(line_start)) return std::nullopt;
    line.remove_prefix(line_start.size());
    const auto space = line.find(' ');
    if (space == std::string_view::npos || !valid_key_name(line.substr(0, space))) return std::nullopt;
    const auto bytes = base::from_base64(line.substr(space + 1));
    if (!bytes || bytes->size() <= id_bytes) return std::nullopt;
    return NoteSignature{.name = std::string(line.substr(0, space)),
                         .id = static_cast<std::uint32_t>(big_endian(base::BytesView(*bytes).first(id_bytes))),
                         .bytes = base::Bytes(bytes->begin() + id_bytes, bytes->end())};
}

// C2SP tlog-cosignature: "two newline (U+000A) terminated lines (one header line and one timestamp line) followed by the
// whole note body of the cosigned checkpoint".
std::string cosigned_message(std::int64_t seconds, std::string_view text) {
    return fmt::format("cosignature/v1\ntime {}\n{}", seconds, text);
}

}  // namespace

bool valid_key_name(std::string_view name) {
    if (name.empty() || !base::valid_utf8(name)) return false;
    if (std::any_of(name.begin(), name.end(), [](char c) { return control(c) || c == ' ' || c == '+'; })) return false;
    return std::none_of(wide_spaces.begin(), wide_spaces.end(),
                        [&](std::string_view space) { return name.find(space) != std::string_view::npos; });
}

std::uint32_t key_id(std::string_view name, SignatureType type, const crypto::Ed25519Public& key) {
    const std::array<std::uint8_t, 2> middle = {'\n', static_cast<std::uint8_t>(type)};
    const crypto::Digest hash = crypto::sha256({base::as_bytes(name), middle, key});
    return static_cast<std::uint32_t>(big_endian(base::BytesView(hash).first(id_bytes)));
}

std::string NoteKey::to_text() const {
    base::Bytes material{static_cast<std::uint8_t>(type)};
    material.insert(material.end(), key.begin(), key.end());
    return fmt::format("{}+{:08x}+{}", name, id(), base::to_base64(material));
}

std::optional<NoteKey> NoteKey::parse(std::string_view vkey) {
    // The name holds no plus; base64 may.
    const auto first = vkey.find('+');
    const auto second = first == std::string_view::npos ? first : vkey.find('+', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    const auto material = base::from_base64(vkey.substr(second + 1));
    if (!material || material->size() != 1 + sizeof(crypto::Ed25519Public)) return std::nullopt;
    NoteKey parsed{.name = std::string(vkey.substr(0, first)), .type = SignatureType{material->front()}};
    if (parsed.type != SignatureType::ed25519 && parsed.type != SignatureType::cosignature_v1) return std::nullopt;
    std::copy(material->begin() + 1, material->end(), parsed.key.begin());
    if (!valid_key_name(parsed.name) || parsed.to_text() != vkey) return std::nullopt;
    return parsed;
}

std::string NoteSignature::to_line() const {
    base::Bytes material = big_endian_bytes(id);
    material.insert(material.end(), bytes.begin(), bytes.end());
    return fmt::format("{}{} {}\n", line_start, name, base::to_base64(material));
}

std::string Note::to_text() const {
    std::string whole = text + "\n";
    for (const NoteSignature& signature : signatures)
        whole += signature.to_line();
    return whole;
}

std::optional<std::vector<NoteSignature>> parse_signature_lines(std::string_view bytes) {
    if (bytes.empty() || !bytes.ends_with('\n') || bytes.size() > limits::note_bytes_max) return std::nullopt;
    std::vector<NoteSignature> signatures;
    while (!bytes.empty()) {
        const auto end = bytes.find('\n');
        auto signature = parse_line(bytes.substr(0, end));
        if (!signature || signatures.size() == limits::note_signatures_max) return std::nullopt;
        signatures.push_back(std::move(*signature));
        bytes.remove_prefix(end + 1);
    }
    return signatures;
}

std::optional<Note> parse_note(std::string_view bytes) {
    // "Signed notes MUST be valid UTF-8 and MUST NOT contain any ASCII control characters (those below U+0020) other
    // than newline."
    if (bytes.size() > limits::note_bytes_max || !base::valid_utf8(bytes)) return std::nullopt;
    if (std::any_of(bytes.begin(), bytes.end(), [](char c) { return control(c) && c != '\n'; })) return std::nullopt;
    // "the text is separated from the signatures by the last empty line in the note"
    const auto blank = bytes.rfind("\n\n");
    if (blank == std::string_view::npos) return std::nullopt;
    auto signatures = parse_signature_lines(bytes.substr(blank + 2));
    if (!signatures) return std::nullopt;
    return Note{.text = std::string(bytes.substr(0, blank + 1)), .signatures = std::move(*signatures)};
}

std::optional<std::int64_t> cosigned_at_seconds(const NoteSignature& signature) {
    if (signature.bytes.size() != timestamp_bytes + crypto::ed25519_signature_bytes) return std::nullopt;
    const std::uint64_t seconds = big_endian(base::BytesView(signature.bytes).first(timestamp_bytes));
    if (seconds >> 63 != 0) return std::nullopt;
    return static_cast<std::int64_t>(seconds);
}

bool verifies(const NoteSignature& signature, const NoteKey& key, std::string_view text) {
    if (signature.name != key.name || signature.id != key.id()) return false;
    if (key.type == SignatureType::ed25519) {
        return crypto::verifies(key.key, base::as_bytes(text), signature.bytes);
    }
    const auto seconds = cosigned_at_seconds(signature);
    if (!seconds) return false;
    return crypto::verifies(key.key, base::as_bytes(cosigned_message(*seconds, text)),
                            base::BytesView(signature.bytes).subspan(timestamp_bytes));
}

Signed signed_by(const Note& note, const NoteKey& key) {
    Signed found = Signed::no;
    for (const NoteSignature& signature : note.signatures) {
        if (signature.name != key.name || signature.id != key.id()) continue;
        if (!verifies(signature, key, note.text)) return Signed::wrongly;
        found = Signed::yes;
    }
    return found;
}

NoteSignature sign_note(std::string_view text, std::string_view name, const crypto::Ed25519Key& key) {
    const crypto::Ed25519Signature signature = key.sign(base::as_bytes(text));
    return {.name = std::string(name),
            .id = key_id(name, SignatureType::ed25519, key.public_key()),
            .bytes = base::Bytes(signature.begin(), signature.end())};
}

}  // namespace kelisim::ledger
