// SPDX-License-Identifier: Apache-2.0
// GBD UL as it is asked: GbdulInfoByBin_v2, which names the head of a legal entity under the head's token, and the report
// GbdulReport3007_KDP with a token for each natural person whom it names (wire.md B5).
#pragma once

#include "gbdul_owner/entities.hpp"
#include "owner/run.hpp"
#include "owner/shep_message.hpp"

namespace kelisim::gbdul {

extern const base::Reason legal_entity_unknown;
extern const base::Reason head_differs;
extern const base::Reason person_not_concerned;

extern const owner::Role role;
const owner::Service& info_service();
const owner::Service& report_service();

inline constexpr std::string_view report_namespace = "http://kdp.3007.reports.egp.gbdul.tamur.kz";
// Ours: nothing is published of these.
inline constexpr std::string_view info_namespace = "urn:kelisim:sandbox:gbdul:info";
inline constexpr std::string_view report_answer_namespace = "urn:kelisim:sandbox:gbdul:report";

struct InfoRequest {
    owner::PersonRequest person;  // the head
    std::string bin;
};

struct ReportRequest {
    std::string request_number;
    std::string declarant;  // may be empty
    std::string bin;
    std::vector<owner::ShownToken> tokens;  // in the order in which they came; some may be empty
};
ReportRequest read_report_request(owner::Fields& fields);

class LegalEntities final : public owner::Registry {
public:
    // Reads persons and legal entities of the world file.
    explicit LegalEntities(const owner::RegistryParts& parts)
        : parts_(parts),
          persons_(owner::load_world(parts.world_file)),
          entities_(load_entities(parts.world_file, persons_)) {}

    bool serves(std::string_view service) const override;
    std::string_view not_found_code() const override { return "404"; }
    boost::asio::awaitable<soap::Read<owner::Answered>> answer(const owner::Inquiry& inquiry) override;
    // POST /entity with "bin" beside the head's IIN
    std::vector<owner::RestService> rest() const;

private:
    // What became of each token of a report.
    struct Shown {
        std::optional<base::Iin> person;       // whom it opens
        std::optional<base::Refusal> refused;  // or why nobody
    };
    boost::asio::awaitable<soap::Read<owner::Answered>> inform(const owner::Inquiry& inquiry);
    boost::asio::awaitable<base::Result<const Entity*>> admit(const InfoRequest& request);
    boost::asio::awaitable<soap::Read<owner::Answered>> report(const owner::Inquiry& inquiry);
    boost::asio::awaitable<Shown> open(const Entity& entity, const owner::ShownToken& shown);

    base::Result<const Entity*> headed_by(std::string_view bin, const base::Iin& head) const;
    std::string report_content(const Entity& entity, const std::vector<Shown>& shown) const;
    std::string person_content(const Entity& entity, const base::Iin& iin) const;
    owner::Response response(const owner::Inquiry& inquiry, std::string_view ns) const;

    owner::RegistryParts parts_;
    owner::World persons_;
    Entities entities_;
};

owner::Opened open(const owner::RegistryParts& parts);

}  // namespace kelisim::gbdul
