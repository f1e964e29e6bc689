// SPDX-License-Identifier: Apache-2.0
// What a person chooses for themself or a ward: the language that 1414 writes in, and organisations whose questions do not
// reach them.
#pragma once

#include <string_view>

#include "access/acting.hpp"

namespace kelisim::access {

// Thread-safe; every function runs inside a unit.
class Profile {
public:
    explicit Profile(const Parts& parts) : parts_(parts) {}

    base::Result<void> set_language(store::WriteSession& session, const Acting& acting, base::Language language,
                                    base::Time now) const;
    // Again is no harm. Only an organisation that is registered can be blocked.
    base::Result<void> block(store::WriteSession& session, const Acting& acting, std::string_view bin,
                             base::Time now) const;
    base::Result<void> unblock(store::WriteSession& session, const Acting& acting, std::string_view bin,
                               base::Time now) const;

private:
    Parts parts_;
};

}  // namespace kelisim::access
