// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/id.hpp"
#include "consent/ids.hpp"
#include "records/vault.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// What a one-time code is for; stored by number.
enum class CodeKind { sign_in, answer, extension, eds_sign_in, eds_answer, eds_extension };

// Who asks for a code. Each is counted apart, so that nobody uses up the codes of another: anybody can ask for a sign-in
// of anybody.
enum class CodeAsker { anybody, known_device, signed_in };

struct OneTimeCode {
    base::RawId about;  // the sign-in, the request, the consent
    CodeKind kind{};
    std::optional<consent::SubjectId> subject;  // whose phone it went to; nothing where it went to none
    std::optional<Digest> hash;                 // for an EDS: SHA-256 of what is to be signed
    base::Time expires;
    int attempts = 0;
};

// Codes that are waiting to be entered, and how often they were asked for. Thread-safe: without state.
class Codes {
public:
    explicit Codes(const Vault& vault) : vault_(vault) {}

    // A keyed hash, bound to what the code is for: six digits alone would be found by trying all of them.
    Digest hash(const base::RawId& about, CodeKind kind, std::string_view code) const;

    // Replaces the one of the same kind about the same thing.
    void put(store::WriteSession& session, const OneTimeCode& code) const;
    std::optional<OneTimeCode> find(store::ReadSession& session, const base::RawId& about, CodeKind kind) const;
    void count_attempt(store::WriteSession& session, const OneTimeCode& code) const;
    void remove(store::WriteSession& session, const base::RawId& about, CodeKind kind) const;

    // By blind index, so that it is kept alike for persons who are there and who are not.
    struct Pace {
        std::int64_t day = 0;  // local, since 1970
        std::int64_t sent = 0;
        base::Time next;  // before it no further code goes out
    };
    Pace pace(store::ReadSession& session, const base::Iin& iin, CodeAsker asker) const;
    void set_pace(store::WriteSession& session, const base::Iin& iin, CodeAsker asker, const Pace& pace) const;

    // What went to this person's phone, and how often they asked.
    void forget(store::WriteSession& session, consent::SubjectId subject, const base::Iin& iin) const;
    // Codes past their time, and paces that hold nobody back any more.
    void forget_old(store::WriteSession& session, base::Time now) const;

private:
    Digest pace_key(const base::Iin& iin, CodeAsker asker) const;

    const Vault& vault_;
};

}  // namespace kelisim::records
