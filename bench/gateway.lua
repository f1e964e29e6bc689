-- SPDX-License-Identifier: Apache-2.0
-- A call through the gateway under one token after the other. Argument: file of lines "token iin".
local requests, next_request = {}, 0

function init(words)
    for line in io.lines(words[1]) do
        local token, iin = line:match("^(%S+) (%S+)")
        local headers = { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json" }
        local body = '{"iin":"' .. iin .. '","fields":["surname","name"]}'
        requests[#requests + 1] = wrk.format("POST", "/gateway/GBDFLUniversal_token/person", headers, body)
    end
end

function request()
    next_request = next_request % #requests + 1
    return requests[next_request]
end
