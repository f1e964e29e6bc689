// SPDX-License-Identifier: Apache-2.0
#include "demo_cabinet.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <chrono>
#include <thread>

namespace kelisim::app {

namespace {

using namespace std::chrono_literals;

// A signed-in person, as a browser.
class Cabinet {
public:
    Cabinet(Walk& walk, const Person& person) : walk_(walk), person_(person) {
        const Reply begun = walk_.http().post_json("/api/v1/sign-in", {{"iin", person.iin}});
        expect(begun.status == 202, "the sign-in did not begin: " + boost::json::serialize(begun.body));
        const std::string code = code_in(walk_.hear(person));
        const Reply opened =
            walk_.http().post_json("/api/v1/sign-in/" + text_of(begun.body, "sign_in"), {{"code", code}});
        expect(opened.status == 200, "the code opened no session: " + boost::json::serialize(opened.body));
        headers_ = {{"Cookie", opened.cookie}, {"X-CSRF-Token", text_of(opened.body, "csrf_token")}};
        fmt::print("   {} is signed in.\n", person.name);
    }

    boost::json::object read(const std::string& path) {
        const Reply answer = walk_.http().get("/api/v1/me" + path, headers_);
        expect(answer.status == 200, path + " cannot be read: " + boost::json::serialize(answer.body));
        return answer.body;
    }
    Reply post(const std::string& path, const boost::json::object& body = {}) {
        return walk_.http().post_json("/api/v1/me" + path, body, headers_);
    }
    // The fresh code for what this path names: a bare click is no consent.
    std::string code_for(const std::string& path) {
        expect(post(path + "/codes").status == 202, "no code was sent");
        return code_in(walk_.hear(person_));
    }

private:
    Walk& walk_;
    const Person& person_;
    std::vector<http::Header> headers_;
};

// The id of the consent that was agreed to.
std::string answer_in_part(Walk& walk, Cabinet& cabinet, std::string& token) {
    const std::string request = walk.ask(
        {.asker = bank, .person = tenth, .purpose = "loan-application", .words = "for a loan application", .uses = 2});
    walk.hear(tenth);
    const boost::json::object waiting = cabinet.read("/requests?state=waiting");
    const auto& items = waiting.at("items").as_array();
    expect(items.size() == 1, "one request should wait: " + boost::json::serialize(waiting));
    const std::string path = "/requests/" + text_of(items.front().as_object(), "id");
    expect(cabinet.post(path + "/answer", {{"answer", "yes"}}).status == 400, "a bare click was taken for a consent");
    say("   A bare click is refused. With a fresh code Ms Tenth agrees to the surname alone:");
    const std::string code = cabinet.code_for(path);
    const Reply answered = cabinet.post(path + "/answer", {{"answer", "yes"}, {"code", code}, {"fields", {"surname"}}});
    expect(answered.status == 200, "the answer was not taken: " + boost::json::serialize(answered.body));
    walk.hear(tenth);
    token = walk.token(request);
    const Reply refused = walk.call(token, tenth.iin, "GBDFLUniversal_token", "demo-13");
    expect(refused.status == 403, "the name passed, which was not agreed to");
    say("   The bank asks for surname and name, and is refused: the name was not agreed to.");
    return text_of(cabinet.read("/consents").at("items").as_array().front().as_object(), "id");
}

void see_uses(Cabinet& cabinet) {
    headline("14. Who looked at my data, on which basis");
    const boost::json::object uses = cabinet.read("/uses");
    for (const auto& item : uses.at("items").as_array()) {
        const auto& use = item.as_object();
        fmt::print("   - {}  {}  basis: {}\n", text_of(use, "at"), text_of(use, "receiver"), text_of(use, "basis"));
    }
}

// What concerns the bank reaches its list through the outbox.
bool listed(Walk& walk, const std::string& consent) {
    for (int look = 0; look < 500; ++look) {
        const Reply list = walk.http().get("/api/v1/initiator/notices", {DemoClient::basic(bank.client_id)});
        if (list.status == 200 && boost::json::serialize(list.body).find(consent) != std::string::npos) return true;
        std::this_thread::sleep_for(10ms);  // tidy-allow(sleep): the demo is a client, and looks again as people do
    }
    return false;
}

void withdraw(Walk& walk, Cabinet& cabinet, const std::string& consent, const std::string& token) {
    headline("15. A withdrawal, and an objection to it");
    const Reply withdrawn = cabinet.post("/consents/" + consent + "/withdraw");
    expect(withdrawn.status == 200 && text_of(withdrawn.body, "state") == "withdrawn", "the consent was not withdrawn");
    walk.hear(tenth);
    expect(walk.call(token, tenth.iin, "GBDFLUniversal_token", "demo-15").status == 401,
           "a withdrawn consent still opens the gateway");
    say("   From that instant the gateway refuses the token.");
    expect(listed(walk, consent), "the bank does not hear of the withdrawal");
    const Reply objected = walk.http().post_json("/api/v1/initiator/consents/" + consent + "/objection",
                                                 {{"reason", "Кредит не погашен"}, {"evidence", "Договор № 17"}},
                                                 {DemoClient::basic(bank.client_id)});
    expect(objected.status == 200, "the objection was not taken: " + boost::json::serialize(objected.body));
    say("   The bank objects within three working days: the loan is not paid back. A new version of the consent "
        "begins.");
    walk.hear(tenth);
    expect(walk.call(token, tenth.iin, "GBDFLUniversal_token", "demo-15b").status == 401,
           "an old token came back to life");
    say("   The old token stays dead.");
}

}  // namespace

void walk_the_cabinet(Walk& walk) {
    headline("13. The cabinet: sign-in by a one-time code, an answer to a part of the question");
    Cabinet cabinet(walk, tenth);
    std::string token;
    const std::string consent = answer_in_part(walk, cabinet, token);
    see_uses(cabinet);
    withdraw(walk, cabinet, consent, token);
}

}  // namespace kelisim::app
