// SPDX-License-Identifier: Apache-2.0
#include "data_directory.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "base/result.hpp"
#include "base/text.hpp"

namespace kelisim::app {

namespace {

namespace fs = std::filesystem;

class File {
public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int get() const { return descriptor_; }

private:
    int descriptor_;
};

[[noreturn]] void fail(const fs::path& file, const char* what) {
    throw base::Outage(file.string() + ": " + what);
}

void sync_directory(const fs::path& directory) {
    const File file(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (file.get() < 0 || ::fsync(file.get()) != 0) fail(directory, "cannot be made durable");
}

// Whole or not at all, and durable before anything counts on it: written beside and renamed.
void write_durably(const fs::path& file, const std::string& content) {
    const fs::path beside = file.string() + ".new";
    {
        const File out(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (out.get() < 0) fail(beside, "cannot be written");
        const auto written = ::write(out.get(), content.data(), content.size());
        if (written != static_cast<ssize_t>(content.size()) || ::fsync(out.get()) != 0)
            fail(beside, "cannot be written");
    }
    fs::rename(beside, file);
    sync_directory(file.parent_path());
}

std::string read_file(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(in), {}};
    if (!in || content.empty()) fail(file, "cannot be read");
    return content;
}

void make_private(const fs::path& directory) {
    fs::create_directories(directory);
    fs::permissions(directory, fs::perms::owner_all);
}

crypto::PrivateKey key_of(const fs::path& file, const std::string& pem) {
    auto key = crypto::PrivateKey::from_pem(base::Secret<std::string>(pem));
    if (!key) fail(file, "is no private key");
    return std::move(*key);
}

std::string new_key() {
    return crypto::PrivateKey::generate_p256().to_pem().reveal();
}

std::string new_rsa_key() {
    return crypto::PrivateKey::generate_rsa2048().to_pem().reveal();
}

}  // namespace

std::string DataDirectory::read_or_make(const fs::path& file, const std::function<std::string()>& make) const {
    make_private(file.parent_path());
    if (fs::exists(file)) return read_file(file);
    const std::string content = make();
    write_durably(file, content);
    return content;
}

crypto::SealKey DataDirectory::master_key(base::Entropy& entropy, Database database) const {
    const fs::path file = path_ / "secrets" / "master.key";
    // A database whose key is lost is lost; a fresh key would only hide that until the first row is opened.
    if (database == Database::exists && !fs::exists(file))
        fail(file, "is missing, and the database cannot be opened without it");
    const std::string text =
        read_or_make(file, [&] { return base::to_base64url(crypto::make_seal_key(entropy).reveal()); });
    const auto bytes = base::from_base64url(text);
    crypto::KeyBytes key{};
    if (!bytes || bytes->size() != key.size()) fail(file, "is no key");
    std::copy(bytes->begin(), bytes->end(), key.begin());
    return crypto::SealKey(key);
}

token::SigningKey DataDirectory::signing_key() const {
    const fs::path file = path_ / "secrets" / "token-signing.pem";
    return token::SigningKey(key_of(file, read_or_make(file, new_key)));
}

token::SigningKey DataDirectory::wire_key() const {
    const fs::path file = path_ / "secrets" / "kdp-signing.pem";
    auto key = key_of(file, read_or_make(file, new_rsa_key));
    if (!key.public_key().fits(crypto::Algorithm::rs256)) fail(file, "is no RSA key");
    return token::SigningKey(std::move(key), crypto::Algorithm::rs256);
}

token::SigningKey DataDirectory::receipt_key(Former former) const {
    const fs::path file = path_ / "secrets" / "receipt-signing.pem";
    if (former == Former::used && !fs::exists(file))
        fail(file, "is missing, and receipts were signed with it: put it back, or run kelisim receipt rotate-key");
    return token::SigningKey(key_of(file, read_or_make(file, new_key)));
}

token::SigningKey DataDirectory::replace_receipt_key() const {
    write_durably(path_ / "secrets" / "receipt-signing.pem", new_key());
    return receipt_key(Former::used);
}

crypto::Ed25519Key DataDirectory::ledger_key() const {
    const fs::path file = path_ / "secrets" / "ledger-signing.pem";
    const auto make = [] { return crypto::Ed25519Key::generate().to_pem().reveal(); };
    auto key = crypto::Ed25519Key::from_pem(base::Secret<std::string>(read_or_make(file, make)));
    if (!key) fail(file, "is no Ed25519 key");
    return std::move(*key);
}

crypto::VrfKey DataDirectory::tag_key(Former former) const {
    const fs::path file = path_ / "secrets" / "person-tags.pem";
    if (former == Former::used && !fs::exists(file))
        fail(file, "is missing, and persons have their places in the map of the ledger under it: put it back");
    const auto make = [] { return crypto::VrfKey::generate().to_pem().reveal(); };
    auto key = crypto::VrfKey::from_pem(base::Secret<std::string>(read_or_make(file, make)));
    if (!key) fail(file, "is no P-256 key");
    return std::move(*key);
}

std::optional<std::string> DataDirectory::last_checkpoint() const {
    const fs::path file = path_ / "ledger-checkpoint";
    if (!fs::exists(file)) return std::nullopt;
    return read_file(file);
}

void DataDirectory::keep_checkpoint(std::string_view note) const {
    write_durably(path_ / "ledger-checkpoint", std::string(note));
}

crypto::PrivateKey DataDirectory::sandbox_key(const std::string& name) const {
    const fs::path file = path_ / "sandbox" / (name + ".pem");
    return key_of(file, read_or_make(file, new_key));
}

crypto::PrivateKey DataDirectory::sandbox_rsa_key(const std::string& name) const {
    const fs::path file = path_ / "sandbox" / (name + ".pem");
    return key_of(file, read_or_make(file, new_rsa_key));
}

std::uint64_t DataDirectory::sandbox_authority_seed(base::Entropy& entropy) const {
    const auto make = [&] {
        std::array<std::uint8_t, 4> drawn{};
        entropy.fill(drawn);
        return std::to_string(std::uint32_t{drawn[0]} << 24U | std::uint32_t{drawn[1]} << 16U |
                              std::uint32_t{drawn[2]} << 8U | drawn[3]);
    };
    const fs::path file = path_ / "sandbox" / "authority.seed";
    const auto seed = base::parse_integer(read_or_make(file, make));
    if (!seed) fail(file, "is no number");
    return static_cast<std::uint64_t>(*seed);
}

fs::path DataDirectory::keep_world(std::string_view toml) const {
    const fs::path file = path_ / "sandbox" / "world.toml";
    make_private(file.parent_path());
    if (!fs::exists(file)) write_durably(file, std::string(toml));
    return file;
}

void DataDirectory::note_erasure(consent::SubjectId id) const {
    const fs::path file = path_ / "erasures";
    const std::string line = id.to_string() + "\n";
    const File out(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (out.get() < 0) fail(file, "cannot be written");
    const auto written = ::write(out.get(), line.data(), line.size());
    if (written != static_cast<ssize_t>(line.size()) || ::fsync(out.get()) != 0) fail(file, "cannot be written");
    sync_directory(path_);
}

std::vector<consent::SubjectId> DataDirectory::erasures() const {
    std::vector<consent::SubjectId> ids;
    std::ifstream in(path_ / "erasures");
    for (std::string line; std::getline(in, line);) {
        const auto id = consent::SubjectId::parse(line);
        if (!id) fail(path_ / "erasures", "holds a line that is no id");
        ids.push_back(*id);
    }
    return ids;
}

}  // namespace kelisim::app
