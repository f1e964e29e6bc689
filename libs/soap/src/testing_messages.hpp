// SPDX-License-Identifier: Apache-2.0
// For the tests of this library.
#pragma once

#include <string>

#include "base/zone.hpp"
#include "soap/envelope.hpp"

namespace kelisim::soap::test {

inline const base::FixedZone zone{std::chrono::hours{5}};

inline std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

inline std::string repeated(const std::string& text, std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
        all += text;
    return all;
}

// A message with that content, read as it would come.
class Message {
public:
    explicit Message(const std::string& content, Version version = Version::v11)
        : envelope_(Envelope::parse(base::as_bytes(enveloped(version, content)), channel_limits).value()) {}
    xml::Element body() const { return envelope_.body(); }

private:
    Envelope envelope_;
};

}  // namespace kelisim::soap::test
