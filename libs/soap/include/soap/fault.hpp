// SPDX-License-Identifier: Apache-2.0
// Faults of ШЭП with their ErrorInfo (wire.md A2, A5, D3), and the table of codes. Which refusal gets which code is for others.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "soap/shep.hpp"

namespace kelisim::soap {

struct ErrorInfo {
    std::string code;  // "SCE004"
    std::string message;
    std::string data = {};
    std::optional<base::Time> date;   // nothing when read: absent or unreadable; to be written
    std::vector<ErrorInfo> sub = {};  // subError: none or one
    std::optional<SessionId> session = {};
};

// Whose fault it is: that decides the name of the element in the detail.
enum class FaultOf {
    sync_send_message,
    send_message,
    send_delivery_notification,
    get_message_status,
    get_messages,
    client_send_message,  // pushed to a participant; in Types/Client
    change_status_notification,
    person_data_access_control,  // of the facade of КДП; ours
};

enum class FaultForm {
    qualified,  // faultcode soap:Server, what SOAP 1.1 section 4.4.1 asks for
    bare_code,  // faultcode SCE004, as one production receiver has it; in SOAP 1.2 there is no such form
};

struct FaultStyle {
    Version version = Version::v11;
    FaultForm form = FaultForm::qualified;
    base::Language language = base::Language::ru;  // of the message; SOAP 1.2 wants it named
};

// A fault as others write it.
struct Fault {
    std::string code;    // faultcode or Code/Value, as written
    std::string reason;  // faultstring or Reason/Text
    std::optional<ErrorInfo> info;

    // That of ШЭП where one is to be found: of ErrorInfo, else a bare faultcode; else empty.
    std::string_view error_code() const;
};

// The content of a body. With SOAP 1.1 and 1.2 alike an HTTP status of 500 goes with it.
std::string write_fault(FaultOf operation, const ErrorInfo& info, const FaultStyle& style, const base::Zone& zone);
// Nothing where the body holds no fault, of either version. Never refuses: what cannot be read is left out.
std::optional<Fault> read_fault(xml::Element body, const base::Zone& zone);

struct ErrorCode {
    std::string_view code;
    base::Text text;
};
// Those that are known; SCE002, SCE003 and SCE008 to SCE014 exist, and nobody has published their texts (wire.md A5).
std::span<const ErrorCode> error_codes();
// Nothing for a code that is not in the table.
std::optional<base::Text> text_of_error(std::string_view code);

inline constexpr std::string_view sce_malformed = "SCE001";
inline constexpr std::string_view sce_service_unknown = "SCE004";
inline constexpr std::string_view sce_transport_signature_outdated = "SCE005";
inline constexpr std::string_view sce_transport_signature_wrong = "SCE006";
inline constexpr std::string_view sce_not_signed = "SCE007";
inline constexpr std::string_view sce_data_signature_outdated = "SCE015";
inline constexpr std::string_view sce_data_signature_wrong = "SCE016";
inline constexpr std::string_view sce_data_not_signed = "SCE017";
inline constexpr std::string_view sce_internal = "SCE909";

}  // namespace kelisim::soap
