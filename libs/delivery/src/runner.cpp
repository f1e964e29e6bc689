// SPDX-License-Identifier: Apache-2.0
#include "delivery/runner.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/limits.hpp"
#include "gather.hpp"

namespace kelisim::delivery {

using store::Outbox;
using store::OutboxRow;
using store::WriteSession;
namespace limits = base::limits;

namespace {

using namespace std::chrono_literals;

constexpr std::size_t rows_per_round = 256;
// What is carried out in the store alone.
constexpr std::array unit_kinds{access::outbox_answer, access::outbox_close, access::outbox_sign_in,
                                access::outbox_party, access::outbox_event};
constexpr auto sms_hold = limits::sms_report_wait;  // an SMS that was perhaps sent waits for its report
constexpr auto slot_pause = 60s;                    // until a question with digits may have ended
constexpr base::Duration retry_first = 1s, retry_max = 15min;
constexpr auto outage_pause = 1s;

base::Duration delay_after(int attempt) {
    base::Duration delay = retry_first;
    for (int i = 1; i < attempt && delay < retry_max; ++i)
        delay *= 2;
    return std::min(delay, retry_max);
}

void append(std::vector<OutboxRow>& to, std::vector<OutboxRow> rows) {
    std::move(rows.begin(), rows.end(), std::back_inserter(to));
}

}  // namespace

struct DueEffects::Round {
    std::vector<OutboxRow> units, questions, notices;
    std::size_t size() const { return units.size() + questions.size() + notices.size(); }
};

// Messages and the rows that they come from, in the same places.
struct DueEffects::Sending {
    void add(const OutboxRow& row, access::Sms message) {
        rows.push_back(&row);
        messages.push_back(std::move(message));
    }
    std::vector<const OutboxRow*> rows;
    std::vector<access::Sms> messages;
};

DueEffects::Round DueEffects::look() {
    const base::Time now = parts_.clock.now();
    Round round;
    parts_.readers.read([&](store::ReadSession& session) {
        for (const auto kind : unit_kinds)
            append(round.units, Outbox::due(session, kind, now, rows_per_round));
        round.questions = Outbox::due(session, access::outbox_question, now, rows_per_round);
        round.notices = Outbox::due(session, access::outbox_notice, now, rows_per_round);
    });
    return round;
}

std::size_t DueEffects::run_round() {
    const Round round = look();
    run_units(round.units);
    run_questions(round.questions);
    run_notices(round.notices);
    return round.size();
}

std::optional<base::Time> DueEffects::run_due() {
    while (run_round() != 0) {
    }
    std::optional<base::Time> next;
    parts_.readers.read([&](store::ReadSession& session) {
        for (const auto kind : access::outbox_kinds) {
            const auto due = Outbox::next_due(session, kind);
            if (due && (!next || *due < *next)) next = due;
        }
    });
    return next;
}

void DueEffects::fail(const OutboxRow& row) {
    const base::Time now = parts_.clock.now();
    const bool last = row.attempt >= limits::effect_attempts_max;
    store::run(parts_.writer, [&](WriteSession& session) {
        Outbox::take(session, row, now);  // where its record went with the unit that failed
        return last ? parts_.outbox.park(session, row, "attempts_exhausted")
                    : parts_.outbox.put_off(session, row, now + delay_after(row.attempt));
    });
    ++(last ? parked_ : put_off_);
}

void DueEffects::run_unit(WriteSession& session, const OutboxRow& row) {
    const base::Time now = parts_.clock.now();
    if (row.kind == access::outbox_answer) return parts_.answers.answer_from_phone(session, row, now);
    if (row.kind == access::outbox_sign_in) return parts_.persons.signing_in.send_code(session, row, now);
    if (row.kind == access::outbox_party) return parts_.persons.steering.tell_party(session, row);
    if (row.kind == access::outbox_event) {
        parts_.persons.steering.take_in_event(session, row, now);
        if (parts_.events_came) session.after_commit(parts_.events_came);
        return;
    }
    parts_.contact.close(session, row);
}

void DueEffects::run_units(const std::vector<OutboxRow>& rows) {
    const auto outcomes = gather(parts_.writer, rows, [this](WriteSession& session, const OutboxRow& row) {
        if (!Outbox::done(session, row.key)) return false;
        run_unit(session, row);
        return true;
    });
    for (std::size_t i = 0; i < rows.size(); ++i)
        failed(outcomes[i]) ? fail(rows[i]) : static_cast<void>(++done_);
}

void DueEffects::run_questions(const std::vector<OutboxRow>& rows) {
    using Question = std::variant<access::Sms, access::Contact::NoFreeSlot, access::Contact::TooLate>;
    const auto prepared = gather(parts_.writer, rows, [this](WriteSession& session, const OutboxRow& row) {
        const base::Time now = parts_.clock.now();
        // The row is gone when its answer came since the round saw it.
        if (!Outbox::take(session, row, now + sms_hold)) return Question{access::Contact::TooLate{}};
        Question question = parts_.contact.prepare_question(session, row, now);
        if (std::holds_alternative<access::Contact::NoFreeSlot>(question)) {
            // Waiting for digits is no attempt: the row begins anew.
            Outbox::done(session, row.key);
            parts_.outbox.put(session, row.kind, row.key, now + slot_pause, row.payload);
        } else if (std::holds_alternative<access::Contact::TooLate>(question)) {
            Outbox::done(session, row.key);
        }
        return question;
    });
    Sending sending;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (failed(prepared[i])) {
            fail(rows[i]);
        } else if (const auto* sms = std::get_if<access::Sms>(&std::get<0>(prepared[i]))) {
            sending.add(rows[i], *sms);
        }
    }
    send(sending, [this](WriteSession& session, const OutboxRow& row, Sent outcome) {
        const auto request = consent::RequestId::from_bytes(row.key).value();
        const base::Time now = parts_.clock.now();
        if (outcome == Sent::accepted) parts_.answers.mark_asked(session, request, now);
        if (outcome == Sent::rejected) parts_.answers.mark_undeliverable(session, request, now);
    });
}

