// SPDX-License-Identifier: Apache-2.0
#include "soap/temp_storage.hpp"

#include <gtest/gtest.h>

#include "testing_messages.hpp"

namespace kelisim::soap {
namespace {

using test::replaced;
using test::zone;

const std::string ns = "http://egov.bee.kz/eds/tempstorage/v2/";
const std::string upload_fields =
    "<credentials><senderId>S</senderId><password>p</password></credentials><uploadRequest><fileUploadRequests>"
    "<mime>text/plain</mime><content>aGVs\n bG8=</content><fileProcessIdentifier>F1</fileProcessIdentifier>"
    "<lifeTime>28800000</lifeTime><needToBeConfirmed>false</needToBeConfirmed></fileUploadRequests></uploadRequest>"
    "<type>UPLOAD</type>";
const std::string upload = "<data><tempStorageRequest>" + upload_fields + "</tempStorageRequest></data>";

template <class T>
Read<T> read(const std::string& data, Read<T> (*reader)(const BusinessData&, const base::Zone&)) {
    const test::Message message(data);
    const auto business = BusinessData::read(Data(message.body().children().front()));
    return reader(business.value(), zone);
}

TEST(TempStorage, ReadsBothFormsInAnyOrder) {
    const std::string qualified = "<t:tempStorageRequest xmlns:t='" + ns + "'>" +
                                  replaced(replaced(upload_fields, "<", "<t:"), "<t:/", "</t:") +
                                  "</t:tempStorageRequest>";
    for (const auto& [data, form] :
         {std::pair{upload, Qualified::no},
          {"<data>" + qualified + "</data>", Qualified::yes},
          {"<data><tempStorageRequest xmlns='" + ns + "'>" + upload_fields + "</tempStorageRequest></data>",
           Qualified::yes},
          {"<data>" + upload_fields + "</data>", Qualified::no},
          {"<data><![CDATA[" + qualified + "]]></data>", Qualified::yes}}) {
        const auto got = read(data, read_storage_request);
        ASSERT_TRUE(got.has_value()) << got.error().in_words() << data;
        EXPECT_EQ(got->operation, StorageOperation::upload);
        EXPECT_EQ(got->qualified, form);
        EXPECT_EQ(got->credentials.id, "S");
        ASSERT_EQ(got->uploads.size(), 1U);
        EXPECT_EQ(got->uploads[0].process_id, "F1");
        EXPECT_EQ(base::as_text(got->uploads[0].content), "hello");
        EXPECT_EQ(got->uploads[0].life_time, 28800000);
        EXPECT_EQ(got->uploads[0].needs_confirmation, false);
        const std::string again = write(*got, zone).to_xml();
        EXPECT_EQ(again.find(ns) == std::string::npos, form == Qualified::no);
        EXPECT_EQ(read(again, read_storage_request)->uploads[0].content, got->uploads[0].content);
    }
}

TEST(TempStorage, ReadsRequestsByIdentifiers) {
    for (const auto& [word, element, operation] :
         {std::tuple{"DOWNLOAD", "downloadRequest", StorageOperation::download},
          {"CONFIRM", "confirmRequest", StorageOperation::confirm},
          {"GET_FILE_INFO", "getFileInfoRequest", StorageOperation::get_file_info}}) {
        const std::string name(element);
        const std::string text = "<data><tempStorageRequest><type>" + std::string(word) + "</type><" + name +
                                 "><fileIdentifiers>1</fileIdentifiers><fileIdentifiers>2</fileIdentifiers></" + name +
                                 "><credentials><senderId>S</senderId></credentials></tempStorageRequest></data>";
        const auto got = read(text, read_storage_request);
        ASSERT_TRUE(got.has_value()) << got.error().in_words();
        EXPECT_EQ(got->operation, operation);
        EXPECT_EQ(got->identifiers, (std::vector<std::string>{"1", "2"}));
        EXPECT_EQ(read(write(*got, zone).to_xml(), read_storage_request)->identifiers, got->identifiers);
        const auto refused = read(replaced(text, name, "uploadRequest"), read_storage_request);
        EXPECT_TRUE(refused.error().has(shep_field_missing));
    }
}

TEST(TempStorage, RefusesWhatIsMalformed) {
    const std::string one =
        "<fileUploadRequests><fileProcessIdentifier>F</fileProcessIdentifier><content>AA==</content></"
        "fileUploadRequests>";
    const std::string many = replaced(upload, "<uploadRequest>", "<uploadRequest>" + test::repeated(one, 63));
    EXPECT_TRUE(read(many, read_storage_request).has_value());
    for (const auto& [text, reason] : std::vector<std::pair<std::string, const base::Reason*>>{
             {"<data/>", &shep_data_missing},
             {"<data>UPLOAD</data>", &business_data_not_xml},
             {replaced(upload, "tempStorageRequest", "tempStorageResponse"), &shep_operation_unknown},
             {replaced(upload, "<tempStorageRequest>", "<tempStorageRequest xmlns='urn:x'>"), &shep_namespace},
             {replaced(upload, "<type>UPLOAD</type>", ""), &shep_field_missing},
             {replaced(upload, "UPLOAD", "upload"), &shep_value_unknown},
             {replaced(upload, "aGVs\n bG8=", "aGVsbG8"), &shep_value_unknown},
             {replaced(upload, "aGVs\n bG8=", ""), &shep_field_missing},
             {replaced(upload, "28800000", "8h"), &shep_value_unknown},
             {replaced(upload, ">false<", ">no<"), &shep_value_unknown},
             {replaced(upload, "<fileProcessIdentifier>F1</fileProcessIdentifier>", ""), &shep_field_missing},
             {replaced(upload, "<senderId>S</senderId>", ""), &shep_sender_missing},
             {replaced(upload, "</tempStorageRequest>", "<uploadRequest/></tempStorageRequest>"), &shep_field_twice},
             {replaced(many, "<uploadRequest>", "<uploadRequest>" + one), &shep_too_many}}) {
        const auto got = read(text, read_storage_request);
        ASSERT_FALSE(got.has_value()) << text;
        EXPECT_EQ(got.error().all().size(), 1U) << got.error().in_words();
        EXPECT_TRUE(got.error().has(*reason)) << got.error().in_words();
    }
}

TEST(TempStorage, WritesAnswersThatItReads) {
    const base::Time at = base::parse_time("2026-01-15T05:00:00Z").value();
    const ProcessStatus ok{.code = "0", .status = "OK"};
    StorageResponse response{.operation = StorageOperation::download,
                             .files = {{.status = ok,
                                        .identifier = "1",
                                        .content = {1, 2, 3},
                                        .meta = FileMeta{.name = "n",
                                                         .uploaded = at,
                                                         .uploader = "S",
                                                         .expires = at,
                                                         .size = 3,
                                                         .deleted = false,
                                                         .confirmed = true,
                                                         .confirmed_by = "T",
                                                         .confirmed_at = at}},
                                       {.status = {.code = "1", .status = "E", .message = "m"}, .identifier = "2"}},
                             .status = ok};
    for (const Qualified form : {Qualified::yes, Qualified::no})
        for (const StorageOperation operation : {StorageOperation::upload, StorageOperation::download,
                                                 StorageOperation::confirm, StorageOperation::get_file_info}) {
            response.operation = operation;
            response.qualified = form;
            const auto got = read(write(response, zone).to_xml(), read_storage_response);
            ASSERT_TRUE(got.has_value()) << got.error().in_words();
            EXPECT_EQ(got->operation, operation);
            EXPECT_EQ(got->qualified, form);
            ASSERT_EQ(got->files.size(), 2U);
            EXPECT_EQ(got->files[0].content, (base::Bytes{1, 2, 3}));
            EXPECT_EQ(got->files[0].meta->uploader, "S");
            EXPECT_EQ(got->files[0].meta->confirmed_by, "T");
            EXPECT_EQ(got->files[0].meta->confirmed_at, at);
            EXPECT_EQ(got->files[1].status.message, "m");
            EXPECT_FALSE(got->files[1].meta.has_value());
        }
}

}  // namespace
}  // namespace kelisim::soap
