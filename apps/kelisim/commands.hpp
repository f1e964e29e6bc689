// SPDX-License-Identifier: Apache-2.0
// Commands beside `serve` and `demo`. Each returns the exit status; what is wrong goes to standard error.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "storage.hpp"

namespace kelisim::app {

// Reads a file, or gives the defaults without one. Prints every error; nothing when there was one.
std::optional<config::Config> read_config(const std::optional<std::filesystem::path>& file);
std::string read_text(const std::filesystem::path& file);  // throws base::Outage

void print_line(std::string_view line);  // to standard output
void complain(std::string_view line);    // to standard error
// Throws base::Outage when there is no database.
std::unique_ptr<Storage> existing_storage(const std::filesystem::path& data, const config::Config& config);

int db_init(const std::filesystem::path& data, const config::Config& config);
int db_upgrade(const std::filesystem::path& data, const config::Config& config);
int db_status(const std::filesystem::path& data, const config::Config& config);
int config_check(const std::filesystem::path& file);
int config_reference();
// Erases the person whose IIN stands on standard input: an argument would show in the list of processes.
int person_erase(const std::filesystem::path& data, const config::Config& config);
// One line for each event that its receiver has not confirmed, and for each consent whose data were to be deleted.
int events_list(const std::filesystem::path& data, const config::Config& config);
// What was refused or given up waits again, and is told when the directory is served next.
int events_replay(const std::filesystem::path& data, const config::Config& config);
// Who acts for the authorized body or the operator; the IIN stands on standard input.
int staff_appoint(const std::filesystem::path& data, const config::Config& config, const std::string& bin);
int staff_dismiss(const std::filesystem::path& data, const config::Config& config);
int staff_list(const std::filesystem::path& data, const config::Config& config);
// Starts a sandbox in a temporary directory and prints "METHOD PATTERN authentication" of each of its routes, sorted.
int routes(const config::Config& config);
int sandbox_generate(std::size_t persons);

// An EDS of the sandbox's own authority, as a PKCS #12 file; the IIN stands on standard input.
struct SandboxEds {
    std::filesystem::path data, out;
    std::string name = "АЙДАРОВ АСАН", bin, organisation, passphrase = "sandbox";
    std::string role = "first_head";  // with a BIN: or may_sign, employee, system
    int days = 365;                   // how long it is valid, from yesterday
};
int sandbox_eds(const SandboxEds& wanted);
// What NCALayer would do: signs standard input with such a file and prints the result.
struct SandboxSign {
    std::filesystem::path key;
    std::string passphrase = "sandbox", form = "xml";  // or "cms": attached, in base64
};
int sandbox_sign(const SandboxSign& wanted);

}  // namespace kelisim::app
