// SPDX-License-Identifier: Apache-2.0
#include "records/vault.hpp"

#include <algorithm>
#include <string>

namespace kelisim::records {

namespace {

// RFC 5869 2.3 with one block of output: HMAC(PRK, info || 0x01). The master key is uniformly random already, so the
// extract step (2.2) may be left out (3.3).
crypto::SealKey derive(const crypto::SealKey& master, std::string_view purpose) {
    std::string info = "kelisim/v1/" + std::string(purpose);
    info += '\x01';
    return crypto::SealKey(crypto::hmac_sha256(master.reveal(), base::as_bytes(info)));
}

}  // namespace

crypto::SealKey MonthlyKeys::key_of(const Month& month) const {
    const std::lock_guard lock(mutex_);
    if (!latest_ || latest_->month != month) {
        latest_ = Derived{month, crypto::SealKey(crypto::hmac_sha256(root_.reveal(), month))};
    }
    return latest_->key;
}

base::Bytes MonthlyKeys::seal(base::BytesView plain, base::BytesView context, base::Time now,
                              base::Entropy& entropy) const {
    const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(now)};
    const int month = static_cast<int>(date.year()) * 12 + static_cast<int>(static_cast<unsigned>(date.month())) - 1;
    const Month name = {static_cast<std::uint8_t>(month >> 8), static_cast<std::uint8_t>(month)};
    base::Bytes out(name.begin(), name.end());
    const base::Bytes sealed = crypto::seal(key_of(name), plain, context, entropy);
    out.insert(out.end(), sealed.begin(), sealed.end());
    return out;
}

base::Bytes MonthlyKeys::open(base::BytesView sealed, base::BytesView context, std::string_view what) const {
    Month month;
    if (sealed.size() < month.size()) throw Damaged("a sealed value is cut: " + std::string(what));
    std::copy_n(sealed.begin(), month.size(), month.begin());
    return open_or_throw(key_of(month), sealed.subspan(month.size()), context, what);
}

Vault::Vault(const crypto::SealKey& master)
    : bucket_(derive(master, "bucket")),
      blind_(derive(master, "blind")),
      derive_(derive(master, "derived secret")),
      wrap_(derive(master, "wrap")),
      archive_(derive(master, "archive")),
      queue_(derive(master, "queue")) {}

base::Bucket Vault::bucket_of(const base::Iin& iin) const {
    const Digest digest = crypto::hmac_sha256(bucket_.reveal(), base::as_bytes(iin.reveal()));
    return {static_cast<std::uint16_t>((digest[0] << 8 | digest[1]) % base::buckets)};
}

Digest Vault::blind_index(const base::Iin& iin) const {
    return blind_index("iin", iin.reveal());
}

Digest Vault::blind_index(const people::Phone& phone) const {
    return blind_index("phone", phone.reveal());
}

Digest Vault::blind_index(std::string_view owner, std::string_view value) const {
    std::string message(owner);
    message += '\0';  // no owner holds one, so no two pairs give one message
    message += value;
    return crypto::hmac_sha256(blind_.reveal(), base::as_bytes(message));
}

Digest Vault::derived_secret(base::BytesView name) const {
    return crypto::hmac_sha256(derive_.reveal(), name);
}

base::Bytes Vault::wrap(const crypto::SealKey& data_key, base::BytesView subject, base::Entropy& entropy) const {
    return crypto::seal(wrap_, data_key.reveal(), subject, entropy);
}

crypto::SealKey Vault::unwrap(base::BytesView wrapped, base::BytesView subject) const {
    const base::Bytes bytes = open_or_throw(wrap_, wrapped, subject, "data key of a subject");
    crypto::KeyBytes key{};
    if (bytes.size() != key.size()) throw Damaged("data key of a subject has a wrong length");
    std::copy(bytes.begin(), bytes.end(), key.begin());
    return crypto::SealKey(key);
}

base::Bytes open_or_throw(const crypto::SealKey& key, base::BytesView sealed, base::BytesView context,
                          std::string_view what) {
    auto plain = crypto::open(key, sealed, context);
    if (!plain) throw Damaged("a sealed value does not open: " + std::string(what));
    return std::move(*plain);
}

}  // namespace kelisim::records
