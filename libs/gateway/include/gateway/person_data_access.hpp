// SPDX-License-Identifier: Apache-2.0
// Asking for access to a person's data as systems of the SOAP wire do (wire.md B2, B3, B7; 236/НК п.7): one call that ends with a
// token or with how it stands, and may be made again.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <variant>

#include "access/asking.hpp"
#include "access/tokens.hpp"
#include "gateway/soap_door.hpp"
#include "identity/proofs.hpp"
#include "soap/kdp.hpp"
#include "store/writer.hpp"

namespace kelisim::gateway {

extern const base::Reason company_of_another;
extern const base::Reason expires_in_out_of_bounds;
extern const base::Reason bare_proofs_too_many;

// Of what nobody has published (wire.md part E), and each operator settles.
struct KdpVocabulary {
    std::string granted = "GRANTED", pending = "PENDING", refused = "REFUSED", expired = "EXPIRED",
                undeliverable = "UNDELIVERABLE", paused = "PAUSED", ended = "ENDED";
};
struct KdpSettings {
    std::chrono::seconds wait{0};  // for the person's answer, with the call held open; 0: the client comes again
    std::chrono::microseconds expires_in_unit{1'000};
    std::chrono::microseconds insurers_expires_in_unit{1'000'000};
    KdpVocabulary status = {};
};

// Whose word for a time it is: each has another unit (wire.md B2).
enum class ExpiresIn { of_the_channel, of_insurers };

// One call for access.
struct AccessCall {
    const registry::System& sender;
    const soap::PersonDataRequest& request;
    std::string message_id;
    std::string chain = {};       // correlationId: whoever wants to ask anew in the same words, names another
    std::string purpose = {};     // code of the услуга; empty: the only one that fits
    std::string connection = {};  // likewise
    std::string user = {};        // on whose behalf; beside the employee whom the words name
    ExpiresIn expires_in = ExpiresIn::of_the_channel;
    base::Time received;
};
struct AccessAnswer {
    std::string status;  // of the vocabulary
    base::Secret<std::string> token = {};
    std::string public_key = {};
};

struct PersonDataAccessParts {
    const registry::Registry& registry;
    const base::Clock& clock;
    const base::Zone& zone;
    store::Writer& writer;
    store::Readers& readers;
    const access::Asking& asking;
    const access::Tokens& tokens;
    const records::Records& records;
    const identity::Proofs& proofs;
    const token::SigningKey& signing_key;  // RS256, as clients of the wire expect
    KdpSettings settings = {};
};

// Thread-safe. A person is asked once for the same words: a call in the same words, of whichever messageId, joins the question
// that stands, gets the token while its consent holds, and asks anew once what came of it was there to be heard.
class PersonDataAccess {
public:
    explicit PersonDataAccess(PersonDataAccessParts parts);

    boost::asio::awaitable<std::variant<AccessAnswer, SoapRefusal>> ask(const AccessCall& call);

private:
    struct Standing;
    using Answer = std::variant<AccessAnswer, SoapRefusal>;

    base::Result<access::AskCommand> command_of(const AccessCall& call);
    base::Result<registry::Match> match(const AccessCall& call, std::optional<registry::Channel> channel) const;
    base::Result<registry::Match> find_connection(const AccessCall& call) const;
    bool take_bare(const registry::Connection& connection, base::Time now);
    // Nothing when it is to be asked anew.
    boost::asio::awaitable<std::optional<Answer>> answer_of(const AccessCall& call, const access::AskCommand& command,
                                                            consent::RequestId id);
    boost::asio::awaitable<Standing> wait(const AccessCall& call, consent::RequestId id);
    Standing look(const AccessCall& call, consent::RequestId id) const;
    bool paused(consent::RequestId id) const;
    AccessAnswer granted(const token::AccessClaims& claims) const;
    const std::string& word_of(access::PollState state) const;

    PersonDataAccessParts parts_;
    std::string public_key_;
    std::atomic<std::int64_t> waiting_ = 0;
    // Bare proofs of the hour, by connection; forgotten at a restart.
    struct Hour {
        base::Time begins;
        std::int64_t taken = 0;
    };
    std::mutex hours_mutex_;
    std::map<std::string, Hour, std::less<>> hours_;
};

}  // namespace kelisim::gateway
