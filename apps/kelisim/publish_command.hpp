// SPDX-License-Identifier: Apache-2.0
// The service connector (307/НК п.2(21)): from the description of an interface to a service of the gateway. Returns the exit
// status; what is missing goes to standard error, in the language of whoever sits there.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "publication/offer.hpp"

namespace kelisim::app {

struct Publish {
    std::filesystem::path file;
    publication::Choices choices;
    std::optional<std::string> language;
    std::string address = "http://127.0.0.1:8091";  // where the gateway will find the owner
    std::string reason;                             // of the registration, for the operator's books
    bool for_sandbox = false;                       // a part of a world file instead

    // To register it at once, as an official of the operator.
    std::string gateway, issuer, anchors;
    std::filesystem::path eds, passphrase;

    // To run the service.
    bool serve = false;
    std::string behind, behind_anchors;
    unsigned port = 8091;
};
int publish(const Publish& wanted);

// To whoever runs the command: what is to be done by hand.
void tell_what_is_left(const Publish& wanted, const publication::Offer& offer);

// Signs in with an EDS and registers the service; prints what the gateway says against it.
int register_service(const Publish& wanted, const publication::Offer& offer);

}  // namespace kelisim::app
