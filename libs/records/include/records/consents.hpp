// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "consent/consent.hpp"
#include "records/subjects.hpp"

namespace kelisim::records {

// Thread-safe: without state of its own.
class Consents {
public:
    Consents(base::Entropy& entropy, OpenedRows& opened) : entropy_(entropy), opened_(opened) {}

    void add(store::WriteSession& session, const consent::Consent& consent, const crypto::SealKey& data_key) const;
    // State, version and counts; the terms of a version never change.
    void update(store::WriteSession& session, const consent::Consent& consent) const;

    // What decides whether it holds, without opening anything.
    struct State {
        consent::ConsentState state{};
        base::Time expires;
        consent::SubjectId subject;
    };
    std::optional<State> state(store::ReadSession& session, consent::ConsentId id) const;
    // The consent with its subject; throws Damaged when it does not open.
    struct Found {
        consent::Consent consent;
        Subject subject;
    };
    std::optional<Found> find(store::ReadSession& session, consent::ConsentId id, const Subjects& subjects) const;
    // The consent as it lies there, for counting: of what is sealed it has terms.uses_max alone. Opens nothing, but a row
    // older than db/sqlite/0003, and so works for an erased person too.
    std::optional<consent::Consent> find_closed(store::ReadSession& session, consent::ConsentId id,
                                                const Subjects& subjects) const;

private:
    base::Entropy& entropy_;
    OpenedRows& opened_;
};

}  // namespace kelisim::records
