// SPDX-License-Identifier: Apache-2.0
// The one policy for errors: an expected refusal is a value (Result), a broken environment is an exception (Outage)
// that travels to the boundary of the request or job and becomes a 503 there. See docs/decisions.
#pragma once

#include <boost/system/result.hpp>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kelisim::base {

// A text in the three languages of the service (418-V ст.38(3): Kazakh and Russian; English beside them).
struct Text {
    std::string_view kk;
    std::string_view ru;
    std::string_view en;
};

// What the caller should make of a refusal; api/ maps each to a status code, one table there.
enum class Kind {
    invalid,          // the request itself is wrong: repeat it corrected
    unauthenticated,  // the caller did not prove who it is
    forbidden,        // the caller is known, and may not
    not_found,        // no such thing, or none that this caller may know of
    conflict,         // it contradicts what is already recorded
    too_large,        // over a limit of limits.hpp
    too_many,         // too often: later it may pass
};

// Why something was refused. Reasons are constants with static lifetime, listed in contracts/error-codes.csv; their
// texts go outside, so they never hold internal detail or personal data.
struct Reason {
    std::string_view code;  // stable, lower_snake_case, area first: "use_person_differs"
    Kind kind = Kind::invalid;
    std::string_view clause;  // the rule, e.g. "236/НК п.7(2)" or "RFC 9396 section 5"; empty where none speaks
    Text text;
};

// One refusal with every reason that was found, never only the first. Never empty.
class Refusal {
public:
    // Boost.System asks for it where error() is called on a success: a mistake of ours, so it throws logic_error.
    Refusal();
    Refusal(const Reason& reason) : reasons_{&reason} {}  // NOLINT: a reason is a refusal
    explicit Refusal(std::vector<const Reason*> reasons);

    const std::vector<const Reason*>& reasons() const { return reasons_; }
    const Reason& first() const { return *reasons_.front(); }
    bool has(const Reason& reason) const;  // by code

private:
    std::vector<const Reason*> reasons_;
};

// A refusal reached value() by a mistake of ours; caught at the boundary like any other exception.
[[noreturn]] void throw_exception_from_error(const Refusal& refusal, const boost::source_location& where);

template <class T>
using Result = boost::system::result<T, Refusal>;

// The environment failed: disk, database, clock, entropy. The text is for logs only and holds no personal data.
class Outage : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace kelisim::base
