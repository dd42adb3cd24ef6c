using Bursar.Core.Access;

namespace Bursar.Platform.Ui;

/// <summary>
/// One entry of the sidebar; rooms register theirs as singletons. Groups, in their order: "", "Move money", "Agents", "Workspace".
/// <paramref name="Path"/> is relative to the mode ("transfers"), or absolute for the operator's console ("/operator/queue").
/// A member without <paramref name="Needs"/> does not see it.
/// </summary>
public sealed record NavItem(string Group, int Order, string Label, string Path, string Icon, Permission Needs)
{
    public static readonly IReadOnlyList<string> Groups = ["", "Move money", "Agents", "Workspace"];

    public bool IsOperator => Path.StartsWith('/');
}

/// <summary>One page of Settings; rooms register theirs as singletons. A member without <paramref name="Needs"/> does not see it.</summary>
public sealed record SettingsTab(int Order, string Label, string Path, Permission Needs, bool ForOperators = false);

/// <summary>A page of the operator's console; every page below /operator carries it (a test reads the sources).</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OperatorOnlyAttribute : Attribute;

/// <summary>The permission without which a page answers 403; every page carries one (a test reads the sources).</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsAttribute(Permission permission) : Attribute
{
    public Permission Permission { get; } = permission;
}
