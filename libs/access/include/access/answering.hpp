// SPDX-License-Identifier: Apache-2.0
// An answer given in the cabinet. A yes takes a fresh code, because a bare click is no consent (418-V ст.36(3)); a no takes
// none, because nothing opens by it.
#pragma once

#include "access/answers.hpp"
#include "access/confirming.hpp"

namespace kelisim::access {

struct CabinetAnswer {
    consent::RequestId request;
    consent::Answer answer{};
    std::vector<std::string> services, fields;  // agreed to; empty: all that was asked for
    std::string code;
};

// Thread-safe; runs inside a unit.
class Answering {
public:
    Answering(const Parts& parts, const Answers& answers) : parts_(parts), answers_(answers), confirming_(parts) {}

    // A refusal is a value that undoes nothing, because a wrong code is counted.
    std::optional<base::Refusal> answer(store::WriteSession& session, const Acting& acting, const CabinetAnswer& given,
                                        base::Time now) const;

private:
    Parts parts_;
    const Answers& answers_;
    Confirming confirming_;
};

}  // namespace kelisim::access
