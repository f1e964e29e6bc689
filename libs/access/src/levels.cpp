// SPDX-License-Identifier: Apache-2.0
#include "access/levels.hpp"

namespace kelisim::access {

bool reaches(const records::PersonSession& session, const people::Person& person, Level wanted) {
    using records::SignInMeans;
    switch (wanted) {
        case Level::code:
            return true;
        case Level::eds:
            return session.means != SignInMeans::code;
        case Level::eds_and_code:
            return session.means == SignInMeans::eds_and_code || (session.means == SignInMeans::eds && !person.phone);
    }
    return false;
}

}  // namespace kelisim::access
