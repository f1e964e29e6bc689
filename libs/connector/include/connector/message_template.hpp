// SPDX-License-Identifier: Apache-2.0
// The business data of a service of ШЭП as its owner wants them (wire.md A7, B5), with {places} for what differs from call to call.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace kelisim::connector {

extern const base::Reason template_place;
extern const base::Reason template_person;

// Immutable.
class MessageTemplate {
public:
    using Values = std::map<std::string, std::string, std::less<>>;

    // A {place} is a name in braces: letters, digits and underscores; braces around anything else are text. Refused with the reasons of
    // xml::Document::parse(), template_place for a place where no value can stand (in names, comments, CDATA sections, beside
    // elements), and template_person without {iin}.
    static base::Result<MessageTemplate> parse(std::string xml);

    const std::set<std::string, std::less<>>& places() const { return places_; }
    // Values as text, whatever stands in them. Precondition: one for each place.
    std::string filled(const Values& values) const;

private:
    MessageTemplate(std::string xml, std::set<std::string, std::less<>> places)
        : xml_(std::move(xml)), places_(std::move(places)) {}
    std::string xml_;
    std::set<std::string, std::less<>> places_;
};

}  // namespace kelisim::connector
