// SPDX-License-Identifier: Apache-2.0
// Every call of an owner on behalf of somebody else goes through here: an owner that keeps failing is left in peace, a call that
// cannot have been heard goes again, and what is known of each owner is shown.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/owner_route.hpp"
#include "http/client.hpp"
#include "telemetry/log.hpp"

namespace kelisim::gateway {

extern const base::Reason owner_resting;

enum class Wire { rest, soap };
BOOST_DESCRIBE_ENUM(Wire, rest, soap)

// One way to an owner: of each service on each wire, and on SOAP of each of its routes.
struct OwnerWay {
    Wire wire{};
    std::string service;
    std::string route = {};  // routeId; empty: none
    auto operator<=>(const OwnerWay&) const = default;
};

// When a call may go to an owner a second time: the use is the same one either way.
enum class Repeat {
    when_unheard,  // no byte of the first was taken (RFC 9110 9.2.2), whatever the method
    when_in_doubt  // also when no answer came: it is registered that the owner does and counts nothing by being asked
};

struct OwnerAddress {
    http::Authority upstream;
    Repeat repeat = Repeat::when_unheard;
    bool operator==(const OwnerAddress&) const = default;
};

using OwnerAddresses = std::map<OwnerWay, OwnerAddress>;

struct OwnersParts {
    http::Client& client;
    const base::Clock& clock;
    telemetry::Log& log;
    BreakerRules rules = {};
};

// Thread-safe; its parts outlive it.
class Owners {
public:
    explicit Owners(OwnersParts parts) : parts_(parts) {}

    // These ways and no others from now on. A way that keeps its address keeps what is known of it; calls that are under way end as
    // they would have.
    void replace(OwnerAddresses addresses);

    // In place of an answer: nothing was sent, and before this time is over nothing would be.
    struct Rests {
        base::Duration left;
    };
    using Asked = std::variant<http::Answer, http::Failure, Rests>;
    using Streamed = std::variant<http::AnswerHead, http::Failure, Rests>;

    // A way that is not there never rests.
    std::optional<Rests> resting(const OwnerWay& way) const;
    // To `request.upstream`, as it was when the call began. After an http::Answer, and after no other outcome, judged() follows.
    boost::asio::awaitable<Asked> ask(OwnerWay way, http::Outgoing request);
    // The same for content that passes as it comes, which is never sent again; null: there is none. After an http::AnswerHead judged()
    // follows, and broke_off() where the rest did not.
    boost::asio::awaitable<Streamed> stream(OwnerWay way, http::Outgoing request, http::Content* content);
    void broke_off(const OwnerWay& way, const http::Authority& upstream);
    // Whether the owner's system, to which the call went, is up: by the status of its answer.
    void judged(const OwnerWay& way, const http::Authority& upstream, int status);

    struct Row {
        OwnerWay way;
        http::Authority upstream;
        OwnerRoute::Health health;
    };
    std::vector<Row> rows() const;
    // By which it is called; none for a service that nobody is configured to answer.
    std::vector<std::string_view> wires(std::string_view service) const;
    std::uint64_t repeated() const { return repeated_; }

private:
    struct Kept {
        Kept(OwnerAddress to, BreakerRules rules) : address(std::move(to)), route(rules) {}
        OwnerAddress address;
        OwnerRoute route;
    };
    using Ways = std::map<OwnerWay, std::shared_ptr<Kept>>;

    std::shared_ptr<const Ways> ways() const;
    // Null where there is no such way; and where it leads elsewhere, for a call that began before the ways were replaced.
    std::shared_ptr<Kept> kept(const OwnerWay& way) const;
    std::shared_ptr<Kept> kept(const OwnerWay& way, const http::Authority& upstream) const;
    void tell(OwnerRoute::Turn turn, const OwnerWay& way, OwnerStep step = {}) const;
    void note(OwnerRoute& route, const OwnerWay& way, const http::Failure& failure) const;
    boost::asio::awaitable<http::Outcome> exchange(Repeat repeat, http::Outgoing request);

    const OwnersParts parts_;
    mutable std::mutex mutex_;
    std::shared_ptr<const Ways> ways_ = std::make_shared<const Ways>();
    std::atomic<std::uint64_t> repeated_{0};
};

}  // namespace kelisim::gateway
