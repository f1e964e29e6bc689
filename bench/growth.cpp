// SPDX-License-Identifier: Apache-2.0
#include "growth.hpp"

#include <algorithm>
#include <random>

#include "base/limits.hpp"
#include "measure.hpp"
#include "question.hpp"
#include "records/add_people.hpp"
#include "store_sqlite/schema.hpp"

namespace kelisim::bench {

namespace fs = std::filesystem;

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t seed = 1845;
constexpr std::size_t consents_a_unit = 1000, persons_a_unit = 1000, tokens_a_unit = 5000, units_a_round = 20;
constexpr std::uintmax_t disk_left = 15ULL << 30U, bytes_a_consent = 6 << 10, bytes_a_token = 512;

constexpr store::Statement last_consent{"growth_consents", "SELECT coalesce(max(rowid), 0) FROM consent"};
constexpr store::Statement last_token{"growth_tokens", "SELECT coalesce(max(rowid), 0) FROM token"};
constexpr store::Statement token_at{"growth_token_at", "SELECT id, consent FROM token WHERE rowid = ?1 AND kind = 0"};
// What would be sent to persons and organisations is not executed here.
constexpr store::Statement no_effects{"growth_no_effects", "DELETE FROM outbox"};

class Forgetful final : public notary::LastSigned {
public:
    std::optional<std::string> read() override { return std::nullopt; }
    void keep(std::string_view) override {}
};

registry::Entries entries() {
    auto found = world::load(world::default_world(), "the world of the benchmark").entries;
    for (registry::Connection& connection : found.connections)
        connection.uses_max = base::limits::uses_max_max;
    return found;
}

crypto::SealKey master_key() {
    base::SeededEntropy entropy(seed);
    return crypto::make_seal_key(entropy);
}

std::unique_ptr<store_sqlite::Database> open_or_make(const fs::path& directory, Grown::Syncs syncs) {
    store_sqlite::Options options{.directory = directory};
    // A fill that loses power is made anew.
    if (syncs == Grown::Syncs::none) options.test_hooks.synchronous = store_sqlite::TestHooks::Synchronous::off;
    if (!fs::exists(directory / "kelisim.db")) store_sqlite::init(options);
    return store_sqlite::Database::open(options);
}

std::size_t count(Grown& grown, const store::Statement& statement) {
    std::size_t found = 0;
    grown.database->readers().read([&](store::ReadSession& session) {
        session.query(statement, {}, [&](const store::Row& row) { found = static_cast<std::size_t>(row.integer(0)); });
    });
    return found;
}

void require_disk(const fs::path& directory, std::uintmax_t needed) {
    const auto free = fs::space(directory).available;
    if (free < disk_left + needed) throw base::Outage("the disk would have less than 15 GiB left");
}

// The persons of a larger world begin with those of a smaller one.
std::vector<people::Person> persons_of(std::size_t from, std::size_t to) {
    base::SeededEntropy entropy(seed);
    const std::size_t own = world::load(world::default_world(), "the world of the benchmark").persons.size();
    auto persons = world::load(world::generate(to, entropy), "the persons of the benchmark").persons;
    persons.erase(persons.begin(), persons.begin() + static_cast<std::ptrdiff_t>(own + from));
    return persons;
}

// The steps of one consent, in one unit: the bank asks, 1414 wrote to the person, the person said yes, the bank fetches a
// token; and once in a while a use with its outcome.
void grant(Grown& grown, store::WriteSession& session, const base::Iin& person, std::size_t number) {
    const base::Time now = time_of(number);
    const access::AskCommand command = question(grown.bank().key, person);
    const auto id = grown.asking.new_id(person, now);
    std::get<access::RecordedRequest>(grown.asking.record(session, command, id, now).value());
    grown.answers.mark_asked(session, id, now);
    grown.answers
        .answer(session,
                {.request = id,
                 .by = grown.records.requests.state(session, id).value().subject,
                 .answer = consent::Answer::yes,
                 .means = consent::Means::sms_reply,
                 .heard = now},
                now)
        .value();
    const auto issued = grown.tokens.redeem(session, id, grown.bank(), now).value();
    if (number % consents_with_one_use != 0) return;
    const auto use =
        std::get<access::Reserved>(grown.uses.reserve(session,
                                                      {.token = consent::TokenId::parse(issued.claims.jti).value(),
                                                       .receiver = grown.bank().key,
                                                       .service = "GBDFLUniversal_token",
                                                       .purpose = {},
                                                       .side = registry::Side::external,
                                                       .fields = {"surname", "name"},
                                                       .acts = {},
                                                       .persons = {person},
                                                       .idempotency_key = {},
                                                       .digest = {}},
                                                      now));
    grown.uses.conclude(session, use.id, consent::UseState::delivered, std::nullopt, now);
}

}  // namespace

