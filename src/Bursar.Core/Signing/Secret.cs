using System.Text.Json.Serialization;

namespace Bursar.Core.Signing;

/// <summary>A secret on its way: prints stars wherever somebody writes it down by accident, and leaves JSON empty.</summary>
public readonly record struct Secret([property: JsonIgnore] string Value)
{
    public override string ToString() => "***";
}
