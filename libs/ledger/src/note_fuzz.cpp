// SPDX-License-Identifier: Apache-2.0
// Whatever stands where a note, a checkpoint, a verifier key or a witness's answer should: no crash, nothing is taken for
// signed, and what was read is written as it came.
#include <cstdlib>
#include <string_view>

#include "ledger/checkpoint.hpp"
#include "ledger/note.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kelisim;
    static const ledger::NoteKey ours{.name = "log", .key = crypto::Ed25519Key::generate().public_key()};
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto note = ledger::parse_note(text)) {
        if (note->to_text() != text) std::abort();
        if (ledger::signed_by(*note, ours) == ledger::Signed::yes) std::abort();
        static_cast<void>(ledger::parse_checkpoint(note->text));
    }
    if (const auto checkpoint = ledger::parse_checkpoint(text)) {
        if (!text.starts_with(checkpoint->to_text())) std::abort();
    }
    if (const auto key = ledger::NoteKey::parse(text); key && key->to_text() != text) std::abort();
    if (const auto lines = ledger::parse_signature_lines(text)) {
        for (const ledger::NoteSignature& line : *lines)
            static_cast<void>(ledger::cosigned_at_seconds(line));
    }
    return 0;
}
