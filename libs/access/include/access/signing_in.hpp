// SPDX-License-Identifier: Apache-2.0
// A person signs in with a one-time code to the registered number (418-V ст.27(3)), or with an electronic digital signature:
// nobody without a number is locked out. Before somebody has shown who they are, nothing here tells whether a person or a
// number exists.
#pragma once

#include <string>
#include <variant>

#include "access/confirming.hpp"

namespace kelisim::access {

extern const base::Reason eds_challenge_unknown;
extern const base::Reason eds_person_unknown;

using SignInId = base::Id<struct SignInTag>;

// Thread-safe; functions that take a write session run inside a unit.
class SigningIn {
public:
    explicit SigningIn(const Parts& parts) : parts_(parts), confirming_(parts) {}

    // Reads and writes nothing: says whether begin() would give this device turns of its own.
    bool knows_device(const base::Iin& iin, std::string_view device, base::Time now) const;
    struct Begun {
        SignInId id;
        bool code_sent = false;  // false: one went out a short while ago, for a sign-in that was begun before this one
        base::Time next_code;    // before it no further code goes out for this IIN to this asker
    };
    // The same work whoever it is; whether there is somebody to send a code to is found by delivery. `device`: what the
    // browser shows of an earlier sign-in, or nothing; a stranger who asks for codes again and again takes no turn of it.
    Begun begin(store::WriteSession& session, const base::Iin& iin, std::string_view device, base::Time now) const;
    void send_code(store::WriteSession& session, const store::OutboxRow& row, base::Time now) const;

    struct Opened {
        records::PersonSession session;
        std::string token;   // in clear, once
        std::string device;  // for later sign-ins from here, for limits::known_device_life
    };
    // A wrong code is counted: its refusal is a value that undoes nothing. `beside`: token of a session in which the caller is
    // signed in already; when it is the same person's, by another means, the new one has both and takes its place.
    std::variant<Opened, base::Refusal> finish(store::WriteSession& session, SignInId id, std::string_view code,
                                               std::string_view beside, base::Time now) const;

    // Sign-in by EDS. What is to be signed is made by the caller, and kept here as its hash alone.
    SignInId await_eds(store::WriteSession& session, const crypto::Digest& challenge, base::Time expires,
                       base::Time now) const;
    // Who signed, and what: verified before.
    struct Signed {
        base::Iin iin;
        std::string organisation;  // BIN of the certificate; empty: none
        crypto::Digest certificate{}, content{};
    };
    // A challenge is used up by the first signature of a person that comes for it, whether or not there is such a person.
    std::variant<Opened, base::Refusal> finish_eds(store::WriteSession& session, SignInId id, const Signed& by,
                                                   std::string_view beside, base::Time now) const;

    // The session of a token, while it and the person live.
    std::optional<records::PersonSession> find(store::ReadSession& session, std::string_view token,
                                               base::Time now) const;
    void touch(store::WriteSession& session, records::SessionId id, base::Time now) const;
    static bool lives(const records::PersonSession& session, base::Time now);
    // Ends one of the person's sessions; false when it is none of theirs.
    bool end(store::WriteSession& session, consent::SubjectId subject, records::SessionId id, base::Time now) const;
    // To be sent back with whatever changes something; only who reads our answers knows it.
    std::string csrf_token(records::SessionId id) const;

private:
    struct Shown {
        std::string_view beside;
        std::optional<crypto::Digest> certificate = {};
    };
    Opened open(store::WriteSession& session, const records::Subject& person, records::PersonSession made,
                const Shown& shown, base::Time now) const;
    std::string device_token(const base::Iin& iin, std::string_view seconds) const;

    Parts parts_;
    Confirming confirming_;
};

}  // namespace kelisim::access
