// SPDX-License-Identifier: Apache-2.0
// The services of KDP on the wire (wire.md B): their business data and, where it is not that of ШЭП, their answer. Bytes only.
// What nobody has published is ours, in contracts/xsd.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/limits.hpp"
#include "base/secret.hpp"
#include "soap/business_data.hpp"
#include "soap/shep.hpp"
#include "soap/sync_channel.hpp"

namespace kelisim::soap {

extern const base::Reason kdp_ovt_missing;  // nobody is asked, and no proof given
extern const base::Reason kdp_too_many_services;

inline constexpr std::string_view kdp_personal_data_namespace = "http://service.2fa-chain.kz/ns/kdp/personalData";
inline constexpr std::string_view kdp_revocation_namespace = "urn:kelisim:kdp:revocation:1";
inline constexpr std::string_view kdp_facade_namespace = "http://data.gbd.chdb.scb.kz/";

// --- KDP_SERVICE (B2, B3)

struct PersonDataRequest {
    base::Personal<std::string> uin;  // as written: whether it is an IIN, the caller sees
    std::string company;
    std::string company_bin;
    std::string company_responsible = {};
    base::Personal<std::string> employee_name = {};
    std::vector<std::string> services = {};  // access_name, keys parted by semicolons
    std::string personal_data_name = {};
    // Of no unit that is known (B2): the caller has one by configuration.
    std::int64_t expires_in = 0;
    bool omit_sms = false;
    base::Secret<std::string> ovt = {};  // JWT, when omit_sms
};
// `data` of SendMessage in either of its two forms, read by read_send_message(); fields with the namespace of KDP or without.
Read<PersonDataRequest> read_person_data_request(const BusinessData& data, const base::Zone& zone);
// Unqualified in the form of ШЭП, with xsi:type="getUserDataRequest" as clients have it.
Data write(const PersonDataRequest& request, const base::Zone& zone);

struct PersonDataResponse {
    std::string message_id;
    std::optional<base::Time> date;  // nothing when read: absent or unreadable; to be written
    std::optional<SessionId> session = {};
    std::string status;                    // of a vocabulary by configuration: nobody has published one (E2)
    base::Secret<std::string> token = {};  // `code`; empty: not granted
    std::string public_key = {};           // base64 of a SubjectPublicKeyInfo, without lines
};
// The content of a body: {kdp}sendMessageResponse with all descendants qualified, and not the answer of ШЭП.
std::string write(const PersonDataResponse& response, const base::Zone& zone);
// White space inside `code` and `public-key` is left out, as clients do.
Read<PersonDataResponse> read_person_data_response(xml::Element body, const base::Zone& zone);

// --- KDP_PERSONALDATA (B6): who looked at somebody's data

struct AccessJournalRequest {
    base::Personal<std::string> uin;
    base::Time start;
    base::Time end;  // of a date alone its first instant
};
struct AccessJournal {
    base::Personal<std::string> uin;
    base::Personal<std::string> entries;  // r_pdata, one text
};
Read<AccessJournalRequest> read_access_journal_request(const BusinessData& data, const base::Zone& zone);
Read<AccessJournal> read_access_journal(const BusinessData& data, const base::Zone& zone);
Data write(const AccessJournalRequest& request, const base::Zone& zone);
Data write(const AccessJournal& journal, const base::Zone& zone);

// --- KDP_LIST_TO_REVOKE, KDP_SEND_SOLUTION (E7, ours: contracts/xsd/kdp_revocation.xsd; 94-V art. 8)

struct RevocationsRequest {
    std::optional<std::int64_t> after = {};  // the number that was seen last
    std::optional<std::int64_t> amount = {};
};
struct Revocation {
    std::int64_t number = 0;  // in the order of withdrawals
    std::string consent_id;
    base::Personal<std::string> uin = {};
    std::string services = {};  // access_name
    base::Time withdrawn;
    std::optional<base::Time> object_by = {};  // nothing: nobody may object
};
struct Revocations {
    std::vector<Revocation> applications = {};
    std::optional<std::int64_t> next = {};  // there are more, after this number
};
enum class Solution { accept, object };
struct SolutionRequest {
    std::string consent_id;
    Solution solution = Solution::accept;
    std::string reason = {};
    std::string evidence = {};
};
struct SolutionResponse {
    std::string consent_id;
    std::string state;
};
Read<RevocationsRequest> read_revocations_request(const BusinessData& data, const base::Zone& zone);
Read<Revocations> read_revocations(const BusinessData& data, const base::Zone& zone);
Read<SolutionRequest> read_solution_request(const BusinessData& data, const base::Zone& zone);
Read<SolutionResponse> read_solution_response(const BusinessData& data, const base::Zone& zone);
Data write(const RevocationsRequest& request, const base::Zone& zone);
Data write(const Revocations& response, const base::Zone& zone);
Data write(const SolutionRequest& request, const base::Zone& zone);
Data write(const SolutionResponse& response, const base::Zone& zone);

// --- The facade (B2): a body of its own, not a message of ШЭП

struct FacadeRequest {
    enum class Operation { access_control, access_control_for_insurers };
    Operation operation = Operation::access_control;
    std::string request_number = {};  // of access_control
    // Of insurers: uin, company, company_bin and expires_in alone.
    PersonDataRequest request;
    base::Personal<std::string> responsible_uin = {};  // respon-uin, of insurers
};
struct FacadeResponse {
    FacadeRequest::Operation operation = FacadeRequest::Operation::access_control;
    std::string request_number = {};
    std::string status;
    base::Secret<std::string> token = {};
    std::string public_key = {};
};
Read<FacadeRequest> read_facade_request(xml::Element body, const base::Zone& zone);
std::string write(const FacadeResponse& response, const base::Zone& zone);
// The user on whose behalf the organisation calls: header entry userId, in whichever namespace. Nothing where it is absent, empty,
// too long, or stands twice.
std::optional<std::string> facade_user(const Envelope& envelope);

}  // namespace kelisim::soap
