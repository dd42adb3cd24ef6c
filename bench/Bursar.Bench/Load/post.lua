-- wrk: POST with a new Idempotency-Key each. Arguments: a file of API keys, asked in turn; a prefix of this run's Idempotency-Keys; the body.
-- The last line printed is "result: requests seconds p50us p99us refused".
local body, prefix
local keys, headers, count = {}, { ["Content-Type"] = "application/json" }, 0

function init(args)
    for key in io.lines(args[1]) do keys[#keys + 1] = "Bearer " .. key end
    prefix, body = args[2], args[3]
end

function request()
    count = count + 1
    headers["Authorization"] = keys[count % #keys + 1]
    headers["Idempotency-Key"] = prefix .. count
    return wrk.format("POST", nil, headers, body)
end

function done(summary, latency)
    local e = summary.errors
    io.write(string.format("result: %d %.6f %d %d %d\n", summary.requests, summary.duration / 1e6,
        latency:percentile(50), latency:percentile(99), e.status + e.connect + e.read + e.write + e.timeout))
end
