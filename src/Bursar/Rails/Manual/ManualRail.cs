using Bursar.Core.Rails;

namespace Bursar.Rails.Manual;

/// <summary>
/// Somebody pays at the bank's own counter or page and says here what became of it. It takes every order and never answers by itself, so
/// nothing is ever unknown: an order waits until a person has told.
/// </summary>
public sealed class ManualRail : ISetUpRail
{
    public string Name => "manual";
    public bool CanBeAsked => false;
    public IReadOnlyList<RailField> Fields => [];

    public Task<RailAnswer> Submit(PayoutOrder order, CancellationToken ct) => Task.FromResult(new RailAnswer(RailVerdict.Accepted));

    public Task<RailAnswer> Query(PayoutOrder order, int number, CancellationToken ct) => Submit(order, ct);
}