base::Time time_of(std::size_t number) {
    constexpr base::Time begins = std::chrono::sys_days{std::chrono::year{2026} / 11 / 2} + 6h;
    return begins + between_consents * static_cast<std::int64_t>(number);
}

Grown::Grown(const fs::path& directory, Syncs syncs, base::Entropy& with, const base::Clock& by)
    : entropy(with),
      clock(by),
      registry(entries()),
      vault(master_key()),
      records(vault, entropy),
      asking(parts_with(index)),
      answers(parts_with(index)),
      tokens(parts_with(index), "http://127.0.0.1"),
      uses(parts_with(index)),
      cabinet(parts_with(index)),
      database(open_or_make(directory, syncs)) {
    const std::vector<std::string> kinds{std::string(access::timer_request_expiry),
                                         std::string(access::timer_consent_expiry)};
    store::run(database->writer(), [&](store::WriteSession& session) { store::Timers::declare(session, kinds); });
}

access::Parts Grown::parts_with(access::TokenIndex& tokens_in) {
    return {.registry = registry,
            .records = records,
            .timers = timers,
            .outbox = outbox,
            .entropy = entropy,
            .zone = zone,
            .tokens = tokens_in,
            .script = channel::Script::cyrillic,
            .question_limits = {.person_day_max = 1'000'000, .asker_day_max = 1'000'000, .first_wait = {}},
            .quiet_hours = {}};
}

Following::Following(Grown& grown)
    : log_(telemetry::log_to_stderr(grown.clock)),
      last_signed_(std::make_unique<Forgetful>()),
      sequencing_({.records = grown.records,
                   .writer = grown.database->writer(),
                   .readers = grown.database->readers(),
                   .clock = grown.clock,
                   .log = *log_,
                   .board = board_,
                   .last_signed = *last_signed_,
                   // A log of its own in each process, over the same journal, because each has its own key.
                   .origin = "bench.example/" + std::to_string(base::to_micros(base::SystemClock().now())),
                   .key = crypto::Ed25519Key::generate(),
                   .entropy = grown.entropy,
                   .tags = crypto::VrfKey::generate()},
                  {}) {
    sequencing_.begin();
}

bool Following::advance(std::size_t rounds) {
    bool more = true;
    for (std::size_t round = 0; more && round < rounds; ++round) {
        more = sequencing_.advance();
        sequencing_.list();
    }
    if (sequencing_.counts().findings != 0) throw records::Damaged("the ledger of the benchmark");
    return more;
}

