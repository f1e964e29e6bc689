// SPDX-License-Identifier: Apache-2.0
#include "api/staff_authentication.hpp"

#include "api/problem.hpp"

namespace kelisim::api {

boost::asio::awaitable<std::variant<StaffCall, http::Response>> StaffAuthentication::call(
    const http::Request& request, std::optional<access::Office> office) const {
    auto person = co_await persons_.call(request, persons_.levels().official);
    if (auto* refused = std::get_if<http::Response>(&person)) co_return std::move(*refused);
    const consent::SubjectId subject = std::get<PersonCall>(person).session.subject;
    std::optional<access::Official> found;
    readers_.read([&](store::ReadSession& session) { found = access::official(parts_, session, subject); });
    const bool may = found && (!office || found->office == *office);
    if (!may) co_return problem(access::staff_only, request);
    co_return StaffCall{*found};
}

}  // namespace kelisim::api
