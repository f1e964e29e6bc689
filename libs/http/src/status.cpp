// SPDX-License-Identifier: Apache-2.0
#include "http/status.hpp"

namespace kelisim::http {

int status_of(base::Kind kind) {
    switch (kind) {
        case base::Kind::invalid:
            return 400;
        case base::Kind::unauthenticated:
            return 401;
        case base::Kind::forbidden:
            return 403;
        case base::Kind::not_found:
            return 404;
        case base::Kind::conflict:
            return 409;
        case base::Kind::too_large:
            return 413;
        case base::Kind::too_many:
            return 429;
            // ^ a new kind needs its status here and its row in status_test.cpp
    }
    return 500;
}

}  // namespace kelisim::http
