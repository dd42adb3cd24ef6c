using Bursar.Core.Text;
using Bursar.Platform.Languages;
using Microsoft.AspNetCore.Http;

namespace Bursar.Platform.Ui;

/// <summary>
/// The text of one success, kept in a cookie across the redirect and shown once. Written before the redirect; the next page takes it.
/// </summary>
public static class Flash
{
    public const string CookieName = "bursar_flash";
    private const int MaxChars = 200;

    /// <summary>Says it in the language of this request.</summary>
    public static void Write(HttpContext context, Phrase phrase)
    {
        var text = Language.T(phrase);
        context.Response.Cookies.Append(CookieName, Uri.EscapeDataString(text.Length > MaxChars ? text[..MaxChars] : text),
            Options(context));
    }

    internal static string? Take(HttpContext context)
    {
        var value = context.Request.Cookies[CookieName];
        if (string.IsNullOrEmpty(value)) return null;
        context.Response.Cookies.Delete(CookieName, Options(context));
        var text = Uri.UnescapeDataString(value);
        return text.Length > MaxChars ? text[..MaxChars] : text;
    }

    private static CookieOptions Options(HttpContext context) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, Path = "/", IsEssential = true };
}
