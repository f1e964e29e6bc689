// SPDX-License-Identifier: Apache-2.0
// How the person's things look in JSON. Names come in Kazakh and Russian as they are registered; times in UTC.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "access/cabinet.hpp"
#include "records/data_changes.hpp"
#include "records/official_looks.hpp"

namespace kelisim::api {

boost::json::object request_json(const consent::AccessRequest& request, const registry::Registry& registry,
                                 base::Time now);
boost::json::object consent_json(const access::ConsentView& view, const registry::Registry& registry);
boost::json::object use_json(const access::UseView& view, const registry::Registry& registry);
// A question without what was written; with it.
boost::json::object question_frame_json(const records::UseQuestion& question, base::Time now);
boost::json::object question_json(const records::UseQuestion& question, base::Time now);
boost::json::object change_json(const records::DataChange& change, const registry::Registry& registry);
boost::json::object look_json(const records::OfficialLook& look, const registry::Registry& registry);
// ISO 8601, or null.
boost::json::value time_json(const std::optional<base::Time>& time);

// {"items": [...], "next": ...}
template <class Item, class ToJson>
boost::json::object page_json(const access::Page<Item>& page, ToJson to_json) {
    boost::json::array items;
    for (const Item& item : page.items)
        items.push_back(to_json(item));
    boost::json::object body{{"items", std::move(items)}};
    if (page.next) body["next"] = page.next->to_string();
    return body;
}

}  // namespace kelisim::api
