// SPDX-License-Identifier: Apache-2.0
#include "gateway/kdp_facade.hpp"

#include "base/limits.hpp"
#include "soap/kdp.hpp"

namespace kelisim::gateway {

using base::Refusal;
using Operation = soap::FacadeRequest::Operation;

const base::Reason facade_user_missing{"facade_user_missing",
                                       base::Kind::invalid,
                                       "236/НК п.10(2)",
                                       {"userId тақырыбында қай пайдаланушының атынан сұралғаны көрсетілмеген.",
                                        "В заголовке userId не указано, от имени какого пользователя запрос.",
                                        "The header userId does not say on whose behalf this is asked."}};

std::vector<http::Route> KdpFacade::routes() {
    std::vector<http::Route> routes;
    const auto endpoint =
        parts_.clients.endpoint([this](const api::ClientSystem& c, const http::Request& r) { return take(c, r); });
    parts_.door.add_routes(
        routes, "/gbdServices/PersonalDataAccessControlImplService", "PersonalDataAccessControl",
        soap::FaultOf::person_data_access_control,
        {.body_bytes_max = base::limits::channel_xml_bytes_max, .deadline = base::limits::soap_deadline}, endpoint);
    return routes;
}

boost::asio::awaitable<http::Response> KdpFacade::take(const api::ClientSystem& client, const http::Request& request) {
    constexpr int ok = 200;
    const soap::FaultOf operation = soap::FaultOf::person_data_access_control;
    Arrival arrival = parts_.door.arrive(request, {Protection::inside, registry::Side::external});
    const SoapDoor::ClaimedSender nobody = [](xml::Element) { return std::optional<std::string>(); };
    if (const auto refused = co_await parts_.door.open(arrival, nobody))
        co_return parts_.door.fault(arrival, operation, *refused);
    auto asked = soap::read_facade_request(arrival.body(), parts_.zone);
    if (asked.has_error()) co_return parts_.door.fault(arrival, operation, SoapRefusal(asked.error()));
    const auto user = soap::facade_user(*arrival.envelope);
    const bool insurers = asked->operation == Operation::access_control_for_insurers;
    const bool responsible = !insurers || base::Iin::parse(asked->responsible_uin.reveal()).has_value();
    if (!user || !responsible) {
        const SoapRefusal refused{soap::sce_malformed, Refusal(user ? base::iin_malformed : facade_user_missing)};
        co_return parts_.door.fault(arrival, operation, refused);
    }
    const AccessCall call{.sender = *client.system,
                          .request = asked->request,
                          .message_id = asked->request_number,
                          .purpose = insurers ? parts_.insurers_purpose : std::string(),
                          .user = *user,
                          .expires_in = insurers ? ExpiresIn::of_insurers : ExpiresIn::of_the_channel,
                          .received = arrival.received};
    auto answered = co_await parts_.access.ask(call);
    if (const auto* refused = std::get_if<SoapRefusal>(&answered))
        co_return parts_.door.fault(arrival, operation, *refused);
    auto& answer = std::get<AccessAnswer>(answered);
    const soap::FacadeResponse response{.operation = asked->operation,
                                        .request_number = asked->request_number,
                                        .status = std::move(answer.status),
                                        .token = std::move(answer.token),
                                        .public_key = std::move(answer.public_key)};
    co_return parts_.door.respond(arrival, ok, soap::write(response, parts_.zone));
}

}  // namespace kelisim::gateway
