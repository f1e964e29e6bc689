// SPDX-License-Identifier: Apache-2.0
#include "base/limits.hpp"
#include "channel/reply.hpp"
#include "walk.hpp"

namespace kelisim::simulation {

using namespace std::chrono_literals;
using consent::ConsentState;
using consent::RequestId;
using consent::RequestState;
namespace limits = base::limits;
namespace person = records::testing::person;

access::Acting Walk::self(const people::Person& person) {
    const auto id =
        look([&](store::ReadSession& session) { return world().records.subjects.find(session, person.iin)->id; });
    return {.by = id, .whose = id};
}

// People answer with digits, words and noise, in time and late; carriers double what they write, and bring it out of order.
void Walk::reply() {
    static const std::vector<std::string> words = {"1",  "2",   "3",  "4", "5",      "6",   "7", "8", "иә",
                                                   "да", "жоқ", "no", "?", "мүмкін", "1 2", "",  "9", "\xff"};
    static const std::vector<people::Person> writers = {person::abai(), person::ybyrai()};
    if (!heard_.empty() && once_in(5)) return hear(any_of(heard_));
    heard_.push_back({"mo-" + std::to_string(heard_.size()), any_of(writers), any_of(words), now()});
    hear(heard_.back());
    if (!once_in(3)) deliver();
}

void Walk::hear(const Message& message) {
    // Heard again it changes nothing, until the window of repeats is over and it is another message.
    const bool repeated = &message != &heard_.back() && now() < message.at + limits::sms_memory;
    const auto meaning = channel::read_reply(message.text);
    const auto* word = std::get_if<channel::Word>(&meaning);
    const auto* number = std::get_if<channel::Number>(&meaning);
    if (!repeated && (word != nullptr || number != nullptr)) {
        note(message.writer, word != nullptr ? *word == channel::Word::yes : number->value % 2 == 1);
    }
    sure([&](store::WriteSession& session) {
        world().service->contact.hear(session, *message.writer.phone, message.text, message.id, now());
        return true;
    });
}

void Walk::note(const people::Person& writer, bool yes) {
    for (auto& [id, known] : requests_) {
        if (!(known.person.iin == writer.iin) || now() >= known.expires) continue;
        (yes ? known.said_yes : known.said_no) = true;
    }
}

// The six digits of the newest message that has some; people also mistype, and take the code of something else.
std::optional<std::string> Walk::code_for(const people::Person& person) {
    if (once_in(6)) return "000000";
    for (auto at = carrier_.arrived.rbegin(); at != carrier_.arrived.rend(); ++at) {
        if (at->phone.reveal() != person.phone->reveal()) continue;
        const auto begin = at->text.find_first_of("0123456789");
        if (begin == std::string::npos) continue;
        const std::string digits = at->text.substr(begin, at->text.find_first_not_of("0123456789", begin) - begin);
        if (digits.size() == limits::code_digits) return digits;
    }
    return std::nullopt;
}

// The second way to answer the same question: whoever was first wins.
void Walk::answer_in_cabinet() {
    std::vector<RequestId> open;
    for (const auto& [id, known] : requests_) {
        const bool waits = known.state == RequestState::recorded || known.state == RequestState::asked;
        if (waits && known.person.phone) open.push_back(id);
    }
    if (open.empty()) return;
    const RequestId id = any_of(open);
    Known& known = requests_.at(id);
    const bool yes = !once_in(3);
    access::CabinetAnswer given{.request = id,
                                .answer = yes ? consent::Answer::yes : consent::Answer::no,
                                .services = {},
                                .fields = {},
                                .code = {}};
    if (yes) {
        sure([&](store::WriteSession& session) {
            return persons().confirming.send_for_answer(session, self(known.person), id, now());
        });
        deliver();
        const auto code = code_for(known.person);
        if (!code) return;
        given.code = *code;
    }
    if (once_in(4)) reply();  // the phone is in the other hand
    if (now() < known.expires) (yes ? known.said_yes : known.said_no) = true;
    const auto refused = sure([&](store::WriteSession& session) {
        return persons().answering.answer(session, self(known.person), given, now());
    });
    const RequestState state = state_of(id);
    EXPECT_TRUE(refused || state == (yes ? RequestState::granted : RequestState::refused));
}

void Walk::pause_or_resume() {
    const auto id = some_granted();
    if (!id) return;
    Known& known = requests_.at(*id);
    const auto before = consent_of(*id);
    const bool pause = !known.paused;
    // Repeated after a death it may find itself done before.
    const auto done = sure([&](store::WriteSession& session) {
        const auto acting = self(known.person);
        return pause ? persons().steering.pause(session, acting, before.id, now())
                     : persons().steering.resume(session, acting, before.id, now());
    });
    const auto after = consent_of(*id);
    const bool lived = !consent::ended(before) && now() < before.expires;
    EXPECT_TRUE(lived || done.has_error());
    EXPECT_TRUE(done.has_error() || after.state != before.state) << "what was acknowledged is so";
    if (after.state == before.state) return;
    EXPECT_TRUE(lived);
    EXPECT_EQ(after.state, pause ? ConsentState::paused : ConsentState::active);
    known.paused = pause;
    if (pause) end_tokens_of(*id, false);
}

void Walk::withdraw() {
    const auto id = some_granted();
    if (!id) return;
    Known& known = requests_.at(*id);
    const auto before = consent_of(*id);
    const auto done = sure([&](store::WriteSession& session) {
        return persons().steering.withdraw(session, self(known.person), before.id, now());
    });
    EXPECT_TRUE(done.has_error() || consent_of(*id).state == ConsentState::withdrawn) << "what was acknowledged is so";
    if (consent_of(*id).state != ConsentState::withdrawn || known.withdrawn) return;
    EXPECT_FALSE(consent::ended(before));
    known.withdrawn = now();
    ++known.withdrawals;
    ++withdrawals_;
    end_tokens_of(*id, true);
}

void Walk::extend() {
    const auto id = some_granted();
    if (!id) return;
    const Known& known = requests_.at(*id);
    const auto before = consent_of(*id);
    sure([&](store::WriteSession& session) {
        return persons().confirming.send_for_extension(session, self(known.person), before.id, now());
    });
    deliver();
    const auto code = code_for(known.person);
    if (!code) return;
    const base::Time until = before.expires + 24h * static_cast<int>(below(400));
    const auto refused = sure([&](store::WriteSession& session) {
        return persons().steering.extend(session, self(known.person), before.id, until, *code, now());
    });
    const auto after = consent_of(*id);
    EXPECT_TRUE(refused || after.expires == until) << "what was acknowledged is so";
    EXPECT_TRUE(after.expires == before.expires || after.expires == until);
    EXPECT_TRUE(after.expires == before.expires || !consent::ended(before));
}

void Walk::block() {
    const people::Person who = person::ybyrai();
    const std::string iin(who.iin.reveal());
    const bool now_blocked = !blocked_.contains(iin);
    sure([&](store::WriteSession& session) {
        const auto& profile = persons().profile;
        return now_blocked ? profile.block(session, self(who), "000140000353", now())
                           : profile.unblock(session, self(who), "000140000353", now());
    });
    now_blocked ? static_cast<void>(blocked_.insert(iin)) : static_cast<void>(blocked_.erase(iin));
}

}  // namespace kelisim::simulation
