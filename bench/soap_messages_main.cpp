// SPDX-License-Identifier: Apache-2.0
// bench_soap_messages KEY TOKENS COUNT: signed SendMessage on standard output, one after the other, each behind its length in bytes
// and a line end, for wrk (soap.lua). KEY: PKCS #12 of `kelisim sandbox eds`. TOKENS: lines "token iin", asked in turn.
#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <vector>

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "soap/security.hpp"
#include "trust/signing_key.hpp"

namespace kelisim::bench {
namespace {

struct Asked {
    std::string token, iin;
};

std::vector<Asked> read_tokens(const char* file) {
    std::ifstream in(file);
    std::vector<Asked> tokens;
    for (Asked each; in >> each.token >> each.iin;)
        tokens.push_back(each);
    if (tokens.empty()) throw base::Outage("no tokens in " + std::string(file));
    return tokens;
}

trust::SigningKey read_key(const char* file, base::Entropy& entropy) {
    std::ifstream in(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    auto key = trust::SigningKey::from_pkcs12(base::as_bytes(bytes), base::Secret(std::string("sandbox")), entropy);
    if (key.has_error()) throw base::Outage(std::string(key.error().first().text.en));
    return std::move(*key);
}

int run(const char* key_file, const char* tokens_file, std::int64_t count) {
    base::SystemEntropy entropy;
    const base::SystemClock clock;
    const trust::SigningKey key = read_key(key_file, entropy);
    const std::vector<Asked> tokens = read_tokens(tokens_file);
    for (std::int64_t i = 0; i < count; ++i) {
        const Asked& asked = tokens[static_cast<std::size_t>(i) % tokens.size()];
        const base::Time now = clock.now();
        const std::string content = fmt::format(
            "<t:SendMessage "
            "xmlns:t=\"http://bip.bee.kz/SyncChannel/v10/Types\"><request><requestInfo><messageId>{}</messageId>"
            "<serviceId>GBDFLUniversal_token</serviceId><messageDate>{}</messageDate><sender><senderId>DEMOBANK</"
            "senderId></sender>"
            "</requestInfo><requestData><data><iin>{}</iin><kdpToken>{}</kdpToken></data></requestData></request></"
            "t:SendMessage>",
            base::RawId::make(now, {}, entropy).to_string(), base::to_iso8601(now), asked.iin, asked.token);
        const auto message = soap::sign({.content = content, .body_id = "id-1"}, key);
        if (message.has_error()) throw base::Outage(std::string(message.error().first().text.en));
        fmt::print("{}\n{}", message->size(), base::as_text(*message));
    }
    return 0;
}

}  // namespace
}  // namespace kelisim::bench

int main(int count, char** words) {
    try {
        const auto messages = count == 4 ? kelisim::base::parse_integer(words[3]) : std::nullopt;
        if (!messages) {
            fmt::print(stderr, "bench_soap_messages KEY TOKENS COUNT\n");
            return 2;
        }
        return kelisim::bench::run(words[1], words[2], *messages);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
}
