// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "consent/ids.hpp"
#include "records/vault.hpp"
#include "store/session.hpp"

namespace kelisim::records {

using SessionId = base::Id<struct SessionTag>;

// How a person showed who they are; stored by number.
enum class SignInMeans { code, eds, eds_and_code };
BOOST_DESCRIBE_ENUM(SignInMeans, code, eds, eds_and_code)

// One signed-in browser or program of a person.
struct PersonSession {
    SessionId id;
    consent::SubjectId subject;
    Digest hash{};  // of the secret half of its token
    base::Time begun, seen;
    base::Time ends;  // at the latest; an idle one ends earlier
    SignInMeans means = SignInMeans::code;
    std::string organisation = {};  // BIN in the certificate of an EDS; empty: none
};

// Thread-safe: without state.
class Sessions {
public:
    void add(store::WriteSession& session, const PersonSession& made) const;
    std::optional<PersonSession> find(store::ReadSession& session, SessionId id) const;
    void touch(store::WriteSession& session, SessionId id, base::Time now) const;
    bool remove(store::WriteSession& session, SessionId id) const;
    void remove_all(store::WriteSession& session, consent::SubjectId subject) const;
    std::vector<PersonSession> of(store::ReadSession& session, consent::SubjectId subject) const;  // oldest first
    void forget_old(store::WriteSession& session, base::Time now) const;
};

}  // namespace kelisim::records
