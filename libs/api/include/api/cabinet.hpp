// SPDX-License-Identifier: Apache-2.0
// The person's side over HTTP: sign-in, and under /api/v1/me everything that concerns the person or a ward (`?ward=`).
// What belongs to another answers 404 like what does not exist.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "access/person_side.hpp"
#include "api/person_authentication.hpp"
#include "crypto/vrf.hpp"
#include "http/elsewhere.hpp"
#include "identity/address_pace.hpp"
#include "identity/caller_address.hpp"
#include "identity/electronic_signature.hpp"
#include "notary/board.hpp"
#include "token/jws.hpp"

namespace kelisim::api {

// Also for whoever has too many signatures checked.
extern const base::Reason sign_in_too_many;
extern const base::Reason answer_takes_document;

struct CabinetParts {
    const access::Parts parts;
    store::Writer& writer;
    store::Readers& readers;
    http::Elsewhere& elsewhere;  // for reads that need an archive
    const base::Clock& clock;
    const PersonAuthentication& persons;
    const access::PersonSide& use_cases;
    const token::SigningKey& receipt_key;
    const token::KeySet& receipt_keys;  // all that ever signed receipts
    const notary::Board& board;
    const crypto::VrfKey& tags;  // gives persons their places in the map of the ledger
    const identity::Proxies& proxies;
    identity::AddressPace& sign_ins;  // of each address
    const identity::ElectronicSignatures& signatures;
    http::Elsewhere& signature_checks;
    std::string issuer;
    base::Entropy& entropy;
};

// Thread-safe. Outlives the server that has its routes.
class Cabinet {
public:
    explicit Cabinet(CabinetParts parts) : parts_(std::move(parts)) {}

    std::vector<http::Route> routes();

private:
    using Answer = boost::asio::awaitable<http::Response>;
    // Reads on behalf of one who may look at these things; 404 otherwise.
    using Look = std::function<http::Response(store::ReadSession&, const access::Actors&)>;
    Answer look(const PersonCall& call, const http::Request& request, Look what);

    boost::json::object shown(const consent::AccessRequest& request, const http::Request& reader) const;

    std::vector<http::Route> sign_in_routes();
    std::vector<http::Route> request_routes();
    std::vector<http::Route> consent_routes();
    std::vector<http::Route> use_routes();
    std::vector<http::Route> profile_routes();
    std::vector<http::Route> receipt_routes();
    std::vector<http::Route> document_routes();

    // cabinet_sign_in.cpp
    Answer begin_sign_in(const http::Request& request);
    Answer finish_sign_in(const http::Request& request);
    Answer begin_sign_in_by_eds(const http::Request& request);
    Answer finish_sign_in_by_eds(const http::Request& request);
    std::string beside(const http::Request& request) const;
    http::Response signed_in(const access::SigningIn::Opened& opened) const;
    Answer sign_out(const PersonCall& call, const http::Request& request);
    Answer sessions(const PersonCall& call);
    Answer end_session(const PersonCall& call, const http::Request& request);

    // cabinet_documents.cpp
    using Verified = std::variant<identity::SignedDocument, http::Response>;
    // The signature of `signature` is checked where responders may be waited for.
    boost::asio::awaitable<Verified> verified(const http::Request& request, const boost::json::value* signature,
                                              trust::Purpose purpose);
    // The body of {"document"}; nothing for any other.
    static std::optional<boost::json::object> read_signed(const http::Request& request);
    using SignedAct =
        std::function<base::Result<void>(store::WriteSession&, const access::SignedDocument&, base::Time)>;
    // Why it was refused; nothing when it was done.
    boost::asio::awaitable<std::optional<http::Response>> act_signed(const PersonCall& call,
                                                                     const http::Request& request,
                                                                     const boost::json::object& body, SignedAct act);
    http::Response offered(const base::Result<access::OfferedDocument>& document, const http::Request& request) const;
    Answer documents(const PersonCall& call, const http::Request& request);
    Answer one_document(const PersonCall& call, const http::Request& request);

    // cabinet_requests.cpp
    Answer requests(const PersonCall& call, const http::Request& request);
    Answer one_request(const PersonCall& call, const http::Request& request);
    Answer answer_code(const PersonCall& call, const http::Request& request);
    Answer offer_answer(const PersonCall& call, const http::Request& request);
    Answer answer(const PersonCall& call, const http::Request& request);

    // cabinet_consents.cpp
    Answer consents(const PersonCall& call, const http::Request& request);
    Answer one_consent(const PersonCall& call, const http::Request& request);
    using Step = base::Result<void> (access::Steering::*)(store::WriteSession&, const access::Acting&,
                                                          consent::ConsentId, base::Time) const;
    Answer take_step(const PersonCall& call, const http::Request& request, Step step);
    Answer extension_code(const PersonCall& call, const http::Request& request);
    base::Result<base::Time> read_until(const boost::json::object& body) const;
    Answer offer_extension(const PersonCall& call, const http::Request& request);
    Answer extend(const PersonCall& call, const http::Request& request);

    // cabinet_uses.cpp
    Answer uses(const PersonCall& call, const http::Request& request);
    Answer ask_question(const PersonCall& call, const http::Request& request);
    Answer questions(const PersonCall& call, const http::Request& request);
    Answer changes(const PersonCall& call, const http::Request& request);
    Answer looks(const PersonCall& call, const http::Request& request);

    // cabinet_ledger.cpp
    Answer ledger(const PersonCall& call, const http::Request& request);

    // cabinet_profile.cpp
    Answer profile(const PersonCall& call, const http::Request& request);
    Answer set_language(const PersonCall& call, const http::Request& request);
    Answer wards(const PersonCall& call);
    Answer blocks(const PersonCall& call, const http::Request& request);
    Answer block(const PersonCall& call, const http::Request& request);
    Answer unblock(const PersonCall& call, const http::Request& request);

    // cabinet_receipts.cpp
    using FindReceipt = std::function<base::Result<access::ReceiptFound>(store::ReadSession&, const records::Subject&)>;
    Answer request_receipt(const PersonCall& call, const http::Request& request);
    Answer consent_receipt(const PersonCall& call, const http::Request& request);
    Answer use_receipt(const PersonCall& call, const http::Request& request);
    Answer give_receipt(const PersonCall& call, const http::Request& request, FindReceipt find);
    Answer file_of(const records::Receipt& receipt, const http::Request& request);

    CabinetParts parts_;
};

}  // namespace kelisim::api
