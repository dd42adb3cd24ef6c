using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;
using Dapper;

namespace Bursar.Rooms.Operator.Rails;

/// <summary>
/// POST /callbacks/rails/{rail}: a partner tells what became of an order, whose account it is, or how a bank is (docs/rails.md). What is not
/// its own leaves a count and nothing else; 200 means that what it said is durable; news of an order that nobody knows is kept for a day.
/// </summary>
public sealed class TakeRailCallback(
    Database database, PayoutRouting routing, RailNews news, IAccountHolders holders, LiveBankStatuses banks, TimeProvider time)
{
    private const int BodyMax = 64 * 1024;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/callbacks/rails/{rail}", (RequestDelegate)Take);

    private static async Task Take(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var taken = await http.RequestServices.GetRequiredService<TakeRailCallback>().Handle(
            http.Request.RouteValues["rail"]!.ToString()!, name => http.Request.Headers[name].ToString(), body.ToArray());
        if (taken is { } refused) await Problems.Write(http, refused);
    }

    private async Task<Error?> Handle(string name, Func<string, string> header, byte[] body)
    {
        if (!(await routing.Rails()).ByName.TryGetValue(name, out var rail) || rail.Adapter is not ICallbackRail adapter) return Unsigned();
        var now = time.NowMicros();
        if (body.Length > BodyMax || !adapter.IsSigned(rail.RailSettings, header, body, now))
        {
            await using var connection = await database.Engine.OpenConnectionAsync();
            await connection.ExecuteAsync("update rails set refused_callbacks = refused_callbacks + 1 where name = @name", new { name });
            return Unsigned();
        }
        return adapter.Read(body) switch
        {
            PaymentNews said => await Tell(name, said, now),
            InquiryNews said => await holders.Tell(name, said.Reference, said.Answer),
            BankNews said => await banks.Say(rail, said),
            _ => new Error(Errors.ValidationFailed, "It does not say clearly what it is about. Nothing was changed."),
        };
    }

    private async Task<Error?> Tell(string rail, PaymentNews said, DateTimeOffset now)
    {
        var told = await news.Tell(rail, said.Reference, said.Answer);
        if (told.Ok) return null;
        if (told.Error.Code != Errors.NotFound) return told.Error;
        await ParkedCallbacks.Park(database, rail, said.Reference, said.Answer, now);
        return null;
    }

    private static Error Unsigned() => new(Errors.SignatureInvalid, "The signature is not this rail's, or not of this moment.");
}
