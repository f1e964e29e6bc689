// SPDX-License-Identifier: Apache-2.0
#include "gateway/person_data_access.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "http/pause.hpp"
#include "http/unit.hpp"
#include "token/jws.hpp"

namespace kelisim::gateway {

namespace limits = base::limits;

using access::PollState;
using base::Kind;
using base::Reason;
using base::Refusal;
using base::Result;
using registry::Channel;

const Reason company_of_another{"company_of_another",
                                Kind::forbidden,
                                "236/НК п.2(3)",
                                {"company_bin жіберуші жүйенің ұйымына тиесілі емес.",
                                 "company_bin принадлежит не той организации, чья система отправила запрос.",
                                 "company_bin is not that of the organisation whose system sent the request."}};
const Reason expires_in_out_of_bounds{
    "expires_in_out_of_bounds",
    Kind::invalid,
    "236/НК п.2(8)",
    {"expiresIn бір секундтан кем болмауы керек.", "expiresIn должен быть не меньше одной секунды.",
     "expiresIn has to be at least a second."}};
const Reason bare_proofs_too_many{
    "bare_proofs_too_many",
    Kind::too_many,
    "236/НК п.7(2)",
    {"Адамға байланбаған растаулардың сағаттық саны таусылды.",
     "Число подтверждений без привязки к человеку на этот час исчерпано.",
     "The connection's proofs that are not bound to a person are used up for this hour."}};

namespace {

constexpr auto hour = std::chrono::hours{1};
constexpr std::chrono::seconds longest_term = std::chrono::years{100};  // as base::parse_period()

SoapRefusal refusal_of(Refusal why) {
    switch (why.first().kind) {
        case Kind::invalid:
            return {soap::sce_malformed, std::move(why)};
        case Kind::conflict:
            return {kls_conflict, std::move(why)};
        default:
            return {kls_refused, std::move(why)};
    }
}

// Everything by which the call is in the same words as another.
crypto::Digest digest_of(const AccessCall& call) {
    const soap::PersonDataRequest& asked = call.request;
    std::string text;
    const auto add = [&](std::string_view part) { text += std::to_string(part.size()) + ':' + std::string(part); };
    for (const std::string_view part :
         {std::string_view(asked.uin.reveal()), std::string_view(asked.company_bin),
          std::string_view(asked.company_responsible), std::string_view(asked.employee_name.reveal()),
          std::string_view(asked.personal_data_name), std::string_view(call.chain), std::string_view(call.purpose),
          std::string_view(call.connection), std::string_view(call.user)})
        add(part);
    for (const std::string& service : asked.services)
        add(service);
    add(std::to_string(asked.expires_in));
    add(asked.ovt.reveal());
    return crypto::sha256(base::as_bytes(text));
}

// Who asks: whom the words name, and on behalf of which user of theirs.
std::string employee_of(const AccessCall& call) {
    const std::string& named = call.request.employee_name.reveal();
    if (named.empty() || call.user.empty()) return named + call.user;
    return named + " (" + call.user + ")";
}

// The consent's term: what was asked for, within the bounds of the connection.
base::Period term_of(std::chrono::seconds wanted, const registry::Connection& connection, base::Time now) {
    const base::Period most = base::parse_period(connection.processing).value();
    const base::Period asked{.time = wanted};
    return now + most < now + asked ? most : asked;
}

// Until when those who ask hear of a question that brought no consent; then the same words are a new question.
base::Time told_until(PollState state, const records::Requests::Stored& request) {
    if (state == PollState::refused) return request.created + std::chrono::hours{24};
    if (state == PollState::expired) return request.expires + hour;
    return request.created + hour;
}

}  // namespace

struct PersonDataAccess::Standing {
    PollState state{};
    base::Time told_until;
};

PersonDataAccess::PersonDataAccess(PersonDataAccessParts parts)
    : parts_(std::move(parts)), public_key_(base::to_base64(parts_.signing_key.key.public_key().to_spki())) {}

Result<registry::Match> PersonDataAccess::match(const AccessCall& call, std::optional<Channel> channel) const {
    return parts_.registry.match({.initiator = call.sender.key,
                                  .environment = registry::Environment::production,
                                  .purpose = call.purpose,
                                  .services = call.request.services,
                                  .channel = channel,
                                  .connection = call.connection,
                                  .local_day = parts_.zone.day(call.received),
                                  .any_purpose = call.purpose.empty()});
}

// `omit-sms` says whether the person was asked already: then by own means or proactively; else through 1414, by an answer or by a
// code (wire.md B7).
Result<registry::Match> PersonDataAccess::find_connection(const AccessCall& call) const {
    const auto [first, second] = call.request.omit_sms ? std::pair{Channel::own_means, Channel::proactive}
                                                       : std::pair{Channel::contact_centre, Channel::sms_code};
    auto found = match(call, first);
    if (found.has_value() || !found.error().has(registry::no_connection)) return found;
    return match(call, second);
}

bool PersonDataAccess::take_bare(const registry::Connection& connection, base::Time now) {
    const std::lock_guard lock(hours_mutex_);
    Hour& current = hours_[connection.key];
    if (now >= current.begins + hour || now < current.begins) current = {.begins = now, .taken = 0};
    return current.taken++ < connection.bare_proofs_per_hour;
}

Result<access::AskCommand> PersonDataAccess::command_of(const AccessCall& call) {
    const soap::PersonDataRequest& asked = call.request;
    const auto subject = base::Iin::parse(asked.uin.reveal());
    if (subject.has_error()) return subject.error();
    if (asked.company_bin != call.sender.organisation) return Refusal(company_of_another);
    const auto unit = call.expires_in == ExpiresIn::of_insurers ? parts_.settings.insurers_expires_in_unit
                                                                : parts_.settings.expires_in_unit;
    const auto life = std::chrono::floor<std::chrono::seconds>(
        std::min<std::int64_t>(asked.expires_in, std::chrono::microseconds(longest_term) / unit) * unit);
    if (life < std::chrono::seconds{1}) return Refusal(expires_in_out_of_bounds);
    const auto match = find_connection(call);
    if (match.has_error()) return match.error();

    access::AskCommand command{.initiator = call.sender.key,
                               .subject = *subject,
                               .ask = {.purpose = match->purpose->code,
                                       .services = asked.services.empty() ? match->purpose->services : asked.services,
                                       .fields = {},
                                       .acts = {},
                                       .term = term_of(life, *match->connection, call.received),
                                       .uses_max = {},
                                       .employee = employee_of(call),
                                       .connection = match->connection->key,
                                       .channel = match->connection->channel},
                               .life_seconds = {}};
    if (!asked.omit_sms) return command;
    if (asked.ovt.reveal().empty()) return Refusal(consent::proof_missing);
    auto proof = parts_.proofs.read_ovt(asked.ovt.reveal(), call.sender, *subject);
    if (proof.has_error()) return proof.error();
    if (!proof->bound && match->connection->bare_proofs_per_hour > 0 && !take_bare(*match->connection, call.received))
        return Refusal(bare_proofs_too_many);
    command.proof = std::move(*proof);
    return command;
}

boost::asio::awaitable<PersonDataAccess::Answer> PersonDataAccess::ask(const AccessCall& call) {
    const auto command = command_of(call);
    if (command.has_error()) co_return refusal_of(command.error());
    const crypto::Digest digest = digest_of(call);
    // A proof is brought once; a question stands, whichever message comes back to it.
    const std::string words = "soap " + (call.request.omit_sms ? call.message_id : base::to_base64url(digest));
    for (std::size_t turn = 0; turn < limits::kdp_chain_max; ++turn) {
        auto claim = [&asking = parts_.asking, &command = *command, &digest,
                      fresh = parts_.asking.new_id(command->subject, call.received),
                      name = words + '#' + std::to_string(turn), now = call.received](store::WriteSession& session) {
            return asking.claim(session, command, name, digest, fresh, now);
        };
        const auto id = co_await http::committed(parts_.writer, std::move(claim));
        if (id.has_error()) co_return refusal_of(id.error());
        auto answer = co_await answer_of(call, *command, *id);
        if (answer) co_return std::move(*answer);
        if (call.request.omit_sms) break;
    }
    co_return AccessAnswer{.status = parts_.settings.status.ended};
}

boost::asio::awaitable<std::optional<PersonDataAccess::Answer>> PersonDataAccess::answer_of(
    const AccessCall& call, const access::AskCommand& command, consent::RequestId id) {
    const bool known = look(call, id).state != PollState::unknown;
    if (!known) {
        auto record = [&asking = parts_.asking, &command, id, now = call.received](store::WriteSession& session) {
            return asking.record(session, command, id, now);
        };
        const auto recorded = co_await http::committed(parts_.writer, std::move(record));
        if (recorded.has_error()) co_return refusal_of(recorded.error());
        if (const auto* stopped = std::get_if<access::Stopped>(&*recorded)) co_return refusal_of(stopped->refusal);
    }
    const Standing standing = co_await wait(call, id);
    if (standing.state == PollState::pending) co_return AccessAnswer{.status = word_of(standing.state)};
    if (standing.state != PollState::granted) {
        const bool over = known && parts_.clock.now() >= standing.told_until;
        if (over) co_return std::nullopt;
        co_return AccessAnswer{.status = word_of(standing.state)};
    }
    auto unit = [&tokens = parts_.tokens, id, &client = call.sender, now = parts_.clock.now()](
                    store::WriteSession& session) { return tokens.hand_out(session, id, client, now); };
    const auto claims = co_await http::committed(parts_.writer, std::move(unit));
    if (claims) co_return granted(*claims);
    // Whoever paused a consent is not asked again for it.
    if (paused(id)) co_return AccessAnswer{.status = parts_.settings.status.paused};
    co_return std::nullopt;
}

AccessAnswer PersonDataAccess::granted(const token::AccessClaims& claims) const {
    return {.status = parts_.settings.status.granted,
            .token = base::Secret(token::sign(parts_.signing_key, token::access_token_type, token::to_json(claims))),
            .public_key = public_key_};
}

bool PersonDataAccess::paused(consent::RequestId id) const {
    bool paused = false;
    parts_.readers.read([&](store::ReadSession& session) {
        const auto request = parts_.records.requests.state(session, id);
        if (!request || !request->consent) return;
        const auto consent = parts_.records.consents.state(session, *request->consent);
        paused = consent && consent->state == consent::ConsentState::paused;
    });
    return paused;
}

PersonDataAccess::Standing PersonDataAccess::look(const AccessCall& call, consent::RequestId id) const {
    Standing standing;
    const base::Time now = parts_.clock.now();
    parts_.readers.read([&](store::ReadSession& session) {
        standing.state = parts_.tokens.poll(session, id, call.sender.key, now);
        if (const auto stored = parts_.records.requests.stored(session, id))
            standing.told_until = told_until(standing.state, *stored);
    });
    return standing;
}

boost::asio::awaitable<PersonDataAccess::Standing> PersonDataAccess::wait(const AccessCall& call,
                                                                          consent::RequestId id) {
    Standing standing = look(call, id);
    if (standing.state != PollState::pending || parts_.settings.wait.count() == 0) co_return standing;
    struct Counted {
        explicit Counted(std::atomic<std::int64_t>& all) : all_(all), place(++all) {}
        ~Counted() { --all_; }
        Counted(const Counted&) = delete;
        Counted& operator=(const Counted&) = delete;
        std::atomic<std::int64_t>& all_;
        std::int64_t place;
    };
    const Counted counted(waiting_);
    if (counted.place > limits::kdp_waiting_max) co_return standing;
    const auto until = std::chrono::steady_clock::now() + parts_.settings.wait;
    while (standing.state == PollState::pending && std::chrono::steady_clock::now() < until) {
        co_await http::pause(limits::kdp_look_again);
        standing = look(call, id);
    }
    co_return standing;
}

const std::string& PersonDataAccess::word_of(PollState state) const {
    const KdpVocabulary& words = parts_.settings.status;
    switch (state) {
        case PollState::pending:
            return words.pending;
        case PollState::granted:
            return words.granted;
        case PollState::refused:
            return words.refused;
        case PollState::undeliverable:
            return words.undeliverable;
        case PollState::expired:
            return words.expired;
        case PollState::unknown:
            return words.ended;
    }
    return words.ended;
}

}  // namespace kelisim::gateway
