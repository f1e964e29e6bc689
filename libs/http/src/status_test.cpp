// SPDX-License-Identifier: Apache-2.0
#include "http/status.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace kelisim::http {
namespace {

TEST(Status, OfEveryKind) {
    using base::Kind;
    for (const auto& [kind, status] : {std::pair{Kind::invalid, 400},
                                       {Kind::unauthenticated, 401},
                                       {Kind::forbidden, 403},
                                       {Kind::not_found, 404},
                                       {Kind::conflict, 409},
                                       {Kind::too_large, 413},
                                       {Kind::too_many, 429}}) {
        EXPECT_EQ(status_of(kind), status);
    }
}

}  // namespace
}  // namespace kelisim::http
