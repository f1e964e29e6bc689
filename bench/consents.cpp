// SPDX-License-Identifier: Apache-2.0
#include "consents.hpp"

#include <exception>

#include "question.hpp"
#include "token/jws.hpp"

namespace kelisim::bench {

namespace {

// The value of an outcome; whatever else it is ends the program with its text.
template <class R>
R required(store::Outcome<R>&& outcome) {
    if (outcome.index() == 1) std::rethrow_exception(std::get<1>(outcome));
    return std::get<0>(std::move(outcome));
}

}  // namespace

Consents::Consents(Installation& installation, std::size_t in_flight)
    : in_(installation),
      phones_(in_.database->writer(), in_.records, in_.clock),
      flows_(in_.persons.size()),
      runner_(std::make_unique<delivery::Runner>(delivery::RunnerParts{.writer = in_.database->writer(),
                                                                       .readers = in_.database->readers(),
                                                                       .outbox = in_.outbox,
                                                                       .clock = in_.clock,
                                                                       .contact = in_.contact,
                                                                       .answers = in_.answers,
                                                                       .persons = in_.persons_side,
                                                                       .sms = *this})) {
    if (in_flight >= flows_.size()) throw std::invalid_argument("more consents in flight than persons");
    for (std::size_t i = 0; i < in_.persons.size(); ++i)
        person_of_phone_.emplace(in_.persons[i].phone->reveal(), i);
    for (std::size_t i = 0; i < in_flight; ++i)
        ask(next_person_++);
    thread_ = std::thread([this] { work(); });
}

Consents::~Consents() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
    runner_.reset();
    // Units that the writer still has refer to this; a unit behind them tells that they are through.
    store::run(in_.database->writer(), [](store::WriteSession&) {});
}

std::vector<delivery::Sent> Consents::send(const std::vector<access::Sms>& messages) {
    auto sent = phones_.send(messages);
    for (std::size_t i = 0; i < sent.size(); ++i) {
        if (sent[i] == delivery::Sent::accepted) push(Message{messages[i].phone.reveal()});
    }
    return sent;
}

std::vector<Granted> Consents::granted() const {
    const std::lock_guard lock(mutex_);
    return granted_;
}

void Consents::push(Event event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
    if (events_.size() == 1) changed_.notify_one();
}

bool Consents::take(std::deque<Event>& events) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopping_ || !events_.empty(); });
    events.swap(events_);
    return !stopping_;
}

void Consents::work() {
    for (std::deque<Event> events; take(events); events.clear()) {
        for (const Event& event : events)
            std::visit([this](const auto& what) { handle(what); }, event);
    }
}

void Consents::ask(std::size_t person) {
    const base::Time now = in_.clock.now();
    const access::AskCommand command = question(in_.bank().key, in_.persons[person].iin);
    const auto id = in_.asking.new_id(command.subject, now);
    flows_[person] = {Stage::asked, id};
    store::submit(
        in_.database->writer(),
        [this, command, id, now](store::WriteSession& session) {
            return std::get<access::RecordedRequest>(in_.asking.record(session, command, id, now).value());
        },
        [](store::Outcome<access::RecordedRequest> outcome) noexcept { required(std::move(outcome)); });
}

void Consents::handle(const Message& message) {
    const std::size_t person = person_of_phone_.at(message.phone);
    switch (flows_[person].stage) {
        case Stage::asked:
            return answer(person);
        case Stage::answered:
            return redeem(person);
        case Stage::idle:
            throw std::logic_error("a message to somebody who was not asked");
    }
}

void Consents::answer(std::size_t person) {
    const base::Time now = in_.clock.now();
    store::submit(
        in_.database->writer(),
        [this, person, now, id = base::RawId::make(now, {}, in_.entropy).to_string()](store::WriteSession& session) {
            in_.contact.hear(session, *in_.persons[person].phone, "иә", id, now);
        },
        [this, person](store::Outcome<std::monostate> outcome) noexcept {
            required(std::move(outcome));
            push(Heard{person});
        });
}

void Consents::handle(const Heard& heard) {
    flows_[heard.person].stage = Stage::answered;
}

void Consents::redeem(std::size_t person) {
    const base::Time now = in_.clock.now();
    const consent::RequestId id = flows_[person].request;
    auto state = access::PollState::unknown;
    in_.database->readers().read(
        [&](store::ReadSession& session) { state = in_.tokens.poll(session, id, in_.bank().key, now); });
    if (state != access::PollState::granted) throw std::logic_error("the person said yes, and it is not granted");
    store::submit(
        in_.database->writer(),
        [this, id, now](store::WriteSession& session) {
            return in_.tokens.redeem(session, id, in_.bank(), now).value();
        },
        [this, person](store::Outcome<access::IssuedToken> outcome) noexcept {
            push(Issued{person, required(std::move(outcome))});
        });
}

void Consents::handle(const Issued& issued) {
    sign(issued.token, flows_[issued.person].request);
    flows_[issued.person].stage = Stage::idle;
    {
        const std::lock_guard lock(mutex_);
        granted_.push_back({consent::TokenId::parse(issued.token.claims.jti).value(), in_.persons[issued.person].iin});
    }
    ++completed_;
    while (flows_[next_person_ % flows_.size()].stage != Stage::idle)
        ++next_person_;
    ask(next_person_++ % flows_.size());
}

void Consents::sign(const access::IssuedToken& issued, consent::RequestId request) const {
    const token::AccessClaims& claims = issued.claims;
    const std::string access = token::sign(in_.key, token::access_token_type, token::to_json(claims));
    const std::string id = token::sign(in_.key, token::id_token_type,
                                       token::to_json(token::IdClaims{.issuer = claims.issuer,
                                                                      .subject = claims.subject,
                                                                      .client_id = claims.client_id,
                                                                      .issued = claims.issued,
                                                                      .expires = claims.expires,
                                                                      .acr = claims.acr,
                                                                      .answered = claims.answered,
                                                                      .auth_req_id = request.to_string()}));
    if (access.empty() || id.empty()) throw std::logic_error("no token");
}

}  // namespace kelisim::bench
