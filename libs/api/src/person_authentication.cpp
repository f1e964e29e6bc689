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

const base::Reason level_eds{
    "level_eds",
    base::Kind::forbidden,
    "418-V ст.27(3)",
    {"Бұл үшін ЭЦҚ-мен де кіріңіз.", "Для этого войдите ещё и с ЭЦП.", "Sign in with your EDS as well to do this."}};
const base::Reason level_eds_and_code{
    "level_eds_and_code",
    base::Kind::forbidden,
    "418-V ст.27(3)",
    {"Бұл үшін ЭЦҚ-мен де, SMS-кодпен де кіріңіз.", "Для этого войдите и с ЭЦП, и с кодом из SMS.",
     "Sign in both with your EDS and with a code from an SMS to do this."}};

std::optional<base::Refusal> PersonAuthentication::too_low(const records::PersonSession& session,
                                                           access::Level wanted) const {
    if (wanted == access::Level::code) return std::nullopt;
    std::optional<records::Subject> person;
    readers_.read([&](store::ReadSession& read) { person = parts_.records.subjects.find(read, session.subject); });
    if (person && access::reaches(session, person->person, wanted)) return std::nullopt;
    return base::Refusal(wanted == access::Level::eds ? level_eds : level_eds_and_code);
}

boost::asio::awaitable<std::variant<PersonCall, http::Response>> PersonAuthentication::call(
    const http::Request& request, access::Level wanted) const {
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
    if (const auto refused = too_low(*session, wanted)) co_return problem(*refused, request);
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
