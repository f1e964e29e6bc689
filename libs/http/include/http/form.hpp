// SPDX-License-Identifier: Apache-2.0
// application/x-www-form-urlencoded as OAuth needs it (RFC 6749 appendix B), strict where browsers are lenient.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"

namespace kelisim::http {

extern const base::Reason form_malformed;  // bad escape, NUL, not UTF-8, or a pair without a name
extern const base::Reason form_too_large;  // more bytes or parameters than the limits

struct FormLimits {
    std::size_t bytes_max = base::limits::request_body_bytes_max;
    std::size_t parameters_max = base::limits::form_parameters_max;
};

// Decoded parameters in their order.
class Form {
public:
    explicit Form(std::vector<std::pair<std::string, std::string>> parameters) : parameters_(std::move(parameters)) {}

    // The first value; nothing when absent. "Parameters sent without a value MUST be treated as if they were omitted
    // from the request" (RFC 6749 3.1): so nothing for an empty one, too.
    std::optional<std::string_view> value(std::string_view name) const;
    std::size_t times(std::string_view name) const;
    // "Request and response parameters MUST NOT be included more than once" (RFC 6749 3.1): the first name that is.
    std::optional<std::string_view> repeated() const;
    const std::vector<std::pair<std::string, std::string>>& all() const { return parameters_; }

private:
    std::vector<std::pair<std::string, std::string>> parameters_;
};

base::Result<Form> parse_form(std::string_view bytes, const FormLimits& limits = {});

// One name or value: '+' is a space. Nothing for what parse_form refuses.
std::optional<std::string> form_decode(std::string_view text);
std::string form_encode(std::string_view text);

}  // namespace kelisim::http
