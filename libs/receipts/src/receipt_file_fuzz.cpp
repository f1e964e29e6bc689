// SPDX-License-Identifier: Apache-2.0
// Whatever stands in the file that should be a receipt: no crash, nothing is taken for signed or proven, and what was
// read is written so that it reads the same. What a signature would let through is put into words, too.
#include <cstdlib>
#include <string_view>

#include "json/json.hpp"
#include "receipts/receipt.hpp"
#include "receipts/verify.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kelisim;
    static const token::SigningKey key{crypto::PrivateKey::generate_p256()};
    static const receipts::Trusted trusted{
        .keys = token::KeySet({key.verification()}),
        .log = {.name = "kelisim.test/ledger", .key = crypto::Ed25519Key::generate().public_key()}};
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto file = receipts::read_file(text); file.has_value()) {
        const auto again = receipts::read_file(receipts::to_text(*file));
        if (again.has_error() || again->jws != file->jws || again->proof != file->proof) std::abort();
    }
    const receipts::Report report = receipts::verify(text, trusted);
    if (report.verdict != receipts::Verdict::wrong || report.findings.empty() || report.receipt) std::abort();
    if (const auto payload = json::parse(text, {}); payload.has_value() && payload->is_object()) {
        const base::FixedZone zone{std::chrono::hours{5}};
        static_cast<void>(receipts::in_words(payload->get_object(), base::Language::kk, zone));
    }
    static_cast<void>(receipts::open("log", {}, std::string(text)));
    return 0;
}
