-- wrk: POST transfers with a new Idempotency-Key each. Arguments: the API key, a prefix of this run's keys, the body.
-- The last line printed is "result: requests seconds p50us p99us refused".
local body, headers, prefix
local count = 0

function init(args)
    prefix, body = args[2], args[3]
    headers = { ["Authorization"] = "Bearer " .. args[1], ["Content-Type"] = "application/json" }
end

function request()
    count = count + 1
    headers["Idempotency-Key"] = prefix .. count
    return wrk.format("POST", nil, headers, body)
end

function done(summary, latency)
    local e = summary.errors
    io.write(string.format("result: %d %.6f %d %d %d\n", summary.requests, summary.duration / 1e6,
        latency:percentile(50), latency:percentile(99), e.status + e.connect + e.read + e.write + e.timeout))
end
