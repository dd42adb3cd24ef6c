using FsCheck;
using FsCheck.Fluent;

namespace Bursar.Core.Tests;

/// <summary>FsCheck without ceremony: a property over generated values, that throws with the smallest counter-example.</summary>
internal static class Property
{
    public static void Holds<T>(Func<T, bool> property) =>
        Prop.ForAll(ArbMap.Default.ArbFor<T>(), property).QuickCheckThrowOnFailure();

    public static void Holds<T>(Gen<T> values, Action<T> property) =>
        Prop.ForAll(values.ToArbitrary(), property).QuickCheckThrowOnFailure();
}
