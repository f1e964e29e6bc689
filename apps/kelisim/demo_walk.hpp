// SPDX-License-Identifier: Apache-2.0
// What the demo's scenes are told with: askers and persons of the sandbox world, and what they do over HTTP.
#pragma once

#include <boost/json/object.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "demo_client.hpp"

namespace kelisim::app {

struct Person {
    std::string_view name, iin, phone;
};
inline constexpr Person abai{"Abai", "450810100013", "+77000000001"};
inline constexpr Person ybyrai{"Ybyrai", "411020100014", "+77000000003"};
inline constexpr Person eighth{"Ms Eighth", "820909200016", "+77000000008"};
inline constexpr Person tenth{"Ms Tenth", "880808200018", "+77000000010"};
// Asked through her mother, Ms Eighth.
inline constexpr Person daughter{"the daughter of Ms Eighth", "991231200017", eighth.phone};

struct Asker {
    std::string_view name, client_id, bin;
};
inline constexpr Asker bank{"The bank", "demo-bank", "000140000353"};
inline constexpr Asker insurer{"The insurer", "demo-insurer", "000140000429"};
inline constexpr Asker provider{"The provider of proactive services", "proactive", "000140000499"};
inline constexpr Asker rescuers{"The rescue service", "rescue", "000140000984"};
inline constexpr Asker police{"The police system", "police", "000140000637"};

void say(std::string_view text);
void quote(std::string_view text);
void headline(std::string_view text);

std::string text_of(const boost::json::object& body, std::string_view name);
// The six digits in a message; throws Surprise when there are none.
std::string code_in(std::string_view text);
// Throws Surprise with `what` when it is not so.
void expect(bool fine, std::string_view what);

// What one asks for; the rest is the same in every scene.
struct Wanted {
    const Asker& asker;
    const Person& person;
    std::string purpose;  // empty: none
    std::string words;    // of it, for the reader
    std::string term = "P10D";
    std::int64_t uses = 2;
};

class Walk {
public:
    Walk(std::uint16_t port, std::filesystem::path data) : http_(port), data_(std::move(data)) {}

    // Asks, and gives the auth_req_id. `more`: further parameters, such as proof or ground.
    std::string ask(const Wanted& wanted, const DemoClient::Parameters& more = {});
    Reply try_to_ask(const Wanted& wanted, const DemoClient::Parameters& more = {});
    // What the asker's organisation signs for this very request (236/НК п.7(2)).
    std::string proof(const Wanted& wanted, std::string_view method, const boost::json::object& more = {});
    // The next SMS on the phone; SMS take their time, so it looks again for a while.
    std::string hear(const Person& person);
    void reply(const Person& person, std::string_view text);
    Reply poll(const std::string& request, const Asker& asker = bank);
    // Polls, and gives the access token that must be there.
    std::string token(const std::string& request, const Asker& asker = bank);
    void expect_error(const std::string& request, std::string_view error, std::string_view means);
    Reply call(std::string_view token, std::string_view iin, std::string_view service, std::string_view key);
    void move_clock(std::string_view period);
    std::int64_t now();  // of the sandbox's clock, in seconds since 1970
    DemoClient& http() { return http_; }

private:
    std::vector<std::string> inbox(const Person& person);

    DemoClient http_;
    const std::filesystem::path data_;
    std::map<std::string_view, std::size_t> read_;  // messages of each phone that were shown
    int proofs_ = 0;
};

}  // namespace kelisim::app
