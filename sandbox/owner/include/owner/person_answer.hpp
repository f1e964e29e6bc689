// SPDX-License-Identifier: Apache-2.0
// How a registry answers that is asked about one person, in the form of GBD FL (wire.md B5).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "owner/registry.hpp"
#include "owner/run.hpp"
#include "owner/service.hpp"

namespace kelisim::owner {

struct PersonAnswers {
    std::string_view ns;  // of its documents
    const Role& role;
    std::string_view registry_ru, registry_kk;
    const Service& service;
    // The content of the element `person`, or why nothing can be given; asked once a token opens the service for this person.
    std::function<base::Result<std::string>(const base::Iin&)> content_of;
};

// `parts` and `inquiry` live until the answer is there. A refusal is an answer too.
boost::asio::awaitable<soap::Read<Answered>> answer_about_person(const RegistryParts& parts, const Inquiry& inquiry,
                                                                 PersonAnswers with);

}  // namespace kelisim::owner
