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

    void clear() {
        subjects.clear();
        requests.clear();
        consents.clear();
    }
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
    // What is known of the person changed.
    void update(store::WriteSession& session, const Subject& subject) const;
    // Destroys the data key of the person, and with it whatever is sealed under it; records of access stay until their
    // archive term ends (418-V ст.40(2)). What was opened of anybody leaves the memory after the commit. False when there is no such row. Again for a row that a restore brought back.
    bool erase(store::WriteSession& session, consent::SubjectId id, base::Time now) const;

    // Everybody, in no order; for the sandbox's own pages.
    void each(store::ReadSession& session, const std::function<void(const Subject&)>& visit) const;

private:
    Subject open(consent::SubjectId id, base::BytesView wrapped_key, base::BytesView sealed) const;
    Subject unseal(consent::SubjectId id, base::BytesView wrapped_key, base::BytesView sealed) const;

    const Vault& vault_;
    base::Entropy& entropy_;
    OpenedRows& opened_;
};

}  // namespace kelisim::records
