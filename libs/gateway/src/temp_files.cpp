// SPDX-License-Identifier: Apache-2.0
#include "gateway/temp_files.hpp"

#include <fmt/format.h>
#include <algorithm>

#include "base/limits.hpp"
#include "http/unit.hpp"

namespace kelisim::gateway {

using base::Kind;
using base::Reason;
using base::Refusal;
using soap::FileResult;
using soap::StorageOperation;

const Reason temp_store_login_wrong{
    "temp_store_login_wrong",
    Kind::unauthenticated,
    "307/НК п.2(15)",
    {"Қойманың credentials деректері қате немесе басқа ұйымның жүйесінікі.",
     "credentials хранилища неверны или принадлежат системе другой организации.",
     "The credentials of the store are wrong, or of a system of another organisation."}};
const Reason temp_files_too_many{
    "temp_files_too_many",
    Kind::too_large,
    "",
    {"Бір хабарламада 32-ден көп файл.", "В одном сообщении больше 32 файлов.", "More than 32 files in one message."}};

namespace {

constexpr std::string_view all_well = "KLS200";
constexpr std::string_view some_well = "KLS207";
constexpr std::string_view none_well = "KLS422";

// Nobody has published codes of ProcessStatus; these are ours (docs/integration/soap.md).
std::string_view code_of(const Reason& reason) {
    if (&reason == &access::temp_file_over) return "KLS410";
    switch (reason.kind) {
        case Kind::not_found:
            return "KLS404";
        case Kind::too_large:
            return "KLS413";
        case Kind::too_many:
            return "KLS429";
        default:
            return "KLS400";
    }
}

soap::ProcessStatus well() {
    return {.code = std::string(all_well), .status = "SUCCESS"};
}
soap::ProcessStatus status_of(const Refusal& refusal) {
    const Reason& reason = refusal.first();
    return {.code = std::string(code_of(reason)),
            .status = std::string(reason.code),
            .message = std::string(reason.text.ru)};
}

soap::ProcessStatus status_of_all(const std::vector<FileResult>& files) {
    const auto good =
        std::count_if(files.begin(), files.end(), [](const FileResult& each) { return each.status.code == all_well; });
    if (good == std::ssize(files)) return well();
    if (good > 0) return {.code = std::string(some_well), .status = "PARTIAL"};
    return {.code = std::string(none_well), .status = "FAILED"};
}

std::int64_t in_ms(base::Duration duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

// Messages are told apart by their date, too: an id may come again when the first is forgotten, a file be there still.
std::string origin_of(const LocalCall& call, std::size_t index) {
    return fmt::format("{}\n{}\n{}\n{}", call.sender.key, call.message.message_id, base::to_micros(call.message.date),
                       index);
}

// What stands between <data> and its end.
std::string_view document_in(std::string_view data) {
    constexpr std::string_view begin = "<data>", end = "</data>";
    return data.substr(begin.size(), data.size() - begin.size() - end.size());
}

}  // namespace

LocalService TempFiles::service() const {
    return [this](const LocalCall& call) { return serve(call); };
}

boost::asio::awaitable<TempFiles::Served> TempFiles::serve(const LocalCall& call) const {
    const auto request = soap::read_storage_request(call.data, parts_.zone);
    if (request.has_error()) co_return SoapRefusal(request.error());
    const registry::System* by = login(call, request->credentials);
    if (by == nullptr) co_return SoapRefusal{kls_sender, Refusal(temp_store_login_wrong)};
    if (request->uploads.size() + request->identifiers.size() > base::limits::temp_files_of_message_max)
        co_return SoapRefusal{soap::sce_malformed, Refusal(temp_files_too_many)};
    soap::StorageResponse response{.operation = request->operation, .status = {}, .qualified = request->qualified};
    response.files = co_await results(call, *request, *by);
    response.status = status_of_all(response.files);
    co_return answer(call, response);
}

// The store has a login of its own (wire.md A9): of a system of those who sent the message, or their files would be signed
// for by others.
const registry::System* TempFiles::login(const LocalCall& call, const soap::Sender& credentials) const {
    const registry::System* system = parts_.registry.system(credentials.id);
    if (system == nullptr || system->organisation != call.sender.organisation) return nullptr;
    const auto known = parts_.clients.authenticate(
        identity::BySecret{.client_id = system->client_id, .secret = credentials.password}, parts_.clock.now());
    return known.has_value() ? system : nullptr;
}

TempFiles::Results TempFiles::results(const LocalCall& call, const soap::StorageRequest& request,
                                      const registry::System& by) const {
    switch (request.operation) {
        case StorageOperation::upload:
            co_return co_await upload(call, request, by);
        case StorageOperation::download:
            co_return co_await download(request, by);
        case StorageOperation::confirm:
            co_return co_await confirm(request, by);
        case StorageOperation::get_file_info:
            break;
    }
    co_return describe(request);
}

TempFiles::Results TempFiles::upload(const LocalCall& call, const soap::StorageRequest& request,
                                     const registry::System& by) const {
    using Kept = std::vector<base::Result<records::TempFile>>;
    // Shared with the unit, which may outlive this coroutine.
    const auto sealed = std::make_shared<std::vector<base::Result<access::TempFiles::Sealed>>>();
    for (const soap::FileUpload& each : request.uploads) {
        const std::string origin = origin_of(call, sealed->size());
        sealed->push_back(parts_.files.seal({.uploader = by.key,
                                             .origin = origin,
                                             .content = each.content,
                                             .names = {.name = each.name, .mime = each.mime},
                                             .life_ms = each.life_time,
                                             .needs_confirmation = each.needs_confirmation.value_or(false)},
                                            call.arrival.received));
    }
    auto unit = [&files = parts_.files, sealed](store::WriteSession& session) {
        Kept kept;
        for (const auto& each : *sealed) {
            if (each.has_error())
                kept.emplace_back(each.error());
            else
                kept.push_back(files.keep(session, *each));
        }
        return kept;
    };
    const Kept kept = co_await http::committed(parts_.writer, std::move(unit));
    std::vector<FileResult> results;
    for (std::size_t i = 0; i < kept.size(); ++i) {
        FileResult result{.process_id = request.uploads[i].process_id, .status = well()};
        if (kept[i].has_error()) {
            result.status = status_of(kept[i].error());
        } else {
            result.identifier = (*sealed)[i]->identifier;
            result.life_time = in_ms(kept[i]->expires - kept[i]->uploaded);
        }
        results.push_back(std::move(result));
    }
    co_return results;
}

TempFiles::Results TempFiles::download(const soap::StorageRequest& request, const registry::System& by) const {
    using Taken = std::vector<base::Result<access::TempFiles::Taken>>;
    auto unit = [&files = parts_.files, identifiers = request.identifiers, by = by.key,
                 now = parts_.clock.now()](store::WriteSession& session) {
        Taken taken;
        std::int64_t room = access::temp_file_bytes_max;
        for (const std::string& each : identifiers) {
            taken.push_back(files.take(session, each, by, room, now));
            if (taken.back().has_value()) room -= taken.back()->file.size;
        }
        return taken;
    };
    const Taken taken = co_await http::committed(parts_.writer, std::move(unit));
    std::vector<FileResult> results;
    for (std::size_t i = 0; i < taken.size(); ++i) {
        FileResult result{.status = well(), .identifier = request.identifiers[i]};
        if (taken[i].has_error()) {
            result.status = status_of(taken[i].error());
        } else {
            result.content = parts_.records.open_content(taken[i]->file, taken[i]->content);
            result.meta = meta_of(taken[i]->file);
        }
        results.push_back(std::move(result));
    }
    co_return results;
}

TempFiles::Results TempFiles::confirm(const soap::StorageRequest& request, const registry::System& by) const {
    auto unit = [&files = parts_.files, identifiers = request.identifiers, by = by.key,
                 now = parts_.clock.now()](store::WriteSession& session) {
        std::vector<FileResult> results;
        for (const std::string& each : identifiers) {
            const auto confirmed = files.confirm(session, each, by, now);
            results.push_back(
                {.status = confirmed.has_error() ? status_of(confirmed.error()) : well(), .identifier = each});
        }
        return results;
    };
    co_return co_await http::committed(parts_.writer, std::move(unit));
}

std::vector<FileResult> TempFiles::describe(const soap::StorageRequest& request) const {
    std::vector<FileResult> results;
    parts_.readers.read([&](store::ReadSession& session) {
        results.clear();
        for (const std::string& each : request.identifiers) {
            const auto file = parts_.files.find(session, each);
            FileResult result{.status = file.has_error() ? status_of(file.error()) : well(), .identifier = each};
            if (file.has_value()) result.meta = meta_of(*file);
            results.push_back(std::move(result));
        }
    });
    return results;
}

soap::FileMeta TempFiles::meta_of(const records::TempFile& file) const {
    const auto names = file.deleted ? records::TempFileNames{} : parts_.records.open_names(file);
    return {.name = names.name,
            .mime = names.mime,
            .uploaded = file.uploaded,
            .uploader = file.uploader,
            .expires = file.expires,
            .needs_confirmation = file.needs_confirmation,
            .size = file.size,
            .deleted = file.deleted.has_value(),
            .deleted_at = file.deleted,
            .confirmed = file.confirmed.has_value(),
            .confirmed_by = file.confirmed_by,
            .confirmed_at = file.confirmed};
}

TempFiles::Served TempFiles::answer(const LocalCall& call, const soap::StorageResponse& response) const {
    soap::Data data = soap::write(response, parts_.zone);
    if (call.data.form() != soap::DataForm::nodes) {
        const std::string nodes = data.to_xml();
        auto in_form = soap::Data::document(base::as_bytes(document_in(nodes)), call.data.form(),
                                            soap::DataRoot::inside, call.data.type());
        if (in_form.has_error()) return SoapRefusal{soap::sce_internal, in_form.error()};
        data = std::move(*in_form);
    }
    const soap::SendMessageResponse message{.message_id = parts_.door.random_uuid(),
                                            .correlation_id = call.message.message_id,
                                            .date = parts_.clock.now(),
                                            .status_code = "SCSS001",
                                            .status_message = "Message has been processed successfully",
                                            .session = call.arrival.session,
                                            .data = std::move(data)};
    // Contents and names of files may be of persons, and end with the file: they are not kept a second time.
    const bool keep = response.operation == StorageOperation::upload || response.operation == StorageOperation::confirm;
    return LocalAnswer{.content = soap::write(message, parts_.zone), .keep = keep};
}

}  // namespace kelisim::gateway
