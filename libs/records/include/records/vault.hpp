// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/id.hpp"
#include "base/iin.hpp"
#include "base/result.hpp"
#include "crypto/hash.hpp"
#include "crypto/seal.hpp"
#include "people/person.hpp"

namespace kelisim::records {

using crypto::Digest;

// A sealed value did not open: the row was changed behind our back or belongs to another key.
class Damaged : public base::Outage {
public:
    using Outage::Outage;
};

// The person's data were erased: what is sealed under their key is gone, and whatever waits for it has nothing to do.
class Erased : public Damaged {
public:
    Erased() : Damaged("the data of a subject were erased") {}
};

// A key for each calendar month (UTC), derived from one root: what is written for ever, row after row, would bring a
// single key to the bound of NIST SP 800-38D 8.3 within months. The month stands before the sealed bytes. Thread-safe.
class MonthlyKeys {
public:
    explicit MonthlyKeys(crypto::SealKey root) : root_(std::move(root)) {}

    base::Bytes seal(base::BytesView plain, base::BytesView context, base::Time now, base::Entropy& entropy) const;
    // Throws Damaged; `what` names the row for the log.
    base::Bytes open(base::BytesView sealed, base::BytesView context, std::string_view what) const;

private:
    using Month = std::array<std::uint8_t, 2>;  // years times twelve: enough until the year 5461
    struct Derived {
        Month month{};
        crypto::SealKey key;
    };

    crypto::SealKey key_of(const Month& month) const;

    crypto::SealKey root_;
    mutable std::mutex mutex_;
    mutable std::optional<Derived> latest_;  // nearly all rows that are written or read are of one month
};

// The keys that everything at rest stands under, each derived from the master key for its one purpose (RFC 5869).
// Immutable; thread-safe.
class Vault {
public:
    explicit Vault(const crypto::SealKey& master);

    // The slice of the keyspace of a person; under a key that never changes, so neither does the slice.
    base::Bucket bucket_of(const base::Iin& iin) const;
    // Finds a row without telling whose it is to one who has only the database.
    Digest blind_index(const base::Iin& iin) const;
    Digest blind_index(const people::Phone& phone) const;
    // For values that are chosen by clients and may name a person: message ids, client-chosen ids, jti.
    Digest blind_index(std::string_view owner, std::string_view value) const;
    // A secret that is known again from its name, so that it need not be stored: the second half of an auth_req_id.
    Digest derived_secret(base::BytesView name) const;

    base::Bytes wrap(const crypto::SealKey& data_key, base::BytesView subject, base::Entropy& entropy) const;
    crypto::SealKey unwrap(base::BytesView wrapped, base::BytesView subject) const;  // throws Damaged

    // Under which records of access stand until their archive term ends (418-V ст.40(2)).
    const MonthlyKeys& archive() const { return archive_; }
    // For what waits in outbox and timers.
    const MonthlyKeys& queue() const { return queue_; }

private:
    crypto::SealKey bucket_, blind_, derive_, wrap_;
    MonthlyKeys archive_, queue_;
};

// Opens or throws Damaged; `what` names the row for the log.
base::Bytes open_or_throw(const crypto::SealKey& key, base::BytesView sealed, base::BytesView context,
                          std::string_view what);

}  // namespace kelisim::records
