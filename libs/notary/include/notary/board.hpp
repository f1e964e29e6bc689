// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "ledger/checkpoint.hpp"
#include "ledger/note.hpp"

namespace kelisim::notary {

// A signed checkpoint as outsiders get it. Immutable.
struct Published {
    ledger::Checkpoint checkpoint;
    std::string note;  // with all its signatures

    // Nothing when the note does not read.
    static std::optional<Published> from(std::string note);
};
using PublishedPtr = std::shared_ptr<const Published>;

// The notes that are kept, as texts: in the store and on the board alike.
struct Notes {
    std::optional<std::string> newest, cosigned;
};
// Adds a witness's signature of `submitted` where it belongs: to the newest note when that is the one, and to the
// newest cosigned one, which it may become. A second signature of one key over one text changes nothing. Returns whether
// anything changed.
bool add_cosignature(Notes& notes, const ledger::Note& submitted, const ledger::NoteSignature& signature);

// What outsiders see now. Thread-safe; nobody waits for a disk here.
class Board {
public:
    PublishedPtr newest() const;
    PublishedPtr cosigned() const;

    // Preconditions: the notes read.
    void show(const Notes& notes);
    void add(const ledger::Note& submitted, const ledger::NoteSignature& signature);

    // Waits until `not_before`, then until the newest text is another than that of `seen`. Nothing when stopped.
    PublishedPtr next(const PublishedPtr& seen, std::chrono::steady_clock::time_point not_before,
                      const std::stop_token& stop) const;

    // Shows `work` each newest text that differs from the last one it was done with, until it is stopped: `pace` apart at least, and
    // further and further where it was not done, at most limits::witness_retry_max (or the pace, where that is longer). What was
    // not done is shown again, unless there is a newer one by then.
    void follow(std::chrono::milliseconds pace, const std::stop_token& stop,
                const std::function<bool(const Published&)>& work) const;

private:
    void show_locked(const Notes& notes);

    mutable std::mutex mutex_;
    mutable std::condition_variable_any changed_;
    Notes notes_;
    PublishedPtr newest_, cosigned_;
};

}  // namespace kelisim::notary
