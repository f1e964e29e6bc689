// SPDX-License-Identifier: Apache-2.0
#include "access/temp_files.hpp"

#include "facts.hpp"

namespace kelisim::access {

using base::Kind;
using base::Reason;
using records::TempFile;
namespace limits = base::limits;

const Reason temp_file_too_large{
    "temp_file_too_large",
    Kind::too_large,
    "",
    {"Файл 2,75 МиБ-тан үлкен.", "Файл больше 2,75 МиБ.", "The file is larger than 2.75 MiB."}};
const Reason temp_file_life_outside{
    "temp_file_life_outside",
    Kind::invalid,
    "",
    {"lifeTime 1 миллисекундтан 7 тәулікке дейін болуы керек.", "lifeTime должен быть от 1 миллисекунды до 7 суток.",
     "lifeTime has to be between 1 millisecond and 7 days."}};
const Reason temp_file_quota_full{
    "temp_file_quota_full",
    Kind::too_many,
    "",
    {"Жүйеңіздің уақытша қоймадағы орны таусылды. Бұрынғы файлдардың мерзімі өткенде босайды.",
     "Место вашей системы во временном хранилище исчерпано. Оно освободится, когда истечёт срок прежних файлов.",
     "The room of your system in the temporary store is used up. It comes back when earlier files are over."}};
const Reason temp_file_unknown{
    "temp_file_unknown", Kind::not_found, "", {"Мұндай файл жоқ.", "Такого файла нет.", "There is no such file."}};
const Reason temp_file_over{
    "temp_file_over",
    Kind::not_found,
    "",
    {"Файлды сақтау мерзімі өтті.", "Срок хранения файла истёк.", "The time for which the file was kept is over."}};
const Reason temp_file_answer_full{"temp_file_answer_full",
                                   Kind::too_large,
                                   "",
                                   {"Файл бұл жауапқа сыймайды: оны бөлек хабарламамен сұраңыз.",
                                    "Файл не помещается в этот ответ: запросите его отдельным сообщением.",
                                    "The file does not fit into this answer: ask for it in a message of its own."}};

namespace {

constexpr std::size_t removed_at_once = 1000;
// An engine walks through the content that it lets go of, while units wait.
constexpr std::int64_t removed_bytes_at_once = 256LL * 1024 * 1024;

base::Result<base::Duration> life_of(const FileToKeep& file) {
    if (!file.life_ms) return base::Duration(limits::temp_file_life_default);
    constexpr std::int64_t ms_max = std::chrono::milliseconds(limits::temp_file_life_max).count();
    if (*file.life_ms < 1 || *file.life_ms > ms_max) return base::Refusal(temp_file_life_outside);
    return base::Duration(std::chrono::milliseconds(*file.life_ms));
}

}  // namespace

base::Result<TempFiles::Sealed> TempFiles::seal(const FileToKeep& file, base::Time now) const {
    if (file.content.size() > temp_file_bytes_max) return base::Refusal(temp_file_too_large);
    const auto life = life_of(file);
    if (life.has_error()) return life.error();
    const records::TempFiles& files = parts_.records.temp_files;
    Sealed sealed{.identifier = files.identifier_of(file.origin), .file = {}, .content = {}};
    sealed.file = {.id = records::TempFileId::make(now, {}, parts_.entropy),
                   .identifier = files.index_of(sealed.identifier),
                   .uploader = std::string(file.uploader),
                   .size = static_cast<std::int64_t>(file.content.size()),
                   .uploaded = now,
                   .expires = now + *life,
                   .needs_confirmation = file.needs_confirmation};
    sealed.content = files.seal(sealed.file, file.names, file.content);
    return sealed;
}

base::Result<TempFile> TempFiles::keep(store::WriteSession& session, const Sealed& sealed) const {
    const records::TempFiles& files = parts_.records.temp_files;
    const TempFile& file = sealed.file;
    if (auto first = files.find(session, file.identifier)) return std::move(*first);
    const auto used = files.usage(session, file.uploader);
    if (used.files >= limits::temp_files_of_system_max ||
        used.bytes + file.size > limits::temp_files_of_system_bytes_max) {
        return base::Refusal(temp_file_quota_full);
    }
    files.add(session, file, sealed.content);
    parts_.records.journal.append(session, temp_file_kept_fact(file));
    return file;
}

base::Result<TempFile> TempFiles::find(store::ReadSession& session, std::string_view identifier) const {
    const records::TempFiles& files = parts_.records.temp_files;
    auto file = files.find(session, files.index_of(identifier));
    if (!file) return base::Refusal(temp_file_unknown);
    return std::move(*file);
}

base::Result<TempFile> TempFiles::find_live(store::ReadSession& session, std::string_view identifier,
                                            base::Time now) const {
    auto file = find(session, identifier);
    // The clock decides, not the sweep.
    if (file.has_value() && (file->deleted || now >= file->expires)) return base::Refusal(temp_file_over);
    return file;
}

base::Result<TempFiles::Taken> TempFiles::take(store::WriteSession& session, std::string_view identifier,
                                               std::string_view by, std::int64_t room, base::Time now) const {
    auto file = find_live(session, identifier, now);
    if (file.has_error()) return file.error();
    if (file->size > room) return base::Refusal(temp_file_answer_full);
    auto content = parts_.records.temp_files.sealed_content(session, file->id);
    parts_.records.journal.append(session, temp_file_fact("temp_file.downloaded", *file, by, now));
    return Taken{std::move(*file), std::move(content)};
}

base::Result<TempFile> TempFiles::confirm(store::WriteSession& session, std::string_view identifier,
                                          std::string_view by, base::Time now) const {
    auto file = find_live(session, identifier, now);
    if (file.has_error() || file->confirmed) return file;
    parts_.records.temp_files.confirm(session, file->id, by, now);
    parts_.records.journal.append(session, temp_file_fact("temp_file.confirmed", *file, by, now));
    file->confirmed_by = by;
    file->confirmed = now;
    return file;
}

void TempFiles::sweep(store::WriteSession& session, base::Time now) const {
    const records::TempFiles& files = parts_.records.temp_files;
    std::int64_t bytes = 0;
    for (const TempFile& file : files.expired(session, now, removed_at_once)) {
        if (bytes > removed_bytes_at_once) break;
        bytes += file.size;
        files.remove(session, file, now);
        parts_.records.journal.append(session, temp_file_fact("temp_file.deleted", file, {}, now));
    }
    files.forget_deleted_before(session, now - limits::temp_file_meta_kept);
}

}  // namespace kelisim::access
