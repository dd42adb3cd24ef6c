using Bursar.Core.Results;
using Bursar.Platform.Languages;

namespace Bursar.Platform.Ui;

/// <summary>
/// Ties a Core error's fields to the inputs of a form. "/beneficiary/accountNumber" (a JSON pointer) and "beneficiary.accountNumber"
/// (an input's name) are the same field, so API and page share one validation.
/// </summary>
public static class FormFields
{
    public static string Name(string pointer) => pointer.TrimStart('/').Replace('/', '.');

    public static string? Message(Error? error, string name) =>
        error?.Fields.FirstOrDefault(f => string.Equals(Name(f.Field), name, StringComparison.OrdinalIgnoreCase)) is { } wrong
            ? Language.T(wrong.Said)
            : null;

    public static string? DescribedBy(string name, bool hasHint, bool hasMessage) => (hasHint, hasMessage) switch
    {
        (true, true) => $"f-{name}-h f-{name}-m",
        (true, false) => $"f-{name}-h",
        (false, true) => $"f-{name}-m",
        _ => null,
    };
}
