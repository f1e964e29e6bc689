// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/iin.hpp"
#include "consent/use.hpp"
#include "records/archives.hpp"
#include "records/vault.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// What the person sees of a use, and what outlives their other data: who looked at what, on which basis.
struct AccessRecord {
    base::Iin subject;
    std::string receiver, service, purpose;
    std::vector<std::string> fields, acts;
    std::string employee;
    // Of a look through the cabinet: who looked, the person or the legal representative. By its random id: it tells which
    // one it was for as long as that person is in the books.
    std::optional<consent::SubjectId> by = {};
    std::vector<std::string> refused_for = {};  // codes of the reasons, of a call that was refused
};

struct StoredUse {
    consent::Use use;
    Digest digest{};  // of the call, to tell a repeat from another call under the same key
};

// Answer of the owner, kept for repeats under the same key within the idempotency window.
struct StoredAnswer {
    int status = 0;
    std::string body;
};

// Thread-safe: without state.
class Uses {
public:
    Uses(const Vault& vault, base::Entropy& entropy, const Archives& archives)
        : vault_(vault), entropy_(entropy), archives_(archives) {}

    // `key`: blind index of the Idempotency-Key or message id, nothing where the caller gave none. Throws
    // store::Duplicate when the consent has a use under this key.
    void add(store::WriteSession& session, const StoredUse& use, const std::optional<Digest>& key,
             const AccessRecord& record) const;
    void update(store::WriteSession& session, const consent::Use& use) const;
    std::optional<StoredUse> find(store::ReadSession& session, consent::ConsentId consent, const Digest& key) const;
    std::optional<StoredUse> find(store::ReadSession& session, consent::UseId id) const;
    // Makes way for a new attempt under the same key, after one that was not sent: the record of the first stays.
    void release_key(store::WriteSession& session, const consent::Use& use) const;

    void keep_answer(store::WriteSession& session, consent::UseId id, const StoredAnswer& answer,
                     const crypto::SealKey& data_key) const;
    std::optional<StoredAnswer> answer(store::ReadSession& session, consent::UseId id,
                                       const crypto::SealKey& data_key) const;
    // Answers are personal data that only a repeat needs.
    void forget_answer(store::WriteSession& session, consent::UseId id) const;

    std::optional<AccessRecord> record(store::ReadSession& session, consent::UseId id) const;
    // Uses whose outcome nobody wrote down: the process ended between the forward and the answer. Not those whose conversation
    // waits for it.
    std::vector<consent::Use> reserved_before(store::ReadSession& session, base::Time instant, std::size_t max) const;

private:
    const Vault& vault_;
    base::Entropy& entropy_;
    const Archives& archives_;
};

}  // namespace kelisim::records
