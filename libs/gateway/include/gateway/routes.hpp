// SPDX-License-Identifier: Apache-2.0
// Where services are reached: one table that never changes, and is changed as a whole while calls go on.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "gateway/call.hpp"
#include "gateway/owners.hpp"
#include "gateway/several_persons.hpp"
#include "gateway/soap_receivers.hpp"

namespace kelisim::gateway {

// How a service is reached over REST; one without a binding has no locator, and is not called.
struct Binding {
    http::Authority upstream;
    Locator locator = {};
    std::string own_path = {};     // where a person's own look goes; empty: the cabinet does not show these data
    bool signed_requests = false;  // its consumers sign what they send, and are answered signed
    bool signed_answers = false;   // its owner signs what it answers, and is asked signed
    bool streamed = false;  // content of any kind and size passes as it comes; there are no fields to choose from
    Repeat repeat = Repeat::when_unheard;
};

// How a service is reached on the SOAP wire.
struct SoapService {
    SoapAddress address;
    std::map<std::string, SoapAddress, std::less<>> routes = {};  // by routeId; with none the owner may have its own
    std::string subject = "iin";                                  // where the data name the person: soap_call.hpp
    Persons persons = Persons::one;                               // several: no `subject`, the tokens say who
    bool signed_data = false;       // a request's business data are signed by its sender's organisation
    bool signed_answers = false;    // and an answer's by its owner's
    bool signed_envelopes = false;  // the owner signs the body of whatever it answers, faults among it
    Repeat repeat = Repeat::when_unheard;
};

// By the key of the service.
struct RouteTable {
    std::map<std::string, Binding, std::less<>> rest = {};
    std::map<std::string, SoapService, std::less<>> soap = {};
};
using RouteTablePtr = std::shared_ptr<const RouteTable>;

// Thread-safe; what it was made from outlives it.
class Routes {
public:
    Routes(RouteTable table, Owners& owners);

    // A call takes it once, and keeps it until it ends: it goes where it would have gone when it began.
    RouteTablePtr now() const;
    // For calls that begin after it returned. What is known of an owner stays where its address stays.
    void change(RouteTable table);

private:
    Owners& owners_;
    std::mutex changing_;
    mutable std::mutex mutex_;
    RouteTablePtr table_;
};

}  // namespace kelisim::gateway
