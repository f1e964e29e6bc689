// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "consent/ids.hpp"
#include "records/vault.hpp"
#include "store/session.hpp"

namespace kelisim::records {

using QuestionId = base::Id<struct QuestionTag>;

// "Was this allowed?": a person asks the one who used their data.
struct UseQuestion {
    QuestionId id;
    consent::SubjectId subject;
    consent::UseId use;
    std::string initiator;  // system key
    base::Time asked;
    std::optional<base::Time> due;  // nothing where no calendar knows the year
    std::optional<base::Time> answered;
    std::string question, answer;  // personal data
};

// Thread-safe: without state.
class UseQuestions {
public:
    explicit UseQuestions(base::Entropy& entropy) : entropy_(entropy) {}

    // Throws store::Duplicate when there is one about this use.
    void add(store::WriteSession& session, const UseQuestion& question, const crypto::SealKey& data_key) const;
    void answer(store::WriteSession& session, const UseQuestion& question, const crypto::SealKey& data_key) const;
    struct Whose {
        consent::SubjectId subject;
        std::string initiator;
    };
    std::optional<Whose> whose(store::ReadSession& session, QuestionId id) const;
    std::optional<UseQuestion> find(store::ReadSession& session, QuestionId id, const crypto::SealKey& data_key) const;
    std::optional<QuestionId> about(store::ReadSession& session, consent::UseId use) const;
    // Newest first, those before `before`.
    std::vector<UseQuestion> of(store::ReadSession& session, consent::SubjectId subject,
                                const std::optional<base::RawId>& before, std::size_t max,
                                const crypto::SealKey& data_key) const;
    // Of all persons: unanswered, and the term is over. Newest first, those before `before`; without their texts, and
    // without those of persons whose data were erased.
    std::vector<UseQuestion> overdue(store::ReadSession& session, base::Time now,
                                     const std::optional<base::RawId>& before, std::size_t max) const;

private:
    base::Entropy& entropy_;
};

}  // namespace kelisim::records
