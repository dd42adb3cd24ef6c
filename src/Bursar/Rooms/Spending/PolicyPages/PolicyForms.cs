using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Spending.PolicyPages;

/// <summary>The policy form: amounts as people type them, lists one entry a line.</summary>
public static class PolicyForms
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapForm("agents/policies/{id}", Save);
        routes.MapForm("agents/policies/{id}/archive", Archive);
    }

    private static async Task Save(PagePost post)
    {
        var policies = post.Http.RequestServices.GetRequiredService<Policies>();
        var isNew = Id(post) == "new";
        if (!PolicyId.TryParse(Id(post), out var id) && !isNew) { await PageDoor.ShowError(post.Http, Errors.Missing()); return; }
        var before = isNew ? null : (await policies.List(post.Actor)) is { Ok: true } list ? list.Value.FirstOrDefault(p => p.Id == id) : null;
        var fields = Read(post, before);
        if (!fields.Ok) { await post.Again<PolicyPage>(fields.Error); return; }
        var saved = isNew ? await policies.Create(post.Actor, fields.Value) : await policies.Change(post.Actor, id, fields.Value);
        if (saved.Ok) await post.Done("agents/policies", isNew ? "Policy created" : $"Saved as version {saved.Value.Version}");
        else await post.Again<PolicyPage>(saved.Error);
    }

    private static async Task Archive(PagePost post)
    {
        var archived = PolicyId.TryParse(Id(post), out var id)
            ? await post.Http.RequestServices.GetRequiredService<Policies>().Archive(post.Actor, id) : Errors.Missing();
        if (archived.Ok) await post.Done("agents/policies", "Policy archived");
        else await post.Again<PolicyPage>(archived.Error);
    }

    /// <summary>The form's fields; what the form does not show is kept from the version before.</summary>
    private static Result<PolicyFields> Read(PagePost post, Policy? before)
    {
        var wrong = new List<FieldError>();
        var kind = Json.TryParse<DisbursementKind>(post.Text("kind"), out var given) ? given : DisbursementKind.MoneyTransfer;
        var fields = (before is null ? new PolicyFields("") : PolicyFields.Of(before)) with
        {
            Name = post.Text("name"),
            MaxSingleAmount = Amount("maxSingleAmount"),
            DailyLimit = Amount("dailyLimit"),
            MonthlyLimit = Amount("monthlyLimit"),
            RequireApprovalOver = Amount("requireApprovalOver"),
            AllowedMerchants = Lines("allowedMerchants"),
            BlockedMerchants = Lines("blockedMerchants"),
            Scope = (before?.Scope ?? new PolicyScope()) with { Kinds = [kind] },
            Active = post.Form.ContainsKey("active"),
        };
        return wrong.Count == 0 ? fields : Errors.Invalid([.. wrong]);

        long? Amount(string name)
        {
            if (post.TextOrNull(name) is not { } text) return null;
            if (MoneyInput.TryParse(text, out var money)) return money.Minor;
            wrong.Add(new FieldError("/" + name, "invalid", "Write whole rupiah: 1.250.000."));
            return null;
        }

        string[] Lines(string name) => post.Form[name].ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static string Id(PagePost post) => post.Http.Request.RouteValues["id"]!.ToString()!;
}
