// SPDX-License-Identifier: Apache-2.0
#include "soap/temp_storage.hpp"

#include "mapping.hpp"

namespace kelisim::soap {
namespace {

using base::limits::stored_files_max;

struct Operation {
    StorageOperation operation;
    std::string_view request, response, results;
};
constexpr auto operations = std::to_array<Operation>({
    {StorageOperation::upload, "uploadRequest", "uploadResponse", "uploadFileResults"},
    {StorageOperation::download, "downloadRequest", "downloadResponse", "fileDownloadResults"},
    {StorageOperation::confirm, "confirmRequest", "confirmResponse", "fileConfirmResults"},
    {StorageOperation::get_file_info, "getFileInfoRequest", "getFileInfoResponse", "fileInfoResults"},
});
constexpr auto types = std::to_array<Word<StorageOperation>>({{"UPLOAD", StorageOperation::upload},
                                                              {"DOWNLOAD", StorageOperation::download},
                                                              {"CONFIRM", StorageOperation::confirm},
                                                              {"GET_FILE_INFO", StorageOperation::get_file_info}});

const Operation& names_of(StorageOperation operation) {
    return *std::ranges::find(operations, operation, &Operation::operation);
}

template <class A, class M, class System>
void map_system(A& a, std::string_view name, M& m, System& system) {
    const auto id = [&](A& at, M&) { at.text_if_any("id", system); };
    inner(a, name, m, nullptr, id);
}

// Whether the sender qualified his elements.
Qualified form_of(const BusinessData& data) {
    const xml::Element holder = data.fields();
    const bool in_data = holder.name() == "data";
    const xml::Element shown = in_data && !holder.children().empty() ? holder.children().front() : holder;
    return shown.ns() == temp_storage_namespace ? Qualified::yes : Qualified::no;
}

template <class T>
Data written(const T& message, std::string_view name, const base::Zone& zone) {
    const std::string prefix = message.qualified == Qualified::yes ? "t" : "";
    Writer writer(zone, prefix.empty() ? "" : prefix + ":");
    return written_data("<data>" + writer.wrapped(prefix, temp_storage_namespace, name, [&](Writer& to) {
        map(to, message);
    }) + "</data>");
}

template <class T>
Read<T> read(const BusinessData& data, std::string_view name, const base::Zone& zone) {
    auto message = read_fields<T>(data, temp_storage_namespace, std::span(&name, 1), zone);
    if (message) message->qualified = form_of(data);
    return message;
}

}  // namespace

template <class A, Of<FileUpload> M>
void map(A& a, M& m) {
    a.text("fileProcessIdentifier", m.process_id, &shep_field_missing);
    a.bytes("content", m.content, &shep_field_missing);
    a.text("name", m.name);
    a.text("mime", m.mime);
    a.number("lifeTime", m.life_time);
    a.truth("needToBeConfirmed", m.needs_confirmation);
}

template <class A, Of<StorageRequest> M>
void map(A& a, M& m) {
    const auto uploads = [](A& at, M& message) {
        at.parts("fileUploadRequests", message.uploads, stored_files_max, &shep_field_missing);
    };
    const auto identifiers = [](A& at, M& message) {
        at.texts("fileIdentifiers", message.identifiers, stored_files_max, &shep_field_missing);
    };
    a.word("type", m.operation, types, &shep_field_missing);
    // What belongs to another operation is passed over.
    if (m.operation == StorageOperation::upload)
        inner(a, names_of(m.operation).request, m, &shep_field_missing, uploads);
    else
        inner(a, names_of(m.operation).request, m, &shep_field_missing, identifiers);
    a.part("credentials", m.credentials, &shep_sender_missing);
}

template <class A, Of<ProcessStatus> M>
void map(A& a, M& m) {
    a.text("code", m.code, &shep_field_missing);
    a.text_if_any("status", m.status, text_size);
    a.text("message", m.message, nullptr, text_size);
}

template <class A, Of<FileMeta> M>
void map(A& a, M& m) {
    a.text("name", m.name);
    a.text("mime", m.mime);
    a.time_if_any("uploadDate", m.uploaded);
    map_system(a, "uploaderSystem", m, m.uploader);
    a.time_if_any("expirationTime", m.expires);
    a.truth("needToBeConfirmed", m.needs_confirmation);
    a.number("size", m.size);
    a.truth("deleted", m.deleted);
    a.time_if_any("deletionTime", m.deleted_at);
    a.truth("confirmed", m.confirmed);
    if (std::same_as<A, Reader> || !m.confirmed_by.empty()) map_system(a, "confirmedSystem", m, m.confirmed_by);
    a.time_if_any("confirmationTime", m.confirmed_at);
}

// Those of the four operations follow the same order, and each leaves out what it does not have.
template <class A, Of<FileResult> M>
void map(A& a, M& m) {
    a.text("fileProcessIdentifier", m.process_id);
    a.part("status", m.status, &shep_field_missing);
    a.text("fileIdentifier", m.identifier);
    a.number("lifeTime", m.life_time);
    if (std::same_as<A, Reader> || !m.content.empty()) a.bytes("content", m.content, nullptr);
    a.part("meta", m.meta);
}

template <class A, Of<StorageResponse> M>
void map(A& a, M& m) {
    a.word("type", m.operation, types, &shep_field_missing);
    const Operation& names = names_of(m.operation);
    const auto results = [&](A& at, M& message) {
        at.parts(names.results, message.files, stored_files_max);
        at.part("status", message.status, &shep_field_missing);
    };
    inner(a, names.response, m, &shep_field_missing, results);
}

Read<StorageRequest> read_storage_request(const BusinessData& data, const base::Zone& zone) {
    return read<StorageRequest>(data, "tempStorageRequest", zone);
}
Read<StorageResponse> read_storage_response(const BusinessData& data, const base::Zone& zone) {
    return read<StorageResponse>(data, "tempStorageResponse", zone);
}
Data write(const StorageRequest& request, const base::Zone& zone) {
    return written(request, "tempStorageRequest", zone);
}
Data write(const StorageResponse& response, const base::Zone& zone) {
    return written(response, "tempStorageResponse", zone);
}

}  // namespace kelisim::soap
