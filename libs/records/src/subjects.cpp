// SPDX-License-Identifier: Apache-2.0
#include "records/subjects.hpp"

#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement by_blind{"subject_by_blind",
                                    "SELECT id, wrapped_key, sealed FROM subject WHERE blind = ?1 AND bucket = ?2"};
constexpr store::Statement by_id{"subject_by_id",
                                 "SELECT id, wrapped_key, sealed FROM subject WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement all{"subject_all",
                               "SELECT id, wrapped_key, sealed FROM subject WHERE id NOT IN (SELECT id FROM deferral)"};
constexpr store::Statement insert_row{
    "subject_insert", "INSERT INTO subject (id, bucket, blind, wrapped_key, sealed) VALUES (?1, ?2, ?3, ?4, ?5)"};

constexpr store::Statement change{"subject_update", "UPDATE subject SET sealed = ?1 WHERE id = ?2 AND bucket = ?3"};
constexpr store::Statement remove{"subject_delete", "DELETE FROM subject WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement note_erasure{
    "erasure_insert", "INSERT INTO erasure (subject, at) VALUES (?1, ?2) ON CONFLICT (subject) DO NOTHING"};

std::string text_of(const people::Person& person) {
    boost::json::object object{{"iin", person.iin.reveal()},
                               {"surname", person.surname},
                               {"name", person.name},
                               {"patronymic", person.patronymic},
                               {"language", base::to_string(person.language)},
                               {"life_status", number(person.life_status)},
                               {"capable", person.capable},
                               {"minor", person.minor}};
    if (person.phone) object["phone"] = person.phone->reveal();
    if (person.representative) object["representative"] = person.representative->reveal();
    return boost::json::serialize(object);
}

people::Person person_from(const boost::json::object& object) {
    const auto text = [&](std::string_view name) { return std::string(object.at(name).as_string()); };
    people::Person person;
    person.iin = base::Iin::parse(text("iin")).value();
    person.surname = text("surname");
    person.name = text("name");
    person.patronymic = text("patronymic");
    person.language = base::parse_language(text("language")).value();
    person.life_status = static_cast<people::LifeStatus>(object.at("life_status").as_int64());
    person.capable = object.at("capable").as_bool();
    person.minor = object.at("minor").as_bool();
    if (object.contains("phone")) person.phone = people::Phone::parse(text("phone"));
    if (object.contains("representative")) person.representative = base::Iin::parse(text("representative")).value();
    return person;
}

}  // namespace

std::optional<Subject> Subjects::find(store::ReadSession& session, const base::Iin& iin) const {
    std::optional<Subject> found;
    const Digest blind = vault_.blind_index(iin);
    session.query(by_blind, {blind, std::int64_t{vault_.bucket_of(iin).value}}, [&](const store::Row& row) {
        found = open(id_at<consent::SubjectId>(row, 0), row.blob(1), row.blob(2));
    });
    return found;
}

std::optional<Subject> Subjects::find(store::ReadSession& session, consent::SubjectId id) const {
    std::optional<Subject> found;
    session.query(by_id, {id.bytes(), std::int64_t{id.bucket().value}},
                  [&](const store::Row& row) { found = open(id, row.blob(1), row.blob(2)); });
    return found;
}

Subject Subjects::load(store::ReadSession& session, consent::SubjectId id) const {
    auto found = find(session, id);
    if (!found) throw Erased();
    return std::move(*found);
}

void Subjects::insert(store::WriteSession& session, const Subject& subject, const Digest& blind) const {
    const base::BytesView id = subject.id.bytes();
    const base::Bytes wrapped = vault_.wrap(subject.data_key, id, entropy_);
    const base::Bytes sealed = crypto::seal(subject.data_key, base::as_bytes(text_of(subject.person)), id, entropy_);
    session.execute(insert_row, {id, std::int64_t{subject.id.bucket().value}, blind, wrapped, sealed});
}

Subject Subjects::add(store::WriteSession& session, const people::Person& person, base::Time now) const {
    Subject subject{.id = consent::SubjectId::make(now, vault_.bucket_of(person.iin), entropy_),
                    .data_key = crypto::make_seal_key(entropy_),
                    .person = person};
    insert(session, subject, vault_.blind_index(person.iin));
    return subject;
}

Subject Subjects::add_apart(store::WriteSession& session, const Subject& person, base::Time now) const {
    Subject apart{
        .id = consent::SubjectId::make(now, person.id.bucket(), entropy_), .data_key = person.data_key, .person = {}};
    apart.person.iin = person.person.iin;
    apart.person.language = person.person.language;
    insert(session, apart, vault_.blind_index("subject apart", apart.id.to_string()));
    return apart;
}

void Subjects::remove_apart(store::WriteSession& session, consent::SubjectId id) const {
    session.execute(remove, {id.bytes(), std::int64_t{id.bucket().value}});
}

void Subjects::update(store::WriteSession& session, const Subject& subject) const {
    const base::Bytes sealed =
        crypto::seal(subject.data_key, base::as_bytes(text_of(subject.person)), subject.id.bytes(), entropy_);
    if (session.execute(change, {sealed, subject.id.bytes(), std::int64_t{subject.id.bucket().value}}) != 1) {
        throw Erased();
    }
}

bool Subjects::erase(store::WriteSession& session, consent::SubjectId id, base::Time now) const {
    session.execute(note_erasure, {id.bytes(), micros(now)});
    session.after_commit([&opened = opened_, id] { opened.forget(id); });
    return session.execute(remove, {id.bytes(), std::int64_t{id.bucket().value}}) == 1;
}

void Subjects::each(store::ReadSession& session, const std::function<void(const Subject&)>& visit) const {
    session.query(all, {}, [&](const store::Row& row) {
        // Not kept: everybody at once would drive out those who are met again.
        visit(unseal(id_at<consent::SubjectId>(row, 0), row.blob(1), row.blob(2)));
    });
}

Subject Subjects::open(consent::SubjectId id, base::BytesView wrapped_key, base::BytesView sealed) const {
    if (const auto kept = opened_.subjects.find(id, {wrapped_key, sealed})) return *kept;
    Subject subject = unseal(id, wrapped_key, sealed);
    opened_.keep(opened_.subjects, id, id, {wrapped_key, sealed}, subject);
    return subject;
}

Subject Subjects::unseal(consent::SubjectId id, base::BytesView wrapped_key, base::BytesView sealed) const {
    crypto::SealKey key = vault_.unwrap(wrapped_key, id.bytes());
    const base::Bytes plain = open_or_throw(key, sealed, id.bytes(), "subject");
    const StoredJson json(base::as_text(plain), "subject");
    people::Person person = person_from(json.value().as_object());
    return {.id = id, .data_key = std::move(key), .person = std::move(person)};
}

}  // namespace kelisim::records
