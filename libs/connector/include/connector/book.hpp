// SPDX-License-Identifier: Apache-2.0
// What is kept of each question, so that a process that dies asks nobody twice. The question and its name at the gateway are
// sealed under a key that lies beside the database; tokens are fetched again (docs/decisions/0050), but for those in messages that may
// have to be sent once more.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "connector/ask.hpp"
#include "connector/catalogue.hpp"
#include "crypto/hash.hpp"
#include "crypto/seal.hpp"
#include "store/migration.hpp"
#include "store/session.hpp"

namespace kelisim::connector {

store::Migrations migrations();  // of db/connector

extern const base::Reason repeat_key_taken;

struct Consent {
    ConsentId id;
    base::Time asked;
    State state = State::asking;
    Ask ask;
    std::string auth_req_id = {};  // empty before the gateway knows of it
    Codes reasons = {};
};

// A message of ШЭП that went out under a key of repeats, as it has to go again.
struct SentMessage {
    std::string content;  // of the body, with the token in it or beside it
    base::Secret<std::string> token;
    base::Secret<std::string> proof_key;  // that the token is bound to, PEM
};

// Statements over one session of the database. Thread-safe; the entropy outlives it.
class Book {
public:
    Book(crypto::SealKey key, base::Entropy& entropy) : key_(std::move(key)), entropy_(entropy) {}

    // Writes the question down, or finds the one that was asked under the same key before: refused with repeat_key_taken when
    // that was another one. An empty key is none.
    base::Result<Consent> add(store::WriteSession& session, const Ask& ask, std::string_view repeat_key,
                              base::Time now) const;
    // Throws base::Outage for a row that does not open under the key.
    std::optional<Consent> find(store::ReadSession& session, const ConsentId& id) const;
    // Only from the state in which it was read: another request may have been quicker. False then.
    bool move(store::WriteSession& session, const Consent& consent, State from, base::Time now) const;
    bool forget(store::WriteSession& session, const ConsentId& id) const;
    // What ended before this instant; how many.
    std::size_t forget_ended(store::WriteSession& session, base::Time before) const;

    // What was sent for this consent under this key of repeats: refused with repeat_key_taken when it asked for something else.
    base::Result<std::optional<SentMessage>> sent(store::ReadSession& session, const ConsentId& consent,
                                                  std::string_view repeat_key, std::string_view asked) const;
    // Writes down what is about to be sent, or finds what was sent, as above. What the gateway would call stale is forgotten.
    base::Result<SentMessage> add_sent(store::WriteSession& session, const ConsentId& consent,
                                       std::string_view repeat_key, std::string_view asked, const SentMessage& message,
                                       base::Time now) const;
    void drop_sent(store::WriteSession& session, const ConsentId& consent, std::string_view repeat_key) const;

private:
    Consent open(const store::Row& row) const;
    base::Bytes sealed(std::string_view text, const ConsentId& id, std::string_view what) const;
    std::string opened(base::BytesView bytes, const ConsentId& id, std::string_view what) const;
    crypto::Digest blind(std::string_view what, std::string_view text) const;

    crypto::SealKey key_;
    base::Entropy& entropy_;
};

}  // namespace kelisim::connector
