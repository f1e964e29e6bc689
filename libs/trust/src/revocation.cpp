// SPDX-License-Identifier: Apache-2.0
#include "trust/revocation.hpp"

#include <algorithm>
#include <map>
#include <mutex>

#include "base/limits.hpp"
#include "crl.hpp"
#include "status.hpp"
#include "trust/findings.hpp"

namespace kelisim::trust {
namespace {

// The address, and whose list was looked for there: certificates of one authority are known to name the address of another's list
// (pki.md 1.3), in which theirs would never stand.
using Place = std::pair<std::string, crypto::Digest>;

struct KeptList {
    RevocationList list;
    base::Time fetched;
};

}  // namespace

struct Revocation::Impl {
    Impl(StatusSource& asked, base::Entropy& drawn, const Bounds& bounded)
        : source(asked), entropy(drawn), bounds(bounded) {}

    StatusSource& source;
    base::Entropy& entropy;
    const Bounds bounds;
    std::mutex mutex;
    std::map<crypto::Digest, Status> statuses;               // by the certificate's fingerprint; only what counted
    std::map<Place, std::shared_ptr<const KeptList>> lists;  // only what was signed

    std::optional<Status> remembered(const Certificate& certificate, const Verification& with) {
        const std::scoped_lock lock(mutex);
        const auto found = statuses.find(certificate.fingerprint());
        if (found == statuses.end()) return std::nullopt;
        Findings age;
        check_age(found->second, with, age);
        return age.verdict() == Verdict::valid ? std::optional(found->second) : std::nullopt;
    }

    void remember(const Certificate& certificate, const Status& status, const Verification& with) {
        const std::scoped_lock lock(mutex);
        if (statuses.size() >= bounds.statuses_max)
            std::erase_if(statuses,
                          [&](const auto& one) { return one.second.as_of + with.policy.status_age_max < with.now; });
        if (statuses.size() < bounds.statuses_max) statuses.insert_or_assign(certificate.fingerprint(), status);
    }

    // What was wrong with the answers stays beside the question, for whoever has to find out why.
    std::optional<Status> ask(const Certificate& certificate, const Certificate& issuer, const Verification& with,
                              Findings& wrong) {
        for (const std::string& url : certificate.ocsp_urls()) {
            const OcspRequest request = make_ocsp_request(certificate, issuer, entropy);
            const auto answer = source.ask_ocsp(url, request.der);
            if (!answer) continue;
            const StatusReport report = read_ocsp_response(*answer, certificate, issuer, request.nonce, with);
            wrong.add(report.findings);
            if (report.findings.verdict() != Verdict::valid || report.status.standing == Standing::unknown) continue;
            remember(certificate, report.status, with);
            return report.status;
        }
        return std::nullopt;
    }

    std::shared_ptr<const KeptList> kept(const Place& place, const Verification& with) {
        const std::scoped_lock lock(mutex);
        const auto found = lists.find(place);
        if (found == lists.end() || found->second->fetched + base::limits::revocation_list_fresh < with.now)
            return nullptr;
        return found->second;
    }

    void keep(const Place& place, const std::shared_ptr<const KeptList>& list) {
        const std::scoped_lock lock(mutex);
        if (lists.size() >= bounds.lists_max && !lists.contains(place)) {
            const auto oldest =
                std::ranges::min_element(lists, {}, [](const auto& one) { return one.second->fetched; });
            lists.erase(oldest);
        }
        lists.insert_or_assign(place, list);
    }

    // The list behind an address, its signature checked. The one kept before serves when there is no newer one to be had.
    std::shared_ptr<const KeptList> list(const std::string& url, const Certificate& issuer, const Verification& with,
                                         Findings& wrong) {
        const Place place{url, issuer.fingerprint()};
        if (auto fresh = kept(place, with)) return fresh;
        const auto bytes = source.fetch_crl(url);
        auto read = bytes ? RevocationList::from_der(*bytes) : std::nullopt;
        if (bytes && !read) wrong.fail(status_malformed, url);
        if (read) {
            Findings of_list;
            read->check(issuer, with, of_list);
            wrong.add(of_list);
            if (of_list.verdict() == Verdict::valid) {
                auto made = std::make_shared<const KeptList>(KeptList{.list = *std::move(read), .fetched = with.now});
                keep(place, made);
                return made;
            }
        }
        const std::scoped_lock lock(mutex);
        const auto found = lists.find(place);
        return found == lists.end() ? nullptr : found->second;
    }

    std::optional<Status> look_up(const Certificate& certificate, const Certificate& issuer, const Verification& with,
                                  Findings& wrong) {
        for (const std::string& url : certificate.crl_urls()) {
            const auto whole = list(url, issuer, with, wrong);
            if (!whole) continue;
            Findings age;
            whole->list.check_age(with, age);
            if (whole->list.is_delta() || !whole->list.covers(certificate)) age.fail(status_scope, url);
            wrong.add(age);
            if (age.verdict() != Verdict::valid) continue;
            const auto later = delta(whole->list, certificate, issuer, with, wrong);
            return standing_in(whole->list, later ? &later->list : nullptr, certificate);
        }
        return std::nullopt;
    }

    // A delta that cannot be had leaves the whole list, which is valid until its own end.
    std::shared_ptr<const KeptList> delta(const RevocationList& whole, const Certificate& certificate,
                                          const Certificate& issuer, const Verification& with, Findings& wrong) {
        for (const std::string& url : certificate.delta_crl_urls()) {
            auto later = list(url, issuer, with, wrong);
            if (!later) continue;
            Findings age;
            later->list.check_age(with, age);
            if (later->list.is_delta() && whole.continues_with(later->list) && age.verdict() == Verdict::valid)
                return later;
        }
        return nullptr;
    }
};

Revocation::Revocation(StatusSource& source, base::Entropy& entropy, const Bounds& bounds)
    : impl_(std::make_unique<Impl>(source, entropy, bounds)) {}
Revocation::~Revocation() = default;

void Revocation::check(const Certificate& certificate, const Certificate& issuer, const Verification& with,
                       Findings& findings) {
    if (const auto known = impl_->remembered(certificate, with)) return judge(*known, certificate, with, findings);
    Findings wrong;
    auto status = impl_->ask(certificate, issuer, with, wrong);
    if (!status) status = impl_->look_up(certificate, issuer, with, wrong);
    const Weight weight = status || !with.policy.revocation_required ? Weight::note : Weight::leaves_open;
    for (const Finding& one : wrong.all())
        findings.add(*one.reason, weight, one.detail);
    if (status)
        judge(*status, certificate, with, findings);
    else
        findings.add(revocation_unknown, weight, certificate.authority_text());
}

}  // namespace kelisim::trust
