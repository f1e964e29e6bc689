// SPDX-License-Identifier: Apache-2.0
#include "api/person_authentication.hpp"

#include "api/problem.hpp"
#include "base/limits.hpp"
#include "http/unit.hpp"
#include "json_body.hpp"

namespace kelisim::api {

const base::Reason session_missing{"session_missing",
                                   base::Kind::unauthenticated,
                                   "418-V ст.27(3)",
                                   {"Кабинетке кіріңіз.", "Войдите в кабинет.", "Sign in first."}};
const base::Reason session_csrf{
    "session_csrf",
    base::Kind::forbidden,
    "",
    {"Сұрау кабинеттің өзінен келген жоқ.", "Запрос пришёл не из самого кабинета.",
     "The request does not come from the cabinet itself: X-CSRF-Token is missing or wrong."}};

boost::asio::awaitable<std::variant<PersonCall, http::Response>> PersonAuthentication::call(
    const http::Request& request) const {
    const auto token = cookie_.read(request.headers);
    if (!token) co_return problem(session_missing, request);
    const base::Time now = clock_.now();
    std::optional<records::PersonSession> session;
    readers_.read([&](store::ReadSession& read) { session = signing_in_.find(read, *token, now); });
    if (!session) co_return problem(session_missing, request);
    if (identity::changes_something(request.method)) {
        const auto shown = request.headers.once(identity::csrf_header).value_or("");
        const std::string expected = signing_in_.csrf_token(session->id);
        if (!crypto::equal_constant_time(base::as_bytes(shown), base::as_bytes(expected))) {
            co_return problem(session_csrf, request);
        }
    }
    const auto query = read_query(request);
    if (query.has_error()) co_return problem(query.error(), request);
    if (now - session->seen >= base::limits::session_seen_step) {
        auto touch = [&signing_in = signing_in_, id = session->id, now](store::WriteSession& write) {
            signing_in.touch(write, id, now);
            return true;
        };
        co_await http::committed(writer_, std::move(touch));
    }
    const consent::SubjectId by = session->subject;
    const consent::SubjectId whose = query->ward ? consent::SubjectId{*query->ward} : by;
    co_return PersonCall{.session = *session, .acting = {.by = by, .whose = whose}};
}

}  // namespace kelisim::api
