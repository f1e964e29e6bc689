// SPDX-License-Identifier: Apache-2.0
// What a unit of work sees of the database: statements of the shared SQL subset (db/DATA_MODEL.md), the same text on
// every engine, with `?1`-style parameters.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string_view>
#include <variant>

#include "base/bytes.hpp"

namespace kelisim::store {

// A statement has static lifetime and is known by its address: each engine prepares it once per connection.
struct Statement {
    std::string_view name;  // for metrics and error texts: "consent_by_id"
    std::string_view sql;
};

// Bound by reference: what a parameter points to lives until the call returns.
using Param = std::variant<std::monostate, std::int64_t, std::string_view, base::BytesView>;
using Params = std::initializer_list<Param>;

// One row of an answer; valid only inside the visitor that gets it, columns count from 0. Reading a column as what it is
// not (NULL among them) throws store::Defect: engines would disagree on what it means.
class Row {
public:
    virtual ~Row() = default;
    virtual bool null(int column) const = 0;
    virtual std::int64_t integer(int column) const = 0;
    virtual std::string_view text(int column) const = 0;
    virtual base::BytesView blob(int column) const = 0;
};

using Visit = std::function<void(const Row&)>;

// Errors: every function throws store::Unavailable when the engine fails, store::Defect when the statement and its
// parameters are at fault. Used by one thread at a time.
class ReadSession {
public:
    virtual ~ReadSession() = default;
    // Visits every row in the order of the statement; returns how many there were. The visitor may run other statements
    // but not this one again.
    virtual std::size_t query(const Statement& statement, Params params, const Visit& visit) = 0;
};

class WriteSession : public ReadSession {
public:
    // Returns the number of rows changed. Throws store::Duplicate when a unique key is taken.
    virtual std::size_t execute(const Statement& statement, Params params) = 0;

    // Runs `action` after this unit is durable and before it is acknowledged, in commit order, on the writer's thread:
    // the place where in-memory indexes change. Dropped when the unit is undone. After an Ambiguous COMMIT that turns
    // out to be durable it runs when the engine has found that out. It must not block; if it throws, the process ends,
    // because its indexes no longer tell what is stored.
    virtual void after_commit(std::function<void()> action) = 0;
};

}  // namespace kelisim::store
