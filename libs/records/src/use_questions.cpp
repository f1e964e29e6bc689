// SPDX-License-Identifier: Apache-2.0
#include "records/use_questions.hpp"

#include "codec.hpp"
#include "paging.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement insert{
    "use_question_insert",
    "INSERT INTO use_question (id, bucket, subject, use, initiator, asked, due, question) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"};
constexpr store::Statement put_answer{
    "use_question_answer", "UPDATE use_question SET answered = ?1, answer = ?2 WHERE id = ?3 AND bucket = ?4"};
#define QUESTION_COLUMNS "id, subject, use, initiator, asked, due, answered, question, answer"
constexpr store::Statement by_id{"use_question_by_id",
                                 "SELECT " QUESTION_COLUMNS " FROM use_question WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement of_subject{"use_question_of_subject",
                                      "SELECT " QUESTION_COLUMNS
                                      " FROM use_question WHERE subject = ?1 AND bucket = ?2 AND id < ?3 "
                                      "ORDER BY id DESC LIMIT ?4"};
constexpr store::Statement due_before{"use_question_overdue",
                                      "SELECT " QUESTION_COLUMNS
                                      " FROM use_question WHERE answered IS NULL AND due <= ?1 AND id < ?2 "
                                      "AND EXISTS (SELECT 1 FROM subject WHERE subject.id = use_question.subject "
                                      "AND subject.bucket = use_question.bucket) ORDER BY id DESC LIMIT ?3"};
#undef QUESTION_COLUMNS
constexpr store::Statement by_use{"use_question_by_use", "SELECT id FROM use_question WHERE use = ?1 AND bucket = ?2"};

std::int64_t bucket(const base::RawId& id) {
    return id.bucket().value;
}

UseQuestion read_frame(const store::Row& row) {
    UseQuestion question{.id = id_at<QuestionId>(row, 0),
                         .subject = id_at<consent::SubjectId>(row, 1),
                         .use = id_at<consent::UseId>(row, 2),
                         .initiator = std::string(row.text(3)),
                         .asked = time_at(row, 4),
                         .due = {},
                         .answered = {},
                         .question = {},
                         .answer = {}};
    if (!row.null(5)) question.due = time_at(row, 5);
    if (!row.null(6)) question.answered = time_at(row, 6);
    return question;
}

UseQuestion read(const store::Row& row, const crypto::SealKey& data_key) {
    UseQuestion question = read_frame(row);
    const auto text = [&](int column, std::string_view part) {
        const auto plain = open_or_throw(data_key, row.blob(column), context_of(question.id, part), "question");
        return std::string(base::as_text(plain));
    };
    question.question = text(7, "question");
    if (!row.null(8)) question.answer = text(8, "answer");
    return question;
}

}  // namespace

void UseQuestions::add(store::WriteSession& session, const UseQuestion& question,
                       const crypto::SealKey& data_key) const {
    const base::Bytes sealed =
        crypto::seal(data_key, base::as_bytes(question.question), context_of(question.id, "question"), entropy_);
    session.execute(insert,
                    {question.id.bytes(), bucket(question.id), question.subject.bytes(), question.use.bytes(),
                     question.initiator, micros(question.asked),
                     question.due ? store::Param(micros(*question.due)) : store::Param(std::monostate{}), sealed});
}

void UseQuestions::answer(store::WriteSession& session, const UseQuestion& question,
                          const crypto::SealKey& data_key) const {
    const base::Bytes sealed =
        crypto::seal(data_key, base::as_bytes(question.answer), context_of(question.id, "answer"), entropy_);
    session.execute(put_answer, {micros(question.answered.value()), sealed, question.id.bytes(), bucket(question.id)});
}

std::optional<UseQuestions::Whose> UseQuestions::whose(store::ReadSession& session, QuestionId id) const {
    std::optional<Whose> found;
    session.query(by_id, {id.bytes(), bucket(id)}, [&](const store::Row& row) {
        found = Whose{.subject = id_at<consent::SubjectId>(row, 1), .initiator = std::string(row.text(3))};
    });
    return found;
}

std::optional<UseQuestion> UseQuestions::find(store::ReadSession& session, QuestionId id,
                                              const crypto::SealKey& data_key) const {
    std::optional<UseQuestion> found;
    session.query(by_id, {id.bytes(), bucket(id)}, [&](const store::Row& row) { found = read(row, data_key); });
    return found;
}

std::optional<QuestionId> UseQuestions::about(store::ReadSession& session, consent::UseId use) const {
    std::optional<QuestionId> found;
    session.query(by_use, {use.bytes(), bucket(use)},
                  [&](const store::Row& row) { found = id_at<QuestionId>(row, 0); });
    return found;
}

std::vector<UseQuestion> UseQuestions::of(store::ReadSession& session, consent::SubjectId subject,
                                          const std::optional<base::RawId>& before, std::size_t max,
                                          const crypto::SealKey& data_key) const {
    std::vector<UseQuestion> found;
    session.query(of_subject, {subject.bytes(), bucket(subject), before_bytes(before), static_cast<std::int64_t>(max)},
                  [&](const store::Row& row) { found.push_back(read(row, data_key)); });
    return found;
}

std::vector<UseQuestion> UseQuestions::overdue(store::ReadSession& session, base::Time now,
                                               const std::optional<base::RawId>& before, std::size_t max) const {
    std::vector<UseQuestion> found;
    session.query(due_before, {micros(now), before_bytes(before), static_cast<std::int64_t>(max)},
                  [&](const store::Row& row) { found.push_back(read_frame(row)); });
    return found;
}

}  // namespace kelisim::records
