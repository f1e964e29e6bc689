// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "consent/access_request.hpp"
#include "consent/question_limits.hpp"
#include "records/subjects.hpp"

namespace kelisim::records {

// Thread-safe: without state of its own.
class Requests {
public:
    Requests(const Vault& vault, base::Entropy& entropy, OpenedRows& opened)
        : vault_(vault), entropy_(entropy), opened_(opened) {}

    void add(store::WriteSession& session, const consent::AccessRequest& request,
             const crypto::SealKey& data_key) const;
    // State and consent, the only parts that change.
    void update(store::WriteSession& session, const consent::AccessRequest& request) const;

    // What tells the state without opening anything; nothing when there is no such request.
    struct State {
        consent::RequestState state{};
        base::Time expires;
        consent::SubjectId subject;
        std::optional<consent::ConsentId> consent;  // that a yes brought
    };
    std::optional<State> state(store::ReadSession& session, consent::RequestId id) const;

    // A request as it lies there, for who finds the key of its person by it.
    struct Stored : State {
        consent::RequestId id;
        base::Time created;
        base::Bytes sealed;
    };
    std::optional<Stored> stored(store::ReadSession& session, consent::RequestId id) const;
    consent::AccessRequest open(const Stored& stored, const crypto::SealKey& data_key) const;
    // Both at once, for who has the key.
    std::optional<consent::AccessRequest> find(store::ReadSession& session, consent::RequestId id,
                                               const crypto::SealKey& data_key) const;

    // Questions to a person that were made after `after`, newest first, at most `max`; none that was stopped.
    std::vector<consent::PastRequest> of_subject(store::ReadSession& session, consent::SubjectId subject,
                                                 base::Time after, std::size_t max) const;

    // How many questions of this initiator to the person were stopped after `after`.
    std::int64_t stopped(store::ReadSession& session, consent::SubjectId subject, std::string_view initiator,
                         base::Time after) const;

    // By party: an id that the client chose, claimed once (design section 2, Idempotency).
    struct Claim {
        base::RawId id;
        bool same_bytes = false;  // the digest is that of the first time
    };
    // `party` names the space of the ids: an initiator, or what else takes ids that are chosen outside.
    Claim claim(store::WriteSession& session, std::string_view party, std::string_view client_id, const Digest& digest,
                const base::RawId& fresh, base::Time now) const;
    // Claims older than the idempotency window.
    void forget_claims(store::WriteSession& session, base::Time now) const;

private:
    const Vault& vault_;
    base::Entropy& entropy_;
    OpenedRows& opened_;
};

}  // namespace kelisim::records
