// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "consent/consent.hpp"
#include "people/person.hpp"
#include "records/opened.hpp"
#include "records/vault.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// A person with the key under which everything about them is sealed.
struct Subject {
    consent::SubjectId id;
    crypto::SealKey data_key;
    people::Person person;
};

// The sealed parts of a request and of a version of a consent; neither ever changes.
struct RequestBody {
    consent::Terms terms;
    std::string employee;
    consent::SubjectId asked_of;
    std::string proof;
    std::vector<std::string> stopped_for;
};
struct ConsentBody {
    consent::Means means{};
    consent::Terms terms;
    std::string employee;
    consent::SubjectId decided_by;
};

// What was opened lately of everybody. Thread-safe.
struct OpenedRows {
    Opened<Subject> subjects{base::limits::opened_rows_max};
    Opened<RequestBody> requests{base::limits::opened_rows_max};
    Opened<ConsentBody> consents{base::limits::opened_rows_max};

    // For one who has read the row of this person, or of one under them. A reader may still look at the database as it
    // was before an erasure: what it keeps after the memory was cleared goes at once.
    template <class Value>
    void keep(Opened<Value>& in, consent::SubjectId whose, const base::RawId& id, typename Opened<Value>::Source source,
              Value value) {
        in.keep(id, source, std::move(value));
        if (erased(whose)) in.clear();
    }

    // After the commit of the erasure. Marked first: whoever keeps something in between sees it, or is cleared.
    void forget(consent::SubjectId whose) {
        {
            const std::lock_guard lock(mutex_);
            if (erased_.size() == base::limits::opened_rows_max) erased_.erase(erased_.begin());
            erased_.push_back(whose);
        }
        subjects.clear();
        requests.clear();
        consents.clear();
    }

private:
    bool erased(consent::SubjectId whose) const {
        const std::lock_guard lock(mutex_);
        return std::find(erased_.begin(), erased_.end(), whose) != erased_.end();
    }

    mutable std::mutex mutex_;
    std::vector<consent::SubjectId> erased_;  // lately, oldest first: snapshots of before live for seconds
};

// One row per subject; deleting it erases the person's data (design section 2). Thread-safe: without state of its own.
class Subjects {
public:
    Subjects(const Vault& vault, base::Entropy& entropy, OpenedRows& opened)
        : vault_(vault), entropy_(entropy), opened_(opened) {}

    std::optional<Subject> find(store::ReadSession& session, const base::Iin& iin) const;
    std::optional<Subject> find(store::ReadSession& session, consent::SubjectId id) const;
    // Throws Erased when the row is gone, Damaged when it does not open.
    Subject load(store::ReadSession& session, consent::SubjectId id) const;
    // Throws store::Duplicate when the person is known already.
    Subject add(store::WriteSession& session, const people::Person& person, base::Time now) const;
    // A subject of its own for what this person is not to be told of yet: under the person's data key, so that both are erased
    // alike; not found by the IIN; without phone and representative, so that no message can go out. Let go with remove_apart.
    Subject add_apart(store::WriteSession& session, const Subject& person, base::Time now) const;
    void remove_apart(store::WriteSession& session, consent::SubjectId id) const;
    // What is known of the person changed.
    void update(store::WriteSession& session, const Subject& subject) const;
    // Destroys the data key of the person, and with it whatever is sealed under it; records of access stay until their
    // archive term ends (418-V ст.40(2)). What was opened of anybody leaves the memory after the commit. False when there is no such row. Again for a row that a restore brought back.
    bool erase(store::WriteSession& session, consent::SubjectId id, base::Time now) const;

    // Every person, in no order; for the sandbox's own pages.
    void each(store::ReadSession& session, const std::function<void(const Subject&)>& visit) const;

private:
    void insert(store::WriteSession& session, const Subject& subject, const Digest& blind) const;
    Subject open(consent::SubjectId id, base::BytesView wrapped_key, base::BytesView sealed) const;
    Subject unseal(consent::SubjectId id, base::BytesView wrapped_key, base::BytesView sealed) const;

    const Vault& vault_;
    base::Entropy& entropy_;
    OpenedRows& opened_;
};

}  // namespace kelisim::records
