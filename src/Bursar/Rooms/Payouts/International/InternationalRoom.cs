using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Http;
using Bursar.Platform.Ui;
using Bursar.Rooms.Payouts.International.Information;

namespace Bursar.Rooms.Payouts.International;

/// <summary>International transfers within the room of money out.</summary>
public static class InternationalRoom
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton(InternationalTransfer.Shape);
        services.AddSingleton(QuoteTable.Kept);
        services.AddSingleton(AttachmentTable.Kept);
        services.AddSingleton<Offers>();
        services.AddSingleton<ListCorridors>();
        services.AddSingleton<CreateQuote>();
        services.AddSingleton<Attachments>();
        services.AddSingleton<InternationalReads>();
        services.AddSingleton<CreateInternationalTransfer>();
        services.AddSingleton<CancelInternationalTransfer>();
        services.AddSingleton<InformationReads>();
        services.AddSingleton<AnswerInformation>();
        services.AddSingleton<AskInformation>();
        services.AddSingleton<OperatorReads>();
        services.AddSingleton<PartnerInformation>();
        services.AddSingleton<ITodoSource, OpenQuestions>();
        services.AddSingleton<IConsumer, QuestionMailConsumer>();
        services.AddSingleton(new NavItem("", 3, "Transfers abroad", InformationForms.Desk, "globe", Permission.None));
        services.AddSingleton(
            new NavItem("Move money", 3, "International transfer", "international", "globe", Permission.ViewTransactions));
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        ListCorridors.Map(routes);
        CreateQuote.Map(routes);
        Attachments.Map(routes);
        CreateInternationalTransfer.Map(routes);
        CancelInternationalTransfer.Map(routes);
        InternationalForms.Map(routes);
        InternationalReport.Map(routes);
        InformationReads.Map(routes);
        AnswerInformation.Map(routes);
        InformationForms.Map(routes);
        PartnerInformation.Map(routes);
        routes.MapGet("/v1/international-transfers", (HttpContext http, InternationalReads reads, WorkspaceReads workspaces) =>
            Api.Call(http, async actor =>
                await reads.List(actor, InternationalQuery.Parse(http.Request.Query, await workspaces.ZoneOf(actor.Book)))))
            .Describe<Page<InternationalTransfer>>("List international transfers", query: InternationalQuery.Parameters);
        routes.MapGet("/v1/international-transfers/{id}", (HttpContext http, string id, InternationalReads reads) =>
            Api.Call(http, async actor => InternationalTransferId.TryParse(id, out var transfer)
                ? await reads.Get(actor, transfer) : Errors.Missing()))
            .Describe<InternationalTransfer>("Get an international transfer");
    }

    public static void AddWorkers(IServiceCollection services) => services.AddHostedService<MailQuestions>();
}
