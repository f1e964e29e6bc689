// SPDX-License-Identifier: Apache-2.0
// bench_http_consents PORT PERSONS TOKENS: full consents over HTTP against a sandbox. PERSONS: lines "iin phone". Writes
// the first tokens to TOKENS, lines "token iin", for the benchmarks that need some.
#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include <fstream>
#include <iostream>

#include "base/result.hpp"
#include "base/text.hpp"
#include "http_load.hpp"

namespace kelisim::bench {
namespace {

using namespace std::chrono_literals;
using Clock = HttpLoad::Clock;

constexpr std::size_t connections = 64, in_flight = 4'000, tokens_kept = 2'000;
constexpr auto reading = 400ms;         // until a person has the SMS and answers
constexpr auto poll_pause = 400ms;      // until the bank asks whether there is an answer
constexpr auto poll_interval = 1100ms;  // CIBA's interval, and a little
constexpr int polls_per_answer = 3;     // then the person, who answered before the question came, says it again
constexpr auto warm_up = 3s, window = 5s;
constexpr int windows = 3;

constexpr std::string_view bank_headers =
    "Authorization: Basic ZGVtby1iYW5rOmRlbW8tYmFuay1zYW5kYm94LXNlY3JldA==\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n";

struct Person {
    std::string iin, phone;
};

struct Flow {
    std::size_t person = 0;
    std::string auth_req_id;
    int polls = 0;
};

class Consents {
public:
    Consents(HttpLoad& http, std::vector<Person> persons, const std::string& tokens)
        : http_(http), persons_(std::move(persons)), tokens_(tokens), flows_(in_flight) {
        for (Flow& flow : flows_)
            begin(flow);
    }

    std::uint64_t completed() const { return completed_; }
    std::uint64_t answered_early() const { return answered_early_; }
    std::uint64_t polls() const { return polls_; }

private:
    void begin(Flow& flow) {
        flow = {.person = next_person_++ % persons_.size(), .auth_req_id = {}, .polls = 0};
        const std::string body =
            "scope=openid&login_hint=iin%3A" + persons_[flow.person].iin +
            "&authorization_details=%5B%7B%22type%22%3A%22kz_personal_data%22%2C%22services%22%3A%5B%22"
            "GBDFLUniversal_token%22%5D%2C%22purpose%22%3A%22loan-application%22%2C%22fields%22%3A%5B%22surname%22%2C"
            "%22name%22%2C%22birthDate%22%5D%7D%5D";
        http_.post("/bc-authorize", bank_headers, body, [this, &flow](const HttpAnswer& answer) {
            flow.auth_req_id = member(answer, 200, "auth_req_id");
            http_.after(reading, [this, &flow] { say_yes(flow); });
        });
    }

    void say_yes(Flow& flow) {
        const std::string path = "/sandbox/phone/" + persons_[flow.person].phone + "/messages";
        http_.post(path, "Content-Type: application/json\r\n", R"({"text":"иә"})", [this, &flow](const HttpAnswer& a) {
            member(a, 202, "id");
            http_.after(poll_pause, [this, &flow] { poll(flow); });
        });
    }

    void poll(Flow& flow) {
        ++polls_;
        const std::string body = "grant_type=urn%3Aopenid%3Aparams%3Agrant-type%3Aciba&auth_req_id=" + flow.auth_req_id;
        http_.post("/token", bank_headers, body, [this, &flow](const HttpAnswer& answer) {
            if (answer.status == 200) return finish(flow, member(answer, 200, "access_token"));
            if (member(answer, 400, "error") != "authorization_pending") fail(answer);
            const bool early = ++flow.polls % polls_per_answer == 0;
            if (early) ++answered_early_;
            http_.after(poll_interval, [this, &flow, early] { early ? say_yes(flow) : poll(flow); });
        });
    }

    void finish(Flow& flow, const std::string& token) {
        if (++completed_ <= tokens_kept) tokens_ << token << ' ' << persons_[flow.person].iin << '\n';
        if (completed_ == tokens_kept) tokens_.flush();
        begin(flow);
    }

    static std::string member(const HttpAnswer& answer, int status, std::string_view name) {
        if (answer.status != status) fail(answer);
        return std::string(boost::json::parse(answer.body).as_object().at(name).as_string());
    }

    [[noreturn]] static void fail(const HttpAnswer& answer) {
        throw base::Outage(fmt::format("unexpected answer {}: {}", answer.status, answer.body));
    }

    HttpLoad& http_;
    const std::vector<Person> persons_;
    std::ofstream tokens_;
    std::vector<Flow> flows_;
    std::size_t next_person_ = 0;
    std::uint64_t completed_ = 0, answered_early_ = 0, polls_ = 0;
};

std::vector<Person> read_persons(const std::string& file) {
    std::ifstream in(file);
    std::vector<Person> persons;
    for (Person person; in >> person.iin >> person.phone;)
        persons.push_back(person);
    if (persons.size() <= in_flight) throw base::Outage("too few persons in " + file);
    return persons;
}

int run(std::uint16_t port, const std::string& persons, const std::string& tokens) {
    HttpLoad http(port, connections);
    Consents consents(http, read_persons(persons), tokens);
    http.run_until(Clock::now() + warm_up);
    boost::json::array rates;
    for (int i = 0; i < windows; ++i) {
        const auto start = Clock::now();
        const auto before = consents.completed();
        http.run_until(start + window);
        const std::chrono::duration<double> took = Clock::now() - start;
        rates.push_back(static_cast<double>(consents.completed() - before) / took.count());
    }
    std::cout << boost::json::serialize(boost::json::object{{"rates", std::move(rates)},
                                                            {"completed", consents.completed()},
                                                            {"polls", consents.polls()},
                                                            {"answered_early", consents.answered_early()},
                                                            {"connections", connections},
                                                            {"in_flight", in_flight}})
              << std::endl;
    return 0;
}

}  // namespace
}  // namespace kelisim::bench

int main(int count, char** words) {
    const auto port = count == 4 ? kelisim::base::parse_integer(words[1]) : std::nullopt;
    if (!port || *port > 65535) {
        std::cerr << "usage: bench_http_consents PORT PERSONS TOKENS\n";
        return 2;
    }
    return kelisim::bench::run(static_cast<std::uint16_t>(*port), words[2], words[3]);
}
