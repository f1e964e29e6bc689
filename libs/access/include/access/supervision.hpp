// SPDX-License-Identifier: Apache-2.0
// The authorized body supervises accesses (236/НК п.2(6)): its officials look at who asked for and used a person's data,
// never at the data, and the person sees each look and its reason.
#pragma once

#include <boost/describe.hpp>
#include <variant>

#include "access/cabinet.hpp"
#include "records/official_looks.hpp"

namespace kelisim::access {

extern const base::Reason staff_only;
extern const base::Reason look_reason_missing;
extern const base::Reason look_over;
extern const base::Reason person_not_known;

// What an official may do: it follows from the kind of the organisation.
enum class Office { authorized_body, egov_operator };
BOOST_DESCRIBE_ENUM(Office, authorized_body, egov_operator)

// Nothing for an organisation that holds none.
std::optional<Office> office_of(const registry::Organisation& organisation);

struct Official {
    consent::SubjectId subject;
    std::string organisation;  // BIN
    Office office{};
};

// As whom this person acts today; nothing for everybody else, and for one whose organisation holds no office.
std::optional<Official> official(const Parts& parts, store::ReadSession& session, consent::SubjectId subject);

// Thread-safe; functions that take a write session run inside a unit.
class Supervision {
public:
    explicit Supervision(const Parts& parts) : parts_(parts) {}

    // Begins a look, which is open for limits::official_look_life. Recorded also when nobody is known by this IIN, and
    // then a refusal as a value, that undoes nothing.
    std::variant<records::OfficialLook, base::Refusal> begin(store::WriteSession& session, const Official& official,
                                                             const base::Iin& iin, std::string_view reason,
                                                             base::Time now) const;
    // Whose entries an open look of this official shows.
    base::Result<records::Subject> whose(store::ReadSession& session, const Official& official,
                                         records::OfficialLookId look, base::Time now) const;

    Page<records::OfficialLook> of(store::ReadSession& session, const records::Subject& whose,
                                   const PageWanted& wanted) const;
    // Questions about uses whose term is over without an answer, of all persons and without telling whose.
    Page<records::UseQuestion> overdue_questions(store::ReadSession& session, const PageWanted& wanted,
                                                 base::Time now) const;

private:
    std::string reference(const records::OfficialLook& look) const;

    Parts parts_;
};

}  // namespace kelisim::access
