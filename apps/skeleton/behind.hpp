// SPDX-License-Identifier: Apache-2.0
// The real interface behind a skeleton, called as its description has it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <string>

#include "base/iin.hpp"
#include "base/result.hpp"
#include "http/client.hpp"
#include "publication/offer.hpp"

namespace kelisim::skeleton {

extern const base::Reason request_misfit;
extern const base::Reason behind_failed;

// The request that the description wants: the person at its place, and what else was said at the places of parameters or, where the
// operation has one, in the body. Refused with request_misfit where something required is missing or does not fit.
base::Result<http::Outgoing> described_request(const publication::Offer& offer, const base::Iin& person,
                                               boost::json::object said);

// Used on one io thread; all references outlive it.
class Behind {
public:
    Behind(http::Client& client, http::Prefix address) : client_(client), address_(std::move(address)) {}
    // The object that was answered. Refused with behind_failed, or person_unknown of an owner for 404.
    boost::asio::awaitable<base::Result<boost::json::object>> ask(http::Outgoing request,
                                                                  const publication::Operation& operation);

private:
    http::Client& client_;
    http::Prefix address_;
};

}  // namespace kelisim::skeleton
