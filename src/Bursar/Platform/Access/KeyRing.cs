using System.Xml.Linq;
using Bursar.Platform.Data;
using Dapper;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Bursar.Platform.Access;

/// <summary>The framework's data-protection ring, sealed in the database, so that every process shares it (ARCHITECTURE §9).</summary>
public sealed class KeyRing(Database database, Sealer sealer) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var connection = database.Engine.OpenConnection();
        return [.. connection.Query<string>("select value from installation_secrets where name like 'ring:%' order by created_at")
            .Select(value => XElement.Parse(sealer.Unseal(value)))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var connection = database.Engine.OpenConnection();
        connection.Execute("""
            insert into installation_secrets (name, value, created_at) values (@name, @value, now())
            on conflict (name) do nothing
            """, new { name = "ring:" + friendlyName, value = sealer.Seal(element.ToString(SaveOptions.DisableFormatting)) });
    }
}
