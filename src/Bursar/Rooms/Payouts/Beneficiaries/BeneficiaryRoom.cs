using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Http;

namespace Bursar.Rooms.Payouts.Beneficiaries;

/// <summary>Beneficiaries within the room of money out.</summary>
public static class BeneficiaryRoom
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<BeneficiaryReads>();
        services.AddSingleton<SaveBeneficiary>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        BeneficiaryForms.Map(routes);
        routes.MapGet("/v1/beneficiaries", (HttpContext http, BeneficiaryReads reads) =>
            Api.Call(http, actor => reads.List(actor, BeneficiaryQuery.Parse(http.Request.Query))))
            .Describe<Page<Beneficiary>>("List beneficiaries", query: BeneficiaryQuery.Parameters);
        routes.MapPost("/v1/beneficiaries", (HttpContext http, SaveBeneficiary slice) =>
            Api.Call<NewBeneficiary, Beneficiary>(http, slice.Create, 201))
            .Describe<NewBeneficiary, Beneficiary>(
                "Save a beneficiary", new NewBeneficiary("bca", "5270997481", "Coffee beans", "invoices@example.com"), 201);
        routes.MapGet("/v1/beneficiaries/{id}", (HttpContext http, string id, BeneficiaryReads reads) =>
            Api.Call(http, actor => WithId(id, beneficiary => reads.Get(actor, beneficiary))))
            .Describe<Beneficiary>("Get a beneficiary");
        routes.MapPatch("/v1/beneficiaries/{id}", (HttpContext http, string id, SaveBeneficiary slice) =>
            Api.Call<BeneficiaryChange, Beneficiary>(http, (actor, change) => WithId(id, known => slice.Change(actor, known, change))))
            .Describe<BeneficiaryChange, Beneficiary>("Change a beneficiary", new BeneficiaryChange(Name: "Coffee beans, Bandung"));
        routes.MapDelete("/v1/beneficiaries/{id}", (HttpContext http, string id, SaveBeneficiary slice) =>
            Api.Call(http, actor => WithId(id, beneficiary => slice.Remove(actor, beneficiary))))
            .Describe<Beneficiary>("Remove a beneficiary");
    }

    private static Task<Result<Beneficiary>> WithId(string id, Func<BeneficiaryId, Task<Result<Beneficiary>>> verb) =>
        BeneficiaryId.TryParse(id, out var known) ? verb(known) : Task.FromResult<Result<Beneficiary>>(Errors.Missing());
}
