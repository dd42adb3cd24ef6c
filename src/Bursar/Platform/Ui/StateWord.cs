namespace Bursar.Platform.Ui;

/// <summary>Carries meaning with the word, never instead of it: the badge's colour and the shape of its dot.</summary>
public enum Tone { Ok, Wait, Info, Bad, Mute }

/// <summary>Whose state it is: the same state reads differently on different things.</summary>
public enum Thing
{
    Disbursement, Approval, TopUp, Payment, Settlement, Purchase, PurchasePayment, Refund, Delivery, Batch, Decision, Agent, Anomaly,
    Member, Health, Export,
}

public readonly record struct StateWord(string Word, Tone Tone)
{
    /// <summary>The word on screen of a state of the API (lower snake, as on the wire).</summary>
    public static StateWord Of(Thing thing, string state) => (thing, state) switch
    {
        (Thing.Approval, "pending") => new("Waiting", Tone.Wait),
        (Thing.Approval or Thing.Refund, "approved") => new("Approved", Tone.Ok),
        (Thing.Refund, "requested") => new("Requested", Tone.Wait),

        (Thing.TopUp, "waiting") => new("Waiting", Tone.Wait),
        (Thing.TopUp, "confirmed_by_user") => new("Checking", Tone.Info),
        (Thing.TopUp, "completed") => new("Matched", Tone.Ok),
        (Thing.TopUp, "mismatch") => new("Other amount", Tone.Info),

        (Thing.Payment or Thing.PurchasePayment, "paid") => new("Paid", Tone.Ok),
        (Thing.PurchasePayment, "waiting") => new("Waiting", Tone.Wait),
        (_, "refunded") => new("Refunded", Tone.Mute),
        (Thing.Settlement, "settled") => new("Settled", Tone.Ok),
        (Thing.Purchase, "none") => new("Not started", Tone.Mute),
        (Thing.Purchase, "credited") => new("Credited", Tone.Ok),

        (Thing.Delivery, "queued") => new("Queued", Tone.Info),
        (Thing.Delivery, "delivered") => new("Delivered", Tone.Ok),
        (Thing.Delivery, "retrying") => new("Retrying", Tone.Wait),
        (Thing.Delivery, "exhausted") => new("Gave up", Tone.Bad),

        (Thing.Decision, "allow" or "ALLOW") => new("Allowed", Tone.Ok),
        (Thing.Decision, "require_approval" or "REQUIRE_APPROVAL") => new("Needs approval", Tone.Wait),
        (Thing.Decision, "deny" or "DENY") => new("Denied", Tone.Bad),

        (Thing.Agent or Thing.Member, "active") => new("Active", Tone.Ok),
        (Thing.Agent, "frozen") => new("Frozen", Tone.Bad),
        (Thing.Member, "invited") => new("Invited", Tone.Wait),
        (Thing.Anomaly, "open") => new("Open", Tone.Bad),
        (Thing.Anomaly, "explained") => new("Explained", Tone.Ok),
        (Thing.Anomaly, "dismissed") => new("Dismissed", Tone.Mute),
        (Thing.Health, "ok" or "healthy") => new("Healthy", Tone.Ok),
        (Thing.Health, "disturbed") => new("Disturbed", Tone.Wait),
        (Thing.Health, "down" or "failing") => new("Failing", Tone.Bad),

        (_, "denied") => new("Denied", Tone.Bad),
        (_, "pending_approval") => new("Waiting for approval", Tone.Wait),
        (_, "rejected") => new("Rejected", Tone.Bad),
        (_, "expired") => new("Expired", Tone.Mute),
        (_, "approved" or "executing" or "processing") => new("Processing", Tone.Info),
        (_, "unknown") => new("Processing", Tone.Info),
        (_, "failed") => new("Failed", Tone.Bad),
        (_, "cancelled") => new("Cancelled", Tone.Mute),
        (_, "reversed") => new("Returned", Tone.Bad),
        (_, "succeeded" or "completed") => new("Successful", Tone.Ok),
        (_, "pending") => new("Pending", Tone.Wait),
        (_, "ready") => new("Ready", Tone.Ok),
        (_, "draft") => new("Draft", Tone.Mute),
        _ => new(Spelled(state), Tone.Mute),
    };

    /// <summary>What a badge adds for a pointer that rests on it; also read in the drawer.</summary>
    public static string? Note(string state) =>
        state == "unknown" ? "The bank has not answered. Do not send again." : null;

    private static string Spelled(string state)
    {
        var text = state.Replace('_', ' ');
        return text.Length == 0 ? "–" : char.ToUpperInvariant(text[0]) + text[1..];
    }
}
