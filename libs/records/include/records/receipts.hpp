// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/id.hpp"
#include "records/vault.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// Receipts as they were signed first. Of a request: number 0. Of a consent: the number of the event that it speaks of.
// Thread-safe: without state.
class Receipts {
public:
    explicit Receipts(base::Entropy& entropy) : entropy_(entropy) {}

    std::optional<std::string> find(store::ReadSession& session, const base::RawId& entity, int number,
                                    const crypto::SealKey& data_key) const;
    // What is stored from now on: `jws`, or the one that was stored before.
    std::string keep(store::WriteSession& session, const base::RawId& entity, int number, std::string_view jws,
                     const crypto::SealKey& data_key, base::Time now) const;

private:
    base::Entropy& entropy_;
};

}  // namespace kelisim::records
