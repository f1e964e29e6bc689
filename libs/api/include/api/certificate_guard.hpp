// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/elsewhere.hpp"
#include "http/route.hpp"
#include "identity/system_certificates.hpp"

namespace kelisim::api {

// Lets requests pass whose certificate was not taken back. It comes after the handshake, which waits for nobody, and before each
// request, so that a connection that stays open ends to be of use when its certificate is revoked. 403 says that it was, 503 that
// nobody could tell. Who shows no certificate passes: whether one is needed is the listener's matter. Both outlive it.
http::Guard certificate_guard(identity::SystemCertificates& certificates, http::Elsewhere& threads);

}  // namespace kelisim::api
