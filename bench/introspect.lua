-- SPDX-License-Identifier: Apache-2.0
-- POST /introspect by the bank for one token after the other. Argument: file of lines "token iin".
local requests, next_request = {}, 0

function init(words)
    local headers = {
        ["Authorization"] = "Basic ZGVtby1iYW5rOmRlbW8tYmFuay1zYW5kYm94LXNlY3JldA==",
        ["Content-Type"] = "application/x-www-form-urlencoded",
    }
    for line in io.lines(words[1]) do
        local token = line:match("^(%S+)")
        requests[#requests + 1] = wrk.format("POST", "/introspect", headers, "token=" .. token)
    end
end

function request()
    next_request = next_request % #requests + 1
    return requests[next_request]
end
