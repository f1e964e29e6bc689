// SPDX-License-Identifier: Apache-2.0
// The temporary file store (ХЭД, service EDS_TEMP_FILES; wire.md A9): the business data of its one operation. Bytes only; codes of
// ProcessStatus are the caller's, for nobody has published them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"
#include "soap/business_data.hpp"
#include "soap/shep.hpp"

namespace kelisim::soap {

inline constexpr std::string_view temp_storage_namespace = "http://egov.bee.kz/eds/tempstorage/v2/";

// The schema qualifies everything; many clients qualify nothing, and are answered likewise.
enum class Qualified { yes, no };

enum class StorageOperation { upload, download, confirm, get_file_info };

struct FileUpload {
    std::string process_id;  // fileProcessIdentifier: the caller's own
    base::Bytes content;
    std::string name = {};
    std::string mime = {};
    std::optional<std::int64_t> life_time = {};  // milliseconds
    std::optional<bool> needs_confirmation = {};
};

struct StorageRequest {
    StorageOperation operation = StorageOperation::upload;
    std::vector<FileUpload> uploads = {};       // of `upload`
    std::vector<std::string> identifiers = {};  // of the three others
    Sender credentials;                         // of the store, apart from those of the message
    Qualified qualified = Qualified::yes;
};

struct ProcessStatus {
    std::string code;
    std::string status;
    std::string message = {};
};

struct FileMeta {
    std::string name = {};
    std::string mime = {};
    std::optional<base::Time> uploaded;  // here and below: nothing when read, absent or unreadable; to be written
    std::string uploader;
    std::optional<base::Time> expires;
    std::optional<bool> needs_confirmation = {};
    std::optional<std::int64_t> size;
    std::optional<bool> deleted;
    std::optional<base::Time> deleted_at = {};
    std::optional<bool> confirmed;
    std::string confirmed_by = {};
    std::optional<base::Time> confirmed_at = {};
};

// What became of one file.
struct FileResult {
    std::string process_id = {};  // of `upload`
    ProcessStatus status;
    std::string identifier = {};
    std::optional<std::int64_t> life_time = {};  // of `upload`, milliseconds
    base::Bytes content = {};                    // of `download`
    std::optional<FileMeta> meta = {};           // of `download` and `get_file_info`
};

struct StorageResponse {
    StorageOperation operation = StorageOperation::upload;
    std::vector<FileResult> files = {};
    ProcessStatus status;
    Qualified qualified = Qualified::yes;
};

// Refused with shep_field_missing where what belongs to the operation is not there.
Read<StorageRequest> read_storage_request(const BusinessData& data, const base::Zone& zone);
Read<StorageResponse> read_storage_response(const BusinessData& data, const base::Zone& zone);
Data write(const StorageRequest& request, const base::Zone& zone);
Data write(const StorageResponse& response, const base::Zone& zone);

}  // namespace kelisim::soap
