// SPDX-License-Identifier: Apache-2.0
// What the receipt of a request, of a consent's event or of a use says, with the journal entry that it speaks of. Nothing is
// signed here: that happens after the read, outside the writer (docs/decisions/0002).
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <optional>
#include <string>

#include "access/cabinet.hpp"
#include "receipts/receipt.hpp"

namespace kelisim::access {

extern const base::Reason receipt_not_yet;

struct ReceiptFound {
    base::RawId entity;
    int number = 0;
    std::optional<records::Receipt> stored;
    boost::json::object content;              // to be signed, when nothing is stored
    std::optional<std::int64_t> journal_seq;  // of the entry; nothing for what the journal did not tell once
};

// Thread-safe; reads only. `whose`: whom the caller may look at. Each refuses with cabinet_not_found or receipt_not_yet, and
// throws records::Damaged where the journal lacks what the rows tell of.
class Receipts {
public:
    // `log`: the name of the ledger.
    Receipts(const Parts& parts, std::string issuer, std::string log)
        : parts_(parts), cabinet_(parts), issuer_(std::move(issuer)), log_(std::move(log)) {}

    base::Result<ReceiptFound> of_request(store::ReadSession& session, const records::Subject& whose,
                                          consent::RequestId id) const;
    // `number`: of the event in the history, 0 the grant; absent: the newest.
    base::Result<ReceiptFound> of_consent(store::ReadSession& session, const records::Subject& whose,
                                          consent::ConsentId id, std::optional<std::int64_t> number,
                                          base::Time now) const;
    // Of a use, of a call that was refused, or of a look at one's own data. `number`: 0 that it was admitted (refused,
    // begun), 1 its outcome; absent: the newest.
    base::Result<ReceiptFound> of_use(store::ReadSession& session, const records::Subject& whose, consent::UseId id,
                                      std::optional<std::int64_t> number) const;

private:
    struct Entry;
    struct Wanted;
    struct UseSeen;
    // Throws records::Damaged when there is none: what has a row has an entry.
    std::optional<Entry> find_entry(store::ReadSession& session, const records::Subject& whose,
                                    const Wanted& wanted) const;
    bool may_lack(store::ReadSession& session, const Wanted& wanted) const;
    receipts::Of of(const records::Subject& whose, const std::optional<Entry>& entry) const;
    base::Result<ReceiptFound> of_use_seen(store::ReadSession& session, const records::Subject& whose,
                                           const UseSeen& seen) const;
    bool stored(store::ReadSession& session, const records::Subject& whose, ReceiptFound& into) const;

    Parts parts_;
    Cabinet cabinet_;
    std::string issuer_, log_;
};

}  // namespace kelisim::access
