namespace Bursar.Core.Signing;

/// <summary>A secret on its way: prints stars wherever somebody writes it down by accident.</summary>
public readonly record struct Secret(string Value)
{
    public override string ToString() => "***";
}
