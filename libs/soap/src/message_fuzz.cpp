// SPDX-License-Identifier: Apache-2.0
// A message of the channel as it comes: whoever reads it, reads the same again in what is then written, and that is valid enough
// to be read.
#include <cstdint>
#include <cstdlib>

#include "base/zone.hpp"
#include "soap/async_channel.hpp"
#include "soap/kdp.hpp"
#include "soap/sync_channel.hpp"
#include "soap/temp_storage.hpp"

namespace {

using namespace kelisim;

const base::FixedZone zone{std::chrono::hours{5}};

soap::Envelope parsed(const std::string& content) {
    const std::string text = soap::enveloped(soap::Version::v11, content);
    auto envelope = soap::Envelope::parse(base::as_bytes(text));
    if (!envelope) std::abort();  // what we write is XML, whatever was read
    return *std::move(envelope);
}

void check_data(const soap::Data& data) {
    const auto business = soap::BusinessData::read(data);
    if (!business || business->content() == soap::BusinessData::Content::none) return;
    // Each form holds the same document.
    for (const soap::DataForm form : {soap::DataForm::nodes, soap::DataForm::escaped, soap::DataForm::cdata}) {
        const auto written = business->in_form(form);
        if (!written) continue;  // over a limit only when it stands alone, with namespaces of its message
        const soap::Envelope again = parsed(written->to_xml());
        const auto read = soap::BusinessData::read(soap::Data(again.body().children().front()));
        if (!read || read->content() != business->content()) std::abort();
    }
    static_cast<void>(soap::read_person_data_request(*business, zone));
    static_cast<void>(soap::read_access_journal_request(*business, zone));
    static_cast<void>(soap::read_revocations_request(*business, zone));
    static_cast<void>(soap::read_solution_request(*business, zone));
    if (const auto request = soap::read_storage_request(*business, zone)) parsed(soap::write(*request, zone).to_xml());
}

// Reads, writes, reads again: nothing changes the second time.
template <class Reader>
auto check(xml::Element body, Reader reader) {
    auto read = reader(body, zone);
    if (!read) return read;
    const std::string written = soap::write(*read, zone);
    const soap::Envelope again = parsed(written);
    const auto second = reader(again.body(), zone);
    if (!second || soap::write(*second, zone) != written) std::abort();
    return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto envelope = soap::Envelope::parse(base::BytesView(data, size), soap::channel_limits);
    if (!envelope) return 0;
    const xml::Element body = envelope->body();
    if (const auto message = check(body, soap::read_send_message)) check_data(message->data);
    if (const auto message = check(body, soap::read_send_message_response)) check_data(message->data);
    if (const auto message = check(body, soap::read_async_message)) check_data(message->data);
    check(body, soap::read_delivery_notification);
    check(body, soap::read_get_message_status);
    check(body, soap::read_get_messages);
    check(body, soap::read_get_messages_response);
    check(body, soap::read_change_status);
    check(body, soap::read_person_data_response);
    static_cast<void>(soap::read_facade_request(body, zone));
    static_cast<void>(soap::facade_user(*envelope));
    if (const auto fault = soap::read_fault(body, zone); fault && fault->info)
        parsed(soap::write_fault(soap::FaultOf::get_messages, *fault->info, {}, zone));
    return 0;
}
