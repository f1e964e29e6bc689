// SPDX-License-Identifier: Apache-2.0
// A data owner that is known by its description alone (307/НК п.2(21)).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <vector>

#include "behind.hpp"
#include "http/route.hpp"
#include "owner/kelisim_side.hpp"
#include "owner/service.hpp"
#include "publication/offer.hpp"

namespace kelisim::skeleton {

// Used on one io thread; outlives the server that has its routes.
class Skeleton {
public:
    // Without `behind` it answers with the examples of the description.
    Skeleton(publication::Offer offer, owner::KelisimSide& kelisim, std::optional<Behind> behind);

    // POST /{id of the operation} with {"iin", "fields", ...}, as the gateway calls owners on REST; GET /healthz.
    std::vector<http::Route> routes();

private:
    struct Asked {
        base::Iin person;
        std::vector<std::string> fields;
        boost::json::object said;  // everything else
    };
    base::Result<Asked> read(std::string_view body) const;
    boost::asio::awaitable<http::Response> give(const http::Request& request);
    boost::asio::awaitable<base::Result<boost::json::object>> record(http::Outgoing request);

    publication::Offer offer_;
    owner::Service service_;  // views into the offer
    std::string pattern_;
    owner::KelisimSide& kelisim_;
    std::optional<Behind> behind_;
};

}  // namespace kelisim::skeleton
