// SPDX-License-Identifier: Apache-2.0
#include "publish_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>

#include "commands.hpp"
#include "http/uri.hpp"
#include "owner_process.hpp"
#include "terminal.hpp"

namespace kelisim::app {

namespace {

using publication::Description;
using publication::Offer;
using publication::Operation;

constexpr std::size_t file_bytes_max = 4 * 1024 * 1024;

int refuse(const base::Refusal& refusal, base::Language language) {
    for (const base::Reason* reason : refusal.reasons())
        complain(pick(reason->text, language));
    return 1;
}

// One line an operation: its id, what it is called by, where it names somebody, what it answers.
void show(const Description& description) {
    for (const Operation& operation : description.operations) {
        std::string persons, fields;
        for (const auto& place : operation.persons)
            persons += " " + publication::to_string(place);
        for (const auto& field : operation.fields)
            fields += " " + field.name;
        complain(printable(fmt::format("{}: {} {}; iin:{}; fields:{}", operation.id, operation.method, operation.path,
                                       persons, fields)));
    }
}

// Becomes the program that answers for the owner; returns only where it cannot.
int become_skeleton(const Publish& wanted) {
    const std::string program = (executable_directory() / "kelisim-skeleton").string();
    std::vector<std::string> words{program, wanted.file.string(), "--port", std::to_string(wanted.port)};
    const auto add = [&](const char* option, const std::string& value) {
        if (value.empty()) return;
        words.emplace_back(option);
        words.push_back(value);
    };
    add("--key", wanted.choices.key);
    add("--owner", wanted.choices.owner);
    add("--operation", wanted.choices.operation);
    add("--iin", wanted.choices.person);
    add("--kelisim", wanted.gateway);
    add("--issuer", wanted.issuer);
    add("--kelisim-anchors", wanted.anchors);
    add("--behind", wanted.behind);
    add("--behind-anchors", wanted.behind_anchors);
    std::vector<char*> raw;
    for (std::string& word : words)
        raw.push_back(word.data());
    raw.push_back(nullptr);
    ::execv(program.c_str(), raw.data());
    complain(program + " cannot be started");
    return 1;
}

void print_registration(const Publish& wanted, const Offer& offer) {
    if (wanted.for_sandbox) {
        fmt::print("{}", publication::world_entry(offer));
    } else {
        print_line(boost::json::serialize(publication::registration(offer, wanted.reason)));
        complain("The operator registers it: POST /api/v1/staff/services.");
    }
    tell_what_is_left(wanted, offer);
}

}  // namespace

void tell_what_is_left(const Publish& wanted, const Offer& offer) {
    if (!http::parse_http_origin(wanted.address))
        throw base::Outage("--address is not https://host:port: " + printable(wanted.address));
    complain(
        "The operator adds this line to the list upstreams under [gateway] in the configuration file of the server; it "
        "counts from the next SIGHUP:\n\n    " +
        publication::upstream(offer, wanted.address) + ",\n");
    complain("Whoever may call it names it among the services of its connection, and reaches it at /gateway/" +
             offer.key + "/" + offer.operation.id);
}

int publish(const Publish& wanted) {
    const base::Language language = language_wanted(wanted.language);
    const auto read = publication::read_description(read_bounded(wanted.file, file_bytes_max));
    if (const auto* wrong = std::get_if<publication::Unread>(&read)) {
        if (wrong->at)
            complain(printable(fmt::format("{}:{}:{}:", wanted.file.string(), wrong->at->line, wrong->at->column)));
        return refuse(wrong->refusal, language);
    }
    const auto& description = std::get<Description>(read);
    const auto offer = wanted.serve ? publication::make_running(description, wanted.choices)
                                    : publication::make_offer(description, wanted.choices);
    if (offer.has_error()) {
        show(description);
        return refuse(offer.error(), language);
    }
    if (wanted.serve) return become_skeleton(wanted);
    if (!wanted.eds.empty()) return register_service(wanted, *offer);
    print_registration(wanted, *offer);
    return 0;
}

}  // namespace kelisim::app
