using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Data;
using Bursar.Platform.Pages;
using Bursar.Platform.Statements;

namespace Bursar.Rooms.Operator.Statements;

/// <summary>What the suspense desk posts: whose money it is that nobody was found for, and what money out was.</summary>
public static class SuspenseForms
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOperatorForm(Path("top-up"), post => Decide(post, "Tied to the top-up; its workspace has the money in a moment",
            (desk, actor, line) => desk.Tie(actor, line, post.Text("topUp"))));
        routes.MapOperatorForm(Path("payment"), post => Decide(post, "Tied to the payment",
            (desk, actor, line) => desk.TieToPayment(actor, line, post.Text("payment"))));
        routes.MapOperatorForm(Path("bank-charge"), post => Decide(post, "Booked as the bank's own",
            (desk, actor, line) => desk.Explain(actor, line, BankLineState.BankCharge)));
        routes.MapOperatorForm(Path("own-transfer"), post => Decide(post, "Booked as a transfer between own accounts",
            (desk, actor, line) => desk.Explain(actor, line, BankLineState.OwnTransfer)));
        routes.MapOperatorForm(Path("reopening"), post => Decide(post, "The line waits again",
            (desk, actor, line) => desk.PutBack(actor, line)));
        routes.MapOperatorForm(Path("return"), post => Decide(post, "Marked to be sent back",
            (desk, actor, line) => desk.SendBack(actor, line, post.TextOrNull("note"))));
        routes.MapOperatorForm(Path("note"), post => Decide(post, "Note saved",
            (desk, actor, line) => desk.Remark(actor, line, post.TextOrNull("note"))));
    }

    private static string Path(string what) => "suspense/{mode:regex(^(live|test)$)}/{id}/" + what;

    private static async Task Decide(
        PagePost post, Phrase done, Func<SuspenseDesk, Actor, StatementLineId, Task<Result<BankLine>>> decide)
    {
        var mode = post.Http.GetRouteValue("mode")?.ToString() == "live" ? Mode.Live : Mode.Test;
        var answer = StatementLineId.TryParse(post.Id, out var line)
            ? await decide(post.Get<SuspenseDesk>(), Desk.Of(post).In(House.Book(mode)), line) : Errors.Missing();
        if (answer.Ok) await post.Done($"/operator/suspense?mode={Segment(mode)}&state={Json.Name(answer.Value.Unexplained)}", done);
        else await post.Again<SuspenseLinePage>(answer.Error, new() { ["Mode"] = Segment(mode), ["Id"] = post.Id });
    }

    private static string Segment(Mode mode) => Platform.Ui.PageContext.ModeSegment(mode);
}
