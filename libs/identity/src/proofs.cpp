// SPDX-License-Identifier: Apache-2.0
#include "identity/proofs.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "claims.hpp"
#include "json/json.hpp"
#include "token/jws.hpp"

namespace kelisim::identity {

using consent::Proof;

namespace {

std::optional<std::string> text_of(const boost::json::object& claims, std::string_view name) {
    const auto text = json::text(claims, name, base::limits::name_bytes_max);
    if (text.has_error() || text->empty()) return std::nullopt;
    return std::string(*text);
}

std::optional<base::Iin> iin_of(const boost::json::object& claims, std::string_view name) {
    const auto text = text_of(claims, name);
    const auto iin = text ? base::Iin::parse(*text) : base::Result<base::Iin>(base::Refusal(base::iin_malformed));
    if (iin.has_error()) return std::nullopt;
    return *iin;
}

// A proof without an answer says yes, as on the SOAP wire.
std::optional<consent::Answer> answer_of(const boost::json::object& claims) {
    if (!claims.contains("answer")) return consent::Answer::yes;
    const auto text = text_of(claims, "answer");
    if (text == "yes") return consent::Answer::yes;
    if (text == "no") return consent::Answer::no;
    return std::nullopt;
}

// False when there is an offer that does not read.
bool read_offer(const boost::json::object& claims, Proof& proof) {
    if (!claims.contains("campaign")) return true;
    const auto campaign = text_of(claims, "campaign");
    const auto asked = time_of(claims, "asked_at"), answered = time_of(claims, "answered_at");
    if (!campaign || !asked || !answered) return false;
    proof.offer = Proof::Offer{.campaign = *campaign,
                               .text_sha256 = text_of(claims, "text_sha256").value_or(""),
                               .asked = *asked,
                               .answered = *answered};
    return true;
}

std::optional<Proof> proof_of(const boost::json::object& claims) {
    const auto organisation = text_of(claims, "cbin"), method = text_of(claims, "mcheck"), id = text_of(claims, "jti");
    const auto details = text_of(claims, "authorization_details_sha256");
    const auto subject = iin_of(claims, "sub");
    const auto confirmed_by = claims.contains("confirmed_by") ? iin_of(claims, "confirmed_by") : subject;
    const auto issued = time_of(claims, "iat"), expires = time_of(claims, "exp");
    const auto answer = answer_of(claims);
    const bool whole =
        organisation && method && id && details && subject && confirmed_by && issued && expires && answer;
    if (!whole) return std::nullopt;
    Proof proof{.organisation = *organisation,
                .method = *method,
                .id = *id,
                .subject = *subject,
                .confirmed_by = *confirmed_by,
                .details = *details,
                .issued = *issued,
                .expires = *expires,
                .answer = *answer,
                .offer = {}};
    if (!read_offer(claims, proof)) return std::nullopt;
    return proof;
}

}  // namespace

base::Result<Proof> Proofs::read(std::string_view jws, const registry::System& sender) const {
    const base::Refusal refused(consent::proof_invalid);
    if (jws.size() > base::limits::jwt_bytes_max) return refused;
    const registry::Organisation& organisation = *registry_.organisation(sender.organisation);
    const auto claims = token::verify(jws, keys_of(organisation.proof_keys), "");
    if (claims.has_error()) return refused;
    const auto audiences = audiences_of(*claims);
    if (std::find(audiences.begin(), audiences.end(), issuer_) == audiences.end()) return refused;
    auto proof = proof_of(*claims);
    if (!proof) return refused;
    proof->signed_text = jws;
    return std::move(*proof);
}

}  // namespace kelisim::identity
