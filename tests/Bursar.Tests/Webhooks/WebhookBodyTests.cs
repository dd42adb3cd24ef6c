using System.Text.Json;
using Bursar.Core.Signing;
using Bursar.Platform.Webhooks;
using Xunit;

namespace Bursar.Tests.Webhooks;

/// <summary>
/// What a receiver gets: one shape, the same bytes each time, a signature that its library verifies, a line that people read.
/// </summary>
public sealed class WebhookBodyTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);

    private static EventRow Row(string type, string data) => new()
    {
        WorkspaceId = Guid.Parse("01919191-0000-7000-8000-000000000001"),
        Mode = 1,
        Position = 42,
        EventId = Guid.Parse("01919191-0000-7000-8000-000000000002"),
        Type = type,
        BookedAt = At,
        Data = data,
    };

    [Fact]
    public void the_body_has_the_contract_s_members_and_the_journal_s_data()
    {
        var row = Row("transfer.succeeded", """{"id":"tr_1","amount":1250000,"currency":"IDR"}""");
        using var body = JsonDocument.Parse(row.Bytes());
        var members = body.RootElement.EnumerateObject().Select(m => m.Name).Order().ToArray();
        Assert.Equal(["data", "id", "mode", "occurredAt", "sequence", "text", "type", "workspaceId"], members);
        Assert.StartsWith("evt_", body.RootElement.GetProperty("id").GetString());
        Assert.StartsWith("ws_", body.RootElement.GetProperty("workspaceId").GetString());
        Assert.Equal("test", body.RootElement.GetProperty("mode").GetString());
        Assert.Equal("2026-11-20T08:30:00Z", body.RootElement.GetProperty("occurredAt").GetString());
        Assert.Equal(42, body.RootElement.GetProperty("sequence").GetInt64());
        Assert.Equal(row.Data, body.RootElement.GetProperty("data").GetRawText());
        Assert.Equal(row.Bytes(), row.Bytes());
    }

    [Fact]
    public void both_secrets_of_a_rotation_verify()
    {
        var body = Row("transfer.succeeded", "{}").Bytes();
        var (old, fresh) = (WebhookSignature.NewSecret(), WebhookSignature.NewSecret());
        var header = WebhookSignature.Sign([fresh, old], "evt_1", At.ToUnixTimeSeconds(), body);
        Assert.Equal(2, header.Split(' ').Length);
        foreach (var secret in new[] { old, fresh }) Assert.True(WebhookSignature.Verify(secret, "evt_1", At.ToUnixTimeSeconds(),
            body, header, At));
        Assert.False(WebhookSignature.Verify(WebhookSignature.NewSecret(), "evt_1", At.ToUnixTimeSeconds(), body, header, At));
    }

    [Theory]
    [InlineData("transfer.succeeded", """{"amount":1250000,"currency":"IDR","bankCode":"bca","accountNumber":"1234567890"}""",
        "Transfer of Rp 1.250.000 to bca 1234567890 succeeded")]
    [InlineData("transfer.failed", """{"amount":1,"currency":"IDR","bankCode":"bca","accountNumber":"1","failureReason":"INACTIVE_ACCOUNT"}""",
        "Transfer of Rp 1 to bca 1 failed: INACTIVE_ACCOUNT")]
    [InlineData("transfer.unknown", """{"amount":1000,"currency":"IDR"}""", "Transfer of Rp 1.000 has no answer from the bank yet")]
    [InlineData("approval.resolved", """{"amount":1000,"currency":"IDR","beneficiary":"Siti","state":"approved","resolvedBy":"Ada"}""",
        "Approval of Rp 1.000 to Siti was given by Ada")]
    [InlineData("top_up.completed", """{"amount":50000,"currency":"IDR","bankCode":"bca","accountNumber":"1"}""",
        "Top-up of Rp 50.000 completed")]
    [InlineData("key.created", """{"name":"Shop"}""", "API key Shop was created")]
    [InlineData("test.ping", """{"message":"x"}""", "Test from Bursar: this endpoint is reached")]
    [InlineData("something.new", "[]", "Something new")]
    public void each_event_has_a_readable_line(string type, string data, string expected)
    {
        using var document = JsonDocument.Parse(data);
        Assert.Equal(expected, WebhookText.Of(type, document.RootElement));
    }

    [Theory]
    [InlineData("transfer.*", "transfer.succeeded", true)]
    [InlineData("transfer.*", "international_transfer.succeeded", false)]
    [InlineData("transfer.*", "transferred.x", false)]
    [InlineData("transfer.failed", "transfer.succeeded", false)]
    [InlineData("transfer.failed", "transfer.failed", true)]
    public void filters_hear_names_and_families(string filter, string type, bool hears)
    {
        Assert.Equal(hears, EventFilters.Hears([filter], type));
        Assert.True(EventFilters.Hears([], type));
    }

    [Fact]
    public void the_schedule_ends_and_honours_retry_after_up_to_a_day()
    {
        var schedule = new RetrySchedule([TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)]);
        Assert.InRange(schedule.After(1, null)!.Value, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5.5));
        Assert.Equal(TimeSpan.FromMinutes(2), schedule.After(1, TimeSpan.FromMinutes(2)));
        Assert.Equal(TimeSpan.FromHours(24), schedule.After(2, TimeSpan.FromDays(30)));
        Assert.Null(schedule.After(3, TimeSpan.FromMinutes(2)));
    }
}
