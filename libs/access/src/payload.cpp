// SPDX-License-Identifier: Apache-2.0
#include "payload.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace kelisim::access {

base::Bytes seal_payload(const Parts& parts, std::string_view kind, const boost::json::object& payload,
                         base::Time now) {
    return parts.records.vault.queue().seal(base::as_bytes(boost::json::serialize(payload)), base::as_bytes(kind), now,
                                            parts.entropy);
}

boost::json::object open_payload(const Parts& parts, std::string_view kind, base::BytesView sealed) {
    const base::Bytes plain = parts.records.vault.queue().open(sealed, base::as_bytes(kind), "outbox payload");
    return boost::json::parse(base::as_text(plain)).as_object();
}

base::RawId new_row_id(const Parts& parts, const base::RawId& about, base::Time now) {
    return base::RawId::make(now, about.bucket(), parts.entropy);
}

void notify(const Parts& parts, store::WriteSession& session, const people::Phone& phone, std::string_view text,
            const base::RawId& about, base::Time now, std::optional<base::Time> due) {
    const base::Bytes payload = seal_payload(parts, outbox_notice, {{"phone", phone.reveal()}, {"text", text}}, now);
    parts.outbox.put(session, outbox_notice, new_row_id(parts, about, now).bytes(), due.value_or(now), payload);
}

void close_question(const Parts& parts, store::WriteSession& session, consent::RequestId request, base::Time now) {
    store::Outbox::done(session, request.bytes());
    parts.outbox.put(session, outbox_close, new_row_id(parts, request, now).bytes(), now,
                     seal_payload(parts, outbox_close, {{"request", request.to_string()}}, now));
}

}  // namespace kelisim::access
