// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/id.hpp"
#include "records/vault.hpp"
#include "store/session.hpp"

namespace kelisim::records {

struct Receipt {
    std::string jws;                          // as it was signed first
    std::optional<std::int64_t> journal_seq;  // of the entry that it speaks of, when it names one
    bool operator==(const Receipt&) const = default;
};

// Receipts as they were signed first. Of a request: number 0. Of a consent or a use: the number of the event that it speaks
// of. Thread-safe: without state.
class Receipts {
public:
    explicit Receipts(base::Entropy& entropy) : entropy_(entropy) {}

    std::optional<Receipt> find(store::ReadSession& session, const base::RawId& entity, int number,
                                const crypto::SealKey& data_key) const;
    // What is stored from now on: `receipt`, or the one that was stored before.
    Receipt keep(store::WriteSession& session, const base::RawId& entity, int number, const Receipt& receipt,
                 const crypto::SealKey& data_key, base::Time now) const;
    // Whether anybody was ever given one.
    bool any(store::ReadSession& session) const;

private:
    base::Entropy& entropy_;
};

}  // namespace kelisim::records
