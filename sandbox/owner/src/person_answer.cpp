// SPDX-License-Identifier: Apache-2.0
#include "owner/person_answer.hpp"

#include "owner/shep_message.hpp"

namespace kelisim::owner {

namespace {

boost::asio::awaitable<base::Result<std::string>> admitted(const RegistryParts& parts, const PersonRequest& request,
                                                           const PersonAnswers& with) {
    const std::optional<base::Iin> whom = request.iin;
    const auto claims = co_await opened_by(parts.kelisim, with.role.system_key, with.service, request.shown, whom);
    if (!claims) co_return claims.error();
    auto content = with.content_of(request.iin);
    if (content) co_await slowed_by(parts.latency);
    co_return content;
}

}  // namespace

boost::asio::awaitable<soap::Read<Answered>> answer_about_person(const RegistryParts& parts, const Inquiry& inquiry,
                                                                 PersonAnswers with) {
    Fields fields(inquiry.data, with.ns);
    const PersonRequest request = read_person_request(fields);
    if (!fields.defects().empty()) co_return soap::Defects(std::move(fields.defects()));
    const auto content = co_await admitted(parts, request, with);
    Answered answered;
    if (!content) answered.refused = content.error();
    answered.document = to_xml({.ns = with.ns,
                                .registry_key = with.role.system_key,
                                .registry_ru = with.registry_ru,
                                .registry_kk = with.registry_kk,
                                .message_id = inquiry.id,
                                .date = parts.kelisim.now(),
                                .request_id = request.message_id,
                                .receiver = request.sender_code.empty() ? inquiry.sender : request.sender_code,
                                .refused = answered.refused ? &*answered.refused : nullptr,
                                .content = content ? element("persons", element("person", *content)) : std::string()},
                               parts.zone);
    co_return answered;
}

}  // namespace kelisim::owner
