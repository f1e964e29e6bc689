// SPDX-License-Identifier: Apache-2.0
#include "access_record.hpp"

#include "codec.hpp"

namespace kelisim::records {

namespace {

boost::json::object to_object(const AccessRecord& record) {
    boost::json::object object{{"subject", record.subject.reveal()},
                               {"receiver", record.receiver},
                               {"service", record.service},
                               {"purpose", record.purpose},
                               {"fields", boost::json::value_from(record.fields)},
                               {"acts", boost::json::value_from(record.acts)},
                               {"employee", record.employee}};
    if (record.by) object["by"] = record.by->to_string();
    if (!record.refused_for.empty()) object["refused_for"] = boost::json::value_from(record.refused_for);
    return object;
}

AccessRecord record_from(const boost::json::object& object) {
    const auto text = [&](std::string_view name) { return std::string(object.at(name).as_string()); };
    AccessRecord record{.subject = base::Iin::parse(text("subject")).value(),
                        .receiver = text("receiver"),
                        .service = text("service"),
                        .purpose = text("purpose"),
                        .fields = boost::json::value_to<std::vector<std::string>>(object.at("fields")),
                        .acts = boost::json::value_to<std::vector<std::string>>(object.at("acts")),
                        .employee = text("employee")};
    if (object.contains("by")) record.by = id_in<consent::SubjectId>(object, "by");
    if (const auto* codes = object.if_contains("refused_for")) {
        record.refused_for = boost::json::value_to<std::vector<std::string>>(*codes);
    }
    return record;
}

}  // namespace

base::Bytes seal_record(const Vault& vault, const AccessRecord& record, consent::UseId id, base::Time now,
                        base::Entropy& entropy) {
    return vault.archive().seal(base::as_bytes(boost::json::serialize(to_object(record))), id.bytes(), now, entropy);
}

AccessRecord open_record(const Vault& vault, base::BytesView sealed, consent::UseId id) {
    const base::Bytes plain = vault.archive().open(sealed, id.bytes(), "record of access");
    return record_from(StoredJson(base::as_text(plain), "record of access").value().as_object());
}

}  // namespace kelisim::records
