// SPDX-License-Identifier: Apache-2.0
#include "notary/board.hpp"

#include <algorithm>

#include "base/limits.hpp"

namespace kelisim::notary {

namespace {

// Adds the line unless its key has signed this note already.
bool add_line(std::string& note, const ledger::NoteSignature& signature) {
    auto parsed = ledger::parse_note(note);
    if (!parsed) return false;
    const bool there = std::any_of(parsed->signatures.begin(), parsed->signatures.end(), [&](const auto& each) {
        return each.name == signature.name && each.id == signature.id;
    });
    if (there) return false;
    parsed->signatures.push_back(signature);
    note = parsed->to_text();
    return true;
}

bool is_of(const std::optional<std::string>& note, const ledger::Note& submitted) {
    return note && note->starts_with(submitted.text + "\n");
}

std::uint64_t size_of(const std::string& text) {
    const auto checkpoint = ledger::parse_checkpoint(text);
    return checkpoint ? checkpoint->size : 0;
}

PublishedPtr pointer(const std::optional<std::string>& note) {
    if (!note) return nullptr;
    return std::make_shared<const Published>(Published::from(*note).value());
}

}  // namespace

std::optional<Published> Published::from(std::string note) {
    const auto parsed = ledger::parse_note(note);
    auto checkpoint = parsed ? ledger::parse_checkpoint(parsed->text) : std::nullopt;
    if (!checkpoint) return std::nullopt;
    return Published{.checkpoint = std::move(*checkpoint), .note = std::move(note)};
}

bool add_cosignature(Notes& notes, const ledger::Note& submitted, const ledger::NoteSignature& signature) {
    bool changed = false;
    if (is_of(notes.newest, submitted)) changed = add_line(*notes.newest, signature);
    if (is_of(notes.cosigned, submitted)) return add_line(*notes.cosigned, signature) || changed;
    const auto before = notes.cosigned ? ledger::parse_note(*notes.cosigned) : std::nullopt;
    if (before && size_of(before->text) > size_of(submitted.text)) return changed;
    notes.cosigned = submitted.to_text();
    add_line(*notes.cosigned, signature);
    return true;
}

PublishedPtr Board::newest() const {
    const std::lock_guard lock(mutex_);
    return newest_;
}

PublishedPtr Board::cosigned() const {
    const std::lock_guard lock(mutex_);
    return cosigned_;
}

void Board::show_locked(const Notes& notes) {
    notes_ = notes;
    newest_ = pointer(notes.newest);
    cosigned_ = pointer(notes.cosigned);
}

void Board::show(const Notes& notes) {
    {
        const std::lock_guard lock(mutex_);
        Notes all = notes_;
        if (notes.newest) all.newest = notes.newest;
        if (notes.cosigned) all.cosigned = notes.cosigned;
        show_locked(all);
    }
    changed_.notify_all();
}

void Board::add(const ledger::Note& submitted, const ledger::NoteSignature& signature) {
    const std::lock_guard lock(mutex_);
    Notes notes = notes_;
    if (add_cosignature(notes, submitted, signature)) show_locked(notes);
}

PublishedPtr Board::next(const PublishedPtr& seen, std::chrono::steady_clock::time_point not_before,
                         const std::stop_token& stop) const {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, stop, not_before, [] { return false; });
    changed_.wait(lock, stop,
                  [&] { return newest_ && (!seen || seen->checkpoint.to_text() != newest_->checkpoint.to_text()); });
    return stop.stop_requested() ? nullptr : newest_;
}

void Board::follow(std::chrono::milliseconds pace, const std::stop_token& stop,
                   const std::function<bool(const Published&)>& work) const {
    using Clock = std::chrono::steady_clock;
    PublishedPtr seen;
    auto not_before = Clock::now();
    std::chrono::milliseconds delay = pace;
    while (const PublishedPtr newest = next(seen, not_before, stop)) {
        const bool done = work(*newest);
        seen = done ? newest : nullptr;
        delay = done ? pace
                     : std::max(pace, std::min<std::chrono::milliseconds>(delay * 2, base::limits::witness_retry_max));
        not_before = Clock::now() + delay;
    }
}

}  // namespace kelisim::notary
