namespace Bursar.Platform.Access;

/// <summary>
/// Where a workspace hears of what needs somebody (PRODUCT W8): the e-mail that its settings name, else the owner's. The owner accepted
/// the first invitation; once they are no Admin any more, it is the Admin who has been here longest.
/// </summary>
public static class NotificationAddress
{
    /// <summary>SQL for the address of <c>w</c>, a row of workspaces; null as long as nobody has come in.</summary>
    public const string OfW = """
        coalesce(w.notification_email, (
            select p.email from members m join persons p on p.person_id = m.person_id
            where m.workspace_id = w.workspace_id and m.role = 'admin' and m.state = 'active'
            order by m.created_at, m.member_id limit 1))
        """;
}
