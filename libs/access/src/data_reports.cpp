// SPDX-License-Identifier: Apache-2.0
#include "access/data_reports.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "facts.hpp"

namespace kelisim::access {

using base::Kind;
using base::Reason;
using base::Refusal;
using base::Result;
using records::DataChange;
using records::DataChangeId;

const Reason report_service_of_another{
    "report_service_of_another",
    Kind::forbidden,
    "418-V ст.36(4)",
    {"Бұл жүйенің мұндай дербес деректер сервисі жоқ.", "У этой системы нет такого сервиса с персональными данными.",
     "This system has no such service with personal data."}};
const Reason report_fields{"report_fields",
                           Kind::invalid,
                           "418-V ст.36(4)",
                           {"Өзгерген деректер осы сервистің өрістері ретінде бір-бірден аталады.",
                            "Изменённые данные называют полями этого сервиса, каждое один раз.",
                            "Name what changed as fields of this service, each once."}};
const Reason report_time{"report_time",
                         Kind::invalid,
                         "418-V ст.36(4)",
                         {"Өзгеріс уақыты болашақта немесе тым ерте.", "Время изменения в будущем или слишком давно.",
                          "The time of the change lies in the future or too far back."}};
const Reason report_id_reused{
    "report_id_reused",
    Kind::conflict,
    "",
    {"Бұл идентификатор басқа хабарламаға қолданылған.", "Этот идентификатор уже использован для другого сообщения.",
     "This id was used for another report."}};

namespace {

bool known_once(const std::vector<std::string>& fields, const std::vector<std::string>& known) {
    return !fields.empty() && fields.size() <= known.size() &&
           std::all_of(fields.begin(), fields.end(), [&](const std::string& field) {
               return std::count(known.begin(), known.end(), field) == 1 &&
                      std::count(fields.begin(), fields.end(), field) == 1;
           });
}

}  // namespace

Result<void> DataReports::check(const DataReport& report, base::Time now) const {
    const registry::IntegrationService* service = parts_.registry.service(report.service);
    // A service that no longer answers may still have to say what became of the data behind it.
    if (service == nullptr || service->owner != report.owner || !service->personal_data) {
        return Refusal(report_service_of_another);
    }
    std::vector<const Reason*> reasons;
    if (!known_once(report.fields, service->fields)) reasons.push_back(&report_fields);
    const bool in_time = report.at <= now + base::limits::clock_skew && now - report.at <= base::limits::report_age_max;
    if (!in_time) reasons.push_back(&report_time);
    if (!reasons.empty()) return Refusal(std::move(reasons));
    return {};
}

Result<DataChangeId> DataReports::claim(store::WriteSession& session, const DataReport& report,
                                        const crypto::Digest& digest, base::Time now) const {
    const auto fresh = DataChangeId::make(now, parts_.records.vault.bucket_of(report.person), parts_.entropy);
    const auto claim =
        parts_.records.requests.claim(session, report.owner + "/changes", report.report_id, digest, fresh, now);
    if (!claim.same_bytes) return Refusal(report_id_reused);
    return DataChangeId{claim.id};
}

void DataReports::record(store::WriteSession& session, const DataReport& report, DataChangeId id,
                         base::Time now) const {
    const DataChange change{.id = id,
                            .kind = report.kind,
                            .owner = report.owner,
                            .service = report.service,
                            .fields = report.fields,
                            .at = report.at,
                            .reason = report.reason};
    if (parts_.records.data_changes.add(session, report.person, change)) {
        const auto subject = parts_.records.subjects.find(session, report.person);
        parts_.records.journal.append(
            session, data_change_fact(change, subject ? std::optional(subject->id) : std::nullopt, now));
    }
}

Page<DataChange> DataReports::of(store::ReadSession& session, const records::Subject& whose,
                                 const PageWanted& wanted) const {
    return cut(parts_.records.data_changes.of(session, whose.person.iin, wanted.before, wanted.max + 1), wanted.max,
               [](const DataChange& change) { return change.id; });
}

}  // namespace kelisim::access
