// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "access/answering.hpp"
#include "access/cabinet.hpp"
#include "access/data_reports.hpp"
#include "access/inquiries.hpp"
#include "access/own_data.hpp"
#include "access/profile.hpp"
#include "access/signing_in.hpp"
#include "access/steering.hpp"
#include "access/supervision.hpp"

namespace kelisim::access {

// The use cases of a person, and what initiators, owners and the authorized body do that a person sees. Thread-safe; `answers` outlives it.
struct PersonSide {
    PersonSide(const Parts& parts, const Answers& answers, const std::string& issuer)
        : confirming(parts),
          signing_in(parts),
          answering(parts, answers),
          steering(parts),
          cabinet(parts),
          inquiries(parts),
          profile(parts),
          own_data(parts, issuer),
          data_reports(parts),
          supervision(parts) {}

    Confirming confirming;
    SigningIn signing_in;
    Answering answering;
    Steering steering;
    Cabinet cabinet;
    Inquiries inquiries;
    Profile profile;
    OwnData own_data;
    DataReports data_reports;
    Supervision supervision;
};

}  // namespace kelisim::access
