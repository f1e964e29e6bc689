// SPDX-License-Identifier: Apache-2.0
#include "notary/witness.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace kelisim::notary {

namespace limits = base::limits;
using records::Ledger;

namespace {

constexpr telemetry::Message witness_failed{"LEDGER_WITNESS_FAILED", telemetry::Level::warning};
constexpr telemetry::Message witness_returned{"LEDGER_WITNESS_RETURNED", telemetry::Level::info};

constexpr int ok = 200;
constexpr int conflict = 409;
// C2SP tlog-witness: "The client MUST NOT send more than 63 consistency proof lines." A proof between two trees of less than
// 2^63 leaves has no more.

}  // namespace

std::optional<WitnessAddress> parse_witness(std::string_view text) {
    const auto space = text.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    const auto key = ledger::NoteKey::parse(text.substr(0, space));
    if (!key || key->type != ledger::SignatureType::cosignature_v1) return std::nullopt;
    const auto url = http::parse_http_prefix(text.substr(space + 1));
    if (!url) return std::nullopt;
    return WitnessAddress{.key = *key, .submission = *url};
}

void Witnessing::failed(std::string_view why) {
    ++counts_.failures;
    if (std::exchange(failing_, true)) return;
    parts_.log.write(witness_failed, {{"witness", telemetry::SafeText::of_program(name())},
                                      {"why", telemetry::SafeText::of_program(why)}});
}

// "The request body MUST be a sequence of an old size line, zero or more consistency proof lines, and an empty line,
// followed by a checkpoint."
std::string Witnessing::body_of(const Published& checkpoint) {
    std::string body = fmt::format("old {}\n", known_);
    parts_.readers.read([&](store::ReadSession& session) {
        for (const ledger::Digest& hash :
             parts_.records.ledger.tree(session, checkpoint.checkpoint.size).consistency(known_)) {
            body += base::to_base64(hash) + "\n";
        }
    });
    return body + "\n" + checkpoint.note;
}

bool Witnessing::submit(const Published& checkpoint) {
    if (known_ > checkpoint.checkpoint.size) known_ = 0;
    // The second time with the size that a conflict told: "If a client doesn't have information on the latest cosigned
    // checkpoint, it MAY initially make a request with a old size of zero to obtain it."
    for (int attempt = 0; attempt < 2; ++attempt) {
        const http::Outcome outcome = parts_.exchange(
            {.upstream = address_.submission.upstream,
             .method = "POST",
             .target = address_.submission.path + "/add-checkpoint",
             .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
             .body = body_of(checkpoint),
             .limits = {.deadline = limits::witness_deadline, .body_bytes_max = limits::note_bytes_max}});
        if (const auto* lost = std::get_if<http::Failure>(&outcome)) return failed(lost->why), false;
        const auto& answer = std::get<http::Answer>(outcome);
        if (answer.status == ok) return take(answer, checkpoint);
        if (answer.status != conflict) return failed(fmt::format("it answered {}", answer.status)), false;
        if (!learn(answer, checkpoint)) return false;
    }
    failed("it told two sizes in a row and took neither");
    return false;
}

// "The response body MUST consist of the tree size of the latest cosigned checkpoint in decimal, followed by a newline."
bool Witnessing::learn(const http::Answer& answer, const Published& checkpoint) {
    std::string_view body = answer.body;
    const auto size = body.ends_with('\n') ? base::parse_integer(body.substr(0, body.size() - 1)) : std::nullopt;
    if (!size) return failed("its conflict names no size"), false;
    if (static_cast<std::uint64_t>(*size) > checkpoint.checkpoint.size) {
        // A newer one of ours was on its way, or somebody has signed with our key what this database does not hold.
        return failed("it has cosigned more of the log than there is"), false;
    }
    known_ = static_cast<std::uint64_t>(*size);
    return true;
}

// "The client MUST ignore any cosignatures from unknown keys."
bool Witnessing::take(const http::Answer& answer, const Published& checkpoint) {
    const auto lines = ledger::parse_signature_lines(answer.body);
    if (!lines) return failed("its answer is not made of signature lines"), false;
    const auto submitted = ledger::parse_note(checkpoint.note).value();
    const auto right = std::find_if(lines->begin(), lines->end(), [&](const ledger::NoteSignature& line) {
        // "The cosignature MUST NOT omit the timestamp, i.e. the timestamp MUST NOT be zero."
        return ledger::verifies(line, address_.key, submitted.text) && ledger::cosigned_at_seconds(line) != 0;
    });
    if (right == lines->end()) return failed("none of its signatures verifies"), false;
    known_ = checkpoint.checkpoint.size;
    const base::Time now = parts_.clock.now();
    store::run(parts_.writer, [&](store::WriteSession& session) {
        Notes notes{.newest = parts_.records.ledger.note(session, Ledger::Kept::newest),
                    .cosigned = parts_.records.ledger.note(session, Ledger::Kept::cosigned)};
        if (!add_cosignature(notes, submitted, *right)) return;
        if (notes.newest) parts_.records.ledger.keep_note(session, Ledger::Kept::newest, *notes.newest, now);
        if (notes.cosigned) parts_.records.ledger.keep_note(session, Ledger::Kept::cosigned, *notes.cosigned, now);
    });
    parts_.board.add(submitted, *right);
    ++counts_.cosignatures;
    if (std::exchange(failing_, false)) {
        parts_.log.write(witness_returned, {{"witness", telemetry::SafeText::of_program(name())}});
    }
    return true;
}

Witness::Witness(WitnessParts parts, WitnessAddress address, std::chrono::milliseconds pace)
    : board_(parts.board),
      pace_(pace),
      witnessing_(std::move(parts), std::move(address)),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

void Witness::work(const std::stop_token& stop) {
    board_.follow(pace_, stop, [this](const Published& newest) {
        try {
            return witnessing_.submit(newest);
        } catch (const std::exception&) {
            witnessing_.failed("an error of our own");
            return false;
        }
    });
}

}  // namespace kelisim::notary
