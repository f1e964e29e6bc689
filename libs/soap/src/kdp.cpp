// SPDX-License-Identifier: Apache-2.0
#include "soap/kdp.hpp"

#include "mapping.hpp"

namespace kelisim::soap {
namespace {

using Operation = FacadeRequest::Operation;

constexpr std::string_view blanks = " \t\r\n";
constexpr auto solutions = std::to_array<Word<Solution>>({{"ACCEPT", Solution::accept}, {"OBJECT", Solution::object}});
constexpr Size token_size{.bytes_max = base::limits::jwt_bytes_max};

// Keys parted by semicolons; those that are empty do not count.
void read_services(Reader& a, std::vector<std::string>& into) {
    std::string keys;
    a.text("access_name", keys, nullptr, text_size);
    for (std::string_view rest = keys; !rest.empty();) {
        const std::size_t end = std::min(rest.find(';'), rest.size());
        const std::string_view key = trimmed(rest.substr(0, end));
        if (key.size() > base::limits::name_bytes_max) return a.fail(shep_field_too_long, "access_name");
        if (!key.empty() && into.size() == base::limits::request_services_max)
            return a.fail(kdp_too_many_services, "access_name");
        if (!key.empty()) into.emplace_back(key);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

void write_services(Writer& a, const std::vector<std::string>& services) {
    std::string keys;
    for (const std::string& each : services)
        ((keys += keys.empty() ? "" : ";")) += each;
    a.text("access_name", keys, nullptr, text_size);
}

// Fields 1 to 9 of wire.md B2, which the facade has too. 4 to 7 are not in the shortest request that was seen.
template <class A, Of<PersonDataRequest> M>
void map_nine(A& a, M& m) {
    a.text("uin", m.uin, &shep_field_missing);
    a.text("company", m.company, &shep_field_missing, text_size);
    a.text("company_bin", m.company_bin, &shep_field_missing);
    a.text("company_responsible", m.company_responsible, nullptr, text_size);
    a.text("employee_name", m.employee_name, nullptr, text_size);
    if constexpr (std::same_as<A, Reader>)
        read_services(a, m.services);
    else
        write_services(a, m.services);
    a.text("personal_data_name", m.personal_data_name, nullptr, text_size);
    a.number("expiresIn", m.expires_in, &shep_field_missing);
    a.truth("omit-sms", m.omit_sms, &shep_field_missing);
}

// `code` and `public-key`, which others break into lines.
template <class A, class M>
void map_token(A& a, M& m) {
    if constexpr (std::same_as<A, Reader>) {
        std::string token;
        a.text("code", token, nullptr, token_size);
        std::erase_if(token, [](char c) { return blanks.find(c) != std::string_view::npos; });
        m.token = base::Secret(std::move(token));
        a.text("public-key", m.public_key, nullptr, text_size);
        std::erase_if(m.public_key, [](char c) { return blanks.find(c) != std::string_view::npos; });
    } else {
        a.text("code", m.token, nullptr, token_size);
        a.text("public-key", m.public_key, nullptr, text_size);
    }
}

constexpr std::string_view name_of(Operation operation) {
    return operation == Operation::access_control ? "getPersonDataAccessControl" : "getPersonDataAccessControlForESBD";
}

Data in_data(std::string content) {
    return written_data("<data>" + std::move(content) + "</data>");
}

// Fields of KDP_PERSONALDATA stand in `data` itself, qualified.
template <class T>
Data typed_data(const T& value, std::string_view type, const base::Zone& zone) {
    return written_data("<data xmlns:p=\"" + std::string(kdp_personal_data_namespace) +
                        "\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"p:" + std::string(type) +
                        "\">" + Writer(zone, "p:").fields(value) + "</data>");
}

template <class T>
Data revocation_data(const T& value, std::string_view name, const base::Zone& zone) {
    return in_data(
        Writer(zone, "r:").wrapped("r", kdp_revocation_namespace, name, [&](Writer& to) { map(to, value); }));
}

template <class T>
Read<T> read_revocation(const BusinessData& data, std::string_view name, const base::Zone& zone) {
    return read_fields<T>(data, kdp_revocation_namespace, std::span(&name, 1), zone);
}

}  // namespace

template <class A, Of<PersonDataRequest> M>
void map(A& a, M& m) {
    map_nine(a, m);
    a.text("ovt", m.ovt, m.omit_sms ? &kdp_ovt_missing : nullptr, token_size);
}

template <class A, Of<PersonDataResponse> M>
void map(A& a, M& m) {
    const auto info = [](A& at, M& message) {
        at.text_if_any("messageId", message.message_id);
        at.time_if_any("responseDate", message.date);
        // Empty in the answer that was captured (B3); readers pass it over.
        if constexpr (std::same_as<A, Writer>) at.text_if_any("status", "");
        at.session_if_any("sessionId", message.session);
    };
    const auto fields = [](A& at, M& message) {
        at.text("status", message.status, &shep_field_missing);
        map_token(at, message);
    };
    const auto data = [&](A& at, M& message) {
        inner(at, "data", message, &shep_data_missing, fields, shep_data_twice);
    };
    const auto response = [&](A& at, M& message) {
        inner(at, "responseInfo", message, &shep_info_missing, info);
        inner(at, "responseData", message, &shep_data_missing, data, shep_data_twice);
    };
    inner(a, "response", m, &shep_field_missing, response);
}

template <class A, Of<AccessJournalRequest> M>
void map(A& a, M& m) {
    a.text("uin", m.uin, &shep_field_missing);
    a.time("start_date", m.start, &shep_field_missing);
    a.time("end_date", m.end, &shep_field_missing);
}

template <class A, Of<AccessJournal> M>
void map(A& a, M& m) {
    a.text("uin", m.uin, &shep_field_missing);
    a.text_if_any("r_pdata", m.entries, no_size);
}

template <class A, Of<RevocationsRequest> M>
void map(A& a, M& m) {
    a.number("after", m.after);
    a.number("amount", m.amount);
}

template <class A, Of<Revocation> M>
void map(A& a, M& m) {
    a.number("number", m.number, &shep_field_missing);
    a.text("consentId", m.consent_id, &shep_field_missing);
    a.text("uin", m.uin);
    a.text("access_name", m.services, nullptr, text_size);
    a.time("withdrawnDate", m.withdrawn, &shep_field_missing);
    a.time("objectBy", m.object_by);
}

template <class A, Of<Revocations> M>
void map(A& a, M& m) {
    a.parts("application", m.applications, base::limits::page_items_max);
    a.number("next", m.next);
}

template <class A, Of<SolutionRequest> M>
void map(A& a, M& m) {
    a.text("consentId", m.consent_id, &shep_field_missing);
    a.word("solution", m.solution, solutions, &shep_field_missing);
    a.text("reason", m.reason, nullptr, text_size);
    a.text("evidence", m.evidence, nullptr, text_size);
}

template <class A, Of<SolutionResponse> M>
void map(A& a, M& m) {
    a.text("consentId", m.consent_id, &shep_field_missing);
    a.text("state", m.state, &shep_field_missing);
}

Read<PersonDataRequest> read_person_data_request(const BusinessData& data, const base::Zone& zone) {
    constexpr std::string_view name = "getUserDataRequest";
    return read_fields<PersonDataRequest>(data, kdp_namespace, std::span(&name, 1), zone);
}

Data write(const PersonDataRequest& request, const base::Zone& zone) {
    return written_data(
        "<data xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"getUserDataRequest\">" +
        Writer(zone).fields(request) + "</data>");
}

std::string write(const PersonDataResponse& response, const base::Zone& zone) {
    return Writer(zone, "k:").wrapped("k", kdp_namespace, "sendMessageResponse", [&](Writer& to) {
        map(to, response);
    });
}

Read<PersonDataResponse> read_person_data_response(xml::Element body, const base::Zone& zone) {
    const auto wrapper = message_in(body, std::to_array<Named>({{kdp_namespace, "sendMessageResponse"}}));
    if (!wrapper) return wrapper.error();
    return read_message<PersonDataResponse>(*wrapper, wrapper->ns(), zone);
}

Read<AccessJournalRequest> read_access_journal_request(const BusinessData& data, const base::Zone& zone) {
    constexpr std::string_view name = "personalDataRequest";
    return read_fields<AccessJournalRequest>(data, kdp_personal_data_namespace, std::span(&name, 1), zone);
}
Read<AccessJournal> read_access_journal(const BusinessData& data, const base::Zone& zone) {
    constexpr std::string_view name = "personalDataResponse";
    return read_fields<AccessJournal>(data, kdp_personal_data_namespace, std::span(&name, 1), zone);
}
Data write(const AccessJournalRequest& request, const base::Zone& zone) {
    return typed_data(request, "personalDataRequest", zone);
}
Data write(const AccessJournal& journal, const base::Zone& zone) {
    return typed_data(journal, "personalDataResponse", zone);
}

Read<RevocationsRequest> read_revocations_request(const BusinessData& data, const base::Zone& zone) {
    // Nothing has to be in it.
    if (data.content() == BusinessData::Content::none) return RevocationsRequest{};
    return read_revocation<RevocationsRequest>(data, "listToRevokeRequest", zone);
}
Read<Revocations> read_revocations(const BusinessData& data, const base::Zone& zone) {
    return read_revocation<Revocations>(data, "listToRevokeResponse", zone);
}
Read<SolutionRequest> read_solution_request(const BusinessData& data, const base::Zone& zone) {
    return read_revocation<SolutionRequest>(data, "sendSolutionRequest", zone);
}
Read<SolutionResponse> read_solution_response(const BusinessData& data, const base::Zone& zone) {
    return read_revocation<SolutionResponse>(data, "sendSolutionResponse", zone);
}
Data write(const RevocationsRequest& request, const base::Zone& zone) {
    return revocation_data(request, "listToRevokeRequest", zone);
}
Data write(const Revocations& response, const base::Zone& zone) {
    return revocation_data(response, "listToRevokeResponse", zone);
}
Data write(const SolutionRequest& request, const base::Zone& zone) {
    return revocation_data(request, "sendSolutionRequest", zone);
}
Data write(const SolutionResponse& response, const base::Zone& zone) {
    return revocation_data(response, "sendSolutionResponse", zone);
}

Read<FacadeRequest> read_facade_request(xml::Element body, const base::Zone& zone) {
    const auto wrapper = message_in(
        body, std::to_array<Named>({{kdp_facade_namespace, name_of(Operation::access_control)},
                                    {kdp_facade_namespace, name_of(Operation::access_control_for_insurers)}}));
    if (!wrapper) return wrapper.error();
    Reader::Message message{.ns = kdp_facade_namespace, .zone = zone};
    Reader reader(*wrapper, message);
    FacadeRequest read{};
    if (wrapper->name() == name_of(Operation::access_control)) {
        reader.text("requestNumber", read.request_number);
        map_nine(reader, read.request);
    } else {
        read.operation = Operation::access_control_for_insurers;
        reader.text("uin", read.request.uin, &shep_field_missing);
        reader.text("company", read.request.company, &shep_field_missing, text_size);
        reader.text("company_bin", read.request.company_bin, &shep_field_missing);
        reader.text("respon-uin", read.responsible_uin, &shep_field_missing);
        reader.number("expiresIn", read.request.expires_in, &shep_field_missing);
    }
    if (!message.defects.empty()) return Defects(std::move(message.defects));
    return read;
}

std::string write(const FacadeResponse& response, const base::Zone& zone) {
    return Writer(zone).wrapped("d", kdp_facade_namespace, std::string(name_of(response.operation)) + "Response",
                                [&](Writer& to) {
                                    const auto fields = [](Writer& at, const FacadeResponse& m) {
                                        at.text("requestNumber", m.request_number);
                                        at.text_if_any("status", m.status);
                                        map_token(at, m);
                                    };
                                    inner(to, "return", response, nullptr, fields);
                                });
}

std::optional<std::string> facade_user(const Envelope& envelope) {
    if (!envelope.header()) return std::nullopt;
    std::vector<xml::Element> found = envelope.header()->children();
    std::erase_if(found, [](xml::Element each) { return each.name() != "userId"; });
    if (found.size() != 1) return std::nullopt;
    const std::string whole = found.front().text().value_or("");
    const std::string_view text = trimmed(whole);
    if (text.empty() || text.size() > base::limits::name_bytes_max) return std::nullopt;
    return std::string(text);
}

}  // namespace kelisim::soap
