-- SPDX-License-Identifier: Apache-2.0
-- As gateway.lua, and what came back is counted by kind. Argument: file of lines "token iin".
local here = debug.getinfo(1, "S").source:match("^@(.*/)")
dofile(here .. "gateway.lua")

passed, busy, other, without_retry_after = 0, 0, 0, 0

function response(status, headers)
    if status == 200 then
        passed = passed + 1
    elseif status == 503 then
        busy = busy + 1
        if not headers["Retry-After"] then without_retry_after = without_retry_after + 1 end
    else
        other = other + 1
    end
end

local all = {}
function setup(thread)
    all[#all + 1] = thread
end

function done(_, latency)
    local function sum(name)
        local total = 0
        for _, thread in ipairs(all) do total = total + thread:get(name) end
        return total
    end
    print(string.format('counted {"passed": %d, "busy": %d, "other": %d, "without_retry_after": %d, "p99_us": %d}',
        sum("passed"), sum("busy"), sum("other"), sum("without_retry_after"), latency:percentile(99)))
end
