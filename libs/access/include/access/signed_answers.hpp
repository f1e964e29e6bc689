// SPDX-License-Identifier: Apache-2.0
// Answers and extensions that are electronic documents (418-V ст.36(3)): what is to be signed is offered, and what came back
// signed is acted on and kept. No registered number is needed.
#pragma once

#include <string>

#include "access/answering.hpp"
#include "access/cabinet.hpp"
#include "access/steering.hpp"

namespace kelisim::access {

extern const base::Reason document_not_offered;
extern const base::Reason document_of_another;
extern const base::Reason document_of_an_organisation;

struct OfferedDocument {
    std::string text;  // receipts/document.hpp
    base::Time expires;
};

// A document whose signature was verified before.
struct SignedDocument {
    base::Iin signer;
    std::string organisation = {};  // BIN in the signer's certificate; empty: the person's own
    crypto::Digest certificate{};   // SHA-256
    base::Bytes content;            // what was signed
    records::DocumentForm form{};
    base::Bytes bytes;  // as it came
};

// Thread-safe; functions that take a write session run inside a unit. `answers` outlives it.
class SignedAnswers {
public:
    // `issuer`: where a signature counts.
    SignedAnswers(const Parts& parts, const Answers& answers, std::string issuer)
        : parts_(parts), answers_(answers), steering_(parts), issuer_(std::move(issuer)) {}

    // Refused like the answer itself: nobody signs what would be refused. The newest offer about one thing is the one that
    // counts.
    base::Result<OfferedDocument> offer_answer(store::WriteSession& session, const Acting& acting,
                                               const CabinetAnswer& choice, base::Time now) const;
    base::Result<OfferedDocument> offer_extension(store::WriteSession& session, const Acting& acting,
                                                  consent::ConsentId id, base::Time until, base::Time now) const;

    // The statement is what was offered, the signer is who acts; an offer is good once.
    base::Result<void> answer(store::WriteSession& session, const Acting& acting, consent::RequestId id,
                              const SignedDocument& document, base::Time now) const;
    base::Result<void> extend(store::WriteSession& session, const Acting& acting, consent::ConsentId id,
                              const SignedDocument& document, base::Time now) const;

    Page<records::ElectronicDocument> list(store::ReadSession& session, const records::Subject& whose,
                                           const PageWanted& wanted) const;
    std::optional<records::ElectronicDocument> find(store::ReadSession& session, const records::Subject& whose,
                                                    records::DocumentId id) const;

private:
    struct Offer;
    OfferedDocument offer(store::WriteSession& session, const Offer& offer, base::Time now) const;
    base::Result<Actors> accept(store::WriteSession& session, const Acting& acting, const base::RawId& about,
                                records::CodeKind kind, const SignedDocument& document, base::Time now) const;
    void keep(store::WriteSession& session, const Actors& actors, const base::RawId& about,
              const SignedDocument& document, base::Time now) const;

    Parts parts_;
    const Answers& answers_;
    Steering steering_;
    std::string issuer_;
};

}  // namespace kelisim::access
