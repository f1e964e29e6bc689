// SPDX-License-Identifier: Apache-2.0
// What a person signs with an EDS so that their word is an electronic document (418-V ст.36(3)): what it does, as programs
// read it, and in words, as the receipt will say it (94-V art. 8). XML in its canonical form, so that the same bytes are
// signed whether as XML or as CMS.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "receipts/receipt.hpp"

namespace kelisim::receipts {

inline constexpr std::string_view document_namespace = "urn:kelisim:document:1";

enum class Says { yes, no, extend };

struct Statement {
    Says says{};
    std::string about;                          // id of the request or the consent
    std::vector<std::string> services, fields;  // of a yes: all that are agreed to
    std::optional<base::Time> until = {};  // of a yes and an extension: the first instant at which it no longer holds
    bool operator==(const Statement&) const = default;
};

// Where and until when a signature under it counts; `nonce` makes it unlike any other.
struct Once {
    std::string host;
    base::Time expires;
    std::string nonce;
};

// `receipt`: of what the statement would bring. Precondition: it has words, as those of receipt.hpp do.
std::string to_sign(const Statement& statement, const boost::json::object& receipt, const Once& once);

// What a document that to_sign() made says; nothing for any other text. Whether it was made here, its reader must know.
std::optional<Statement> read_statement(base::BytesView document);

}  // namespace kelisim::receipts
