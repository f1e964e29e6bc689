// SPDX-License-Identifier: Apache-2.0
// What is handed out is what stands in contracts/, and what is written is valid by it, as libxml2 validates.
#include "soap/contracts.hpp"

#include <gtest/gtest.h>
#include <libxml/xmlschemas.h>

#include <filesystem>

#include "soap/async_channel.hpp"
#include "soap/kdp.hpp"
#include "soap/sync_channel.hpp"
#include "soap/temp_storage.hpp"
#include "testing_messages.hpp"
#include "xml/libxml.hpp"

namespace kelisim::soap {
namespace {

using test::zone;

const std::filesystem::path directory = "../../contracts";

// Whether it is valid, with what libxml2 says against it.
testing::AssertionResult valid(const std::string& text, const std::string& schema) {
    std::string said;
    const auto say = [](void* to, xmlErrorPtr error) { *static_cast<std::string*>(to) += error->message; };
    const auto document = xml::Document::parse(base::as_bytes(text));
    if (!document) return testing::AssertionFailure() << "not XML: " << text;
    const std::unique_ptr<xmlSchemaParserCtxt, void (*)(xmlSchemaParserCtxt*)> parser{
        xmlSchemaNewParserCtxt((directory / "xsd" / (schema + ".xsd")).c_str()), xmlSchemaFreeParserCtxt};
    xmlSchemaSetParserStructuredErrors(parser.get(), say, &said);
    const std::unique_ptr<xmlSchema, void (*)(xmlSchema*)> read{xmlSchemaParse(parser.get()), xmlSchemaFree};
    if (read == nullptr || !said.empty()) return testing::AssertionFailure() << schema << ": " << said;
    const std::unique_ptr<xmlSchemaValidCtxt, void (*)(xmlSchemaValidCtxt*)> checker{xmlSchemaNewValidCtxt(read.get()),
                                                                                     xmlSchemaFreeValidCtxt};
    xmlSchemaSetValidStructuredErrors(checker.get(), say, &said);
    if (xmlSchemaValidateDoc(checker.get(), document->libxml()) == 0) return testing::AssertionSuccess();
    return testing::AssertionFailure() << said << text;
}

// The element in <data>.
std::string content(const Data& data) {
    const test::Message message(data.to_xml());
    const auto read = BusinessData::read(Data(message.body().children().front()));
    const base::Bytes bytes = read->document();
    return std::string(base::as_text(bytes));
}

const base::Time at = base::parse_time("2026-01-15T05:00:00Z").value();
const std::optional<SessionId> session = SessionId::parse("{00000000-0000-4000-8000-0000000000fe}");
const Sender sender{.id = "S", .password = base::Secret<std::string>("p")};

ErrorInfo error() {
    return {.code = "SCE004",
            .message = "m",
            .data = "d",
            .date = at,
            .sub = {{.code = "X", .message = "", .date = at}},
            .session = session};
}

TEST(Contracts, HoldForTheSynchronousChannel) {
    SendMessage request{.message_id = "M", .service_id = "S", .date = at, .sender = {.id = "S"}};
    EXPECT_TRUE(valid(write(request, zone), "SyncChannel"));
    request.correlation_id = "C";
    request.route_id = "R";
    request.sender = sender;
    request.properties = {{"k", "v"}, {"l", ""}};
    request.session = session;
    for (const DataForm form : {DataForm::nodes, DataForm::escaped, DataForm::cdata}) {
        request.data = Data::document(base::as_bytes("<a xmlns='u:a'><b/></a>"), form).value();
        EXPECT_TRUE(valid(write(request, zone), "SyncChannel"));
    }
    SendMessageResponse response{.message_id = "M", .date = at, .status_code = "SCSS001"};
    EXPECT_TRUE(valid(write(response, zone), "SyncChannel"));
    response.correlation_id = "C";
    response.status_message = std::string(251, 'x');
    response.session = session;
    response.data = Data::text("x");
    EXPECT_TRUE(valid(write(response, zone), "SyncChannel"));
    EXPECT_FALSE(valid(write(SendMessageResponse{.message_id = "M", .date = std::nullopt, .status_code = "1"}, zone),
                       "SyncChannel"));
}

TEST(Contracts, HoldForFaults) {
    for (const auto& [operation, schema] : {std::pair{FaultOf::sync_send_message, "SyncChannel"},
                                            {FaultOf::send_message, "AsyncChannel"},
                                            {FaultOf::send_delivery_notification, "AsyncChannel"},
                                            {FaultOf::get_message_status, "AsyncChannel"},
                                            {FaultOf::get_messages, "AsyncChannel"},
                                            {FaultOf::client_send_message, "AsyncChannelClient"},
                                            {FaultOf::change_status_notification, "AsyncChannelClient"}}) {
        const test::Message message(write_fault(operation, error(), {}, zone));
        const xml::Element detail = *message.body().children().front().child("", "detail");
        const base::Bytes bytes = xml::Document::cut(detail.children().front(), xml::Scope::used).to_bytes();
        EXPECT_TRUE(valid(std::string(base::as_text(bytes)), schema));
    }
}

TEST(Contracts, HoldForTheAsynchronousChannel) {
    const auto ok = [](const auto& message, const char* schema = "AsyncChannel") {
        EXPECT_TRUE(valid(write(message, zone), schema));
    };
    const AsyncMessage message{.message_id = "M",
                               .correlation_id = "C",
                               .service_id = "S",
                               .type = MessageType::update,
                               .route_id = "R",
                               .date = at,
                               .sender = sender,
                               .properties = {{"k", "v"}},
                               .session = session,
                               .data = Data::text("x")};
    const MessageStatus status{.code = "0", .message = "ok", .date = at};
    ok(message);
    ok(AsyncMessage{.service_id = "S", .date = at, .sender = sender});
    ok(AsyncSendMessageResponse{.message_id = "M", .correlation_id = "C", .date = at, .session = session});
    for (const ReceiveStatus each : {ReceiveStatus::accepted, ReceiveStatus::not_accepted})
        ok(DeliveryNotification{.message_id = "M",
                                .service_id = "S",
                                .date = at,
                                .status = each,
                                .status_date = at,
                                .error = error(),
                                .request_date = at,
                                .sender = sender});
    ok(DeliveryNotificationResponse{.notification_id = "N", .date = at, .session = session});
    ok(GetMessageStatus{.message_id = "M", .date = at, .sender = sender, .properties = {{"k", "v"}}});
    ok(GetMessageStatusResponse{.status = status, .date = at, .session = session});
    ok(GetMessages{.service_id = "S"});
    ok(GetMessages{.message_id = "M",
                   .correlation_id = "C",
                   .date = at,
                   .service_id = "S",
                   .sender = sender,
                   .amount = 5,
                   .properties = {{"k", "v"}}});
    ok(GetMessagesResponse{.date = at, .session = session, .messages = {message, message}});
    ok(ChangeStatusNotification{.notification_id = "N",
                                .message_id = "M",
                                .date = at,
                                .state = MessageState::delivery_stopped,
                                .status = status,
                                .error = error(),
                                .request_date = at,
                                .session = session},
       "AsyncChannelClient");
    ok(ChangeStatusNotificationResponse{.date = at, .session = session}, "AsyncChannelClient");
}

TEST(Contracts, HoldForKdp) {
    const base::Personal<std::string> uin("000000000001");
    PersonDataResponse response{.message_id = "M", .date = at, .session = session, .status = "WAITING"};
    EXPECT_TRUE(valid(write(response, zone), "kdp"));
    response.token = base::Secret<std::string>("a.b.c");
    response.public_key = "AAAA";
    EXPECT_TRUE(valid(write(response, zone), "kdp"));

    EXPECT_TRUE(valid(content(write(RevocationsRequest{.after = 1, .amount = 2}, zone)), "kdp_revocation"));
    EXPECT_TRUE(valid(
        content(write(
            Revocations{
                .applications =
                    {{.number = 1, .consent_id = "C", .uin = uin, .services = "A;B", .withdrawn = at, .object_by = at},
                     {.number = 2, .consent_id = "D", .withdrawn = at}},
                .next = 2},
            zone)),
        "kdp_revocation"));
    for (const Solution each : {Solution::accept, Solution::object})
        EXPECT_TRUE(valid(content(write(SolutionRequest{.consent_id = "C", .solution = each, .reason = "r"}, zone)),
                          "kdp_revocation"));
    EXPECT_TRUE(valid(content(write(SolutionResponse{.consent_id = "C", .state = "active"}, zone)), "kdp_revocation"));
    for (const auto operation :
         {FacadeRequest::Operation::access_control, FacadeRequest::Operation::access_control_for_insurers})
        EXPECT_TRUE(
            valid(write(FacadeResponse{.operation = operation, .request_number = "1", .status = "GRANTED"}, zone),
                  "PersonalDataAccessControlTypes"));
}

TEST(Contracts, HoldForTheTemporaryStore) {
    const ProcessStatus ok{.code = "0", .status = "OK", .message = "m"};
    const FileMeta meta{.name = "n",
                        .mime = "m",
                        .uploaded = at,
                        .uploader = "S",
                        .expires = at,
                        .needs_confirmation = true,
                        .size = 3,
                        .deleted = true,
                        .deleted_at = at,
                        .confirmed = true,
                        .confirmed_by = "T",
                        .confirmed_at = at};
    StorageRequest request{.uploads = {{.process_id = "F",
                                        .content = {1, 2},
                                        .name = "n",
                                        .mime = "m",
                                        .life_time = 1,
                                        .needs_confirmation = false}},
                           .identifiers = {"1", "2"},
                           .credentials = sender};
    StorageResponse response{.files = {{.status = ok, .identifier = "1"}}, .status = ok};
    for (const StorageOperation operation : {StorageOperation::upload, StorageOperation::download,
                                             StorageOperation::confirm, StorageOperation::get_file_info}) {
        request.operation = response.operation = operation;
        FileResult& file = response.files.front();
        file.process_id = operation == StorageOperation::upload ? "F" : "";
        file.life_time = operation == StorageOperation::upload ? std::optional<std::int64_t>(1) : std::nullopt;
        file.content = operation == StorageOperation::download ? base::Bytes{1, 2} : base::Bytes{};
        const bool told = operation == StorageOperation::download || operation == StorageOperation::get_file_info;
        file.meta = told ? std::optional(meta) : std::nullopt;
        EXPECT_TRUE(valid(content(write(request, zone)), "temp_storage"));
        EXPECT_TRUE(valid(content(write(response, zone)), "temp_storage"));
    }
}

TEST(Contracts, AreAllThatStandInTheTree) {
    std::size_t files = 0;
    for (const char* const kind : {"wsdl", "xsd"})
        for (const auto& entry : std::filesystem::directory_iterator(directory / kind)) {
            ++files;
            EXPECT_TRUE(contract(std::string(kind) == "wsdl" ? ContractKind::wsdl : ContractKind::xsd,
                                 entry.path().stem().string(), "http://a/")
                            .has_value())
                << entry.path();
        }
    EXPECT_EQ(files, contracts().size());
    for (const Contract& each : contracts())
        EXPECT_TRUE(xml::Document::parse(base::as_bytes(each.text)).has_value()) << each.name;
    EXPECT_FALSE(contract(ContractKind::xsd, "ISyncChannel", "http://a/").has_value());
    EXPECT_FALSE(contract(ContractKind::wsdl, "../wsdl/ISyncChannel", "http://a/").has_value());
    EXPECT_FALSE(contract(ContractKind::wsdl, "", "http://a/").has_value());
}

TEST(Contracts, ReferToTheAddressThatHandsThemOut) {
    const std::string address = "https://host/bip-sync-wss-gost/?a=1&b=\"";
    const std::string escaped = "https://host/bip-sync-wss-gost/?a=1&amp;b=&quot;";
    const std::string service = *contract(ContractKind::wsdl, "SyncChannelHttp_Service", address);
    EXPECT_NE(service.find("<soap:address location=\"" + escaped + "\"/>"), std::string::npos) << service;
    EXPECT_NE(service.find("location=\"" + escaped + "?wsdl=ISyncChannel\"/>"), std::string::npos) << service;
    EXPECT_EQ(service.find("localhost"), std::string::npos);
    const std::string interface = *contract(ContractKind::wsdl, "ISyncChannel", "http://h/");
    EXPECT_NE(interface.find("schemaLocation=\"http://h/?xsd=SyncChannel\""), std::string::npos);
    const std::string schema = *contract(ContractKind::xsd, "SyncChannel", "http://h/");
    for (const char* const name : {"SyncChannelTypes", "common", "SyncChannelRequest", "SyncChannelResponse"})
        EXPECT_NE(schema.find("schemaLocation=\"http://h/?xsd=" + std::string(name) + "\""), std::string::npos);
    // Everything that is referred to is there.
    for (const Contract& each : contracts()) {
        const std::string text = *contract(each.kind, each.name, "@");
        for (std::size_t at_mark = text.find("\"@?"); at_mark != std::string::npos;
             at_mark = text.find("\"@?", at_mark + 1)) {
            const std::string reference = text.substr(at_mark + 3, text.find('"', at_mark + 1) - at_mark - 3);
            const std::size_t equals = reference.find('=');
            const ContractKind kind = reference.substr(0, equals) == "wsdl" ? ContractKind::wsdl : ContractKind::xsd;
            EXPECT_TRUE(contract(kind, reference.substr(equals + 1), "").has_value()) << each.name << " " << reference;
        }
    }
}

}  // namespace
}  // namespace kelisim::soap
