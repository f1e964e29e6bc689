// SPDX-License-Identifier: Apache-2.0
// The public material of src/vectors (its README says where each comes from), for tests.
#pragma once

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "trust/authorities.hpp"
#include "trust/policy.hpp"

namespace kelisim::trust::material {

inline base::Bytes bytes(const std::string& name) {
    std::ifstream file("src/vectors/" + name, std::ios::binary);
    if (!file) throw std::runtime_error("no src/vectors/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline Certificate certificate(const std::string& name) {
    auto read = Certificate::from_any(bytes(name));
    if (!read) throw std::runtime_error(name + " cannot be read");
    return *std::move(read);
}

inline base::Time time(const char* text) {
    return base::parse_time(text).value();
}

struct Member {
    std::string file;
    bool anchor = false;
    std::vector<std::string> role_arcs = {};
};

inline Authorities authorities(Contour contour, const std::vector<Member>& files) {
    std::vector<Authority> members;
    for (const Member& one : files)
        members.push_back({.name = one.file,
                           .certificate = certificate(one.file),
                           .anchor = one.anchor,
                           .contour = contour,
                           .role_arcs = one.role_arcs});
    return Authorities::make(contour, std::move(members)).value();
}

inline const std::vector<std::string> nca_arcs{"1.2.398.3.3.4", "1.2.398.5.19.1"};

// The authority's test contour; its root is not public, so its НУЦ is the anchor.
inline const Authorities& test_contour() {
    static const Authorities made =
        authorities(Contour::test, {{.file = "test/nca_gost2015_test.cer", .anchor = true, .role_arcs = nca_arcs},
                                    {.file = "test/nca_gost_test.crt", .anchor = true, .role_arcs = nca_arcs},
                                    {.file = "test/nca_rsa_test.crt", .anchor = true, .role_arcs = nca_arcs}});
    return made;
}

inline const Authorities& production() {
    static const Authorities made =
        authorities(Contour::production, {{.file = "production/root_gost_2022.pem", .anchor = true},
                                          {.file = "production/nca_gost_2022.pem", .role_arcs = nca_arcs},
                                          {.file = "production/root_rsa_2020.cer", .anchor = true},
                                          {.file = "production/nca_rsa_2022.cer", .role_arcs = nca_arcs},
                                          {.file = "production/root_gost_2020.cer", .anchor = true},
                                          {.file = "production/root_gost.pem", .anchor = true},
                                          {.file = "production/nca_gost.pem", .role_arcs = nca_arcs},
                                          {.file = "production/root_rsa.pem", .anchor = true},
                                          {.file = "production/nca_rsa.pem", .role_arcs = nca_arcs}});
    return made;
}

inline const Policy without_revocation{.revocation_required = false};
inline const Policy legacy{.allow_rsa_sha1 = true, .allow_gost2004 = true, .revocation_required = false};

inline Verification at(const char* text, const Authorities& authorities, const Policy& policy = without_revocation) {
    return {.authorities = authorities, .policy = policy, .revocation = nullptr, .at = time(text), .now = time(text)};
}

}  // namespace kelisim::trust::material
