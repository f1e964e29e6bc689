// SPDX-License-Identifier: Apache-2.0
// Values for the tests of the tables.
#pragma once

#include "records/testing.hpp"

namespace kelisim::records::fixture {

using namespace std::chrono_literals;
namespace person = testing::person;
using store::ReadSession;
using store::WriteSession;

inline consent::Terms terms() {
    return {.initiator = "DEMOBANK",
            .organisation = "000140000353",
            .organisation_name = {"Оқу банкі", "Учебный банк"},
            .connection = "bank-loans",
            .channel = registry::Channel::contact_centre,
            .environment = registry::Environment::production,
            .purpose = "loan-application",
            .purpose_name = {"Несие өтінімін қарау", "Рассмотрение заявки на кредит"},
            .services = {"GBDFLUniversal_token"},
            .fields = {"surname", "name"},
            .acts = {"collection"},
            .term = "P30D",
            .uses_max = 3};
}

// The tables over a database that has the persons of the sandbox.
struct Tables {
    Tables() {
        store.unit([this](WriteSession& session) {
            for (const people::Person& known : person::all())
                records.subjects.add(session, known, testing::start);
        });
    }
    Subject subject(const base::Iin& iin) {
        return store.look([&](ReadSession& session) { return records.subjects.find(session, iin).value(); });
    }
    consent::AccessRequest add_request(const Subject& subject) {
        consent::AccessRequest request{.id = consent::RequestId::make(testing::start, subject.id.bucket(), entropy),
                                       .subject = subject.id,
                                       .state = consent::RequestState::recorded,
                                       .created = testing::start,
                                       .expires = testing::start + 24h,
                                       .terms = terms(),
                                       .employee = "Тексеруші Қызметкер",
                                       .consent = {},
                                       .asked_of = subject.id};
        store.unit([&](WriteSession& session) { records.requests.add(session, request, subject.data_key); });
        return request;
    }
    consent::Consent add_consent(const Subject& subject) {
        const auto request = add_request(subject);
        const auto id = consent::ConsentId::make(testing::start, subject.id.bucket(), entropy);
        const auto consent =
            consent::begin(request, id, consent::Means::sms_reply, testing::start, testing::start + 365 * 24h);
        store.unit([&](WriteSession& session) { records.consents.add(session, consent, subject.data_key); });
        return consent;
    }
    consent::Use add_use(const consent::Consent& consent, const Subject& subject, std::optional<std::string_view> key) {
        const consent::Use use{.id = consent::UseId::make(testing::start, consent.id.bucket(), entropy),
                               .consent = consent.id,
                               .state = consent::UseState::reserved,
                               .at = testing::start};
        store.unit([&](WriteSession& session) {
            records.uses.add(session, {.use = use, .digest = digest("call")},
                             key ? std::optional(digest(*key)) : std::nullopt,
                             {.subject = subject.person.iin,
                              .receiver = "DEMOBANK",
                              .service = "GBDFLUniversal_token",
                              .purpose = "loan-application",
                              .fields = {"surname"},
                              .acts = {"collection"},
                              .employee = "Тексеруші Қызметкер"});
        });
        return use;
    }
    static Digest digest(std::string_view text) { return crypto::sha256(base::as_bytes(text)); }

    testing::LockedEntropy entropy{7};
    Vault vault{testing::master_key()};
    Records records{vault, entropy};
    testing::Store store;
};

}  // namespace kelisim::records::fixture
