using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Http;

namespace Bursar.Rooms.Developers;

/// <summary>/v1/api-keys, /v1/ip-rules and /v1/api-requests.</summary>
public static class KeyRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/api-keys", (HttpContext http, ApiKeys keys) => Api.Call(http, async actor =>
            (await keys.List(actor)).Map(list => new Page<ApiKeyResource>(list, null))))
            .Describe<Page<ApiKeyResource>>("List API keys");
        routes.MapPost("/v1/api-keys", (HttpContext http, ApiKeys keys) => Api.Call<NewApiKey, ApiKeyResource>(http, keys.Create, 201))
            .Describe<NewApiKey, ApiKeyResource>("Create an API key", new NewApiKey("Shop", Core.Access.KeyScope.Full), 201);
        routes.MapPatch("/v1/api-keys/{id}", (HttpContext http, string id, ApiKeys keys) =>
            Api.Call<ApiKeyChange, ApiKeyResource>(http, (actor, change) => WithKey(id, key => keys.Change(actor, key, change))))
            .Describe<ApiKeyChange, ApiKeyResource>("Change an API key", new ApiKeyChange("Shop", ["203.0.113.0/24"]));
        routes.MapDelete("/v1/api-keys/{id}", (HttpContext http, string id, ApiKeys keys) =>
            Api.Call(http, actor => WithKey(id, key => keys.Revoke(actor, key))))
            .Describe<ApiKeyResource>("Revoke an API key");
        routes.MapPost("/v1/api-keys/{id}/replacement", (HttpContext http, string id, ApiKeys keys) =>
            Api.CallWithOptions<ApiKeyReplacement, ApiKeyResource>(
                http, (actor, options) => WithKey(id, key => keys.Replace(actor, key, options)), 201))
            .Describe<ApiKeyReplacement, ApiKeyResource>("Replace an API key",
                new ApiKeyReplacement { OverlapHours = 24 }, 201, optional: true);
        routes.MapGet("/v1/ip-rules", (HttpContext http, IpRuleList rules) => Api.Call(http, async actor =>
            (await rules.List(actor)).Map(list => new Page<IpRule>(list, null))))
            .Describe<Page<IpRule>>("List IP rules");
        routes.MapPost("/v1/ip-rules", (HttpContext http, IpRuleList rules) => Api.Call<NewIpRule, IpRule>(http, rules.Add, 201))
            .Describe<NewIpRule, IpRule>("Add an IP rule", new NewIpRule("203.0.113.0/24"), 201);
        routes.MapDelete("/v1/ip-rules/{id}", (HttpContext http, string id, IpRuleList rules) => Api.Call(http, actor =>
            IpRuleId.TryParse(id, out var rule)
                ? rules.Remove(actor, rule, allowLockOut: http.Request.Query["allowLockOut"] == "true")
                : Task.FromResult<Result<IpRule>>(Errors.Missing())))
            .Describe<IpRule>("Remove an IP rule",
                query: [new("allowLockOut", typeof(bool), "true: also when it shuts out the address you call from.")]);
        routes.MapGet("/v1/api-requests", (HttpContext http, ApiLog log) => Api.Call(http, async actor =>
        {
            ApiKeyId? key = null;
            if (http.Request.Query["keyId"].ToString() is { Length: > 0 } given)
            {
                if (!ApiKeyId.TryParse(given, out var id)) return new Page<ApiRequest>([], null);
                key = id;
            }
            var list = await log.List(actor, key, failedOnly: http.Request.Query["failed"] == "true",
                WebhookRoutes.Limit(http.Request.Query));
            return list.Map(rows => new Page<ApiRequest>(rows, null));
        })).Describe<Page<ApiRequest>>("List calls of keys", query:
        [
            new("keyId", typeof(ApiKeyId), "Only calls of this key."), new("failed", typeof(bool), "true: only those that were refused."),
            QueryParameter.Limit,
        ]);
    }

    private static Task<Result<ApiKeyResource>> WithKey(string id, Func<ApiKeyId, Task<Result<ApiKeyResource>>> verb) =>
        ApiKeyId.TryParse(id, out var key) ? verb(key) : Task.FromResult<Result<ApiKeyResource>>(Errors.Missing());
}