Filled fill(const fs::path& directory, std::size_t total) {
    fs::create_directories(directory);
    base::SeededEntropy entropy(seed + total);
    const GrowthClock clock(time_of(total));
    Grown grown(directory, Grown::Syncs::none, entropy, clock);
    const std::size_t before = count(grown, last_consent);
    if (total <= before || total % consents_of_a_person != 0) throw std::invalid_argument("no such number of consents");
    require_disk(directory, (total - before) * bytes_a_consent);
    const auto persons = persons_of(before / consents_of_a_person, total / consents_of_a_person);
    const auto started = SteadyClock::now();
    store::Writer& writer = grown.database->writer();
    for (std::size_t at = 0; at < persons.size(); at += persons_a_unit) {
        const std::span part(persons.data() + at, std::min(persons_a_unit, persons.size() - at));
        store::run(writer, [&](store::WriteSession& session) {
            records::add_people(session, grown.records, part, time_of(before));
        });
    }
    Following following(grown);
    std::size_t units = 0;
    for (std::size_t at = before; at < total; at += consents_a_unit, ++units) {
        store::run(writer, [&](store::WriteSession& session) {
            for (std::size_t number = at; number < std::min(at + consents_a_unit, total); ++number)
                grant(grown, session, persons[(number - before) % persons.size()].iin, number);
            session.execute(no_effects, {});
        });
        if (units % units_a_round != 0) continue;
        require_disk(directory, 0);
        following.advance(1);
    }
    while (following.advance(1)) {
    }
    const std::chrono::duration<double> took = SteadyClock::now() - started;
    return {.consents = total, .before = before, .seconds = took.count()};
}

Filled fill_tokens(const fs::path& directory, std::size_t total) {
    fs::create_directories(directory);
    base::SeededEntropy entropy(seed + total);
    const GrowthClock clock(time_of(total));
    Grown grown(directory, Grown::Syncs::none, entropy, clock);
    const std::size_t before = count(grown, last_token);
    if (total <= before) throw std::invalid_argument("no such number of tokens");
    require_disk(directory, (total - before) * bytes_a_token);
    const auto started = SteadyClock::now();
    for (std::size_t at = before; at < total; at += tokens_a_unit) {
        store::run(grown.database->writer(), [&](store::WriteSession& session) {
            for (std::size_t number = at; number < std::min(at + tokens_a_unit, total); ++number) {
                const base::Time now = time_of(number);
                const base::Bucket bucket{static_cast<std::uint16_t>(number % base::buckets)};
                const auto place = static_cast<std::int64_t>(number);
                const auto list = static_cast<std::int64_t>(base::limits::status_list_tokens_max);
                grown.records.tokens.add(session, {.id = consent::TokenId::make(now, bucket, entropy),
                                                   .consent = consent::ConsentId::make(now, bucket, entropy),
                                                   .kind = records::TokenKind::access,
                                                   .client = grown.bank().client_id,
                                                   .issued = now,
                                                   .expires = now + base::limits::access_token_life,
                                                   .revoked = {},
                                                   .hash = {},
                                                   .place = records::StatusPlace{place / list + 1, place % list}});
            }
        });
        if (at / tokens_a_unit % units_a_round == 0) require_disk(directory, 0);
    }
    const std::chrono::duration<double> took = SteadyClock::now() - started;
    return {.consents = total, .before = before, .seconds = took.count()};
}

std::vector<Sampled> sample(const fs::path& directory, std::size_t wanted) {
    base::SystemEntropy entropy;
    const base::SystemClock clock;
    Grown grown(directory, Grown::Syncs::none, entropy, clock);
    const std::size_t consents = count(grown, last_consent);
    std::vector<std::size_t> numbers(consents);
    for (std::size_t i = 0; i < consents; ++i)
        numbers[i] = i;
    std::shuffle(numbers.begin(), numbers.end(), std::mt19937_64(seed));
    numbers.resize(std::min(wanted, consents));
    std::vector<Sampled> found;
    grown.database->readers().read([&](store::ReadSession& session) {
        for (const std::size_t number : numbers) {
            // Each consent has two rows, of its access token and of the refresh token behind it.
            session.query(token_at, {static_cast<std::int64_t>(2 * number + 1)}, [&](const store::Row& row) {
                const auto token = consent::TokenId::from_bytes(row.blob(0)).value();
                const auto consent = consent::ConsentId::from_bytes(row.blob(1)).value();
                const auto whose = grown.records.consents.find(session, consent, grown.records.subjects).value();
                found.push_back({.granted = {token, whose.subject.person.iin}, .subject = whose.subject.id});
            });
        }
    });
    if (found.size() != numbers.size()) throw std::logic_error("tokens do not lie where they were put");
    return found;
}

}  // namespace kelisim::bench
