// SPDX-License-Identifier: Apache-2.0
#include "access/tokens.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "facts.hpp"
#include "token_ends.hpp"

namespace kelisim::access {

using base::Result;
using records::TokenKind;
using records::TokenRecord;

const base::Reason refresh_token_invalid{
    "token_refresh_invalid",
    base::Kind::invalid,
    "RFC 6749 section 5.2",
    {"Жаңарту токені жарамсыз немесе келісім аяқталған.", "Токен обновления недействителен, или согласие закончилось.",
     "The refresh token is not valid, or the consent has ended."}};

namespace {

// "<id>.<secret>": the id finds the row, the secret is compared with its hash.
struct RefreshText {
    consent::TokenId id;
    base::Bytes secret;
};

std::optional<RefreshText> read_refresh(std::string_view text) {
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto id = consent::TokenId::parse(text.substr(0, dot));
    auto secret = base::from_base64url(text.substr(dot + 1));
    if (!id || !secret) return std::nullopt;
    return RefreshText{*id, std::move(*secret)};
}

std::vector<std::string> owners_of(const std::vector<std::string>& services, const registry::Registry& registry) {
    std::vector<std::string> owners;
    for (const std::string& key : services) {
        const registry::IntegrationService* service = registry.service(key);
        if (service == nullptr || !service->ended.empty()) continue;
        if (std::find(owners.begin(), owners.end(), service->owner) != owners.end()) continue;
        owners.push_back(service->owner);
    }
    return owners;
}

base::Time access_ends(const consent::Consent& consent, base::Time now) {
    return std::min<base::Time>(now + base::limits::access_token_life, consent.expires);
}

bool holds(const Parts& parts, const consent::Consent& consent, base::Time now) {
    return consent.state == consent::ConsentState::active && now < consent.expires &&
           !consent::lost_basis(consent.terms, parts.registry, parts.zone.day(now));
}

}  // namespace

std::string status_list_uri(std::string_view issuer, std::int64_t number) {
    return std::string(issuer) + "/status-lists/" + std::to_string(number);
}

std::string_view acr_of(consent::Means means) {
    switch (means) {
        case consent::Means::sms_reply:
            return "urn:kelisim:acr:sms-reply";
        case consent::Means::own_means:
            return "urn:kelisim:acr:own-means";
        case consent::Means::proactive:
            return "urn:kelisim:acr:proactive";
        case consent::Means::sms_code:
            return "urn:kelisim:acr:sms-code";
        case consent::Means::cabinet_code:
            return "urn:kelisim:acr:cabinet-code";
        case consent::Means::ground:
            return "urn:kelisim:acr:ground";
        case consent::Means::cabinet_eds:
            return "urn:kelisim:acr:cabinet-eds";
        case consent::Means::own_means_unbound:
            return "urn:kelisim:acr:own-means-unbound";
    }
    return {};
}

PollState Tokens::poll(store::ReadSession& session, consent::RequestId id, std::string_view initiator,
                       base::Time now) const {
    const auto stored = parts_.records.requests.stored(session, id);
    if (!stored) return PollState::unknown;
    const auto subject = parts_.records.subjects.find(session, stored->subject);
    if (!subject) return PollState::unknown;  // erased since
    const consent::AccessRequest request = parts_.records.requests.open(*stored, subject->data_key);
    if (request.terms.initiator != initiator) return PollState::unknown;
    switch (request.state) {
        case consent::RequestState::granted:
            return PollState::granted;
        case consent::RequestState::refused:
            return PollState::refused;
        case consent::RequestState::cancelled:
            return PollState::refused;
        case consent::RequestState::undeliverable:
            return PollState::undeliverable;
        case consent::RequestState::expired:
            return PollState::expired;
        // The clock decides, not the scheduler.
        default:
            return now >= request.expires ? PollState::expired : PollState::pending;
    }
}

std::optional<records::Consents::Found> Tokens::granted(store::WriteSession& session, consent::RequestId id,
                                                        const registry::System& client, base::Time now) const {
    const auto request = parts_.records.requests.state(session, id);
    if (!request || !request->consent) return std::nullopt;
    auto found = parts_.records.consents.find(session, *request->consent, parts_.records.subjects);
    if (!found) throw records::Damaged("a request names a consent that is gone");
    if (found->consent.terms.initiator != client.key || !holds(parts_, found->consent, now)) return std::nullopt;
    return found;
}

std::optional<token::AccessClaims> Tokens::hand_out(store::WriteSession& session, consent::RequestId id,
                                                    const registry::System& client, base::Time now) const {
    const auto found = granted(session, id, client, now);
    if (!found) return std::nullopt;
    const base::Time expires = std::min<base::Time>(now + base::limits::lasting_token_life_max, found->consent.expires);
    return issue(session, *found, client, TokenKind::lasting, expires, now);
}

std::optional<IssuedToken> Tokens::redeem(store::WriteSession& session, consent::RequestId id,
                                          const registry::System& client, base::Time now) const {
    const auto found = granted(session, id, client, now);
    if (!found) return std::nullopt;
    IssuedToken issued{
        .claims = issue(session, *found, client, TokenKind::access, access_ends(found->consent, now), now),
        .refresh_token = {}};
    std::array<std::uint8_t, 32> secret{};
    parts_.entropy.fill(secret);
    const TokenRecord refresh{.id = consent::TokenId::make(now, found->consent.id.bucket(), parts_.entropy),
                              .consent = found->consent.id,
                              .kind = TokenKind::refresh,
                              .client = client.client_id,
                              .issued = now,
                              .expires = found->consent.expires,
                              .revoked = {},
                              .hash = crypto::sha256(secret)};
    parts_.records.tokens.add(session, refresh);
    issued.refresh_token = refresh.id.to_string() + "." + base::to_base64url(secret);
    return issued;
}

token::AccessClaims Tokens::issue(store::WriteSession& session, const records::Consents::Found& found,
                                  const registry::System& client, TokenKind kind, base::Time expires,
                                  base::Time now) const {
    const consent::Consent& consent = found.consent;
    const TokenRecord token{.id = consent::TokenId::make(now, consent.id.bucket(), parts_.entropy),
                            .consent = consent.id,
                            .kind = kind,
                            .client = client.client_id,
                            .issued = now,
                            .expires = expires,
                            .revoked = {},
                            .hash = {},
                            .place = parts_.tokens.places().take(session, parts_.records, kind, parts_.entropy, now)};
    parts_.records.tokens.add(session, token);
    parts_.records.journal.append(session, token_issued_fact(token, consent.subject, now));
    session.after_commit([&index = parts_.tokens, token] {
        index.add(token.id, {.consent = token.consent, .expires = token.expires, .verified = {}});
    });
    return {.issuer = issuer_,
            .subject = found.subject.person.iin,
            .audience = owners_of(consent.terms.services, parts_.registry),
            .client_id = client.client_id,
            .jti = token.id.to_string(),
            .issued = now,
            .expires = token.expires,
            .acr = std::string(acr_of(consent.means)),
            .answered = consent.granted,
            .grant = {.services = consent.terms.services,
                      .purpose = consent.terms.purpose,
                      .fields = consent.terms.fields,
                      .acts = consent.terms.acts,
                      .consent = consent.id.to_string()},
            .status = token::StatusReference{.uri = status_list_uri(issuer_, token.place->list),
                                             .index = token.place->index}};
}

std::optional<TokenRecord> Tokens::find_refresh(store::ReadSession& session, std::string_view text) const {
    const auto presented = read_refresh(text);
    if (!presented) return std::nullopt;
    auto stored = parts_.records.tokens.find(session, presented->id);
    const bool same =
        stored && stored->hash && crypto::equal_constant_time(*stored->hash, crypto::sha256(presented->secret));
    if (!same) return std::nullopt;
    return stored;
}

Result<IssuedToken> Tokens::refresh(store::WriteSession& session, std::string_view refresh_token,
                                    const registry::System& client, base::Time now) const {
    const auto stored = find_refresh(session, refresh_token);
    if (!stored || stored->client != client.client_id || stored->revoked || now >= stored->expires) {
        return base::Refusal(refresh_token_invalid);
    }
    const auto found = parts_.records.consents.find(session, stored->consent, parts_.records.subjects);
    if (!found || !holds(parts_, found->consent, now)) return base::Refusal(refresh_token_invalid);
    return IssuedToken{
        .claims = issue(session, *found, client, TokenKind::access, access_ends(found->consent, now), now),
        .refresh_token = {}};
}

bool Tokens::revoke(store::WriteSession& session, consent::TokenId id, const registry::System& client,
                    base::Time now) const {
    const auto token = parts_.records.tokens.find(session, id);
    if (!token || token->client != client.client_id) return false;
    if (records::opens_data(token->kind)) {
        end_token(parts_, session, *token, records::TokenStatus::invalid, now);
    } else {
        end_tokens(parts_, session, token->consent, Ends::all_tokens, now);
    }
    return true;
}

void Tokens::load_index(store::ReadSession& session, base::Time now) const {
    constexpr std::size_t at_once = 32'768;  // 2 MB, and some hundred for each part of the index
    std::vector<TokenIndex::Token> read;
    read.reserve(at_once);
    const auto put = [&] {
        parts_.tokens.add(read);
        read.clear();
    };
    parts_.records.tokens.each_live(session, now, [&](const records::Tokens::LiveToken& token) {
        read.push_back({.id = token.id, .live = {.consent = token.consent, .expires = token.expires, .verified = {}}});
        if (read.size() == at_once) put();
    });
    put();
}

}  // namespace kelisim::access
