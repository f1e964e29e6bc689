// SPDX-License-Identifier: Apache-2.0
#include "asic/container.hpp"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "base/result.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "trust/cms.hpp"

namespace kelisim::asic {

namespace {

constexpr std::string_view manifest_name = "META-INF/ASiCManifest.xml", signature_name = "META-INF/signature.p7s";

bool is_plain(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '+' ||
               c == '.' || c == '/';
    });
}

// ETSI EN 319 162-1 A.4, schema of TS 102 918 v1.2.1.
std::string manifest_of(const std::vector<File>& files) {
    std::string manifest = fmt::format(
        R"(<?xml version="1.0" encoding="UTF-8"?>
<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
<asic:SigReference URI="{}" MimeType="application/x-pkcs7-signature"/>
)",
        signature_name);
    for (const File& file : files) {
        manifest += fmt::format(
            R"(<asic:DataObjectReference URI="{}" MimeType="{}"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>{}</ds:DigestValue></asic:DataObjectReference>
)",
            file.name, file.media_type, base::to_base64(crypto::sha256(base::as_bytes(file.content))));
    }
    return manifest + "</asic:ASiCManifest>\n";
}

// libzip's own memory, and what is written into it. Contents outlive it.
class Archive {
public:
    explicit Archive(base::Time at) : at_(std::chrono::system_clock::to_time_t(at)) {
        require(source_.get() != nullptr);
        zip_source_keep(source_.get());
        archive_ = zip_open_from_source(source_.get(), ZIP_TRUNCATE, nullptr);
        if (archive_ == nullptr) zip_source_free(source_.get());
        require(archive_ != nullptr);
    }
    ~Archive() {
        if (archive_ != nullptr) zip_discard(archive_);
    }
    Archive(const Archive&) = delete;
    Archive& operator=(const Archive&) = delete;

    void add(const std::string& name, std::string_view content, int compression) {
        zip_source_t* source = zip_source_buffer(archive_, content.data(), content.size(), 0);
        require(source != nullptr);
        const auto index = zip_file_add(archive_, name.c_str(), source, ZIP_FL_ENC_GUESS);
        if (index < 0) zip_source_free(source);
        require(index >= 0);
        const auto entry = static_cast<zip_uint64_t>(index);
        require(zip_set_file_compression(archive_, entry, compression, 0) == 0);
        require(zip_file_set_mtime(archive_, entry, at_, 0) == 0);
    }

    std::string finish() {
        require(zip_close(archive_) == 0);
        archive_ = nullptr;
        require(zip_source_open(source_.get()) == 0);
        zip_stat_t stat;
        zip_stat_init(&stat);
        require(zip_source_stat(source_.get(), &stat) == 0);
        std::string bytes(stat.size, '\0');
        const auto read = zip_source_read(source_.get(), bytes.data(), bytes.size());
        zip_source_close(source_.get());
        require(read >= 0 && static_cast<std::size_t>(read) == bytes.size());
        return bytes;
    }

private:
    static void require(bool done) {
        if (!done) throw base::Outage("a container could not be written");
    }
    struct Free {
        void operator()(zip_source_t* source) const { zip_source_free(source); }
    };

    const std::time_t at_;
    std::unique_ptr<zip_source_t, Free> source_{zip_source_buffer_create(nullptr, 0, 0, nullptr)};
    zip_t* archive_ = nullptr;
};

void check(const std::vector<File>& files) {
    std::vector<std::string_view> names;
    for (const File& file : files) {
        if (!is_plain(file.name) || !is_plain(file.media_type) || file.name.starts_with("META-INF"))
            throw std::logic_error("a file of a container has no name that it may have");
        names.push_back(file.name);
    }
    std::sort(names.begin(), names.end());
    if (std::adjacent_find(names.begin(), names.end()) != names.end())
        throw std::logic_error("two files of a container have one name");
}

}  // namespace

std::string container(const std::vector<File>& files, const trust::SigningKey& key, base::Time at) {
    check(files);
    const std::string manifest = manifest_of(files);
    const base::Bytes signature = trust::sign_detached_cms({base::as_bytes(manifest)}, key, at);
    Archive archive(at);
    // EN 319 162-1 A.1: mimetype is the first file, neither compressed nor encrypted.
    archive.add("mimetype", media_type, ZIP_CM_STORE);
    for (const File& file : files)
        archive.add(file.name, file.content, ZIP_CM_DEFLATE);
    archive.add(std::string(manifest_name), manifest, ZIP_CM_DEFLATE);
    archive.add(std::string(signature_name), base::as_text(signature), ZIP_CM_DEFLATE);
    return archive.finish();
}

}  // namespace kelisim::asic