void DueEffects::run_notices(const std::vector<OutboxRow>& rows) {
    if (rows.empty()) return;
    const base::Time held_until = parts_.clock.now() + sms_hold;
    const auto taken = store::run(parts_.writer, [&](WriteSession& session) {
        std::vector<const OutboxRow*> found;
        for (const OutboxRow& row : rows) {
            if (Outbox::take(session, row, held_until)) found.push_back(&row);
        }
        return found;
    });
    Sending sending;
    std::vector<OutboxRow> sent_often_enough;
    for (const OutboxRow* row : taken) {
        // Each for itself: one that does not open holds back no other.
        try {
            const access::Sms notice = parts_.contact.notice(*row);
            row->attempt > limits::sms_sends_max ? sent_often_enough.push_back(*row) : sending.add(*row, notice);
        } catch (const records::Damaged&) {
            fail(*row);
        }
    }
    gather(parts_.writer, sent_often_enough,
           [](WriteSession& session, const OutboxRow& row) { return Outbox::done(session, row.key); });
    send(sending, [](WriteSession&, const OutboxRow&, Sent) {});
}

void DueEffects::send(const Sending& sending, const Book& book) {
    if (sending.messages.empty()) return;
    const std::vector<Sent> sent = parts_.sms.send(sending.messages);
    std::vector<std::size_t> places(sent.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    const auto booked = gather(parts_.writer, places, [&](WriteSession& session, std::size_t i) {
        const OutboxRow& row = *sending.rows[i];
        // "on an unknown outcome wait for the delivery report, then resend at most once": the row stays held so long.
        if (sent[i] == Sent::unknown && row.attempt < limits::sms_sends_max) return false;
        book(session, row, sent[i]);
        Outbox::done(session, row.key);
        return true;
    });
    // What was sent and could not be booked is not put off like other failures: that would send it again at once. The
    // outcome of its attempt is unknown, and the row stays held.
    for (const auto& outcome : booked)
        ++(!failed(outcome) && std::get<0>(outcome) ? done_ : put_off_);
}

Runner::Runner(const RunnerParts& parts) : parts_(parts), effects_(parts), thread_([this] { work(); }) {}

Runner::~Runner() {
    parts_.outbox.alarm().close();
    thread_.join();
}

void Runner::work() {
    std::optional<base::Time> next = parts_.clock.now();
    while (parts_.outbox.alarm().sleep(parts_.clock, next)) {
        try {
            next = effects_.run_due();
        } catch (const std::exception&) {
            // The store is away, or a mistake of ours: either way the rows are due again, and the thread lives on.
            ++outages_;
            next = parts_.clock.now() + outage_pause;
        }
    }
}

}  // namespace kelisim::delivery
