// SPDX-License-Identifier: Apache-2.0
#include "records/documents.hpp"

#include "codec.hpp"
#include "paging.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement insert{"document_insert",
                                  "INSERT INTO electronic_document (id, bucket, subject, about, at, form, sealed) "
                                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"};
constexpr store::Statement by_id{"document_find",
                                 "SELECT id, subject, about, at, form, sealed FROM electronic_document "
                                 "WHERE id = ?1 AND bucket = ?2 AND subject = ?3"};
constexpr store::Statement of_subject{"document_of_subject",
                                      "SELECT id, subject, about, at, form FROM electronic_document "
                                      "WHERE subject = ?1 AND bucket = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4"};
constexpr std::string_view part = "document";

ElectronicDocument without_bytes(const store::Row& row) {
    return {.id = id_at<DocumentId>(row, 0),
            .about = id_at<base::RawId>(row, 2),
            .subject = id_at<consent::SubjectId>(row, 1),
            .at = time_at(row, 3),
            .form = enum_at(row, 4, DocumentForm::cms),
            .bytes = {}};
}

}  // namespace

void Documents::add(store::WriteSession& session, const ElectronicDocument& document,
                    const crypto::SealKey& data_key) const {
    const base::Bytes sealed = crypto::seal(data_key, document.bytes, context_of(document.id, part), entropy_);
    session.execute(insert, {document.id.bytes(), std::int64_t{document.id.bucket().value}, document.subject.bytes(),
                             document.about.bytes(), micros(document.at), number(document.form), sealed});
}

std::optional<ElectronicDocument> Documents::find(store::ReadSession& session, consent::SubjectId subject,
                                                  DocumentId id, const crypto::SealKey& data_key) const {
    std::optional<ElectronicDocument> found;
    session.query(by_id, {id.bytes(), std::int64_t{id.bucket().value}, subject.bytes()}, [&](const store::Row& row) {
        found = without_bytes(row);
        found->bytes = open_or_throw(data_key, row.blob(5), context_of(id, part), "electronic document");
    });
    return found;
}

std::vector<ElectronicDocument> Documents::of(store::ReadSession& session, consent::SubjectId subject,
                                              const std::optional<base::RawId>& before, std::size_t max) const {
    std::vector<ElectronicDocument> found;
    session.query(
        of_subject,
        {subject.bytes(), std::int64_t{subject.bucket().value}, before_bytes(before), static_cast<std::int64_t>(max)},
        [&](const store::Row& row) { found.push_back(without_bytes(row)); });
    return found;
}

}  // namespace kelisim::records
