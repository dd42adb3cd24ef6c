using System.Diagnostics;
using System.Xml;
using System.Xml.Schema;
using Bursar.Core.Payments;
using static Bursar.Core.Tests.Payments.Sample;

namespace Bursar.Core.Tests.Payments;

/// <summary>The schema of ISO 20022, asked twice: the framework's validator, and xmllint where it is installed.</summary>
public sealed class Pain001SchemaTests
{
    [Fact]
    public void the_file_is_what_the_schema_says()
    {
        var schemas = new XmlSchemaSet { XmlResolver = null };
        schemas.Add(null, Iso20022.Schema("pain.001.001.03"));
        var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema, Schemas = schemas };
        void Validate(string xml)
        {
            using var reader = XmlReader.Create(new StringReader(xml), settings);
            while (reader.Read()) { }
        }
        Property.Holds(Files(), file => Validate(Written(file)));
        Assert.Throws<XmlSchemaValidationException>(() => Validate(Written(Simple).Replace("<MsgId>", "<MsgId>" + new string('x', 35))));
    }

    [Fact]
    public async Task xmllint_says_so_too()
    {
        var schema = Iso20022.Schema("pain.001.001.03");
        var path = Path.GetTempFileName();
        try
        {
            var payments = Enumerable.Range(1, Pain001.MostPayments).Select(i => Order with { EndToEndId = $"dsb-{i}", Amount = i });
            await File.WriteAllTextAsync(path, Written(With([.. payments])));
            using var xmllint = Xmllint("--noout", "--nonet", "--schema", schema, path);
            var said = await xmllint.StandardError.ReadToEndAsync();
            await xmllint.WaitForExitAsync();
            Assert.True(xmllint.ExitCode == 0, said);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Process Xmllint(params string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("xmllint", arguments) { RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("xmllint is not installed.");
            throw;
        }
    }
}
