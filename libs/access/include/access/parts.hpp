// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "access/token_index.hpp"
#include "base/entropy.hpp"
#include "base/zone.hpp"
#include "channel/quiet_hours.hpp"
#include "channel/sms.hpp"
#include "consent/question_limits.hpp"
#include "records/records.hpp"
#include "registry/registry.hpp"
#include "store/outbox.hpp"
#include "store/timers.hpp"

namespace kelisim::access {

// What every use case works with; all of it outlives them.
struct Parts {
    const registry::Registry& registry;
    const records::Records& records;
    store::Timers& timers;
    store::Outbox& outbox;
    base::Entropy& entropy;
    const base::Zone& zone;
    TokenIndex& tokens;
    channel::Script script;  // in which 1414 writes
    consent::QuestionLimits question_limits = {};
    channel::QuietHours quiet_hours = {};
    // By which an organisation may have recognised a person: by digital signature or biometrics (wire.md B4).
    std::vector<std::string> own_means_methods = {"Ds", "Bio"};
};

// Kinds of timers and outbox rows: names in the database, never changed.
inline constexpr std::string_view timer_request_expiry = "request.expiry";
inline constexpr std::string_view timer_consent_expiry = "consent.expiry";
inline constexpr std::string_view timer_answer_forget = "use.answer.forget";
inline constexpr std::string_view timer_sweep = "sweep";
inline constexpr std::string_view timer_question_due = "use_question.due";
inline constexpr std::string_view timer_deferral_due = "deferral.due";
inline constexpr std::string_view timer_registry_ended = "registry.ended";

inline constexpr std::string_view outbox_question = "sms.question";  // ask a person
inline constexpr std::string_view outbox_notice = "sms.notice";      // tell a person
inline constexpr std::string_view outbox_answer = "answer";          // from a phone to the subject
inline constexpr std::string_view outbox_close = "question.close";   // from the subject to the phone
inline constexpr std::string_view outbox_sign_in = "sign_in.code";   // find whom a sign-in code goes to
inline constexpr std::string_view outbox_party = "party.notice";     // from the subject to the initiator

inline constexpr std::string_view outbox_event = "event.told";  // from the subject to those who hold its consent

inline constexpr std::array outbox_kinds{outbox_question, outbox_notice, outbox_answer, outbox_close,
                                         outbox_sign_in,  outbox_party,  outbox_event};

}  // namespace kelisim::access
