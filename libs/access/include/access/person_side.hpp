// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "access/answering.hpp"
#include "access/cabinet.hpp"
#include "access/data_reports.hpp"
#include "access/deferring.hpp"
#include "access/inquiries.hpp"
#include "access/own_data.hpp"
#include "access/profile.hpp"
#include "access/receipts.hpp"
#include "access/signed_answers.hpp"
#include "access/signing_in.hpp"
#include "access/steering.hpp"
#include "access/supervision.hpp"

namespace kelisim::access {

// The use cases of a person, and what initiators, owners and the authorized body do that a person sees. Thread-safe;
// `answers` outlives it. `log`: the name of the ledger.
struct PersonSide {
    PersonSide(const Parts& parts, const Answers& answers, const std::string& issuer, const std::string& log)
        : confirming(parts),
          signing_in(parts),
          answering(parts, answers),
          steering(parts),
          signed_answers(parts, answers, issuer),
          cabinet(parts),
          receipts(parts, issuer, log),
          inquiries(parts),
          profile(parts),
          own_data(parts, issuer),
          data_reports(parts),
          supervision(parts),
          deferring(parts) {}

    Confirming confirming;
    SigningIn signing_in;
    Answering answering;
    Steering steering;
    SignedAnswers signed_answers;
    Cabinet cabinet;
    Receipts receipts;
    Inquiries inquiries;
    Profile profile;
    OwnData own_data;
    DataReports data_reports;
    Supervision supervision;
    Deferring deferring;
};

}  // namespace kelisim::access
