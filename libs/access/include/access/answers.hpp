// SPDX-License-Identifier: Apache-2.0
// What the person's word, or the lack of it, does to a request and its consent.
#pragma once

#include "access/parts.hpp"
#include "consent/use.hpp"

namespace kelisim::access {

// Thread-safe; every function runs inside a unit.
class Answers {
public:
    explicit Answers(const Parts& parts) : parts_(parts) {}

    // The carrier took the question. When the request has ended meanwhile, nothing changes.
    void mark_asked(store::WriteSession& session, consent::RequestId id, base::Time now) const;
    // The carrier refused the question for good.
    void mark_undeliverable(store::WriteSession& session, consent::RequestId id, base::Time now) const;
    // The answer that a phone gave, taken from the outbox. A second or a late one changes nothing.
    void answer_from_phone(store::WriteSession& session, const store::OutboxRow& row, base::Time now) const;
    // The timer of a consent's term; one that comes too early is set again.
    void expire_consent(store::WriteSession& session, consent::ConsentId id, base::Time now) const;

private:
    struct Loaded {
        consent::AccessRequest request;
        records::Subject subject;
    };
    // Nothing when the person's data were erased: then nothing is left to decide.
    std::optional<Loaded> load(store::WriteSession& session, consent::RequestId id) const;
    void grant(store::WriteSession& session, Loaded& loaded, base::Time now) const;
    void refuse(store::WriteSession& session, Loaded& loaded, base::Time now) const;
    void save(store::WriteSession& session, const consent::AccessRequest& request, base::Time now) const;
    void tell(store::WriteSession& session, const Loaded& loaded, std::string_view text, base::Time now) const;

    Parts parts_;
};

}  // namespace kelisim::access
