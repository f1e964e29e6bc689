// SPDX-License-Identifier: Apache-2.0
// The contact centre 1414: questions go out to phones, replies come in (236/НК п.2(7), п.7(1)). Everything here is by
// phone; what it means for a subject goes through the outbox.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "access/parts.hpp"

namespace kelisim::access {

struct Sms {
    std::string id;  // the same at each attempt
    people::Phone phone;
    std::string text;
};

// Thread-safe; functions that take a session run inside a unit.
class Contact {
public:
    explicit Contact(const Parts& parts) : parts_(parts) {}

    // Opens the question on the phone and gives its text, the same at each attempt.
    struct NoFreeSlot {};  // as many questions as have digits are open: later
    struct TooLate {};     // it has expired unasked, or went out limits::sms_sends_max times
    std::variant<Sms, NoFreeSlot, TooLate> prepare_question(store::WriteSession& session, const store::OutboxRow& row,
                                                            base::Time now) const;
    // The code in a question's text by which the person can check that it is genuine.
    std::string check_code(consent::RequestId request) const;
    Sms notice(const store::OutboxRow& row) const;
    void close(store::WriteSession& session, const store::OutboxRow& row) const;

    // A message from a phone. Once per message id. Leads to an answer, the word that a code is wrong or that a message
    // was genuine, one clarifying SMS, or the word that nothing is open; never to a guess.
    void hear(store::WriteSession& session, const people::Phone& phone, std::string_view text,
              std::string_view message_id, base::Time now) const;

private:
    bool is_open(store::ReadSession& session, const people::Phone& phone, consent::RequestId request) const;
    void end_question(store::WriteSession& session, consent::RequestId request, std::optional<consent::Answer> answer,
                      base::Time now) const;
    bool count_wrong_code(store::WriteSession& session, const people::Phone& phone,
                          const std::vector<records::PhoneQuestion>& open, base::Time now) const;
    void confirm_genuine(store::WriteSession& session, const people::Phone& phone, std::string_view code,
                         const std::vector<records::PhoneQuestion>& open, base::Time now) const;
    void clarify(store::WriteSession& session, const people::Phone& phone,
                 const std::vector<records::PhoneQuestion>& open, base::Time now) const;

    Parts parts_;
};

}  // namespace kelisim::access
