// SPDX-License-Identifier: Apache-2.0
// One operation of a description as an integration service of the gateway.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "base/result.hpp"
#include "publication/description.hpp"

namespace kelisim::publication {

extern const base::Reason operation_open;
extern const base::Reason operation_unknown;
extern const base::Reason person_open;
extern const base::Reason person_misplaced;
extern const base::Reason fields_open;
extern const base::Reason field_names;
extern const base::Reason key_open;
extern const base::Reason owner_open;
extern const base::Reason names_open;
extern const base::Reason descriptions_open;

// What its owner says, where the description does not or leaves a choice.
struct Choices {
    std::string operation;  // its id
    std::string person;     // Place
    std::string key;        // of the service
    std::string owner;      // key of the system that answers
    std::string name_kk, name_ru;
    std::string description_kk, description_ru;
};

struct Offer {
    std::string key, owner, name_kk, name_ru, description_kk, description_ru;
    Operation operation;
    Place person;
};

// Refused with everything that is not known, each with the option that says it.
base::Result<Offer> make_offer(const Description& description, const Choices& choices);
// The same without what only a registration needs: names and descriptions. For running the service.
base::Result<Offer> make_running(const Description& description, const Choices& choices);

// The body of POST /api/v1/staff/services, which an official of the operator sends.
boost::json::object registration(const Offer& offer, std::string_view reason);
// The same as a part of a world file of the sandbox.
std::string world_entry(const Offer& offer);
// What a registration cannot bring about: where the gateway finds the service, as it stands in gateway.upstreams (TOML).
std::string upstream(const Offer& offer, std::string_view address);

}  // namespace kelisim::publication
