// SPDX-License-Identifier: Apache-2.0
#include "http/form.hpp"

#include <algorithm>

#include "ascii.hpp"
#include "decode.hpp"

namespace kelisim::http {

const base::Reason form_malformed{
    "form_malformed",
    base::Kind::invalid,
    "RFC 6749 appendix B",
    {"Форма дұрыс кодталмаған.", "Форма закодирована неверно.", "The form is not encoded correctly."}};
const base::Reason form_too_large{"form_too_large",
                                  base::Kind::too_large,
                                  "",
                                  {"Форма тым үлкен.", "Слишком большая форма.", "The form is too large."}};

std::optional<std::string> form_decode(std::string_view text) {
    return decode(text, Plus::is_space);
}

std::string form_encode(std::string_view text) {
    return encode(text, Plus::is_space);
}

std::optional<std::string_view> Form::value(std::string_view name) const {
    for (const auto& [key, value] : parameters_) {
        if (key == name && !value.empty()) return value;
    }
    return std::nullopt;
}

std::size_t Form::times(std::string_view name) const {
    return static_cast<std::size_t>(std::count_if(parameters_.begin(), parameters_.end(),
                                                  [&](const auto& parameter) { return parameter.first == name; }));
}

std::optional<std::string_view> Form::repeated() const {
    for (std::size_t i = 1; i < parameters_.size(); ++i) {
        for (std::size_t before = 0; before < i; ++before) {
            if (parameters_[before].first == parameters_[i].first) return parameters_[i].first;
        }
    }
    return std::nullopt;
}

base::Result<Form> parse_form(std::string_view bytes, const FormLimits& limits) {
    if (bytes.size() > limits.bytes_max) return form_too_large;
    std::vector<std::pair<std::string, std::string>> parameters;
    std::string_view rest = bytes;
    while (!rest.empty()) {
        std::string_view value = take_until(rest, '&');
        const std::string_view name = take_until(value, '=');
        auto decoded_name = form_decode(name);
        auto decoded_value = form_decode(value);
        if (!decoded_name || decoded_name->empty() || !decoded_value) return form_malformed;
        if (parameters.size() == limits.parameters_max) return form_too_large;
        parameters.emplace_back(std::move(*decoded_name), std::move(*decoded_value));
    }
    return Form{std::move(parameters)};
}

}  // namespace kelisim::http
