// SPDX-License-Identifier: Apache-2.0
// Reports of trust/ for a terminal and for programs.
#pragma once

#include <boost/json/object.hpp>

#include "base/text.hpp"
#include "trust/report.hpp"

namespace kelisim::app {

// One line a finding, `indent` before each.
void tell(const trust::Findings& findings, base::Language language, std::string_view indent);
void tell(const trust::CertificateReport& report, base::Language language, std::string_view indent);
void tell(const trust::DocumentReport& report, base::Language language);
// What stands in a certificate.
void tell(const trust::Certificate& certificate, base::Language language, std::string_view indent);
void tell_verdict(trust::Verdict verdict, base::Language language);

// The form of docs/operating/trust.md.
boost::json::object to_json(const trust::CertificateReport& report);
boost::json::object to_json(const trust::DocumentReport& report);

}  // namespace kelisim::app
