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

// NumericDate, with a fraction or without, or a text: one client hands a date object to its library (wire.md B4).
std::optional<base::Time> wire_time_of(const boost::json::object& claims, std::string_view name) {
    if (const auto time = time_of(claims, name)) return time;
    if (const auto* value = claims.if_contains(name); value != nullptr && value->is_double()) {
        constexpr double seconds_max = 253'402'300'799;  // the year 9999
        const double seconds = value->get_double();
        if (!(seconds >= 0 && seconds <= seconds_max)) return std::nullopt;
        return base::Time{std::chrono::seconds{static_cast<std::int64_t>(seconds)}};
    }
    const auto text = text_of(claims, name);
    if (!text) return std::nullopt;
    const auto time = base::parse_time(*text);
    return time.has_value() ? std::optional(*time) : std::nullopt;
}

std::optional<Proof> ovt_of(const boost::json::object& claims, const base::Iin& subject) {
    const auto organisation = text_of(claims, "cbin"), method = text_of(claims, "mcheck"), id = text_of(claims, "jti");
    const auto named = claims.contains("sub") ? iin_of(claims, "sub") : std::nullopt;
    const auto confirmed_by = claims.contains("confirmed_by") ? iin_of(claims, "confirmed_by") : subject;
    const auto issued = wire_time_of(claims, "iat"), expires = wire_time_of(claims, "exp");
    const auto answer = answer_of(claims);
    const bool readable = organisation && method && issued && expires && answer && confirmed_by &&
                          (named || !claims.contains("sub")) && (id || !claims.contains("jti"));
    if (!readable) return std::nullopt;
    Proof proof{.organisation = *organisation,
                .method = *method,
                .id = id.value_or(""),
                .subject = named.value_or(subject),
                .confirmed_by = *confirmed_by,
                .details = {},
                .issued = *issued,
                .expires = *expires,
                .answer = *answer,
                .offer = {},
                .bound = named && id};
    if (!read_offer(claims, proof)) return std::nullopt;
    return proof;
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

base::Result<boost::json::object> Proofs::claims_of(std::string_view jws, const registry::System& sender) const {
    if (jws.size() > base::limits::jwt_bytes_max) return base::Refusal(consent::proof_invalid);
    const registry::Organisation& organisation = *registry_.organisation(sender.organisation);
    return token::verify(jws, token::KeySet::from_text(organisation.proof_keys), "");
}

base::Result<boost::json::object> Proofs::claims_under_any(std::string_view jws, const registry::System& sender) const {
    const token::KeySet registered = token::KeySet::from_text(registry_.organisation(sender.organisation)->proof_keys);
    for (const token::VerificationKey& key : registered.keys()) {
        auto claims = token::verify(jws, token::KeySet({key}), "");
        if (claims.has_value()) return claims;
    }
    return base::Refusal(consent::proof_invalid);
}

base::Result<Proof> Proofs::read_ovt(std::string_view jws, const registry::System& sender,
                                     const base::Iin& subject) const {
    const base::Refusal refused(consent::proof_invalid);
    auto claims = claims_of(jws, sender);
    // Clients of the SOAP wire do not say which of their keys it is.
    if (claims.has_error() && claims.error().has(token::jws_unknown_key)) claims = claims_under_any(jws, sender);
    if (claims.has_error()) return refused;
    const auto audiences = audiences_of(*claims);
    const bool ours = std::find(audiences.begin(), audiences.end(), issuer_) != audiences.end();
    if (claims->contains("aud") && !ours) return refused;
    auto proof = ovt_of(*claims, subject);
    if (!proof) return refused;
    proof->signed_text = jws;
    return std::move(*proof);
}

base::Result<Proof> Proofs::read(std::string_view jws, const registry::System& sender) const {
    const base::Refusal refused(consent::proof_invalid);
    const auto claims = claims_of(jws, sender);
    if (claims.has_error()) return refused;
    const auto audiences = audiences_of(*claims);
    if (std::find(audiences.begin(), audiences.end(), issuer_) == audiences.end()) return refused;
    auto proof = proof_of(*claims);
    if (!proof) return refused;
    proof->signed_text = jws;
    return std::move(*proof);
}

}  // namespace kelisim::identity
