// SPDX-License-Identifier: Apache-2.0
#include "receipts/file.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "json/json.hpp"

namespace kelisim::receipts {

namespace limits = base::limits;
using base::Refusal;
using base::Result;
using boost::json::object;

const base::Reason receipt_malformed{
    "receipt_malformed",
    base::Kind::invalid,
    "RFC 7515 section 7.2.2",
    {"Бұл файл түбіртек емес немесе бүлінген.", "Этот файл не квитанция или повреждён.",
     "This file is no receipt, or is damaged."}};
const base::Reason receipt_proof_malformed{
    "receipt_proof_malformed",
    base::Kind::invalid,
    "RFC 9162 section 2.1.3",
    {"Түбіртектегі журналға енгізу дәлелі қате жазылған.", "Доказательство включения в журнал записано неверно.",
     "The proof of inclusion in the ledger is malformed."}};

namespace {

constexpr std::size_t path_max = 64;  // a tree of 2^63 leaves is that high

constexpr std::string_view base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

bool is_part(std::string_view text) {
    return !text.empty() && text.find_first_not_of(base64url) == std::string_view::npos;
}

Result<std::string_view> part(const object& file, std::string_view name) {
    const auto text = json::text(file, name, limits::receipt_file_bytes_max);
    if (text.has_error() || !is_part(*text)) return Refusal(receipt_malformed);
    return *text;
}

std::optional<Proof> read_proof(const object& from) {
    constexpr json::Range counted{.min = 0, .max = std::numeric_limits<std::int64_t>::max()};
    const auto index = json::integer(from, "index", counted);
    const auto size = json::integer(from, "size", counted);
    const auto path = json::texts(from, "path", path_max);
    const auto checkpoint = json::optional_text(from, "checkpoint", limits::note_bytes_max);
    if (index.has_error() || size.has_error() || path.has_error() || checkpoint.has_error()) return std::nullopt;
    Proof proof{.index = static_cast<std::uint64_t>(*index),
                .size = static_cast<std::uint64_t>(*size),
                .path = {},
                .checkpoint = std::string(checkpoint->value_or(""))};
    for (const std::string& text : *path) {
        const auto hash = base::from_base64(text);
        if (!hash || hash->size() != sizeof(ledger::Digest)) return std::nullopt;
        std::copy(hash->begin(), hash->end(), proof.path.emplace_back().begin());
    }
    return proof;
}

Result<File> read_flattened(std::string_view bytes) {
    const auto parsed = json::parse(bytes, {.bytes_max = limits::receipt_file_bytes_max});
    const object* file = parsed.has_value() ? parsed->if_object() : nullptr;
    // RFC 7515 7.2.2: "The "signatures" member MUST NOT be present when using this syntax."
    if (file == nullptr || file->contains("signatures")) return Refusal(receipt_malformed);
    const auto protected_header = part(*file, "protected"), payload = part(*file, "payload"),
               signature = part(*file, "signature");
    if (protected_header.has_error() || payload.has_error() || signature.has_error()) return Refusal(receipt_malformed);
    File read{.jws = std::string(*protected_header).append(".").append(*payload).append(".").append(*signature),
              .proof = {}};
    const auto header = json::optional_object(*file, "header");
    if (header.has_error()) return Refusal(receipt_malformed);
    if (*header == nullptr) return read;
    // What steers the verification stands under the signature, and RFC 7515 7.2.1 wants the two headers disjoint: "crit"
    // in particular "MUST NOT" be unprotected. Other names are nobody's, and are passed over.
    for (const std::string_view steering : {"alg", "typ", "kid", "crit", "b64", "jwk", "jku"}) {
        if ((*header)->contains(steering)) return Refusal(receipt_malformed);
    }
    const auto proof = json::optional_object(**header, proof_header);
    if (proof.has_error()) return Refusal(receipt_proof_malformed);
    if (*proof == nullptr) return read;
    read.proof = read_proof(**proof);
    if (!read.proof) return Refusal(receipt_proof_malformed);
    return read;
}

}  // namespace

std::string to_text(const File& file) {
    const std::size_t first = file.jws.find('.'), second = file.jws.rfind('.');
    object text{{"payload", file.jws.substr(first + 1, second - first - 1)},
                {"protected", file.jws.substr(0, first)},
                {"signature", file.jws.substr(second + 1)}};
    if (file.proof) {
        boost::json::array path;
        for (const ledger::Digest& hash : file.proof->path)
            path.push_back(boost::json::value(base::to_base64(hash)));
        object proof{{"index", file.proof->index}, {"size", file.proof->size}, {"path", std::move(path)}};
        if (!file.proof->checkpoint.empty()) proof["checkpoint"] = file.proof->checkpoint;
        text["header"] = object{{proof_header, std::move(proof)}};
    }
    return boost::json::serialize(text);
}

Result<File> read_file(std::string_view bytes) {
    if (bytes.size() > limits::receipt_file_bytes_max) return Refusal(receipt_malformed);
    // Editors and mail add line ends, no more is taken from around it.
    constexpr std::string_view blank = " \t\r\n";
    const auto begin = bytes.find_first_not_of(blank);
    if (begin == std::string_view::npos) return Refusal(receipt_malformed);
    bytes = bytes.substr(begin, bytes.find_last_not_of(blank) + 1 - begin);
    if (bytes.starts_with('{')) return read_flattened(bytes);
    const auto first = bytes.find('.'), second = bytes.rfind('.');
    if (first == std::string_view::npos || first == second || !is_part(bytes.substr(0, first)) ||
        !is_part(bytes.substr(first + 1, second - first - 1)) || !is_part(bytes.substr(second + 1))) {
        return Refusal(receipt_malformed);
    }
    return File{.jws = std::string(bytes), .proof = {}};
}

}  // namespace kelisim::receipts
