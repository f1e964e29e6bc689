// SPDX-License-Identifier: Apache-2.0
// bench_growth fill|tokens DIR N       adds consents, or rows of access tokens alone, until there are N
// bench_growth sample DIR N FILE       writes N of the consents there down, for the next
// bench_growth start DIR N cold|warm   how long it takes to open DIR with its N tokens and to load their index, from the disk or
//                                      from the memory of the system
// bench_growth measure DIR N FILE      the same from memory, and the figures over DIR with its N consents
// Each in a process of its own, so that the memory of one is not that of another. bench/growth calls them.
#include <fcntl.h>
#include <unistd.h>

#include <boost/json/array.hpp>
#include <charconv>
#include <ctime>
#include <fstream>
#include <iostream>
#include <random>
#include <thread>

#include "access/introspection.hpp"
#include "growth.hpp"
#include "measure.hpp"
#include "token/jws.hpp"

namespace kelisim::bench {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using boost::json::object;

constexpr int rounds = 3;
constexpr std::size_t looks = 100'000, page_views = 2'000, page_items = 20;
constexpr Pace pace{.rate = 500, .time = 5s, .patience = 5s};
constexpr std::string_view issuer = "http://127.0.0.1";

template <class F>
double seconds(F work) {
    const auto start = SteadyClock::now();
    work();
    return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

// Of this thread: where others use the machine, it moves less than what the clock says.
double processor_seconds() {
    timespec time{};
    if (::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) != 0) throw base::Outage("no clock of processor time");
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

std::size_t resident() {
    std::ifstream statm("/proc/self/statm");
    std::size_t all = 0, held = 0;
    statm >> all >> held;
    return held * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// The pages of the database in the memory of the system.
class PageCache {
public:
    explicit PageCache(const fs::path& directory) : file_(::open((directory / "kelisim.db").c_str(), O_RDONLY)) {
        if (file_ < 0) throw base::Outage("no database in " + directory.string());
    }
    ~PageCache() { ::close(file_); }
    PageCache(const PageCache&) = delete;
    PageCache& operator=(const PageCache&) = delete;

    void drop() const {
        const bool dropped = ::fdatasync(file_) == 0 && ::posix_fadvise(file_, 0, 0, POSIX_FADV_DONTNEED) == 0;
        if (!dropped) throw base::Outage("the pages of the database stay in memory");
    }
    void fill() const {
        std::vector<char> buffer(1U << 20U);
        off_t at = 0;
        for (ssize_t got = 1; got > 0; at += got)
            got = ::pread(file_, buffer.data(), buffer.size(), at);
    }

private:
    const int file_;
};

// --- start ------------------------------------------------------------------------------------------------------------

enum class Pages { on_disk, in_memory };  // of the database, in the memory of the system

// Opened, with its tokens loaded; what that took goes into `result`.
std::unique_ptr<Grown> start(const fs::path& directory, Pages pages, base::Entropy& entropy, const base::Clock& clock,
                             object& result) {
    const PageCache cache(directory);
    if (pages == Pages::on_disk) cache.drop();
    if (pages == Pages::in_memory) cache.fill();
    std::unique_ptr<Grown> grown;
    result["open_s"] =
        seconds([&] { grown = std::make_unique<Grown>(directory, Grown::Syncs::each_commit, entropy, clock); });
    store::Readers& readers = grown->database->readers();
    // So that the pages that the reader itself keeps are not taken for the index. From the disk, once is what is measured.
    if (pages == Pages::in_memory) {
        result["scan_s"] = seconds([&] {
            readers.read([&](store::ReadSession& session) {
                grown->records.tokens.each_live(session, clock.now(), [](const auto&) {});
            });
        });
    }
    const std::size_t before = resident();
    const double used = processor_seconds();
    result["load_s"] = seconds(
        [&] { readers.read([&](store::ReadSession& session) { grown->tokens.load_index(session, clock.now()); }); });
    result["load_cpu_s"] = processor_seconds() - used;
    result["resident_by_index_bytes"] = resident() - before;
    const auto size = grown->index.size();
    result["index_bytes"] = size.bytes;
    result["tokens"] = size.tokens;
    result["sweep_s"] = seconds([&] { grown->index.forget_expired(clock.now()); });
    return grown;
}

// --- figures ----------------------------------------------------------------------------------------------------------

std::vector<Sampled> read_sample(const fs::path& file) {
    std::ifstream in(file);
    std::vector<Sampled> found;
    for (std::string token, person, subject; in >> token >> person >> subject;) {
        found.push_back({.granted = {consent::TokenId::parse(token).value(), base::Iin::parse(person).value()},
                         .subject = consent::SubjectId::parse(subject).value()});
    }
    if (found.empty()) throw base::Outage("no consents in " + file.string());
    return found;
}

// Persons and consents in the order of the sample, so that what one round has brought into memory is not what the next one
// looks at, as far as there are enough.
class Turns {
public:
    explicit Turns(const std::vector<Sampled>& sample) : sample_(sample) {}
    std::vector<Granted> consents(std::size_t count) {
        std::vector<Granted> some;
        while (some.size() < count)
            some.push_back(next().granted);
        return some;
    }
    const Sampled& next() { return sample_[next_++ % sample_.size()]; }

private:
    const std::vector<Sampled>& sample_;
    std::size_t next_ = 0;
};

std::string sign(const token::SigningKey& key, const Granted& granted, base::Time now) {
    const token::AccessClaims claims{
        .issuer = std::string(issuer),
        .subject = granted.subject,
        .audience = {"GBDFL"},
        .client_id = "demo-bank",
        .jti = granted.token.to_string(),
        .issued = now,
        .expires = now + 10min,
        .acr = "urn:kelisim:acr:sms-reply",
        .answered = now,
        .grant = {.services = {"GBDFLUniversal_token"},
                  .purpose = "loan-application",
                  .fields = {"surname", "name", "birthDate"},
                  .acts = {},
                  .consent = granted.token.to_string()},
        .status = token::StatusReference{.uri = "http://127.0.0.1/status-lists/1", .index = 4711}};
    return token::sign(key, token::access_token_type, token::to_json(claims));
}

object introspection(Grown& grown, const std::vector<Sampled>& sample) {
    const token::SigningKey key(crypto::PrivateKey::generate_p256());
    const token::KeySet keys({key.verification()});
    const access::Introspection introspection(grown.index, keys, std::string(issuer));
    const base::Time now = grown.clock.now();
    std::vector<std::string> texts;
    for (const Sampled& each : sample)
        texts.push_back(sign(key, each.granted, now));
    const auto look = [&](const std::string& text) {
        const auto begin = SteadyClock::now();
        if (!introspection.look(text, now)) throw std::logic_error("a live token is not known");
        return SteadyClock::now() - begin;
    };
    std::vector<SteadyClock::duration> latencies;
    for (const std::string& text : texts)
        latencies.push_back(look(text));
    object result{{"first", quantiles(latencies)}};  // with the signature
    boost::json::array later;
    std::mt19937_64 random(1);
    for (int round = 0; round < rounds; ++round) {
        latencies.clear();
        for (std::size_t i = 0; i < looks; ++i)
            latencies.push_back(look(texts[random() % texts.size()]));
        later.push_back(quantiles(latencies));
    }
    result["later"] = std::move(later);
    return result;
}

// The first page of everything, as the cabinet opens with it.
object cabinet(Grown& grown, Turns& turns) {
    std::vector<SteadyClock::duration> latencies;
    const access::PageWanted wanted{.before = {}, .max = page_items};
    for (std::size_t i = 0; i < page_views; ++i) {
        const consent::SubjectId whose = turns.next().subject;
        const auto begin = SteadyClock::now();
        grown.database->readers().read([&](store::ReadSession& session) {
            const auto subject = grown.records.subjects.load(session, whose);
            const base::Time now = grown.clock.now();
            grown.cabinet.waiting(session, subject, now);
            const auto consents = grown.cabinet.consents(session, subject, wanted, now);
            if (consents.items.size() != consents_of_a_person) throw std::logic_error("consents are missing");
            grown.cabinet.uses(session, subject, wanted);
        });
        latencies.push_back(SteadyClock::now() - begin);
    }
    return quantiles(latencies);
}

object uses(Grown& grown, Turns& turns) {
    const auto granted = turns.consents(pace.rate * static_cast<std::size_t>(pace.time.count()));
    auto latencies = at_rate(grown.use_target(), granted, pace);
    return quantiles(latencies);
}

// The ledger goes on beside the figures, a round a second, as in the service.
class Beside {
public:
    explicit Beside(Grown& grown) : following_(grown), thread_([this] { work(); }) {}
    ~Beside() {
        {
            const std::lock_guard lock(mutex_);
            over_ = true;
        }
        changed_.notify_one();
        thread_.join();
    }
    Beside(const Beside&) = delete;
    Beside& operator=(const Beside&) = delete;

private:
    void work() {
        std::unique_lock lock(mutex_);
        while (!changed_.wait_for(lock, 1s, [this] { return over_; }))
            following_.advance(1);
    }

    Following following_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool over_ = false;
    std::thread thread_;  // last: it uses all of the above
};

object measure(const fs::path& directory, std::size_t consents, const fs::path& file) {
    base::SystemEntropy entropy;
    const GrowthClock clock(time_of(consents));
    const PageCache cache(directory);
    object result;
    const auto grown = start(directory, Pages::in_memory, entropy, clock, result);
    const std::vector<Sampled> sample = read_sample(file);
    Turns turns(sample);
    {
        const Beside beside(*grown);
        cache.drop();
        result["cabinet_cold"] = cabinet(*grown, turns);
        cache.drop();
        result["uses_cold"] = uses(*grown, turns);
        cache.fill();
        boost::json::array pages_later, uses_later;
        for (int round = 0; round < rounds; ++round) {
            pages_later.push_back(cabinet(*grown, turns));
            uses_later.push_back(uses(*grown, turns));
        }
        result["cabinet"] = std::move(pages_later);
        result["uses"] = std::move(uses_later);
    }
    result["introspection"] = introspection(*grown, sample);
    result["resident_bytes"] = resident();
    return result;
}

object only_start(const fs::path& directory, std::size_t tokens, Pages pages) {
    base::SystemEntropy entropy;
    const GrowthClock clock(time_of(tokens));
    object result;
    const auto grown = start(directory, pages, entropy, clock, result);
    result["resident_bytes"] = resident();
    return result;
}

void write_sample(const fs::path& directory, std::size_t count, const fs::path& file) {
    std::ofstream out(file);
    for (const Sampled& each : sample(directory, count)) {
        out << each.granted.token.to_string() << ' ' << each.granted.subject.reveal() << ' ' << each.subject.to_string()
            << '\n';
    }
    if (!out.flush()) throw base::Outage("no sample in " + file.string());
}

object to_json(const Filled& filled) {
    return {{"rows", filled.consents}, {"before", filled.before}, {"seconds", filled.seconds}};
}

std::size_t number_in(const std::string& word) {
    std::size_t number = 0;
    const auto [end, wrong] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (wrong != std::errc{} || end != word.data() + word.size()) throw std::invalid_argument("no number: " + word);
    return number;
}

int run(const std::vector<std::string>& words) {
    const std::string command = words.size() < 3 ? std::string() : words[0];
    const bool of_four = command == "sample" || command == "measure" || command == "start";
    const bool known = of_four || command == "fill" || command == "tokens";
    if (!known || words.size() != (of_four ? 4U : 3U)) {
        std::cerr << "usage: bench_growth fill|tokens DIR N\n       bench_growth sample|measure DIR N FILE\n"
                     "       bench_growth start DIR N cold|warm\n";
        return 2;
    }
    const fs::path directory = words[1];
    const std::size_t number = number_in(words[2]);
    if (command == "fill") print(to_json(fill(directory, number)));
    if (command == "tokens") print(to_json(fill_tokens(directory, number)));
    if (command == "sample") write_sample(directory, number, words[3]);
    if (command == "start")
        print(only_start(directory, number, words[3] == "cold" ? Pages::on_disk : Pages::in_memory));
    if (command == "measure") print(measure(directory, number, words[3]));
    return 0;
}

}  // namespace
}  // namespace kelisim::bench

int main(int count, char** words) {
    try {
        return kelisim::bench::run({words + 1, words + count});
    } catch (const std::exception& wrong) {
        std::cerr << "bench_growth: " << wrong.what() << '\n';
        return 1;
    }
}
