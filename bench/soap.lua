-- SPDX-License-Identifier: Apache-2.0
-- Signed messages, each of them once: one that comes again is answered from what is kept. Argument: file of bench_soap_messages.
local requests, next_request = {}, 0

function init(words)
    local file = io.open(words[1], "rb")
    local headers = { ["Content-Type"] = "text/xml; charset=utf-8" }
    for length in file:lines() do
        requests[#requests + 1] = wrk.format("POST", "/bip-sync-wss-gost/", headers, file:read(tonumber(length)))
    end
    file:close()
end

function request()
    next_request = next_request + 1
    if next_request > #requests then
        error("more messages are needed than were made")
    end
    return requests[next_request]
end

function response(status, _, body)
    if status ~= 200 then
        print("refused: " .. (body:match("<errorCode>.-</errorData>") or body))
    end
end
