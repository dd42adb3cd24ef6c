using System.Diagnostics;
using System.Text;
using Xunit;

namespace Bursar.Tests.Given;

/// <summary>Readers of PDF that are not ours: poppler's tools and qpdf.</summary>
public static class PdfReader
{
    /// <summary>What a reader finds on the pages, in their layout.</summary>
    public static string Text(byte[] pdf, params string[] options) => Run("pdftotext", pdf, ["-enc", "UTF-8", .. options, "{file}", "-"]);

    /// <summary>Fails on anything that qpdf warns of.</summary>
    public static void Check(byte[] pdf) => Run("qpdf", pdf, ["--check", "{file}"]);

    public static string Run(string tool, byte[] pdf, params string[] arguments)
    {
        var file = Path.Combine(Path.GetTempPath(), $"bursar-{Guid.CreateVersion7():N}.pdf");
        File.WriteAllBytes(file, pdf);
        try
        {
            var start = new ProcessStartInfo(tool, arguments.Select(a => a == "{file}" ? file : a))
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardOutputEncoding = Encoding.UTF8,
            };
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{tool}: {error.Result}\n{said}");
            return said;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
