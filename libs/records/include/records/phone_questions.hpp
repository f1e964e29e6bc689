// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "consent/ids.hpp"
#include "records/vault.hpp"
#include "registry/entries.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// A question that is open on a phone. Its slot gives its pair of digits.
struct PhoneQuestion {
    int slot = 0;
    consent::RequestId request;
    int clarified = 0;  // clarifying SMS that were sent for it
    registry::Name organisation, purpose;
    std::string language;
    std::string code = {};   // the one-time code that answers it; empty: its digits do
    std::string check = {};  // by which the person can check that the question is genuine
    int attempts = 0;        // wrong codes so far
    std::string ward = {};   // given name of the one whose data they are, where the representative is asked
};

// The keyspace of phones: replies come with a number and a few letters, and nothing else. Thread-safe: without state.
class PhoneQuestions {
public:
    PhoneQuestions(const Vault& vault, base::Entropy& entropy) : vault_(vault), entropy_(entropy) {}

    // The slot of this question, which may be open already; nothing when the phone has no free one.
    std::optional<int> open(store::WriteSession& session, const people::Phone& phone,
                            const PhoneQuestion& question) const;
    std::vector<PhoneQuestion> all(store::ReadSession& session, const people::Phone& phone) const;
    void mark_clarified(store::WriteSession& session, const people::Phone& phone) const;
    // One more wrong code for the question.
    void count_attempt(store::WriteSession& session, consent::RequestId request) const;
    bool close(store::WriteSession& session, consent::RequestId request) const;

    // False when a message with this id was heard before: carriers deliver at least once.
    bool hear_once(store::WriteSession& session, const people::Phone& phone, std::string_view message_id,
                   base::Time now) const;
    // Whether the phone may be told that nothing is open: once in limits::sms_nothing_open_pause.
    bool tell_nothing_open(store::WriteSession& session, const people::Phone& phone, base::Time now) const;
    // Message ids older than limits::sms_memory, and words whose pause is over.
    void forget_old(store::WriteSession& session, base::Time now) const;

private:
    const Vault& vault_;
    base::Entropy& entropy_;
};

inline constexpr int phone_slots = 4;  // digits 1 to 8

}  // namespace kelisim::records
