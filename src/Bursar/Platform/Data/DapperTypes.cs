using System.Data;
using Dapper;

namespace Bursar.Platform.Data;

/// <summary>Instants go in and come out as UTC DateTimeOffset.</summary>
internal sealed class UtcTimeHandler : SqlMapper.TypeHandler<DateTimeOffset>
{
    public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) => parameter.Value = value.ToUniversalTime();

    public override DateTimeOffset Parse(object value) => value switch
    {
        DateTime time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
        DateTimeOffset time => time,
        _ => throw new DataException($"not a time: {value.GetType().Name}"),
    };
}
