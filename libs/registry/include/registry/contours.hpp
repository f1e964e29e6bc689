// SPDX-License-Identifier: Apache-2.0
// Who may be integrated with whom, and by which side of the gateway: 307/НК п.3, п.4; 418-V ст.43, ст.44(1). Asked at the
// registration and at every call, because a system may be classified anew and an agreement may end.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "registry/registry.hpp"

namespace kelisim::registry {

extern const base::Reason contour_certification_authority;
extern const base::Reason contour_state_secrets;
extern const base::Reason contour_official_use;
extern const base::Reason contour_analytics_space;
extern const base::Reason contour_open_data;
extern const base::Reason contour_outside_environment;
extern const base::Reason contour_external_side_only;
extern const base::Reason contour_agreement_missing;
extern const base::Reason contour_agreement_over;
extern const base::Reason contour_payment_side_only;
extern const base::Reason contour_payments_only;
extern const base::Reason contour_payment_with_personal_data;

// How it stands with the joint agreement between the owners of two systems.
enum class AgreementState { none, over, stands };

// What a call asks for, of whom, as far as this rule looks at it.
struct ContourCall {
    const System& caller;
    const System& callee;
    ServiceKind kind{};
    bool personal_data = false;
    Side side{};
    AgreementState agreement{};
};

// The rule: every reason against the call; none when it may pass.
std::vector<const base::Reason*> contour_objections(const ContourCall& call);

// The same against a system or a service that is to be registered.
std::vector<const base::Reason*> contour_objections(const System& system);
std::vector<const base::Reason*> contour_objections(const IntegrationService& service);

// Between the owners of a state and of a non-state system, on a local day. The operator of the gateway may have signed in the
// place of the state system's owner: it answers for the gateway by which all of them are reached.
AgreementState agreement_between(const Registry& registry, const System& one, const System& other,
                                 std::string_view local_day);

// A call as it comes in.
struct Arriving {
    const System& caller;
    Side side{};
    std::string_view local_day;
};
// The rule, with what is registered: for a call of this service; for what is said about it to `callee`, who need not be its owner
// (an owner answers); for a call of the personal-data access control service itself, which is a state system.
std::vector<const base::Reason*> contour_objections(const Registry& registry, const Arriving& arriving,
                                                    const IntegrationService& service);
std::vector<const base::Reason*> contour_objections(const Registry& registry, const Arriving& arriving,
                                                    const IntegrationService& service, const System& callee);
std::vector<const base::Reason*> contour_objections(const Registry& registry, const Arriving& arriving);

}  // namespace kelisim::registry
