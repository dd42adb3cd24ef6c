using Bursar.Core.Results;
using Bursar.Platform.Http;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>Batches within the room of money out.</summary>
public static class BatchRoom
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton(BatchStore.Orphans);
        services.AddSingleton<BatchStore>();
        services.AddSingleton<BatchReads>();
        services.AddSingleton<BatchQueue>();
        services.AddSingleton<BatchForecast>();
        services.AddSingleton<UploadBatch>();
        services.AddSingleton<AskNames>();
        services.AddSingleton<CheckBatch>();
        services.AddSingleton<EndNameCheck>();
        services.AddSingleton<SubmitBatch>();
        services.AddSingleton<DecideBatch>();
        services.AddSingleton<CancelBatch>();
    }

    public static void AddWorkers(IServiceCollection services) => services.AddHostedService<WorkAtBatches>();

    public static void Map(IEndpointRouteBuilder routes)
    {
        UploadBatch.Map(routes);
        EndNameCheck.Map(routes);
        SubmitBatch.Map(routes);
        DecideBatch.Map(routes);
        CancelBatch.Map(routes);
        BatchForms.Map(routes);
        BatchDownloads.Map(routes);
        BatchProgress.Map(routes);
        routes.MapGet("/v1/transfer-batches", (HttpContext http, BatchReads reads) => Api.Call(http, actor =>
            reads.List(actor, http.Request.Query["cursor"], new QueryReader(http.Request.Query, TimeZoneInfo.Utc).Limit)))
            .Describe<Page<TransferBatch>>("List transfer batches", query: [QueryParameter.Limit, QueryParameter.Cursor]);
        routes.MapGet("/v1/transfer-batches/{id}", (HttpContext http, string id, BatchReads reads) => Api.Call(http, async actor =>
            BatchId.TryParse(id, out var batch) ? await reads.Get(actor, batch) : Errors.Missing()))
            .Describe<TransferBatch>("Get a transfer batch");
        routes.MapGet("/v1/transfer-batches/{id}/rows", (HttpContext http, string id, BatchReads reads) => Api.Call(http, async actor =>
            BatchId.TryParse(id, out var batch)
                ? await reads.Rows(actor, batch, BatchRowQuery.Parse(http.Request.Query)) : Errors.Missing()))
            .Describe<Page<TransferBatchRow>>("List the rows of a transfer batch", query: BatchRowQuery.Parameters);
    }
}
